// Trials for other programs, and other programs' records.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <map>
#include <string>

#include "clients/cli/access_names.h"
#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/json.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_answers.h"
#include "clients/cli/trial_choice.h"
#include "clients/cpp/ids.h"

namespace solotrial::cli {
namespace {

constexpr size_t kMaxMappingBytes = 1 << 20;

absl::StatusOr<v1::RenderedDocument> Exported(Session& session, const std::string& trial,
                                              const std::string& format) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  if (format == "fhir") {
    v1::ExportFhirRequest request;
    request.set_trial(trial);
    request.set_locale(session.settings().locale);
    return engine->ExportFhir(request);
  }
  if (format == "calendar") {
    v1::GetCalendarRequest request;
    request.set_trial(trial);
    request.mutable_calendar()->set_locale(session.settings().locale);
    return engine->GetCalendar(request);
  }
  v1::ExportTableRequest request;
  request.set_trial(trial);
  request.set_format(format == "json" ? v1::ExportTableRequest::FORMAT_JSON
                                      : v1::ExportTableRequest::FORMAT_CSV_ZIP);
  return engine->ExportTable(request);
}

// `dose@evening=21:30` or `score=20:00`.
absl::StatusOr<v1::ReminderTime> ReadReminder(const std::string& text) {
  const size_t equals = text.rfind('=');
  const std::string what = text.substr(0, equals);
  const size_t at = what.find('@');
  const std::string kind = what.substr(0, at);
  if (equals == std::string::npos || (kind != "dose" && kind != "score")) {
    return UsageError("--remind is like dose=08:00 or score@evening=21:30, not '" + Clean(text) +
                      "'.");
  }
  v1::ReminderTime reminder;
  reminder.set_kind(kind == "dose" ? v1::ReminderTime::KIND_DOSE : v1::ReminderTime::KIND_SCORE);
  if (at != std::string::npos) reminder.set_slot(what.substr(at + 1));
  reminder.set_time(text.substr(equals + 1));
  return reminder;
}

const char* FormatWords(v1::ImportPreview::Format format) {
  switch (format) {
    case v1::ImportPreview::FORMAT_STUDYU:
      return "A StudyU export";
    case v1::ImportPreview::FORMAT_WRAP:
      return "JSON for nof1";
    case v1::ImportPreview::FORMAT_TRIALIST:
      return "JSON for Trialist";
    default:
      return "A table";
  }
}

std::string Listed(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + Clean(text);
  return list;
}

std::string QuestionWords(const v1::ImportPreview::Question& question) {
  const std::string examples = Listed(question.examples());
  switch (question.kind()) {
    case v1::ImportPreview::Question::KIND_DATE_ORDER:
      return fmt::format(
          "Is the day or the month first in '{}', as in {}? Say dateOrder: "
          "DATE_ORDER_DAY_MONTH_YEAR or DATE_ORDER_MONTH_DAY_YEAR.",
          Clean(question.column()), examples);
    case v1::ImportPreview::Question::KIND_ON_VALUES:
      return fmt::format("What is on, what is off in '{}': {}? Say onValues and offValues.",
                         Clean(question.column()), examples);
    default:
      return fmt::format(
          "Whose record is it: {}? Say filters: [{{\"column\": \"{}\", \"value\": "
          "...}}].",
          examples, Clean(question.column()));
  }
}

std::string DaysTable(const v1::ImportPreview& preview) {
  std::vector<std::vector<std::string>> rows = {{"DATE", "ON", "BLOCK", "VALUES", "NOTE"}};
  for (const v1::ImportPreview::Day& day : preview.days()) {
    std::string values;
    const std::map<std::string, double> sorted(day.values().begin(), day.values().end());
    for (const auto& [id, value] : sorted) {
      values += (values.empty() ? "" : "  ") + fmt::format("{} {}", id, value);
    }
    if (day.has_dose()) values += fmt::format("{}dose {}", values.empty() ? "" : "  ", day.dose());
    rows.push_back({day.date(), fmt::format("{}", day.on()),
                    day.block() == 0 ? "" : std::to_string(day.block()), values,
                    Clean(day.note()).substr(0, 40)});
  }
  return Table(rows, "lrrll", "");
}

std::string PreviewText(const v1::ImportPreview& preview, const std::string& name, size_t width) {
  std::string text = fmt::format("{} with {}.\n\n", FormatWords(preview.format()),
                                 Count(static_cast<size_t>(preview.rows()), "row"));
  std::vector<std::vector<std::string>> columns = {{"COLUMN", "FILLED", "FOR EXAMPLE", "MAYBE"}};
  for (const v1::ImportPreview::Column& column : preview.columns()) {
    const std::string label = column.label().empty() ? "" : " (" + Clean(column.label()) + ")";
    columns.push_back({Clean(column.name()) + label, std::to_string(column.filled()),
                       Listed(column.samples()), column.suggestion()});
  }
  text += Table(columns, "lrll", "");
  for (const v1::ImportPreview::Question& question : preview.questions()) {
    text += "\n" + Paragraph(QuestionWords(question), "? ", width);
  }
  if (preview.not_understood_size() > 0) text += "\nNot understood:\n";
  for (const v1::ImportPreview::Problem& problem : preview.not_understood()) {
    text += Paragraph(Clean(problem.field()) + ": " + Clean(problem.description()), "  ", width);
  }
  if (preview.day_count() > 0) {
    text += fmt::format("\nIt would be {}; the first:\n\n",
                        Count(static_cast<size_t>(preview.day_count()), "day")) +
            DaysTable(preview) + "\nNothing is stored yet. Leave out --preview to store it.\n";
    return text;
  }
  v1::ImportMapping mapping;
  for (const v1::ImportPreview::Column& column : preview.columns()) {
    if (column.suggestion().empty()) continue;
    v1::ImportMapping::Column& suggested = *mapping.add_columns();
    suggested.set_column(column.name());
    suggested.set_target(column.suggestion());
  }
  return text + fmt::format(
                    "\nNothing can be stored yet. Write what the columns mean into {}, for "
                    "example:\n\n{}",
                    name.empty() ? "a file, and name it with --mapping" : Clean(name),
                    ToJson(mapping, true));
}

}  // namespace

absl::StatusOr<v1::ImportMapping> LoadMapping(const std::string& file) {
  CLIENT_ASSIGN_OR_RETURN(const std::string json, ReadFile(file, kMaxMappingBytes));
  v1::ImportMapping mapping;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &mapping);
  if (!parsed.ok()) {
    return UsageError(file + " is no mapping: " + Clean(std::string(parsed.message())) +
                      " See what it could be with: solotrial import --preview");
  }
  return mapping;
}

absl::StatusOr<int> ExportAs(Session& session, const std::string& trial, const std::string& format,
                             const std::string& output, bool force) {
  if (format != "tidy" && format != "json" && format != "fhir" && format != "calendar") {
    return UsageError("--format is diary, tidy, json, fhir or calendar.");
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, {}));
  CLIENT_ASSIGN_OR_RETURN(const v1::RenderedDocument document,
                          Exported(session, chosen.name(), format));
  const std::string file = output.empty() ? document.file_name() : output;
  CLIENT_RETURN_IF_ERROR(WriteFile(file, document.content(), force));
  if (file == "-") return kOk;
  v1::RenderedDocument shown = document;
  shown.clear_content();
  shown.set_file_name(file);
  CLIENT_RETURN_IF_ERROR(session.Print(shown, fmt::format("Wrote {}.\n", file)));
  return kOk;
}

absl::StatusOr<int> PreviewImport(Session& session, const ImportOptions& options) {
  v1::PreviewImportRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_protocol(), LoadProtocol(options.protocol_file));
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_source(), ReadFile(options.diary_file, kMaxDiaryBytes));
  if (!options.mapping_file.empty()) {
    CLIENT_ASSIGN_OR_RETURN(*request.mutable_mapping(), LoadMapping(options.mapping_file));
  }
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(const v1::ImportPreview preview, engine->PreviewImport(request));
  CLIENT_RETURN_IF_ERROR(session.Print(
      preview,
      PreviewText(preview, options.mapping_file, static_cast<size_t>(session.style().width))));
  return kOk;
}

absl::StatusOr<int> ShareCalendar(Session& session, const std::string& trial,
                                  const std::string& label, int days,
                                  const std::vector<std::string>& reminders) {
  v1::CreateShareLinkRequest request;
  request.set_kind(v1::ShareLink::KIND_CALENDAR);
  request.mutable_calendar()->set_locale(session.settings().locale);
  for (const std::string& text : reminders) {
    CLIENT_ASSIGN_OR_RETURN(*request.mutable_calendar()->add_times(), ReadReminder(text));
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  request.set_trial(chosen.name());
  request.set_label(label);
  request.set_days(days);
  CLIENT_ASSIGN_OR_RETURN(const v1::ShareLink link,
                          engine->Access<v1::ShareLink>("CreateShareLink", request));
  const std::string where =
      link.web_link().empty()
          ? "This engine serves no pages that a calendar could subscribe to (see --http-listen of "
            "the engine). Write the reminders to a file with: solotrial export --format calendar\n"
          : "Subscribe to it in your calendar:\n\n  " + link.web_link() + "\n";
  CLIENT_RETURN_IF_ERROR(session.Print(
      link, "Whoever has this link sees the reminders of '" + Clean(chosen.protocol().title()) +
                "' until " + ReadableTime(link.expire_time()) + ", and nothing else.\n" + where +
                "End it with: solotrial share revoke " + ShortId(link.name()) + "\n"));
  return kOk;
}

}  // namespace solotrial::cli

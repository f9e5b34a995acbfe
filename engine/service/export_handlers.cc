#include "engine/service/export_handlers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/fault.h"
#include "engine/report/calendar.h"
#include "engine/report/exported_trial.h"
#include "engine/report/fhir.h"
#include "engine/report/html.h"
#include "engine/report/pdf.h"
#include "engine/report/summary_document.h"
#include "engine/report/tidy.h"
#include "engine/report/zip.h"
#include "engine/service/convert_calendar.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/situation.h"

namespace solotrial::service {
namespace {

// What leaves the engine whole asks the person to confirm; whoever they let read the trial has
// their leave already.
absl::Status CheckMayExport(const access::Caller& caller, const Clock& clock) {
  return access::IsScoped(caller.role) ? absl::OkStatus()
                                       : access::CheckConfirmed(caller, clock.Now());
}

struct Exportable {
  Situation situation;
  report::ExportedTrial trial;
};

absl::StatusOr<Exportable> Load(const access::Caller& caller, store::TrialStore& store,
                                const std::string& name, const Clock& clock) {
  Exportable loaded;
  std::vector<trial::DiaryRow> rows;
  SOLOTRIAL_RETURN_IF_ERROR(store.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(loaded.situation, LoadSituation(caller, transaction, name, clock));
    if (loaded.situation.loaded.state == trial::EffectiveState::kImported) {
      SOLOTRIAL_ASSIGN_OR_RETURN(rows, LoadRows(transaction, loaded.situation.loaded));
    }
    return absl::OkStatus();
  }));
  const LoadedTrial& trial = loaded.situation.loaded;
  if (trial.state == trial::EffectiveState::kDraft) {
    return FaultStatus(Reason::kWrongState, "the trial is a draft; start it first");
  }
  if (trial.state == trial::EffectiveState::kImported) {
    SOLOTRIAL_ASSIGN_OR_RETURN(
        loaded.trial,
        report::ExportOfRecord(trial.protocol, trial.trial, rows, loaded.situation.current));
  } else {
    loaded.trial =
        report::ExportOfTrial(trial.protocol, trial.trial, loaded.situation.current, trial.today);
  }
  return loaded;
}

std::string FileName(const std::string& what, Date today, const std::string& ending) {
  return "solotrial-" + what + "-" + FormatDate(today) + ending;
}

// The settings of the calendar link that `caller` holds.
absl::StatusOr<v1::CalendarSettings> SettingsOf(const access::Caller& caller,
                                                store::ReadTransaction& transaction) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const auto links, transaction.ListShareLinks(caller.person_id));
  const auto found = std::find_if(links.begin(), links.end(),
                                  [&](const auto& link) { return link.id == caller.device_id; });
  v1::CalendarSettings settings;
  if (found == links.end() || !settings.ParseFromString(found->settings)) {
    return FaultStatus(Reason::kInternal, "the settings of a calendar link cannot be read");
  }
  return settings;
}

}  // namespace

absl::Status ExportHandlers::ExportTable(const access::Caller& caller,
                                         const v1::ExportTableRequest& request,
                                         v1::RenderedDocument* response) const {
  SOLOTRIAL_RETURN_IF_ERROR(CheckMayExport(caller, clock_));
  if (!v1::ExportTableRequest_Format_IsValid(request.format())) {
    return InvalidField("format", "is not known to this engine: ask for CSV_ZIP or JSON");
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(const Exportable loaded,
                             Load(caller, store_, request.trial(), clock_));
  const LoadedTrial& trial = loaded.situation.loaded;
  if (request.format() == v1::ExportTableRequest::FORMAT_JSON) {
    response->set_content(report::TidyJson(loaded.trial, trial.trial.protocol_document));
    response->set_content_type("application/json");
    response->set_file_name(FileName("data", trial.today, ".json"));
    return absl::OkStatus();
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(
      *response->mutable_content(),
      report::WriteZip(report::TidyFiles(loaded.trial, trial.trial.protocol_document),
                       clock_.Now()));
  response->set_content_type("application/zip");
  response->set_file_name(FileName("data", trial.today, ".zip"));
  return absl::OkStatus();
}

absl::Status ExportHandlers::ExportFhir(const access::Caller& caller,
                                        const v1::ExportFhirRequest& request,
                                        v1::RenderedDocument* response) const {
  SOLOTRIAL_RETURN_IF_ERROR(CheckMayExport(caller, clock_));
  SOLOTRIAL_ASSIGN_OR_RETURN(const Exportable loaded,
                             Load(caller, store_, request.trial(), clock_));
  SOLOTRIAL_ASSIGN_OR_RETURN(const report::Summary summary, reports_.Summarize(loaded.situation));
  report::FhirRequest fhir{.trial = loaded.trial};
  fhir.language = report::LanguageOf(request.locale());
  fhir.time = clock_.Now();
  if (summary.results.has_value()) fhir.analysis = &summary.results->record.outcome;
  if (!request.without_summary()) {
    SOLOTRIAL_ASSIGN_OR_RETURN(
        fhir.summary_pdf,
        report::WritePdf(report::SummaryDocument(summary, fhir.language), report::Paper::kA4));
  }
  response->set_content(report::WriteFhirBundle(fhir));
  response->set_content_type("application/fhir+json; fhirVersion=4.0");
  response->set_file_name(FileName("fhir", summary.today, ".json"));
  return absl::OkStatus();
}

absl::Status ExportHandlers::GetCalendar(const access::Caller& caller,
                                         const v1::GetCalendarRequest& request,
                                         v1::RenderedDocument* response) const {
  const bool link = caller.role == access::Role::kCalendarLink;
  LoadedTrial loaded;
  v1::CalendarSettings settings = request.calendar();
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    // A link has its trial and its settings; it cannot ask for others.
    const std::string name = link ? "trials/" + caller.trial_id : request.trial();
    if (link) {
      SOLOTRIAL_ASSIGN_OR_RETURN(settings, SettingsOf(caller, transaction));
    }
    SOLOTRIAL_ASSIGN_OR_RETURN(loaded, LoadTrial(caller, transaction, name, clock_));
    return absl::OkStatus();
  }));
  if (loaded.state == trial::EffectiveState::kImported) {
    return FaultStatus(Reason::kWrongState, "an imported record has nothing to be reminded of");
  }
  absl::StatusOr<report::CalendarOptions> options = ToDomain(settings, loaded.protocol);
  // A draft may have changed its slots since its link was made: then its names say when.
  if (link && !options.ok()) options = report::CalendarOptions{};
  if (!options.ok()) return options.status();
  SOLOTRIAL_ASSIGN_OR_RETURN(
      *response->mutable_content(),
      report::WriteCalendar(loaded.protocol, loaded.trial, *options, loaded.today));
  response->set_content_type("text/calendar; charset=utf-8");
  response->set_file_name("solotrial.ics");
  return absl::OkStatus();
}

}  // namespace solotrial::service

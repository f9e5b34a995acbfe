// Pages for people: the summary for the doctor, and the protocol to sign.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

// Fills what both requests have in common.
template <typename Request>
absl::Status Fill(const Session& session, const DocumentOptions& options, const v1::Trial& trial,
                  Request& request) {
  if (!options.html_file.empty() && !options.pdf_file.empty()) {
    return UsageError("Choose one of --html and --pdf.");
  }
  std::string paper = options.paper;
  std::transform(paper.begin(), paper.end(), paper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!paper.empty() && paper != "a4" && paper != "letter") {
    return UsageError("--paper is a4 or letter.");
  }
  request.set_trial(trial.name());
  request.set_locale(session.settings().locale);
  request.set_format(options.pdf_file.empty() ? v1::DOCUMENT_FORMAT_HTML : v1::DOCUMENT_FORMAT_PDF);
  request.set_paper(paper == "letter" ? v1::PAPER_SIZE_LETTER : v1::PAPER_SIZE_A4);
  return absl::OkStatus();
}

absl::StatusOr<int> Write(const Session& session, const DocumentOptions& options,
                          const v1::RenderedDocument& document) {
  const std::string& file = options.pdf_file.empty() ? options.html_file : options.pdf_file;
  CLIENT_RETURN_IF_ERROR(WriteFile(file, document.content(), options.force));
  if (file == "-") return kOk;
  v1::RenderedDocument shown = document;
  shown.clear_content();
  shown.set_file_name(file);
  CLIENT_RETURN_IF_ERROR(session.Print(shown, fmt::format("Wrote {}.\n", file)));
  return kOk;
}

// The answer, then the checklist item by item.
std::string RenderText(const v1::TrialSummary& summary, const Style& style) {
  const auto width = static_cast<size_t>(style.width);
  std::string text;
  if (summary.has_result()) {
    text += Paragraph(Clean(summary.result().verdict().sentence()), "", width) + "\n";
  }
  for (const v1::ReportingItem& item : summary.items()) {
    text += fmt::format("{:<4}{}\n", item.number(), Clean(item.topic()));
    for (const v1::ReportedFact& fact : item.facts()) {
      const std::string label = fact.label().empty() ? "" : Clean(fact.label()) + ": ";
      text += Paragraph(label + Clean(fact.text()), "      ", width);
    }
  }
  return text;
}

}  // namespace

absl::StatusOr<int> Summary(Session& session, const DocumentOptions& options) {
  CLIENT_ASSIGN_OR_RETURN(
      const v1::Trial trial,
      session.FindTrial(options.trial, {v1::TRIAL_STATE_COMPLETED, v1::TRIAL_STATE_STOPPED,
                                        v1::TRIAL_STATE_IMPORTED, v1::TRIAL_STATE_RUNNING,
                                        v1::TRIAL_STATE_PAUSED}));
  v1::RenderSummaryRequest request;
  CLIENT_RETURN_IF_ERROR(Fill(session, options, trial, request));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  if (options.html_file.empty() && options.pdf_file.empty()) {
    v1::GetSummaryRequest get;
    get.set_trial(trial.name());
    get.set_locale(request.locale());
    CLIENT_ASSIGN_OR_RETURN(const v1::TrialSummary summary, engine->GetSummary(get));
    CLIENT_RETURN_IF_ERROR(session.Print(summary, RenderText(summary, session.style())));
    return kOk;
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::RenderedDocument document, engine->RenderSummary(request));
  return Write(session, options, document);
}

absl::StatusOr<int> ProtocolPrint(Session& session, const DocumentOptions& options) {
  if (options.html_file.empty() && options.pdf_file.empty()) {
    return UsageError("Say where to write it: --pdf FILE or --html FILE.");
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial trial,
                          session.FindTrial(options.trial, {v1::TRIAL_STATE_DRAFT}));
  v1::RenderProtocolRequest request;
  CLIENT_RETURN_IF_ERROR(Fill(session, options, trial, request));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(const v1::RenderedDocument document, engine->RenderProtocol(request));
  return Write(session, options, document);
}

}  // namespace solotrial::cli

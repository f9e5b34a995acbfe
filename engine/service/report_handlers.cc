#include "engine/service/report_handlers.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "engine/base/fault.h"
#include "engine/report/html.h"
#include "engine/report/pdf.h"
#include "engine/report/summary_document.h"
#include "engine/service/convert.h"
#include "engine/service/situation.h"
#include "engine/trial/adverse_events.h"
#include "engine/trial/allocation.h"
#include "engine/trial/amendment.h"
#include "engine/trial/record_summary.h"

namespace solotrial::service {
namespace {

// What may be known of the trial's life in every state. Nothing of its order.
void PutLife(const Situation& situation, report::Summary& summary) {
  const LoadedTrial& loaded = situation.loaded;
  const trial::Trial& trial = loaded.trial;
  summary.trial_id = trial.id;
  summary.state = loaded.state;
  summary.today = loaded.today;
  summary.start_date = trial.start_date;
  summary.pauses = trial.pauses;
  summary.stop = trial.stop;
  for (trial::Amendment made : trial.amendments) {
    if (made.kind == trial::Amendment::Kind::kArchiveKey) continue;
    made.secret.clear();
    summary.amendments.push_back(std::move(made));
  }
  summary.confirmation = trial.safety_confirmation;
  summary.protocol_digest = trial.protocol_digest;
  summary.commitment = trial.commitment;
  summary.allocations = trial::AllocationCount(loaded.protocol.design);
  for (const store::LookRow& look : situation.looks) {
    summary.looks.push_back({look.pair, look.data_date, look.recording_may_end});
  }
  if (loaded.state == trial::EffectiveState::kDraft) return;
  if (loaded.state == trial::EffectiveState::kImported) {
    summary.progress = trial::ProgressOf(loaded.protocol, situation.record);
    if (!situation.record.days.empty()) {
      summary.start_date = situation.record.days.front().date;
      summary.last_date = situation.record.days.back().date;
    }
    return;
  }
  summary.concealed = trial::IsConcealed(loaded.protocol, trial, loaded.today);
  summary.last_date = trial::Schedule(loaded.protocol, trial).end_date();
  summary.progress = trial::ProgressOf(loaded.protocol, trial, situation.record, loaded.today);
}

// What is known once the trial has ended.
absl::Status PutResults(const Situation& situation, report::Summary& summary) {
  const LoadedTrial& loaded = situation.loaded;
  summary.seed = loaded.trial.seed;
  summary.allocation = loaded.trial.allocation;
  if (situation.record.days.empty()) return absl::OkStatus();
  report::SummaryResults results;
  SOLOTRIAL_ASSIGN_OR_RETURN(
      results.record,
      trial::SummarizeRecord(*summary.protocol, situation.record, RequestFor(situation)));
  results.remarks = results.record.outcome.verdict.remarks;
  if (loaded.state != trial::EffectiveState::kImported) {
    const trial::Schedule schedule(loaded.protocol, loaded.trial);
    results.harms = trial::CountHarms(schedule, situation.current);
    results.rescue = report::CountRescueDays(schedule, situation.current);
    results.events = report::NotedEvents(schedule, situation.current);
    if (auto remark = trial::NewTreatmentRemark(situation.current); remark.has_value()) {
      results.remarks.push_back(*std::move(remark));
    }
  }
  summary.results = std::move(results);
  return absl::OkStatus();
}

bool IsRelativePath(const std::string& href) {
  constexpr size_t kMostBytes = 200;
  if (href.empty() || href.size() > kMostBytes || href.front() == '/') return false;
  return std::all_of(href.begin(), href.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string("._-/?=&").find(c) != std::string::npos;
  });
}

absl::StatusOr<std::vector<report::Link>> CheckedLinks(const v1::RenderSummaryRequest& request) {
  constexpr int kMostLinks = 8;
  constexpr size_t kMostLabelBytes = 400;
  if (request.links_size() > kMostLinks) return InvalidField("links", "may be at most 8");
  std::vector<report::Link> links;
  for (int i = 0; i < request.links_size(); ++i) {
    const v1::PageLink& link = request.links(i);
    const std::string path = "links[" + std::to_string(i) + "].";
    if (link.label().empty() || link.label().size() > kMostLabelBytes) {
      return InvalidField(path + "label", "must have 1 to 100 characters");
    }
    if (!IsRelativePath(link.href())) {
      return InvalidField(path + "href",
                          "must be a relative path: 1 to 200 of A-Z, a-z, 0-9 and . _ - / ? = &, "
                          "not beginning with a slash");
    }
    links.push_back({link.label(), link.href()});
  }
  return links;
}

// `what` is part of the file's name.
template <typename Request>
absl::Status Render(const report::Document& document, const Request& request,
                    const std::vector<report::Link>& links, const std::string& what,
                    const report::Summary& summary, v1::RenderedDocument* response) {
  if (!v1::DocumentFormat_IsValid(request.format())) {
    return InvalidField("format", "is not known to this engine: ask for HTML or PDF");
  }
  if (!v1::PaperSize_IsValid(request.paper())) {
    return InvalidField("paper", "is not known to this engine: ask for A4 or LETTER");
  }
  const report::Paper paper =
      request.paper() == v1::PAPER_SIZE_LETTER ? report::Paper::kLetter : report::Paper::kA4;
  const std::string name = "solotrial-" + what + "-" + FormatDate(summary.today);
  if (request.format() == v1::DOCUMENT_FORMAT_PDF) {
    SOLOTRIAL_ASSIGN_OR_RETURN(*response->mutable_content(), report::WritePdf(document, paper));
    response->set_content_type("application/pdf");
    response->set_file_name(name + ".pdf");
    return absl::OkStatus();
  }
  report::HtmlPage page = report::WriteHtml(document, paper, links);
  response->set_content(std::move(page.html));
  response->set_content_type("text/html; charset=utf-8");
  response->set_content_security_policy(std::move(page.content_security_policy));
  response->set_file_name(name + ".html");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<report::Summary> ReportHandlers::Summarize(const access::Caller& caller,
                                                          const std::string& name) const {
  Situation situation;
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(situation, LoadSituation(caller, transaction, name, clock_));
    return absl::OkStatus();
  }));
  return Summarize(situation);
}

absl::StatusOr<report::Summary> ReportHandlers::Summarize(const Situation& situation) const {
  report::Summary summary;
  summary.protocol = std::make_shared<const trial::Protocol>(situation.loaded.protocol);
  summary.create_time = clock_.Now();
  summary.engine_version = SOLOTRIAL_VERSION;
  summary.manual_clock = clock_.IsManual();
  PutLife(situation, summary);
  summary.power = PowerOf(situation);
  if (trial::HasEnded(summary.state)) SOLOTRIAL_RETURN_IF_ERROR(PutResults(situation, summary));
  return summary;
}

std::optional<trial::SimulatedPower> ReportHandlers::PowerOf(const Situation& situation) const {
  const LoadedTrial& loaded = situation.loaded;
  if (situation.power.has_value() || loaded.state == trial::EffectiveState::kImported) {
    return situation.power;
  }
  // As it was planned, without the pairs that were added later.
  const auto power = power_.Now(loaded.proto);
  if (power.has_value() && loaded.state != trial::EffectiveState::kDraft) {
    power_.Keep(loaded.trial.person_id, loaded.trial.id, *power);
  }
  return power;
}

absl::Status ReportHandlers::GetSummary(const access::Caller& caller,
                                        const v1::GetSummaryRequest& request,
                                        v1::TrialSummary* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const report::Summary summary, Summarize(caller, request.trial()));
  *response = ToProto(summary, report::LanguageOf(request.locale()));
  return absl::OkStatus();
}

absl::Status ReportHandlers::RenderSummary(const access::Caller& caller,
                                           const v1::RenderSummaryRequest& request,
                                           v1::RenderedDocument* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<report::Link> links, CheckedLinks(request));
  SOLOTRIAL_ASSIGN_OR_RETURN(const report::Summary summary, Summarize(caller, request.trial()));
  return Render(report::SummaryDocument(summary, report::LanguageOf(request.locale())), request,
                links, "summary", summary, response);
}

absl::Status ReportHandlers::RenderProtocol(const access::Caller& caller,
                                            const v1::RenderProtocolRequest& request,
                                            v1::RenderedDocument* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const report::Summary summary, Summarize(caller, request.trial()));
  if (summary.state == trial::EffectiveState::kImported) {
    return FaultStatus(Reason::kWrongState,
                       "an imported record has no protocol to sign: nobody planned it here");
  }
  return Render(report::ProtocolDocument(summary, report::LanguageOf(request.locale())), request,
                {}, "protocol", summary, response);
}

}  // namespace solotrial::service

// What the methods of ReportService do, apart from transport, authorisation and threads.
#ifndef SOLOTRIAL_ENGINE_SERVICE_REPORT_HANDLERS_H_
#define SOLOTRIAL_ENGINE_SERVICE_REPORT_HANDLERS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/report/summary.h"
#include "engine/service/power_keeper.h"
#include "engine/store/trial_store.h"
#include "solotrial/v1/report_service.pb.h"

namespace solotrial::service {

struct Situation;

// Thread-safe. Errors are as report_service.proto says. Each reads a snapshot, then computes: on a
// worker only.
class ReportHandlers {
 public:
  // All must outlive the handlers.
  ReportHandlers(store::TrialStore& store, const Clock& clock, PowerKeeper& power)
      : store_(store), clock_(clock), power_(power) {}

  absl::Status GetSummary(const access::Caller& caller, const v1::GetSummaryRequest& request,
                          v1::TrialSummary* response) const;
  absl::Status RenderSummary(const access::Caller& caller, const v1::RenderSummaryRequest& request,
                             v1::RenderedDocument* response) const;
  absl::Status RenderProtocol(const access::Caller& caller,
                              const v1::RenderProtocolRequest& request,
                              v1::RenderedDocument* response) const;

  // The summary of a trial as domain data, as of now: of the caller's trial `name`, or of one that
  // was read before.
  absl::StatusOr<report::Summary> Summarize(const access::Caller& caller,
                                            const std::string& name) const;
  absl::StatusOr<report::Summary> Summarize(const Situation& situation) const;

 private:
  // Of the design as it was planned: what was kept, else simulated now, which takes a while,
  // and kept unless it is a draft. nullopt of a past record.
  std::optional<trial::SimulatedPower> PowerOf(const Situation& situation) const;

  store::TrialStore& store_;
  const Clock& clock_;
  PowerKeeper& power_;
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_REPORT_HANDLERS_H_

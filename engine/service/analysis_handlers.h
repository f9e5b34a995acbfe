// What the methods of AnalysisService do, apart from transport, authorisation and threads.
#ifndef SOLOTRIAL_ENGINE_SERVICE_ANALYSIS_HANDLERS_H_
#define SOLOTRIAL_ENGINE_SERVICE_ANALYSIS_HANDLERS_H_

#include <functional>
#include <mutex>

#include "absl/status/status.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"
#include "solotrial/v1/analysis_service.pb.h"

namespace solotrial::service {

// AnalysisService.AnalyzeRecord: needs nothing but the request. Thread-safe.
absl::Status AnalyzeRecord(const v1::AnalyzeRecordRequest& request, v1::AnalysisResult* response);

// Whether nobody waits for an answer any more; called from several threads at once.
using Cancelled = std::function<bool()>;

// AnalysisService.PredictDecision of a record that was collected elsewhere. Thread-safe.
absl::Status PredictRecord(const v1::PredictDecisionRequest& request, const Cancelled& cancelled,
                           v1::Prediction* response);

// Thread-safe. Errors are as analysis_service.proto says.
class AnalysisHandlers {
 public:
  // Both must outlive the handlers.
  AnalysisHandlers(store::TrialStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  // Reads, computes, and writes down the look that has come due; waits for the writer then.
  absl::Status Analyze(const access::Caller& caller, const v1::AnalyzeRequest& request,
                       v1::Analysis* response) const;

  absl::Status PredictDecision(const access::Caller& caller,
                               const v1::PredictDecisionRequest& request,
                               const Cancelled& cancelled, v1::Prediction* response) const;

 private:
  store::TrialStore& store_;
  const Clock& clock_;
  // Held by the one prediction that is being computed: it uses every processor.
  mutable std::mutex predicting_;
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_ANALYSIS_HANDLERS_H_

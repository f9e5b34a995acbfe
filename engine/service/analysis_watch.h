// One WatchAnalysis stream.
#ifndef SOLOTRIAL_ENGINE_SERVICE_ANALYSIS_WATCH_H_
#define SOLOTRIAL_ENGINE_SERVICE_ANALYSIS_WATCH_H_

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <mutex>

#include "engine/access/caller.h"
#include "engine/service/analysis_handlers.h"
#include "engine/service/change_hub.h"
#include "engine/service/worker_pool.h"
#include "solotrial/v1/analysis_service.pb.h"

namespace solotrial::service {

// Computes on a worker, writes, and waits for the next change; changes that arrive meanwhile are
// answered together. Deletes itself when gRPC is done with it.
class AnalysisWatch final : public grpc::ServerWriteReactor<v1::Analysis> {
 public:
  // What is passed by reference must outlive the stream. `still_admitted` is asked before every
  // answer, so that a device that was revoked learns no more.
  AnalysisWatch(const AnalysisHandlers& handlers, WorkerPool& workers, ChangeHub& changes,
                access::Caller caller, std::function<absl::Status()> still_admitted,
                const v1::WatchAnalysisRequest& request);

  // Subscribes and computes the first answer; once, after construction.
  void Begin();

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  // Exactly one of the three at a time, so that Finish is called once and nothing is written after.
  enum class Phase { kWaiting, kBusy, kFinished };

  void Changed();
  void Submit();   // computes on a worker; phase is kBusy
  void Compute();  // on a worker
  // Ends the stream with `status`; phase is kBusy or kWaiting.
  void End(const grpc::Status& status);

  const AnalysisHandlers& handlers_;
  WorkerPool& workers_;
  ChangeHub& changes_;
  const access::Caller caller_;
  const std::function<absl::Status()> still_admitted_;
  v1::AnalyzeRequest request_;  // constant after construction
  v1::Analysis response_;       // owned by the phase kBusy
  uint64_t subscription_ = 0;   // constant after Begin

  std::mutex mutex_;
  Phase phase_ = Phase::kBusy;  // guarded by mutex_
  bool changed_ = false;        // guarded by mutex_: since the answer being computed or written
  bool cancelled_ = false;      // guarded by mutex_
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_ANALYSIS_WATCH_H_

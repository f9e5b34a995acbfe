#include "engine/service/analysis_watch.h"

#include <utility>

#include "engine/base/fault.h"
#include "engine/service/wire_error.h"

namespace solotrial::service {

AnalysisWatch::AnalysisWatch(const AnalysisHandlers& handlers, WorkerPool& workers,
                             ChangeHub& changes, access::Caller caller,
                             std::function<absl::Status()> still_admitted,
                             const v1::WatchAnalysisRequest& request)
    : handlers_(handlers),
      workers_(workers),
      changes_(changes),
      caller_(std::move(caller)),
      still_admitted_(std::move(still_admitted)) {
  request_.set_trial(request.trial());
  request_.set_measure_id(request.measure_id());
  request_.set_locale(request.locale());
}

void AnalysisWatch::Begin() {
  // Subscribed before the first answer is computed, so that no change falls between.
  subscription_ = changes_.Subscribe(request_.trial(), [this] { Changed(); });
  if (subscription_ == 0) {
    return End(ToWire(FaultStatus(Reason::kBusy, "too many watches are open; retry later")));
  }
  Submit();
}

void AnalysisWatch::Changed() {
  {
    const std::lock_guard lock(mutex_);
    changed_ = true;
    if (phase_ != Phase::kWaiting) return;
    phase_ = Phase::kBusy;
  }
  Submit();
}

void AnalysisWatch::Submit() {
  {
    const std::lock_guard lock(mutex_);
    changed_ = false;
  }
  if (!workers_.Submit([this] { Compute(); })) {
    End(ToWire(FaultStatus(Reason::kBusy, "the engine is busy; retry")));
  }
}

void AnalysisWatch::Compute() {
  response_.Clear();
  absl::Status status = still_admitted_();
  if (status.ok()) status = handlers_.Analyze(caller_, request_, &response_);
  bool cancelled = false;
  {
    const std::lock_guard lock(mutex_);
    cancelled = cancelled_;
  }
  if (cancelled) return End(grpc::Status::CANCELLED);
  if (!status.ok()) return End(ToWire(status));
  StartWrite(&response_);
}

void AnalysisWatch::OnWriteDone(bool ok) {
  bool cancelled = false;
  {
    const std::lock_guard lock(mutex_);
    cancelled = cancelled_ || !ok;
    if (!cancelled && !changed_) {
      phase_ = Phase::kWaiting;
      return;
    }
  }
  if (cancelled) return End(grpc::Status::CANCELLED);
  Submit();
}

void AnalysisWatch::OnCancel() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (phase_ != Phase::kWaiting) return;  // whoever is busy ends the stream
  }
  End(grpc::Status::CANCELLED);
}

void AnalysisWatch::End(const grpc::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ == Phase::kFinished) return;
    phase_ = Phase::kFinished;
  }
  Finish(status);
}

void AnalysisWatch::OnDone() {
  if (subscription_ != 0) changes_.Unsubscribe(subscription_);
  delete this;
}

}  // namespace solotrial::service

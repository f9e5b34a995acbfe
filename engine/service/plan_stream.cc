#include "engine/service/plan_stream.h"

#include <atomic>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include "engine/base/fault.h"
#include "engine/service/plan_handlers.h"
#include "engine/service/thread_priority.h"
#include "engine/service/wire_error.h"

namespace solotrial::service {
namespace {

// Writes what is offered, the latest where the client is slower than the plan. Deletes itself when
// gRPC is done with it; whoever closes it touches it no more.
class PlanStream final : public grpc::ServerWriteReactor<v1::Plan> {
 public:
  void Offer(const v1::Plan& plan) {
    {
      const std::lock_guard lock(mutex_);
      if (cancelled_) return;
      if (writing_) {
        next_ = plan;
        return;
      }
      writing_ = true;
      current_ = plan;
    }
    StartWrite(&current_);
  }

  // Ends the stream with `status`, after what was offered. Once.
  void Close(const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      closed_ = status;
      if (writing_) return;
    }
    Finish(status);
  }

  bool IsCancelled() const { return cancelled_; }

  void OnWriteDone(bool ok) override {
    std::optional<grpc::Status> end;
    {
      const std::lock_guard lock(mutex_);
      if (!ok) cancelled_ = true;
      if (ok && next_.has_value()) {
        current_ = *std::exchange(next_, std::nullopt);
      } else {
        writing_ = false;
        if (!closed_.has_value()) return;
        end = closed_;
      }
    }
    if (end.has_value()) {
      Finish(*end);
    } else {
      StartWrite(&current_);
    }
  }

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

 private:
  std::atomic<bool> cancelled_ = false;
  std::mutex mutex_;
  bool writing_ = false;                // guarded by mutex_
  std::optional<v1::Plan> next_;        // guarded by mutex_
  std::optional<grpc::Status> closed_;  // guarded by mutex_
  v1::Plan current_;                    // owned by gRPC while writing_
};

// Offers the plan; the status that the stream is to end with.
grpc::Status Compute(const v1::PlanTrialRequest& request, PlanStream* stream) {
  absl::Status status;
  try {
    v1::Plan plan;
    status = PlanTrial(
        request, [stream] { return stream->IsCancelled(); },
        [stream](const v1::Plan& so_far) { stream->Offer(so_far); }, &plan);
    if (status.ok()) stream->Offer(plan);
  } catch (const std::exception&) {
    status = FaultStatus(Reason::kInternal, "an exception escaped a plan");
  }
  return stream->IsCancelled() ? grpc::Status::CANCELLED : ToWire(status);
}

}  // namespace

PlanRunner::~PlanRunner() {
  if (thread_.joinable()) thread_.join();
}

grpc::ServerWriteReactor<v1::Plan>* PlanRunner::Answer(const v1::PlanTrialRequest& request) {
  auto* stream = new PlanStream;
  const std::lock_guard lock(mutex_);
  if (running_) {
    stream->Close(ToWire(FaultStatus(Reason::kBusy, "another plan is being computed; retry")));
    return stream;
  }
  // The one before has nothing left to do but to end.
  if (thread_.joinable()) thread_.join();
  try {
    thread_ = std::thread([this, request, stream] {
      LowerPriority();
      const grpc::Status status = Compute(request, stream);
      {
        // Before whoever waits learns of the end, and may ask for the next plan.
        const std::lock_guard done(mutex_);
        running_ = false;
      }
      stream->Close(status);
    });
    running_ = true;
  } catch (const std::system_error&) {
    stream->Close(ToWire(FaultStatus(Reason::kBusy, "the engine is busy; retry")));
  }
  return stream;
}

}  // namespace solotrial::service

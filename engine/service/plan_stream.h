// PlanTrial streams, one at a time.
#ifndef SOLOTRIAL_ENGINE_SERVICE_PLAN_STREAM_H_
#define SOLOTRIAL_ENGINE_SERVICE_PLAN_STREAM_H_

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>
#include <thread>

#include "solotrial/v1/plan.pb.h"
#include "solotrial/v1/plan_service.pb.h"

namespace solotrial::service {

// Computes plans on a thread of its own, of lower priority than whatever else the engine does.
// Thread-safe. The destructor waits for the plan that is being computed: its stream must have been
// ended or cancelled, as a server's shutdown does.
class PlanRunner {
 public:
  PlanRunner() = default;
  ~PlanRunner();
  PlanRunner(const PlanRunner&) = delete;
  PlanRunner& operator=(const PlanRunner&) = delete;

  // The stream that answers `request`; BUSY while another is being answered. gRPC owns the stream.
  grpc::ServerWriteReactor<v1::Plan>* Answer(const v1::PlanTrialRequest& request);

 private:
  std::mutex mutex_;
  bool running_ = false;  // guarded by mutex_
  std::thread thread_;    // guarded by mutex_
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_PLAN_STREAM_H_

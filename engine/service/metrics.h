// What the engine does, in numbers, for Prometheus.
//
//   solotrial_requests_total{method, code}          calls that were answered
//   solotrial_request_seconds{method}               how long they took, a histogram
//   solotrial_analyses_total                        analyses that were answered
//   solotrial_work_queue                            calls that wait for a worker
//   solotrial_write_queue                           writes that wait for the disk
//   solotrial_writes_total, solotrial_commits_total   writes, and the commits that made them
//   durable
//
// A method is `TrialService.GetToday`; nothing tells whose call it was.
#ifndef SOLOTRIAL_ENGINE_SERVICE_METRICS_H_
#define SOLOTRIAL_ENGINE_SERVICE_METRICS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/store/trial_store.h"

namespace grpc::experimental {
class ServerInterceptorFactoryInterface;
}

namespace solotrial::service {

// Thread-safe.
class Metrics {
 public:
  // How many calls wait for a worker.
  using WorkQueue = std::function<size_t()>;

  // Both must outlive the metrics.
  Metrics(store::TrialStore& store, WorkQueue work_queue);
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();

  // Counts every call of a server; the metrics must outlive it.
  std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> CountCalls();

  // Answers `http://ADDRESS/metrics` from now on; ADDRESS is 127.0.0.1:PORT, [::1]:PORT or
  // localhost:PORT: whoever is on this machine may read numbers.
  absl::Status Serve(const std::string& address);

  // What it would answer, in the text format of Prometheus.
  std::string Text() const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_METRICS_H_

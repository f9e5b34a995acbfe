// A few threads for work that must not run on gRPC's own: reads and analyses.
#ifndef SOLOTRIAL_ENGINE_SERVICE_WORKER_POOL_H_
#define SOLOTRIAL_ENGINE_SERVICE_WORKER_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace solotrial::service {

// Thread-safe. The destructor runs what is queued, then joins.
class WorkerPool {
 public:
  WorkerPool(int threads, size_t most_queued);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, and `task` is dropped, when the queue is full. Tasks run in order of submission.
  bool Submit(std::function<void()> task);
  // Tasks that wait.
  size_t queued() const;

 private:
  void Run();

  const size_t most_queued_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;         // constant after construction
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_WORKER_POOL_H_

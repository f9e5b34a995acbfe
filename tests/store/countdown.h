// Waiting for what happens on the writer's thread.
#ifndef SOLOTRIAL_TESTS_STORE_COUNTDOWN_H_
#define SOLOTRIAL_TESTS_STORE_COUNTDOWN_H_

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace solotrial::store {

// Thread-safe. Unlike a std::promise it may be destroyed as soon as Wait returns, though the last
// Tick is still on its way out.
class Countdown {
 public:
  explicit Countdown(size_t ticks) : missing_(ticks) {}

  void Tick() {
    const std::lock_guard lock(mutex_);
    if (--missing_ == 0) zero_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    zero_.wait(lock, [this] { return missing_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  size_t missing_;  // guarded by mutex_
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_TESTS_STORE_COUNTDOWN_H_

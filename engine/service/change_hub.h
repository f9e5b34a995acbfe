// Tells watchers that a trial or its diary has changed.
#ifndef SOLOTRIAL_ENGINE_SERVICE_CHANGE_HUB_H_
#define SOLOTRIAL_ENGINE_SERVICE_CHANGE_HUB_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace solotrial::service {

// Thread-safe.
class ChangeHub {
 public:
  // Calls `on_change` after every change of the trial `name`, on the thread that made the change;
  // it must be short and must not call the hub. Returns the subscription, or 0 when there are
  // already `kMostSubscriptions`.
  static constexpr size_t kMostSubscriptions = 256;
  uint64_t Subscribe(const std::string& name, std::function<void()> on_change);

  // After this has returned, `on_change` is not running and will not run again.
  void Unsubscribe(uint64_t subscription);

  void Notify(const std::string& name);

 private:
  struct Subscription {
    std::string name;
    std::function<void()> on_change;
  };
  std::mutex mutex_;
  uint64_t last_ = 0;                               // guarded by mutex_
  std::map<uint64_t, Subscription> subscriptions_;  // guarded by mutex_
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_CHANGE_HUB_H_

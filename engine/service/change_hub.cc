#include "engine/service/change_hub.h"

#include <utility>

namespace solotrial::service {

uint64_t ChangeHub::Subscribe(const std::string& name, std::function<void()> on_change) {
  const std::lock_guard lock(mutex_);
  if (subscriptions_.size() >= kMostSubscriptions) return 0;
  subscriptions_.emplace(++last_, Subscription{name, std::move(on_change)});
  return last_;
}

void ChangeHub::Unsubscribe(uint64_t subscription) {
  const std::lock_guard lock(mutex_);
  subscriptions_.erase(subscription);
}

void ChangeHub::Notify(const std::string& name) {
  // Called with the lock held: Unsubscribe then waits for a running callback.
  const std::lock_guard lock(mutex_);
  for (const auto& [id, subscription] : subscriptions_) {
    if (subscription.name == name) subscription.on_change();
  }
}

}  // namespace solotrial::service

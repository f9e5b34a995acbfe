#include "engine/access/rate_limit.h"

#include <algorithm>

namespace solotrial::access {
namespace {

// Beyond so many keys those that are full are dropped; when all are at work, new ones share one.
constexpr size_t kMostKeys = 20'000;
constexpr char kCrowd[] = "";

}  // namespace

bool RateLimit::Take(const std::string& key, absl::Duration now) {
  const std::lock_guard lock(mutex_);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= kMostKeys) DropFull(now);
    const bool crowded = buckets_.size() >= kMostKeys;
    found = buckets_.try_emplace(crowded ? kCrowd : key, Bucket{rate_.burst, now}).first;
  }
  Bucket& bucket = found->second;
  const double passed = absl::ToDoubleSeconds(std::max(absl::ZeroDuration(), now - bucket.time));
  bucket.calls = std::min(rate_.burst, bucket.calls + passed * rate_.per_second);
  bucket.time = now;
  if (bucket.calls < 1) return false;
  bucket.calls -= 1;
  return true;
}

void RateLimit::DropFull(absl::Duration now) {
  const absl::Duration full = absl::Seconds(rate_.burst / rate_.per_second);
  for (auto at = buckets_.begin(); at != buckets_.end();) {
    at = now - at->second.time >= full ? buckets_.erase(at) : std::next(at);
  }
}

}  // namespace solotrial::access

// How often somebody may call.
#ifndef SOLOTRIAL_ENGINE_ACCESS_RATE_LIMIT_H_
#define SOLOTRIAL_ENGINE_ACCESS_RATE_LIMIT_H_

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/time/time.h"

namespace solotrial::access {

// A token bucket per key: `burst` calls at once, `per_second` on average. Keys that have been quiet
// long enough to be full again cost nothing. Thread-safe.
class RateLimit {
 public:
  struct Rate {
    double per_second = 0;
    double burst = 0;
  };

  explicit RateLimit(Rate rate) : rate_(rate) {}

  // Takes one call of `key` at `now`, the reading of a clock that never goes back. False when there
  // is none to take.
  bool Take(const std::string& key, absl::Duration now);

 private:
  struct Bucket {
    double calls = 0;
    absl::Duration time;
  };

  void DropFull(absl::Duration now);

  const Rate rate_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;  // guarded by mutex_
};

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_RATE_LIMIT_H_

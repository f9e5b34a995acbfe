#include "engine/access/rate_limit.h"

#include <gtest/gtest.h>

namespace solotrial::access {
namespace {

TEST(RateLimitTest, GivesABurstAndThenItsRate) {
  RateLimit limit({.per_second = 2, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.Take("a", absl::ZeroDuration()));
  EXPECT_FALSE(limit.Take("a", absl::ZeroDuration()));
  EXPECT_FALSE(limit.Take("a", absl::Milliseconds(400)));
  EXPECT_TRUE(limit.Take("a", absl::Milliseconds(500)));
  EXPECT_FALSE(limit.Take("a", absl::Milliseconds(600)));
  // Quiet for an hour: the burst is back, and no more than that.
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.Take("a", absl::Hours(1)));
  EXPECT_FALSE(limit.Take("a", absl::Hours(1)));
}

TEST(RateLimitTest, OneKeyCostsAnotherNothing) {
  RateLimit limit({.per_second = 1, .burst = 1});
  EXPECT_TRUE(limit.Take("a", absl::ZeroDuration()));
  EXPECT_FALSE(limit.Take("a", absl::ZeroDuration()));
  EXPECT_TRUE(limit.Take("b", absl::ZeroDuration()));
}

TEST(RateLimitTest, AFloodOfKeysSharesOneBucketUntilTheyAreQuiet) {
  RateLimit limit({.per_second = 1, .burst = 2});
  for (int i = 0; i < 20'000; ++i) limit.Take("k" + std::to_string(i), absl::ZeroDuration());
  EXPECT_TRUE(limit.Take("x", absl::ZeroDuration()));
  EXPECT_TRUE(limit.Take("y", absl::ZeroDuration()));
  EXPECT_FALSE(limit.Take("z", absl::ZeroDuration()));
  // Those who were there before keep their own.
  EXPECT_TRUE(limit.Take("k1", absl::ZeroDuration()));
  EXPECT_TRUE(limit.Take("z", absl::Seconds(10)));
}

}  // namespace
}  // namespace solotrial::access

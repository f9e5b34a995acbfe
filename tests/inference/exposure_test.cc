#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/inference/inference.h"

namespace solotrial::inference {
namespace {

TEST(ExposureTest, FollowsTheAssignmentAtOnceWithoutHalfLife) {
  const std::vector<double> assignment = {0, 1, 1, 0.5, 0};
  EXPECT_EQ(Exposure(assignment, Kinetics{}), assignment);
}

TEST(ExposureTest, CoversHalfTheDistanceInOneHalfLife) {
  const std::vector<double> exposure = Exposure({1, 1, 1, 0, 0}, Kinetics{3, 1, 0});
  EXPECT_NEAR(exposure[2], 0.5, 1e-15);
  EXPECT_NEAR(exposure[3], 0.25, 1e-15);
  EXPECT_NEAR(exposure[4], 0.125, 1e-15);
}

TEST(ExposureTest, StartsFromTheInitialExposure) {
  const std::vector<double> exposure = Exposure({0, 0}, Kinetics{9, 1, 1});
  EXPECT_NEAR(exposure[0], 0.5, 1e-15);
  EXPECT_NEAR(exposure[1], 0.25, 1e-15);
}

TEST(ExposureTest, TakesOnsetUpwardsAndOffsetDownwardsOnTheSameDay) {
  // Half a dose while the exposure is 1 is a way down: the offset half-life holds.
  const std::vector<double> exposure = Exposure({0.5}, Kinetics{1, 2, 1});
  EXPECT_NEAR(exposure[0], 1 - 0.5 * (1 - std::sqrt(0.5)), 1e-15);
}

}  // namespace
}  // namespace solotrial::inference

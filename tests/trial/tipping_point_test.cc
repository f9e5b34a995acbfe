#include "engine/trial/tipping_point.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/status/status.h"

namespace solotrial::trial {
namespace {

// Responds while the missing on-days are at most `limit` (lower is better), and counts the calls.
class TippingPointTest : public testing::Test {
 protected:
  absl::StatusOr<TippingPoint> Find(double limit) {
    return FindTippingPoint(range_, [this, limit](double score) -> absl::StatusOr<Decision> {
      asked_.push_back(score);
      return score <= limit ? Decision::kResponds : Decision::kUndecided;
    });
  }

  TippingRange range_{.mean = 40,
                      .standard_deviation = 10,
                      .lowest = 0,
                      .highest = 100,
                      .verdict = Decision::kResponds};
  std::vector<double> asked_;
};

TEST_F(TippingPointTest, IsFoundToATenthOfAStandardDeviation) {
  for (const double limit : {40.1, 43.0, 52.0, 56.0, 69.0}) {
    asked_.clear();
    const absl::StatusOr<TippingPoint> point = Find(limit);
    ASSERT_TRUE(point.ok());
    EXPECT_EQ(point->at_mean, Decision::kResponds);
    EXPECT_FALSE(point->lower.has_value());
    ASSERT_TRUE(point->higher.has_value()) << limit;
    EXPECT_GT(point->higher->value, limit);
    EXPECT_LE(point->higher->value, limit + 10 * kLargestShift / kShiftSteps);
    EXPECT_NEAR(point->higher->shift, (point->higher->value - 40) / 10, 1e-12);
    EXPECT_EQ(point->higher->decision, Decision::kUndecided);
    EXPECT_LE(asked_.size(), 1U + 2U + 6U);
  }
}

TEST_F(TippingPointTest, NoneWithinTheRangeIsSaid) {
  const absl::StatusOr<TippingPoint> point = Find(71);
  ASSERT_TRUE(point.ok());
  EXPECT_FALSE(point->lower.has_value());
  EXPECT_FALSE(point->higher.has_value());
  EXPECT_EQ(asked_.size(), 5U);
}

TEST_F(TippingPointTest, TheMeanMayTipAlready) {
  const absl::StatusOr<TippingPoint> point = Find(39);
  ASSERT_TRUE(point.ok());
  EXPECT_EQ(point->at_mean, Decision::kUndecided);
  EXPECT_FALSE(point->higher.has_value());
  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(TippingPointTest, WholeNumbersAreRoundedAndStayOnTheScale) {
  range_.mean = 7.3;
  range_.standard_deviation = 2;
  range_.highest = 10;
  range_.whole_numbers = true;
  const absl::StatusOr<TippingPoint> point = Find(8);
  ASSERT_TRUE(point.ok());
  ASSERT_TRUE(point->higher.has_value());
  EXPECT_EQ(point->higher->value, 9);
  EXPECT_NEAR(point->higher->shift, (9 - 7.3) / 2, 1e-12);
  for (const double score : asked_) {
    EXPECT_EQ(score, static_cast<int>(score));
    EXPECT_LE(score, 10);
  }
  EXPECT_FALSE(Find(10)->higher.has_value());
}

TEST_F(TippingPointTest, AYesOrNoHasOnlyTheOther) {
  range_ = {.mean = 0.3,
            .standard_deviation = 0.46,
            .lowest = 0,
            .highest = 1,
            .whole_numbers = true,
            .verdict = Decision::kResponds};
  const absl::StatusOr<TippingPoint> point = Find(0.5);
  ASSERT_TRUE(point.ok());
  ASSERT_TRUE(point->higher.has_value());
  EXPECT_EQ(point->higher->value, 1);
  EXPECT_FALSE(point->lower.has_value());
  EXPECT_EQ(asked_, (std::vector<double>{0, 1}));
}

TEST_F(TippingPointTest, WhatCannotBeComputedIsNoChange) {
  const absl::StatusOr<TippingPoint> point = FindTippingPoint(range_, [](double score) {
    return absl::StatusOr<Decision>(score > 50 ? Decision::kNotComputed : Decision::kResponds);
  });
  ASSERT_TRUE(point.ok());
  EXPECT_FALSE(point->higher.has_value());
}

TEST_F(TippingPointTest, AFaultIsPassedOn) {
  EXPECT_FALSE(FindTippingPoint(range_, [](double) {
                 return absl::StatusOr<Decision>(absl::InternalError("no"));
               }).ok());
}

}  // namespace
}  // namespace solotrial::trial

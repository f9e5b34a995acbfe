#include "engine/trial/predictive_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "engine/base/random.h"
#include "engine/inference/predictive.h"

namespace solotrial::trial {
namespace {

using Statistic = PredictiveCheck::Statistic;

// 4 blocks of 14 days, off and on in turns, in a GAUSSIAN 0-10 measure.
class PredictiveCheckTest : public testing::Test {
 protected:
  PredictiveCheckTest() {
    for (int day = 0; day < 56; ++day) {
      const int block = day / 14 + 1;
      record_.days.push_back({.assignment = block % 2 == 0 ? 1.0 : 0.0, .block = block});
      matrix_.assignment.push_back(record_.days.back().assignment);
    }
    for (int block = 1; block <= 4; ++block) {
      record_.blocks.push_back({.number = block,
                                .on = block % 2 == 0,
                                .first_day = static_cast<size_t>(block * 14 - 14),
                                .last_day = static_cast<size_t>(block * 14 - 1)});
    }
    matrix_.maximum = 10;
    matrix_.planned_days = 56;
    matrix_.score.assign(56, std::nan(""));
    draw_.intercept = 5;
    draw_.latent_sd = 1;
    draw_.latent_correlation = 0.6;
    draw_.noise_sd = 0.8;
  }

  std::map<std::pair<Statistic, int>, PredictiveCheck> Checks(int draws = 400) const {
    const std::vector<inference::PosteriorDraw> all(static_cast<size_t>(draws), draw_);
    std::map<std::pair<Statistic, int>, PredictiveCheck> checks;
    for (const PredictiveCheck& check : CheckPredictions(record_, matrix_, all, 9)) {
      checks[{check.statistic, check.block}] = check;
    }
    return checks;
  }

  Record record_;
  inference::Record matrix_;
  inference::PosteriorDraw draw_;
};

TEST_F(PredictiveCheckTest, WhatTheModelMadeIsWhatItExpects) {
  RandomStream random(4);
  matrix_.score = inference::SimulateScores(matrix_, draw_, random);
  for (size_t day = 5; day < 56; day += 9) matrix_.score[day] = std::nan("");
  const auto checks = Checks();
  EXPECT_EQ(checks.size(), 8U);
  for (const auto& [key, check] : checks) {
    EXPECT_GT(check.p, 0.02) << static_cast<int>(key.first) << " " << key.second;
    EXPECT_LE(check.q025, check.q500);
    EXPECT_LE(check.q500, check.q975);
  }
}

TEST_F(PredictiveCheckTest, TheStatisticsAreWhatTheySay) {
  matrix_.score[0] = 2;
  matrix_.score[1] = 0;
  matrix_.score[2] = 4;
  matrix_.score[20] = 2;
  const auto checks = Checks();
  EXPECT_EQ(checks.at({Statistic::kMean, 0}).observed, 2);
  EXPECT_NEAR(checks.at({Statistic::kStandardDeviation, 0}).observed, std::sqrt(8.0 / 3), 1e-12);
  EXPECT_EQ(checks.at({Statistic::kShareLowest, 0}).observed, 0.25);
  // Two pairs of neighbours with products 0 and -4; the mean of the squares is 2.
  EXPECT_NEAR(checks.at({Statistic::kLagOneCorrelation, 0}).observed, -2.0 / 2, 1e-12);
  EXPECT_EQ(checks.at({Statistic::kBlockMean, 1}).observed, 2);
  EXPECT_EQ(checks.at({Statistic::kBlockMean, 2}).observed, 2);
  EXPECT_FALSE(checks.contains({Statistic::kBlockMean, 3}));
}

TEST_F(PredictiveCheckTest, AMisfitShows) {
  RandomStream random(4);
  matrix_.score = inference::SimulateScores(matrix_, draw_, random);
  for (double& score : matrix_.score) score = score < 4.5 ? 0 : score;
  for (size_t day = 28; day < 42; ++day) matrix_.score[day] += 8;
  const auto checks = Checks();
  EXPECT_LT(checks.at({Statistic::kShareLowest, 0}).p, 0.01);
  EXPECT_LT(checks.at({Statistic::kBlockMean, 3}).p, 0.01);
  EXPECT_GT(checks.at({Statistic::kBlockMean, 3}).observed,
            checks.at({Statistic::kBlockMean, 3}).q975);
  EXPECT_LT(checks.at({Statistic::kStandardDeviation, 0}).p, 0.01);
}

TEST_F(PredictiveCheckTest, EqualScoresTieWithEqualSimulations) {
  matrix_.family = inference::Family::kBernoulli;
  matrix_.score.assign(56, 0);
  draw_ = {.intercept = -40};
  const auto checks = Checks();
  EXPECT_EQ(checks.at({Statistic::kShareLowest, 0}).observed, 1);
  EXPECT_EQ(checks.at({Statistic::kShareLowest, 0}).p, 1);
  // Scores without spread have no correlation.
  EXPECT_FALSE(checks.contains({Statistic::kLagOneCorrelation, 0}));
}

TEST_F(PredictiveCheckTest, NothingToCompareGivesNothing) {
  EXPECT_TRUE(Checks().empty());
  matrix_.score[3] = 1;
  EXPECT_TRUE(Checks(0).empty());
  EXPECT_EQ(Checks().size(), 3U);  // mean, share of lowest, one block
}

}  // namespace
}  // namespace solotrial::trial

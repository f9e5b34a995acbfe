#include "engine/trial/sensitivity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "engine/base/random.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// A GAUSSIAN 0-100 measure, lower is better, in blocks of 14 days.
class SensitivityTest : public testing::Test {
 protected:
  SensitivityTest() {
    Measure& legs = protocol_.measures[0];
    legs.family = inference::Family::kGaussian;
    legs.maximum = 100;
    legs.minimal_important_difference = 10;
    protocol_.covariates.clear();
    protocol_.design.block_days = 14;
    facts_.minimal_important_difference = 10;
    facts_.range = 100;
    Live("100110", 14, 25);
  }

  // Scores of 50 with some scatter, `effect` lower on days of on blocks.
  void Live(const Allocation& order, int block_days, double effect) {
    RandomStream random(42);
    record_ = {};
    record_.design = protocol_.design;
    for (size_t i = 0; i < order.size(); ++i) {
      RecordBlock block{.number = static_cast<int>(i) + 1,
                        .pair = PairOf(protocol_.design, static_cast<int>(i)),
                        .on = order[i] == '1',
                        .first_day = record_.days.size()};
      for (int day = 0; day < block_days; ++day) {
        const double noise = 10 * (random.Uniform() + random.Uniform() + random.Uniform() - 1.5);
        record_.days.push_back({.date = Date(2026, 3, 2) + static_cast<int>(record_.days.size()),
                                .assignment = block.on ? 1.0 : 0.0,
                                .block = block.number,
                                .scores = {{"legs", 50 + noise - (block.on ? effect : 0)}}});
      }
      block.last_day = record_.days.size() - 1;
      record_.blocks.push_back(block);
    }
    record_.planned_days = static_cast<int>(record_.days.size());
  }

  inference::Record Matrix() const {
    inference::Record matrix;
    matrix.family = measure().family;
    matrix.minimum = measure().minimum;
    matrix.maximum = measure().maximum;
    matrix.lower_is_better = true;
    matrix.minimal_important_difference = 10;
    for (const RecordDay& day : record_.days) {
      const auto score = day.scores.find("legs");
      matrix.score.push_back(score == day.scores.end() ? kMissing : score->second);
      matrix.assignment.push_back(day.assignment);
    }
    matrix.planned_days = record_.planned_days;
    matrix.kinetics = protocol_.kinetics;
    return matrix;
  }

  const Measure& measure() const { return protocol_.measures[0]; }

  Sensitivity Analyzed() {
    inference::Record matrix = Matrix();
    matrix.other_priors = OtherPriors(measure());
    const absl::StatusOr<inference::Fit> fit = inference::Fit::Of(matrix);
    EXPECT_TRUE(fit.ok()) << fit.status();
    facts_.benefit = fit->posterior().benefit;
    const absl::StatusOr<Sensitivity> sensitivity =
        AnalyzeSensitivity({protocol_, measure(), record_, *fit, facts_, guesses_}, draws_, 1);
    EXPECT_TRUE(sensitivity.ok()) << sensitivity.status();
    return *sensitivity;
  }

  static inference::Posterior PosteriorOf(const inference::Record& matrix) {
    return *inference::ComputePosterior(matrix);
  }

  bool LeavesOut(const Sensitivity& sensitivity, const std::string& what) {
    return std::any_of(
        sensitivity.left_out.begin(), sensitivity.left_out.end(),
        [&](const Message& message) { return message.id == "sensitivity.left_out." + what; });
  }

  Protocol protocol_ = PairedProtocol();
  Record record_;
  VerdictFacts facts_;
  std::vector<BlockGuess> guesses_;
  std::vector<inference::PosteriorDraw> draws_;
};

TEST_F(SensitivityTest, StartsFromTheModelsOwnPrior) {
  const Sensitivity sensitivity = Analyzed();
  ASSERT_FALSE(sensitivity.priors.empty());
  EXPECT_EQ(sensitivity.priors[0].prior, PriorAlternative::Prior::kNeutral);
  EXPECT_EQ(sensitivity.priors[0].effect.sd, 25);
  EXPECT_EQ(sensitivity.priors[0].answer.benefit.mean, facts_.benefit.mean);
  EXPECT_EQ(sensitivity.priors[0].answer.decision, Decision::kResponds);
  ASSERT_TRUE(sensitivity.trend.has_value());
  ASSERT_TRUE(sensitivity.autocorrelation.has_value());
}

TEST_F(SensitivityTest, AScepticExpectsHalfAsMuch) {
  ASSERT_EQ(OtherPriors(measure()).size(), 1U);
  EXPECT_EQ(OtherPriors(measure())[0].mean, 0);
  EXPECT_EQ(OtherPriors(measure())[0].sd, 12.5);
  protocol_.measures[0].family = inference::Family::kOrdinal;
  EXPECT_EQ(OtherPriors(measure())[0].sd, 0.5);
}

TEST_F(SensitivityTest, ThePriorsOfTheProtocolComeAfterTheSceptic) {
  protocol_.measures[0].own_prior = {.mean = -3, .sd = 2};
  ASSERT_EQ(OtherPriors(measure()).size(), 2U);
  EXPECT_EQ(OtherPriors(measure())[1].mean, -3);
  protocol_.measures[0].literature_prior = {.mean = -1, .sd = 4};
  ASSERT_EQ(OtherPriors(measure()).size(), 3U);
  EXPECT_EQ(OtherPriors(measure())[1].mean, -1);
  EXPECT_EQ(OtherPriors(measure())[2].mean, -3);
}

TEST_F(SensitivityTest, OtherPriorsPullTowardsThemselves) {
  Live("1001", 7, 15);
  protocol_.measures[0].own_prior = {.mean = 5, .sd = 1.5};  // higher scores on: a harm
  const Sensitivity sensitivity = Analyzed();
  ASSERT_EQ(sensitivity.priors.size(), 3U);
  EXPECT_EQ(sensitivity.priors[1].prior, PriorAlternative::Prior::kSceptical);
  EXPECT_EQ(sensitivity.priors[2].prior, PriorAlternative::Prior::kOwn);
  const double neutral = sensitivity.priors[0].answer.benefit.mean;
  EXPECT_LT(sensitivity.priors[1].answer.benefit.mean, neutral);
  EXPECT_GT(sensitivity.priors[1].answer.benefit.mean, 0.8 * neutral);
  EXPECT_LT(sensitivity.priors[2].answer.benefit.mean, 0.5 * neutral);
  EXPECT_NE(sensitivity.priors[2].answer.decision, Decision::kResponds);
}

TEST_F(SensitivityTest, AsTakenNeedsDoses) {
  const Sensitivity sensitivity = Analyzed();
  EXPECT_FALSE(sensitivity.as_taken.has_value());
  EXPECT_TRUE(LeavesOut(sensitivity, "as_taken"));
}

TEST_F(SensitivityTest, AsTakenFollowsTheDosesAndDecidesNothing) {
  protocol_.kinetics = {.onset_half_life_days = 1, .offset_half_life_days = 3};
  for (size_t day = 0; day < record_.days.size(); ++day) {
    if (record_.days[day].assignment == 1 && day % 3 != 0) record_.days[day].dose = 0.5;
  }
  record_.days[20].dose = 1;  // on a day off
  const Sensitivity sensitivity = Analyzed();
  ASSERT_TRUE(sensitivity.as_taken.has_value());
  EXPECT_EQ(sensitivity.as_taken->logged_days, 27 + 1);
  EXPECT_EQ(sensitivity.as_taken->unlogged_days, 15);
  EXPECT_EQ(sensitivity.as_taken->half_life_days, 2);
  EXPECT_FALSE(sensitivity.as_taken->answer.decision.has_value());
  inference::Record matrix = Matrix();
  matrix.kinetics = {.onset_half_life_days = 2, .offset_half_life_days = 2};
  for (size_t day = 0; day < record_.days.size(); ++day) {
    if (record_.days[day].dose.has_value()) matrix.assignment[day] = *record_.days[day].dose;
  }
  EXPECT_NEAR(sensitivity.as_taken->answer.benefit.mean, PosteriorOf(matrix).benefit.mean, 0.05);
}

TEST_F(SensitivityTest, LeavesOutOnePairAtATime) {
  // All of the benefit is in the last pair.
  Live("100110", 14, 0);
  for (size_t day = 56; day < 70; ++day) record_.days[day].scores["legs"] -= 45;
  const Sensitivity sensitivity = Analyzed();
  EXPECT_TRUE(sensitivity.pairs_left_out);
  ASSERT_EQ(sensitivity.leave_one_out.size(), 3U);
  for (int pair = 1; pair <= 3; ++pair) {
    EXPECT_EQ(sensitivity.leave_one_out[static_cast<size_t>(pair - 1)].first, pair);
    EXPECT_EQ(sensitivity.leave_one_out[static_cast<size_t>(pair - 1)].last, pair);
  }
  EXPECT_GT(sensitivity.leave_one_out[0].answer.benefit.mean, 10);
  EXPECT_NEAR(sensitivity.leave_one_out[2].answer.benefit.mean, 0, 3);
  inference::Record matrix = Matrix();
  std::fill(matrix.score.begin() + 56, matrix.score.end(), kMissing);
  EXPECT_NEAR(sensitivity.leave_one_out[2].answer.benefit.mean, PosteriorOf(matrix).benefit.mean,
              0.05);
}

TEST_F(SensitivityTest, LeavesOutBlocksWhereThereAreNoPairs) {
  protocol_.design.randomization = Randomization::kBalanced;
  Live("110010", 14, 25);
  const Sensitivity sensitivity = Analyzed();
  EXPECT_FALSE(sensitivity.pairs_left_out);
  EXPECT_EQ(sensitivity.leave_one_out.size(), 6U);
}

TEST_F(SensitivityTest, LeavesOutNeighboursWhereThereAreManyPairs) {
  protocol_.design.block_days = 2;
  Allocation order;
  for (int pair = 0; pair < 25; ++pair) order += "10";
  Live(order, 2, 25);
  const Sensitivity sensitivity = Analyzed();
  ASSERT_EQ(sensitivity.leave_one_out.size(), 9U);
  EXPECT_EQ(sensitivity.leave_one_out[1].first, 4);
  EXPECT_EQ(sensitivity.leave_one_out[1].last, 6);
  EXPECT_EQ(sensitivity.leave_one_out[8].first, 25);
  EXPECT_EQ(sensitivity.leave_one_out[8].last, 25);
}

TEST_F(SensitivityTest, ACompleteRecordHasNothingToFill) {
  const Sensitivity sensitivity = Analyzed();
  EXPECT_EQ(sensitivity.on_days.days, 42);
  EXPECT_EQ(sensitivity.on_days.missing, 0);
  EXPECT_TRUE(sensitivity.filled_missing.empty());
  EXPECT_FALSE(sensitivity.tipping_point.has_value());
  EXPECT_TRUE(LeavesOut(sensitivity, "missing"));
  EXPECT_TRUE(LeavesOut(sensitivity, "tipping_point.missing"));
}

TEST_F(SensitivityTest, MissingDaysAreFilledFourWays) {
  for (size_t day = 3; day < 84; day += 5) record_.days[day].scores.clear();
  const Sensitivity sensitivity = Analyzed();
  EXPECT_EQ(sensitivity.on_days.days + sensitivity.off_days.days, 84);
  EXPECT_EQ(sensitivity.on_days.missing + sensitivity.off_days.missing, 17);
  ASSERT_EQ(sensitivity.filled_missing.size(), 4U);
  const std::vector<FilledMissing>& filled = sensitivity.filled_missing;
  EXPECT_LT(filled[0].on_score, 30);
  EXPECT_EQ(filled[0].on_score, filled[0].off_score);
  EXPECT_GT(filled[1].off_score, 45);
  // Low on-days and high off-days are the most favourable, the reverse the least.
  for (const FilledMissing& other : filled) {
    EXPECT_GE(filled[1].answer.benefit.mean, other.answer.benefit.mean);
    EXPECT_LE(filled[2].answer.benefit.mean, other.answer.benefit.mean);
  }
}

TEST_F(SensitivityTest, WashoutAndRunInAreNotMissing) {
  protocol_.design.washout_days = 3;
  record_.days[1].scores.clear();   // washout of the first on block
  record_.days[10].scores.clear();  // on
  record_.days[20].scores.clear();  // off
  record_.days[83].block = 0;       // outside the blocks
  record_.days[83].scores.clear();
  const Sensitivity sensitivity = Analyzed();
  EXPECT_EQ(sensitivity.on_days.missing, 1);
  EXPECT_EQ(sensitivity.off_days.missing, 1);
  // Switches before blocks 1, 2, 4 and 6.
  EXPECT_EQ(sensitivity.on_days.days, 42 - 6);
  EXPECT_EQ(sensitivity.off_days.days, 42 - 6 - 1);
}

TEST_F(SensitivityTest, FindsWhatMissingDaysWouldHaveToBe) {
  Live("100110", 14, 18);
  for (size_t day = 0; day < 84; ++day) {
    if (record_.days[day].assignment == 1 && day % 5 < 2) record_.days[day].scores.clear();
  }
  const Sensitivity sensitivity = Analyzed();
  ASSERT_EQ(Decide(facts_).decision, Decision::kResponds);
  ASSERT_TRUE(sensitivity.tipping_point.has_value());
  const TippingPoint& point = *sensitivity.tipping_point;
  EXPECT_NEAR(point.mean, 32, 3);
  EXPECT_EQ(point.at_mean, Decision::kResponds);
  EXPECT_FALSE(point.lower.has_value());
  ASSERT_TRUE(point.higher.has_value());
  EXPECT_NE(point.higher->decision, Decision::kResponds);
  // What is said can be repeated: at the tip the decision is another, a step before it is not.
  for (const bool before : {false, true}) {
    inference::Record matrix = Matrix();
    const double step = before ? kLargestShift / kShiftSteps * point.standard_deviation : 0;
    for (size_t day = 0; day < 84; ++day) {
      if (std::isnan(matrix.score[day])) matrix.score[day] = point.higher->value - step;
    }
    VerdictFacts facts = facts_;
    facts.benefit = PosteriorOf(matrix).benefit;
    EXPECT_EQ(Decide(facts).decision == Decision::kResponds, before);
  }
}

TEST_F(SensitivityTest, NoScoreTipsAVerdictThatDoesNotLookAtScores) {
  record_.days[0].scores.clear();
  facts_.randomised = false;
  const Sensitivity sensitivity = Analyzed();
  EXPECT_FALSE(sensitivity.tipping_point.has_value());
  EXPECT_TRUE(LeavesOut(sensitivity, "tipping_point.verdict"));
  EXPECT_EQ(sensitivity.priors[0].answer.decision, Decision::kNotRandomised);
}

TEST_F(SensitivityTest, TheClassicWashoutDropsTheDaysAfterASwitch) {
  protocol_.kinetics = {.onset_half_life_days = 1, .offset_half_life_days = 2.6};
  const Sensitivity sensitivity = Analyzed();
  ASSERT_TRUE(sensitivity.classic_washout.has_value());
  EXPECT_EQ(sensitivity.classic_washout->washout_days, 6);
  inference::Record matrix = Matrix();
  matrix.kinetics = {};
  // Order 100110: switches before blocks 1, 2, 4 and 6.
  for (const size_t first : {0, 14, 42, 70}) {
    std::fill_n(matrix.score.begin() + static_cast<std::ptrdiff_t>(first), 6, kMissing);
  }
  EXPECT_NEAR(sensitivity.classic_washout->answer.benefit.mean, PosteriorOf(matrix).benefit.mean,
              0.05);
  EXPECT_EQ(sensitivity.classic_washout->answer.decision, Decision::kResponds);
}

TEST_F(SensitivityTest, TheClassicWashoutIsShorterThanHalfABlock) {
  EXPECT_TRUE(LeavesOut(Analyzed(), "washout.none"));
  protocol_.kinetics = {.onset_half_life_days = 3, .offset_half_life_days = 3.5};
  const Sensitivity sensitivity = Analyzed();
  EXPECT_FALSE(sensitivity.classic_washout.has_value());
  EXPECT_TRUE(LeavesOut(sensitivity, "washout.too_long"));
  ASSERT_TRUE(sensitivity.carry_over.has_value());
  EXPECT_EQ(sensitivity.carry_over->days, 6);
}

TEST_F(SensitivityTest, CarryOverIsEstimated) {
  // The first three days off after an on block are still as low as on days.
  for (const size_t first : {14, 70}) {
    for (size_t day = first; day < first + 3; ++day) record_.days[day].scores["legs"] -= 25;
  }
  const Sensitivity sensitivity = Analyzed();
  ASSERT_TRUE(sensitivity.carry_over.has_value());
  EXPECT_EQ(sensitivity.carry_over->days, 3);
  EXPECT_EQ(sensitivity.carry_over->observed_days, 6);
  EXPECT_LT(sensitivity.carry_over->effect.q975, 0);
  EXPECT_NEAR(sensitivity.carry_over->effect.mean, -25, 5);
  EXPECT_GT(sensitivity.carry_over->answer.benefit.mean, facts_.benefit.mean);
}

TEST_F(SensitivityTest, CarryOverNeedsADayOffAfterAnOnBlock) {
  Live("0011", 14, 25);
  EXPECT_TRUE(LeavesOut(Analyzed(), "carry_over"));
  Live("10", 2, 25);
  protocol_.design.block_days = 2;
  record_.design.block_days = 2;
  EXPECT_TRUE(LeavesOut(Analyzed(), "carry_over"));
}

TEST_F(SensitivityTest, GuessesAndChecksAreThereWhenTheyCanBe) {
  EXPECT_TRUE(LeavesOut(Analyzed(), "blinding"));
  guesses_ = {{true, true}, {false, true}};
  draws_.assign(50, {.intercept = 40, .effect = -25, .noise_sd = 6});
  const Sensitivity sensitivity = Analyzed();
  ASSERT_TRUE(sensitivity.blinding.has_value());
  EXPECT_EQ(sensitivity.blinding->right, 1);
  EXPECT_EQ(sensitivity.predictive_checks.size(), 4U + 6U);
}

TEST_F(SensitivityTest, WithoutAScoreThereIsTooLittleAndNothingWentWrong) {
  for (RecordDay& day : record_.days) day.scores.clear();
  facts_.enough_data = false;
  protocol_.kinetics = {.onset_half_life_days = 2, .offset_half_life_days = 2};
  const Sensitivity sensitivity = Analyzed();
  EXPECT_EQ(sensitivity.on_days.missing, 42);
  EXPECT_EQ(sensitivity.classic_washout->answer.decision, Decision::kInsufficientData);
  for (const LeftOut& left_out : sensitivity.leave_one_out) {
    EXPECT_EQ(left_out.answer.decision, Decision::kInsufficientData);
  }
}

TEST_F(SensitivityTest, LevelsAreFilledWithLevels) {
  protocol_.measures[0].family = inference::Family::kOrdinal;
  protocol_.measures[0].maximum = 10;
  facts_.minimal_important_difference = 1;
  for (RecordDay& day : record_.days) day.scores["legs"] = std::round(day.scores["legs"] / 10);
  for (size_t day = 3; day < 84; day += 7) record_.days[day].scores.clear();
  for (const FilledMissing& filled : Analyzed().filled_missing) {
    EXPECT_EQ(filled.on_score, std::round(filled.on_score));
    EXPECT_EQ(filled.off_score, std::round(filled.off_score));
  }
}

}  // namespace
}  // namespace solotrial::trial

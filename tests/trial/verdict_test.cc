#include "engine/trial/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace solotrial::trial {
namespace {

VerdictFacts Facts(double p_any, double p_important) {
  VerdictFacts facts;
  facts.benefit.mean = 1.25;
  facts.benefit.sd = 0.5;
  facts.benefit.q025 = 0.3;
  facts.benefit.q975 = 2.2;
  facts.benefit.p_any = p_any;
  facts.benefit.p_important = p_important;
  facts.benefit.p_worse = 1 - p_any;
  facts.minimal_important_difference = 1;
  facts.randomization_p_one_sided = 0.125;
  facts.smallest_randomization_p = 0.125;
  facts.pairs = 3;
  facts.measure = "legs";
  facts.treatment = "magnesium";
  facts.unit = "points";
  facts.range = 10;
  return facts;
}

Decision DecisionAt(double p_any, double p_important) {
  return Decide(Facts(p_any, p_important)).decision;
}

bool Says(const Verdict& verdict, const std::string& remark) {
  return std::any_of(verdict.remarks.begin(), verdict.remarks.end(),
                     [&remark](const Message& message) { return message.id == remark; });
}

// "the first that holds", at both sides of every threshold of the table.
TEST(DecideTest, FollowsTheTable) {
  EXPECT_EQ(DecisionAt(0.975, 0.80), Decision::kResponds);
  EXPECT_EQ(DecisionAt(0.975, 0.799), Decision::kBenefitSizeOpen);
  EXPECT_EQ(DecisionAt(0.975, 0.201), Decision::kBenefitSizeOpen);
  EXPECT_EQ(DecisionAt(0.975, 0.20), Decision::kBenefitTooSmall);
  EXPECT_EQ(DecisionAt(0.974, 0.90), Decision::kUndecided);
  EXPECT_EQ(DecisionAt(0.974, 0.051), Decision::kUndecided);
  EXPECT_EQ(DecisionAt(0.974, 0.05), Decision::kDoesNotRespond);
  EXPECT_EQ(DecisionAt(0.025, 0.001), Decision::kWorsens);
  EXPECT_EQ(DecisionAt(0.026, 0.001), Decision::kDoesNotRespond);
}

TEST(DecideTest, IsStricterBeforeTheLastPair) {
  const auto early = [](double p_any, double p_important) {
    VerdictFacts facts = Facts(p_any, p_important);
    facts.before_last_pair = true;
    return Decide(facts).decision;
  };
  EXPECT_EQ(early(0.995, 0.90), Decision::kResponds);
  EXPECT_EQ(early(0.994, 0.95), Decision::kUndecided);
  EXPECT_EQ(early(0.999, 0.899), Decision::kUndecided);
  EXPECT_EQ(early(0.999, 0.10), Decision::kUndecided);
  EXPECT_EQ(early(0.01, 0.001), Decision::kWorsens);
  EXPECT_EQ(early(0.011, 0.011), Decision::kUndecided);
  EXPECT_EQ(early(0.5, 0.01), Decision::kDoesNotRespond);
}

TEST(DecideTest, WhatForbidsAnAnswerComesFirst) {
  VerdictFacts facts = Facts(0.999, 0.99);
  facts.exposure_contrast = 0.49;
  EXPECT_EQ(Decide(facts).decision, Decision::kUndecided);
  EXPECT_EQ(Decide(facts).message.id, "verdict.undecided_low_contrast");
  EXPECT_FALSE(Decide(facts).further_pairs.has_value());
  facts.randomised = false;
  EXPECT_EQ(Decide(facts).decision, Decision::kNotRandomised);
  facts.enough_data = false;
  EXPECT_EQ(Decide(facts).decision, Decision::kInsufficientData);
  EXPECT_EQ(Decide(facts).message.id, "verdict.insufficient_data.ended");
  facts.recording_goes_on = true;
  EXPECT_EQ(Decide(facts).message.id, "verdict.insufficient_data.going_on");
  facts.autocorrelation = false;
  EXPECT_EQ(Decide(facts).decision, Decision::kNotComputed);
  EXPECT_EQ(Decide(facts).message.id, "verdict.not_computed.autocorrelation_off");
  facts.reliable = false;
  facts.problem = "the grid did not settle";
  EXPECT_EQ(Decide(facts).message.id, "verdict.not_computed.unreliable");
  EXPECT_EQ(Decide(facts).message.parameters.at("problem"), "the grid did not settle");
}

TEST(DecideTest, WithoutAMidNothingThatNeedsOneIsSaid) {
  for (const double p_any : {0.5, 0.976, 0.9999}) {
    for (const double p_important : {0.0, 0.5, 1.0}) {
      VerdictFacts facts = Facts(p_any, p_important);
      facts.minimal_important_difference.reset();
      const Decision decision = Decide(facts).decision;
      EXPECT_EQ(decision, p_any < 0.975 ? Decision::kUndecided : Decision::kBenefitSizeOpen);
    }
  }
}

TEST(DecideTest, MarksAResponseThatBlockMeansDoNotConfirm) {
  VerdictFacts facts = Facts(0.99, 0.9);
  EXPECT_FALSE(Says(Decide(facts), "remark.not_confirmed_by_block_means"));
  facts.randomization_p_one_sided = 0.25;  // above the smallest possible, 0.125
  EXPECT_TRUE(Says(Decide(facts), "remark.not_confirmed_by_block_means"));
  facts.smallest_randomization_p = 0.01;
  facts.randomization_p_one_sided = 0.05;
  EXPECT_FALSE(Says(Decide(facts), "remark.not_confirmed_by_block_means"));
  facts.randomization_p_one_sided = 0.051;
  EXPECT_TRUE(Says(Decide(facts), "remark.not_confirmed_by_block_means"));
}

TEST(DecideTest, SaysTheSizeInRoundedPoints) {
  const Message message = Decide(Facts(0.99, 0.9)).message;
  EXPECT_EQ(message.id, "verdict.responds");
  EXPECT_EQ(message.parameters.at("mean"), "1.2");
  EXPECT_EQ(message.parameters.at("low"), "0.3");
  EXPECT_EQ(message.parameters.at("high"), "2.2");
  EXPECT_EQ(message.parameters.at("mid"), "1");
}

TEST(DecideTest, SpeaksOfAHarmAsAPositiveSize) {
  VerdictFacts facts = Facts(0.001, 0.0001);
  facts.benefit.mean = -1.3;
  facts.benefit.q025 = -2.2;
  facts.benefit.q975 = -0.02;
  const Message message = Decide(facts).message;
  EXPECT_EQ(message.id, "verdict.worsens");
  EXPECT_EQ(message.parameters.at("mean"), "1.3");
  EXPECT_EQ(message.parameters.at("low"), "0.0");
  EXPECT_EQ(message.parameters.at("high"), "2.2");
}

TEST(DecideTest, RoundsByTheScale) {
  VerdictFacts facts = Facts(0.99, 0.9);
  facts.range = 1;
  EXPECT_EQ(Decide(facts).message.parameters.at("mean"), "1.25");
  facts.range = 0.05;
  EXPECT_EQ(Decide(facts).message.parameters.at("mean"), "1.250");
  facts.range = 100;
  EXPECT_EQ(Decide(facts).message.parameters.at("mean"), "1.2");
  facts.range = 1e6;
  EXPECT_EQ(Decide(facts).message.parameters.at("mean"), "1");
}

// The mean stays at 1, the sd falls from 1 with the square root: P(B > 0) reaches 0.975 at
// sd = 1/1.96, after 3 * 1.96^2 - 3 = 8.5 further pairs.
TEST(DecideTest, CountsFurtherPairs) {
  VerdictFacts facts = Facts(0.84, 0.5);
  facts.benefit.mean = 1;
  facts.benefit.sd = 1;
  const Verdict verdict = Decide(facts);
  EXPECT_EQ(verdict.decision, Decision::kUndecided);
  EXPECT_EQ(verdict.further_pairs, 9);
  EXPECT_TRUE(Says(verdict, "remark.further_pairs"));
  facts.benefit.sd = 5;
  EXPECT_FALSE(Decide(facts).further_pairs.has_value());
}

TEST(DecideTest, AlwaysSendsPeopleToTheirDoctor) {
  EXPECT_TRUE(Says(Decide(Facts(0.5, 0.2)), "remark.talk_to_doctor"));
  EXPECT_TRUE(Says(Decide(Facts(0.99, 0.9)), "remark.open_label"));
}

TEST(DecideTest, AnEarlyStopIsSaidAndItsTestIsNotAdjusted) {
  VerdictFacts facts = Facts(0.5, 0.2);
  facts.stopped_early = true;
  EXPECT_TRUE(Says(Decide(facts), "remark.stopped_early"));
  EXPECT_TRUE(Says(Decide(facts), "remark.not_adjusted_for_looks"));
}

TEST(EndsRecordingTest, OnlyTheThreeThatMayStop) {
  EXPECT_TRUE(EndsRecording(Decision::kResponds));
  EXPECT_TRUE(EndsRecording(Decision::kWorsens));
  EXPECT_TRUE(EndsRecording(Decision::kDoesNotRespond));
  EXPECT_FALSE(EndsRecording(Decision::kUndecided));
  EXPECT_FALSE(EndsRecording(Decision::kInsufficientData));
  EXPECT_FALSE(EndsRecording(Decision::kNotComputed));
}

}  // namespace
}  // namespace solotrial::trial

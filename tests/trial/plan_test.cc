#include "engine/trial/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <set>
#include <string>

#include "engine/base/fault.h"
#include "engine/inference/predictive.h"
#include "engine/trial/plan_checks.h"
#include "engine/trial/power.h"
#include "engine/trial/simulated_person.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

using inference::Family;
using testing::HasSubstr;

Protocol Planned(Family family = Family::kGaussian) {
  Protocol protocol = PairedProtocol();
  protocol.design = {.block_days = 14, .pairs = 3};
  protocol.kinetics = {.onset_half_life_days = 3, .offset_half_life_days = 3};
  Measure& measure = protocol.measures.front();
  measure.family = family;
  measure.minimum = 0;
  measure.maximum = family == Family::kBernoulli ? 1 : IsCount(family) ? 1e9 : 10;
  measure.lower_is_better = true;
  measure.minimal_important_difference = family == Family::kBernoulli ? 3 : 1;
  protocol.measures.resize(1);
  protocol.covariates.clear();
  return protocol;
}

PlanRequest Request(const Protocol& protocol, int trials = 40) {
  PlanRequest request;
  request.assumptions = DefaultAssumptions(PrimaryMeasure(protocol));
  request.trials = trials;
  return request;
}

// The power of a trial is what its plan said.
TEST(PlanTest, TheSimulatedPowerIsThatOfThePlan) {
  const Protocol protocol = Planned();
  const auto power = SimulatePower(protocol, 60, 2);
  ASSERT_TRUE(power.ok()) << power.status();
  const auto plan = PlanTrial(protocol, Request(protocol, power->trials));
  ASSERT_TRUE(plan.ok()) << plan.status();
  const std::vector<PlanCell>& cells = plan->candidates.front().cells;
  ASSERT_EQ(cells.size(), 4);
  EXPECT_EQ(power->wrong_nothing, cells[0].wrong.probability);
  EXPECT_EQ(power->right_difference, cells[2].right.probability);
  EXPECT_EQ(power->right_twice, cells[3].right.probability);
  EXPECT_GT(power->right_twice, power->right_difference);
}

TEST(PlanTest, DecisionsAreRightOrWrongByWhatIsTrue) {
  EXPECT_TRUE(IsRight(Decision::kDoesNotRespond, Truth::kNothing));
  EXPECT_TRUE(IsWrong(Decision::kResponds, Truth::kNothing));
  EXPECT_TRUE(IsWrong(Decision::kBenefitSizeOpen, Truth::kNothing));
  EXPECT_TRUE(IsRight(Decision::kBenefitTooSmall, Truth::kHalfTheDifference));
  EXPECT_TRUE(IsWrong(Decision::kResponds, Truth::kHalfTheDifference));
  EXPECT_TRUE(IsRight(Decision::kResponds, Truth::kTheDifference));
  EXPECT_TRUE(IsWrong(Decision::kDoesNotRespond, Truth::kTwiceTheDifference));
  for (const Truth truth : {Truth::kNothing, Truth::kTwiceTheDifference}) {
    for (const Decision open :
         {Decision::kUndecided, Decision::kInsufficientData, Decision::kNotComputed}) {
      EXPECT_FALSE(IsRight(open, truth));
      EXPECT_FALSE(IsWrong(open, truth));
    }
  }
}

TEST(PlanTest, TheSameSeedGivesTheSamePlanOnAnyNumberOfThreads) {
  const Protocol protocol = Planned();
  PlanRequest request = Request(protocol, 20);
  request.alternatives = FourWeeksLessAndMore(protocol);
  const absl::StatusOr<Plan> one = PlanTrial(protocol, request);
  request.threads = 3;
  const absl::StatusOr<Plan> three = PlanTrial(protocol, request);
  ASSERT_TRUE(one.ok() && three.ok()) << one.status() << three.status();
  ASSERT_EQ(one->candidates.size(), three->candidates.size());
  for (size_t c = 0; c < one->candidates.size(); ++c) {
    for (size_t i = 0; i < 4; ++i) {
      const PlanCell& a = one->candidates[c].cells[i];
      const PlanCell& b = three->candidates[c].cells[i];
      EXPECT_EQ(a.right.probability, b.right.probability);
      EXPECT_EQ(a.expected_days, b.expected_days);
      EXPECT_EQ(a.benefit, b.benefit);
      EXPECT_EQ(a.decisions.size(), b.decisions.size());
    }
  }
  EXPECT_EQ(one->recommended, three->recommended);
}

TEST(PlanTest, MoreBlocksAndLargerBenefitsAreFoundMoreOften) {
  Protocol protocol = Planned();
  const auto right = [&](Truth truth) {
    return SimulateCell(protocol, Request(protocol, 150), truth, true)->right.probability;
  };
  const double three_pairs = right(Truth::kTwiceTheDifference);
  EXPECT_GT(three_pairs, right(Truth::kTheDifference) + 0.1);
  protocol.design.pairs = 6;
  EXPECT_GT(right(Truth::kTwiceTheDifference), three_pairs + 0.1);
}

// Four standard errors of 400 trials: a bound of 5 % for RESPONDS and WORSENS together.
TEST(PlanTest, WithoutABenefitFewTrialsClaimOne) {
  const Protocol protocol = Planned();
  const PlanCell cell = *SimulateCell(protocol, Request(protocol, 400), Truth::kNothing, true);
  double claims = 0;
  for (const DecisionProbability& d : cell.decisions) {
    if (d.decision == Decision::kResponds || d.decision == Decision::kWorsens) {
      claims += d.probability.probability;
    }
  }
  EXPECT_LT(claims, 0.05 + 4 * std::sqrt(0.05 * 0.95 / 400));
}

TEST(PlanTest, OrdinaryDiariesAreAllComputed) {
  for (const Family family : {Family::kOrdinal, Family::kBernoulli, Family::kPoisson}) {
    const Protocol protocol = Planned(family);
    const PlanCell cell =
        *SimulateCell(protocol, Request(protocol, 30), Truth::kTheDifference, false);
    for (const DecisionProbability& d : cell.decisions) {
      EXPECT_NE(d.decision, Decision::kNotComputed) << static_cast<int>(family);
    }
  }
}

TEST(PlanTest, LooksEndTrialsEarly) {
  Protocol protocol = Planned();
  protocol.design.pairs = 5;
  protocol.design.run_in_days = 7;
  PlanRequest request = Request(protocol, 60);
  request.assumptions.score_sd = 1;
  const PlanCell with = *SimulateCell(protocol, request, Truth::kTwiceTheDifference, true);
  const PlanCell without = *SimulateCell(protocol, request, Truth::kTwiceTheDifference, false);
  EXPECT_GT(with.ended_early.probability, 0.2);
  EXPECT_LT(with.expected_days, 147);
  EXPECT_EQ(without.expected_days, 147);
  EXPECT_EQ(without.ended_early.probability, 0);
}

TEST(PlanTest, RecommendsAndTellsHowFarItIs) {
  const Protocol protocol = Planned();
  PlanRequest request = Request(protocol, 20);
  request.assumptions.score_sd = 0.7;
  request.alternatives = FourWeeksLessAndMore(protocol);
  std::vector<double> shares;
  request.progress = [&](double share, const std::vector<PlanCandidate>&) {
    shares.push_back(share);
  };
  const absl::StatusOr<Plan> plan = PlanTrial(protocol, request);
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->candidates.size(), 3);
  EXPECT_EQ(plan->candidates[1].days, 56);
  EXPECT_EQ(plan->candidates[2].days, 112);
  EXPECT_EQ(shares.size(), 12);
  EXPECT_EQ(shares.back(), 1);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_FALSE(plan->likely_undecided);
}

TEST(PlanTest, SaysWhenNothingIsLikelyToBeDecided) {
  Protocol protocol = Planned();
  PlanRequest request = Request(protocol, 40);
  request.assumptions.score_sd = 3;
  EXPECT_TRUE(PlanTrial(protocol, request)->likely_undecided);
}

TEST(PlanTest, IsGivenUpWhenNobodyWaits) {
  const Protocol protocol = Planned();
  PlanRequest request = Request(protocol);
  std::atomic<int> asked = 0;
  request.cancelled = [&] { return ++asked > 5; };
  EXPECT_EQ(PlanTrial(protocol, request).status().code(), absl::StatusCode::kCancelled);
}

std::string Complaint(const Protocol& protocol, const PlanRequest& request) {
  const Fault fault = FaultOf(PlanTrial(protocol, request).status());
  EXPECT_EQ(fault.reason, Reason::kInvalidFields);
  return fault.violations.empty()
             ? ""
             : fault.violations.front().field + " " + fault.violations.front().description;
}

TEST(PlanTest, RefusesBlocksTooShortForTheHalfLife) {
  Protocol protocol = Planned();
  protocol.kinetics = {.onset_half_life_days = 14, .offset_half_life_days = 14};
  const std::string complaint = Complaint(protocol, Request(protocol));
  EXPECT_THAT(complaint, HasSubstr("protocol.design.block_days is too short"));
  const int shortest = ShortestBlocks(protocol.design, protocol.kinetics);
  EXPECT_THAT(complaint, HasSubstr("at least " + std::to_string(shortest)));
  protocol.design.block_days = shortest;
  EXPECT_TRUE(PlanTrial(protocol, Request(protocol, 2)).ok());
}

TEST(PlanTest, RefusesADifferenceThatTheLevelLeavesNoRoomFor) {
  const Protocol protocol = Planned();
  PlanRequest request = Request(protocol);
  request.assumptions.typical_score = 1.5;
  EXPECT_THAT(Complaint(protocol, request), HasSubstr("must be at most 0.75"));
}

TEST(PlanTest, RefusesCalendarBlocksThatFollowACycle) {
  Protocol protocol = Planned();
  PlanRequest request = Request(protocol, 2);
  request.cycle_days = 28;
  EXPECT_THAT(Complaint(protocol, request), HasSubstr("lines up with a cycle of 28 days"));
  protocol.design.block_days = 28;
  EXPECT_TRUE(PlanTrial(protocol, request).ok());
}

TEST(PlanTest, RefusesAlternativesThatAreNoTrials) {
  const Protocol protocol = Planned();
  PlanRequest request = Request(protocol);
  request.alternatives = {protocol.design};
  request.alternatives.front().pairs = 0;
  EXPECT_THAT(Complaint(protocol, request), HasSubstr("candidates[0].pairs"));
}

TEST(PlanChecksTest, ContrastIsThatOfTheExposure) {
  const Design design{.block_days = 14, .pairs = 3};
  EXPECT_DOUBLE_EQ(ExpectedContrast(design, {}), 1);
  // One pair: an on day is at 1 - 2^(-d/7); off days before it are at 0, those after it fall from
  // where the on block ended.
  const inference::Kinetics slow{.onset_half_life_days = 7, .offset_half_life_days = 7};
  double on = 0;
  double after = 0;
  for (int d = 1; d <= 14; ++d) {
    on += (1 - std::exp2(-d / 7.0)) / 14;
    after += 0.75 * std::exp2(-d / 7.0) / 14;
  }
  const double one_pair = ExpectedContrast({.block_days = 14, .pairs = 1}, slow);
  EXPECT_GT(one_pair, on - after);
  EXPECT_LT(one_pair, on);
  EXPECT_NEAR(one_pair, on - after / 2, after / 8);
}

TEST(PlanChecksTest, WholeCyclesAreNotBiased) {
  EXPECT_NEAR(CycleBias({.block_days = 28, .pairs = 3}, 28), 0, 1e-12);
  // Two blocks a cycle, 4 / pi / sqrt(4) = 0.64 to within the 64 orders that are tried.
  EXPECT_NEAR(CycleBias({.block_days = 14, .pairs = 4}, 28), 0.64, 0.1);
}

class PersonTest : public testing::TestWithParam<Family> {};
INSTANTIATE_TEST_SUITE_P(Families, PersonTest,
                         testing::Values(Family::kGaussian, Family::kStudentT, Family::kBernoulli,
                                         Family::kPoisson, Family::kNegativeBinomial,
                                         Family::kOrdinal));

// A trial of nothing but on days, and one of off days, long enough to see the means.
TEST_P(PersonTest, TheBenefitIsTheDifferenceOfTheMeans) {
  const Protocol protocol = Planned(GetParam());
  const Measure& measure = PrimaryMeasure(protocol);
  const PersonAssumptions assumptions = DefaultAssumptions(measure);
  const double asked = *measure.minimal_important_difference;
  RandomStream stream(7);
  const SimulatedPerson person = DrawPerson(measure, protocol.kinetics, assumptions, asked, stream);
  EXPECT_DOUBLE_EQ(person.benefit, asked);
  constexpr int kDays = 3000;
  constexpr int kRecords = 60;
  double mean[2] = {0, 0};
  RandomStream random(11);
  for (const int arm : {0, 1}) {
    inference::Record record;
    record.family = measure.family;
    record.minimum = measure.minimum;
    record.maximum = measure.maximum;
    record.assignment.assign(kDays, arm);
    record.score.assign(kDays, 0);
    record.planned_days = kDays;
    record.kinetics.initial_exposure = arm;
    record.trend = false;
    for (int i = 0; i < kRecords; ++i) {
      for (const double y : inference::SimulateScores(record, person.scoring, random)) {
        mean[arm] += std::clamp(y, measure.minimum, measure.maximum) / (kDays * kRecords);
      }
    }
  }
  const double unit = GetParam() == Family::kBernoulli ? 28 : IsCount(GetParam()) ? 7 : 1;
  // Of ORDINAL the level is that of a beta distribution cut into levels: near the asked one.
  EXPECT_NEAR(unit * mean[0], assumptions.typical_score,
              GetParam() == Family::kOrdinal ? 0.15 : 0.02 * assumptions.typical_score);
  // Three standard errors of 180,000 correlated days.
  EXPECT_NEAR(unit * (mean[0] - mean[1]), asked, 0.05 * asked + 0.03);
}

TEST_P(PersonTest, TheStreamMakesThePersonTheBenefitOnlyTheEffect) {
  const Protocol protocol = Planned(GetParam());
  const Measure& measure = PrimaryMeasure(protocol);
  const PersonAssumptions assumptions = DefaultAssumptions(measure);
  RandomStream a(3);
  RandomStream b(3);
  const SimulatedPerson nothing = DrawPerson(measure, protocol.kinetics, assumptions, 0, a);
  const SimulatedPerson helped = DrawPerson(measure, protocol.kinetics, assumptions, 0.5, b);
  EXPECT_EQ(nothing.scoring.effect, 0);
  EXPECT_LT(helped.scoring.effect, 0);
  EXPECT_EQ(nothing.scoring.latent_sd, helped.scoring.latent_sd);
  EXPECT_EQ(nothing.scoring.cuts, helped.scoring.cuts);
  EXPECT_EQ(nothing.missing_share, helped.missing_share);
  EXPECT_EQ(nothing.kinetics.onset_half_life_days, helped.kinetics.onset_half_life_days);
}

TEST(SimulatedPersonTest, ABenefitEndsWhereTheScaleEnds) {
  const Protocol protocol = Planned(Family::kOrdinal);
  const Measure& measure = PrimaryMeasure(protocol);
  PersonAssumptions assumptions = DefaultAssumptions(measure);
  assumptions.typical_score = 2;
  RandomStream stream(3);
  const SimulatedPerson person = DrawPerson(measure, protocol.kinetics, assumptions, 5, stream);
  EXPECT_LT(person.benefit, 2.2);
  EXPECT_TRUE(std::isfinite(person.scoring.effect));
}

// tests/trial/plan_reference.py (numpy 2.4.6, scipy 1.17.1), 500 trials of each truth: the same
// scenario lived and judged without a line of the engine's. Decisions are shares of chance on both
// sides, so they may differ by 3.5 standard errors of the difference.
TEST(PlanReferenceTest, AnIndependentSimulationAnswersAlike) {
  struct Reference {
    Truth truth;
    int responds;
    int does_not_respond;
    int undecided;
    double mean_days;
  };
  constexpr int kReferenceTrials = 500;
  constexpr int kTrials = 300;
  Protocol protocol = Planned();
  protocol.design.pairs = 4;
  protocol.measures[0].maximum = 100;
  protocol.measures[0].minimal_important_difference = 6;
  PlanRequest request = Request(protocol, kTrials);
  request.assumptions.typical_score = 50;
  request.assumptions.score_sd = 12;
  for (const Reference& reference : {Reference{Truth::kNothing, 8, 206, 262, 107.6},
                                     Reference{Truth::kHalfTheDifference, 33, 111, 336, 110.2}}) {
    const PlanCell cell = *SimulateCell(protocol, request, reference.truth, true);
    const auto expect_like = [&](Decision decision, int count) {
      double share = 0;
      for (const DecisionProbability& row : cell.decisions) {
        if (row.decision == decision) share = row.probability.probability;
      }
      const double expected = static_cast<double>(count) / kReferenceTrials;
      const double error =
          std::sqrt(expected * (1 - expected) * (1.0 / kReferenceTrials + 1.0 / kTrials));
      EXPECT_NEAR(share, expected, 3.5 * error) << static_cast<int>(decision);
    };
    expect_like(Decision::kResponds, reference.responds);
    expect_like(Decision::kDoesNotRespond, reference.does_not_respond);
    expect_like(Decision::kUndecided, reference.undecided);
    EXPECT_NEAR(cell.expected_days, reference.mean_days, 3);
  }
}

}  // namespace
}  // namespace solotrial::trial

#include "engine/trial/randomization_test.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

// A record of one-day blocks with the order `order` and these scores; NaN: missing.
Record RecordOf(const Design& design, const std::string& order, const std::vector<double>& scores) {
  Record record;
  record.design = design;
  record.planned_days = static_cast<int>(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    RecordDay day;
    day.date = Date(2026, 1, 1) + static_cast<int>(i);
    day.block = static_cast<int>(i) + 1;
    day.assignment = order[i] == '1' ? 1 : 0;
    if (!std::isnan(scores[i])) day.scores["legs"] = scores[i];
    record.days.push_back(day);
    record.blocks.push_back({.number = day.block,
                             .pair = PairOf(design, static_cast<int>(i)),
                             .on = order[i] == '1',
                             .first_day = i,
                             .last_day = i});
  }
  return record;
}

Measure Legs(bool lower_is_better) {
  Measure measure = PairedProtocol().measures[0];
  measure.lower_is_better = lower_is_better;
  return measure;
}

const Design kPaired3{.randomization = Randomization::kPaired, .block_days = 1, .pairs = 3};

// Pair differences on - off are -1, -2, -4: of the 8 sign patterns only the observed one is as low.
TEST(RandomizationTestTest, AgreesWithSignFlipsByHand) {
  const Record record = RecordOf(kPaired3, "100110", {4, 5, 6, 4, 1, 5});
  const auto test = TestRandomization(record, Legs(true), 1);
  ASSERT_TRUE(test.has_value());
  EXPECT_DOUBLE_EQ(test->statistic, 7.0 / 3);
  EXPECT_EQ(test->allocations, 8);
  EXPECT_EQ(test->p_one_sided, 1.0 / 8);
  EXPECT_EQ(test->p_two_sided, 2.0 / 8);
  EXPECT_EQ(test->smallest_p, 1.0 / 8);
  EXPECT_FALSE(test->draws.has_value());
}

TEST(RandomizationTestTest, TheDirectionFollowsTheMeasure) {
  const Record record = RecordOf(kPaired3, "100110", {4, 5, 6, 4, 1, 5});
  const auto test = TestRandomization(record, Legs(false), 1);
  EXPECT_DOUBLE_EQ(test->statistic, -7.0 / 3);
  EXPECT_EQ(test->p_one_sided, 1);
  EXPECT_EQ(test->p_two_sided, 2.0 / 8);
}

TEST(RandomizationTestTest, TiesCountAsExtreme) {
  const Record record = RecordOf(kPaired3, "100110", {3, 3, 3, 3, 3, 3});
  const auto test = TestRandomization(record, Legs(true), 1);
  EXPECT_EQ(test->p_one_sided, 1);
  EXPECT_EQ(test->p_two_sided, 1);
}

// An order that leaves an arm without scores counts as extreme: with scores on days 1 and 3 only,
// half of the 8 orders put both into one arm.
TEST(RandomizationTestTest, EmptyArmsCountAsExtreme) {
  const double missing = std::nan("");
  const Record record = RecordOf(kPaired3, "100101", {1, missing, 5, missing, missing, missing});
  const auto test = TestRandomization(record, Legs(true), 1);
  ASSERT_TRUE(test.has_value());
  EXPECT_DOUBLE_EQ(test->statistic, 4);
  EXPECT_EQ(test->p_one_sided, (2.0 + 4.0) / 8);
}

TEST(RandomizationTestTest, NoTestWithoutADrawOrWithoutAnArm) {
  Design none = kPaired3;
  none.randomization = Randomization::kNone;
  const std::vector<double> scores = {4, 5, 6, 4, 1, 5};
  EXPECT_FALSE(TestRandomization(RecordOf(none, "100110", scores), Legs(true), 1).has_value());
  const double missing = std::nan("");
  EXPECT_FALSE(TestRandomization(RecordOf(kPaired3, "100110", {missing, 5, 6, missing, missing, 5}),
                                 Legs(true), 1)
                   .has_value());
}

TEST(RandomizationTestTest, PairsThatNeverBeganAreNoPartOfIt) {
  const Record record = RecordOf(kPaired3, "1001", {4, 5, 6, 4});
  EXPECT_EQ(TestRandomization(record, Legs(true), 1)->allocations, 4);
}

// A set that is small enough to enumerate (C(16, 8) = 12,870) against one draw more than it can
// hold: the same scores, once exactly and once through a design with one pair too many to
// enumerate whose last pair has no scores.
TEST(RandomizationTestTest, DrawsAgreeWithEnumeration) {
  Design paired{.randomization = Randomization::kPaired, .block_days = 1, .pairs = 16};
  std::string order;
  std::vector<double> scores;
  for (int pair = 0; pair < 17; ++pair) {
    order += pair % 3 == 0 ? "10" : "01";
    const double effect = 0.6;
    for (int i = 0; i < 2; ++i) {
      const bool on = order[order.size() - 2 + static_cast<size_t>(i)] == '1';
      scores.push_back(pair == 16 ? std::nan("")
                                  : 5 + 2 * std::sin(pair * 5 + i * 3) - (on ? effect : 0));
    }
  }
  const Record exact_record = RecordOf(paired, order.substr(0, 32), scores);
  const auto exact = TestRandomization(exact_record, Legs(true), 1);
  ASSERT_FALSE(exact->draws.has_value());
  EXPECT_EQ(exact->allocations, 65536);

  paired.pairs = 17;
  const auto drawn = TestRandomization(RecordOf(paired, order, scores), Legs(true), 1);
  ASSERT_EQ(drawn->draws, kDrawnAllocations);
  EXPECT_EQ(drawn->allocations, 131072);
  // Four standard errors of 100,000 draws.
  const double error = 4 * std::sqrt(exact->p_one_sided * (1 - exact->p_one_sided) / 1e5);
  EXPECT_NEAR(drawn->p_one_sided, exact->p_one_sided, error);
  EXPECT_NEAR(drawn->p_two_sided, exact->p_two_sided, 2 * error);
}

TEST(RandomizationTestTest, TheSameSeedGivesTheSameNumbers) {
  const Design restricted{
      .randomization = Randomization::kRestricted, .block_days = 1, .pairs = 15, .longest_run = 2};
  std::string order;
  std::vector<double> scores;
  for (int i = 0; i < 30; ++i) {
    order += i % 4 < 2 ? '1' : '0';
    scores.push_back((i * 7) % 11);
  }
  order = "10" + order.substr(0, 28);
  const Record record = RecordOf(restricted, order, scores);
  const auto once = TestRandomization(record, Legs(true), 5);
  const auto again = TestRandomization(record, Legs(true), 5);
  const auto other = TestRandomization(record, Legs(true), 6);
  EXPECT_EQ(once->p_one_sided, again->p_one_sided);
  EXPECT_NE(once->p_one_sided, other->p_one_sided);
}

}  // namespace
}  // namespace solotrial::trial

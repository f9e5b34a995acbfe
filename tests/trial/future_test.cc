#include "engine/trial/future.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

namespace solotrial::trial {
namespace {

const Date kStart(2026, 3, 2);

// A record of blocks of `block_days` days in the given order, the last of them `last_days` long.
Record Lived(Randomization randomization, const Allocation& order, int block_days = 3,
             int last_days = 3) {
  Record record;
  record.design = {.randomization = randomization,
                   .block_days = block_days,
                   .pairs = static_cast<int>(order.size() + 1) / 2};
  for (size_t i = 0; i < order.size(); ++i) {
    RecordBlock block{.number = static_cast<int>(i) + 1,
                      .pair = PairOf(record.design, static_cast<int>(i)),
                      .on = order[i] == '1',
                      .first_day = record.days.size()};
    const int days = i + 1 == order.size() ? last_days : block_days;
    for (int day = 0; day < days; ++day) {
      const auto index = static_cast<int>(record.days.size());
      record.days.push_back({.date = kStart + index,
                             .assignment = block.on ? 1.0 : 0.0,
                             .block = block.number,
                             .scores = {{"legs", index}},
                             .covariates = {{"weekend", index % 7 >= 5 ? 1 : 0}}});
    }
    block.last_day = record.days.size() - 1;
    record.blocks.push_back(block);
  }
  record.planned_days = static_cast<int>(record.days.size());
  return record;
}

std::set<Allocation> Drawn(const Record& record, int pairs) {
  RandomStream random(1);
  std::set<Allocation> drawn;
  for (int i = 0; i < 500; ++i) drawn.insert(DrawFurtherBlocks(record, pairs, random));
  return drawn;
}

using Orders = std::set<Allocation>;

TEST(FutureTest, PairsAreDrawnOneByOne) {
  EXPECT_EQ(Drawn(Lived(Randomization::kPaired, "1001"), 1), (Orders{"01", "10"}));
  EXPECT_EQ(Drawn(Lived(Randomization::kPaired, "1001"), 2),
            (Orders{"0101", "0110", "1001", "1010"}));
}

TEST(FutureTest, APairThatWasBegunIsFinished) {
  EXPECT_EQ(Drawn(Lived(Randomization::kPaired, "100"), 1), (Orders{"101", "110"}));
}

TEST(FutureTest, AFoursomeThatWasBegunIsFinished) {
  EXPECT_EQ(Drawn(Lived(Randomization::kCounterbalanced, "10"), 1), (Orders{"01"}));
  EXPECT_EQ(Drawn(Lived(Randomization::kCounterbalanced, "011"), 1), (Orders{"001", "010"}));
  EXPECT_EQ(Drawn(Lived(Randomization::kCounterbalanced, "1001"), 1), (Orders{"01", "10"}));
  EXPECT_EQ(Drawn(Lived(Randomization::kCounterbalanced, "1001"), 2), (Orders{"0110", "1001"}));
  EXPECT_EQ(Drawn(Lived(Randomization::kCounterbalanced, "10"), 3), (Orders{"010110", "011001"}));
}

TEST(FutureTest, BalancedOrdersAreDrawnAsAWhole) {
  EXPECT_EQ(Drawn(Lived(Randomization::kBalanced, "1100"), 2).size(), 6U);
  // Three on and one off: two off blocks are lacking.
  EXPECT_EQ(Drawn(Lived(Randomization::kBalanced, "1101"), 1), (Orders{"0001", "0010"}));
}

TEST(FutureTest, TheLongestRunHoldsWhereOldAndNewMeet) {
  Record record = Lived(Randomization::kRestricted, "0110");
  record.design.longest_run = 1;
  EXPECT_EQ(Drawn(record, 1), (Orders{"10"}));
  record.design.longest_run = 2;
  for (const Allocation& order : Drawn(record, 2)) EXPECT_NE(order.substr(0, 2), "00") << order;
}

TEST(FutureTest, DaysGoOnFromTheLastOne) {
  const Record record = Lived(Randomization::kPaired, "1001", 3, 2);
  const Record longer = Continued(record, "01");
  std::string blocks;
  for (const RecordDay& day : longer.days) blocks += static_cast<char>('0' + day.block);
  EXPECT_EQ(blocks, "111222333444555666");
  EXPECT_EQ(longer.days[17].date, kStart + 17);
  EXPECT_EQ(longer.days[11].assignment, 1);  // the day that the last block lacked
  EXPECT_EQ(longer.days[12].assignment, 0);
  EXPECT_EQ(longer.days[15].assignment, 1);
  EXPECT_TRUE(longer.days[10].scores.contains("legs"));
  EXPECT_FALSE(longer.days[11].scores.contains("legs"));
  ASSERT_EQ(longer.blocks.size(), 6U);
  EXPECT_EQ(longer.blocks[3].last_day, 11U);
  EXPECT_EQ(longer.blocks[4].pair, 3);
  EXPECT_EQ(longer.blocks[5].first_day, 15U);
  EXPECT_EQ(longer.blocks[5].last_day, 17U);
  EXPECT_TRUE(longer.blocks[5].on);
  EXPECT_EQ(longer.design.pairs, 3);
  EXPECT_EQ(longer.planned_days, 18);
  // Weekends come back.
  for (size_t i = 11; i < 18; ++i) {
    EXPECT_EQ(longer.days[i].covariates, longer.days[i - 7].covariates) << i;
  }
}

TEST(FutureTest, ThePlanIsNotShortened) {
  Record record = Lived(Randomization::kPaired, "1001");
  record.planned_days = 30;
  EXPECT_EQ(Continued(record, "01").planned_days, 30);
  const Record longer = Continued(record, "011001101001");
  EXPECT_EQ(longer.planned_days, 48);
  const Record first = FirstBlocks(longer, 6, 30);
  EXPECT_EQ(first.planned_days, 30);
  EXPECT_EQ(first.days.size(), 18U);
  EXPECT_EQ(first.design.pairs, 3);
}

TEST(FutureTest, TheDesignMatrixGoesOnToo) {
  const Record record = Lived(Randomization::kPaired, "1001");
  inference::Record matrix;
  for (const RecordDay& day : record.days) {
    matrix.score.push_back(1);
    matrix.assignment.push_back(day.assignment);
  }
  matrix.covariates = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}};
  matrix.planned_days = 12;
  const inference::Record longer = ContinuedMatrix(matrix, Continued(record, "01"));
  EXPECT_EQ(longer.planned_days, 12);
  EXPECT_EQ(longer.assignment.size(), 18U);
  EXPECT_EQ(longer.assignment[12], 0);
  EXPECT_EQ(longer.assignment[17], 1);
  EXPECT_TRUE(std::isnan(longer.score[12]));
  EXPECT_EQ(longer.covariates[0][12], 5);
  EXPECT_EQ(longer.covariates[0][17], 10);
}

}  // namespace
}  // namespace solotrial::trial

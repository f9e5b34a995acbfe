#include "engine/trial/schedule.h"

#include <gtest/gtest.h>

#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

using Phase = ScheduledDay::Phase;

const Date kStart(2026, 3, 2);

class ScheduleTest : public testing::Test {
 protected:
  ScheduleTest() { protocol_.design.run_in_days = 3; }  // 3 + 42 days

  Schedule Made() const { return {protocol_, trial_}; }

  Protocol protocol_ = PairedProtocol();
  Trial trial_ = StartedTrial(protocol_, kStart, "011001");
};

TEST_F(ScheduleTest, WalksFromRunInThroughBlocksToTheEnd) {
  const Schedule schedule = Made();
  EXPECT_EQ(schedule.planned_days(), 45);
  EXPECT_EQ(schedule.last_date(), kStart + 44);
  EXPECT_EQ(schedule.At(kStart - 1).phase, Phase::kBefore);
  EXPECT_EQ(schedule.At(kStart + 2).phase, Phase::kRunIn);
  EXPECT_EQ(schedule.At(kStart + 2).day_number, 3);
  const ScheduledDay first = schedule.At(kStart + 3);
  EXPECT_EQ(first.phase, Phase::kBlock);
  EXPECT_EQ(first.block_number, 1);
  EXPECT_EQ(first.day_in_block, 1);
  const ScheduledDay last = schedule.At(kStart + 44);
  EXPECT_EQ(last.block_number, 6);
  EXPECT_EQ(last.day_in_block, 7);
  EXPECT_EQ(schedule.At(kStart + 45).phase, Phase::kAfter);
}

TEST_F(ScheduleTest, BlocksTileTheDaysWithoutGapOrOverlap) {
  const Schedule schedule = Made();
  Date next = kStart + 3;
  for (const Block& block : schedule.blocks()) {
    EXPECT_EQ(block.start_date, next);
    EXPECT_EQ(*block.end_date - *block.start_date + 1, 7);
    EXPECT_EQ(block.pair, (block.number + 1) / 2);
    next = *block.end_date + 1;
  }
  EXPECT_EQ(next, kStart + 45);
}

TEST_F(ScheduleTest, BlocksGoOnWithTheDaysTheyHaveLeft) {
  trial_.pauses = {{kStart + 5, kStart + 9, "trip"}};  // after 2 days of block 1
  const Schedule schedule = Made();
  EXPECT_EQ(schedule.At(kStart + 4).day_in_block, 2);
  EXPECT_EQ(schedule.At(kStart + 5).phase, Phase::kPaused);
  EXPECT_EQ(schedule.At(kStart + 8).phase, Phase::kPaused);
  EXPECT_EQ(schedule.At(kStart + 9).day_in_block, 3);
  EXPECT_EQ(schedule.At(kStart + 9).day_number, 6);
  EXPECT_EQ(schedule.blocks()[0].end_date, kStart + 9 + 4);
  EXPECT_EQ(schedule.blocks()[1].start_date, kStart + 14);
  EXPECT_EQ(schedule.last_date(), kStart + 48);
}

TEST_F(ScheduleTest, AnOpenPauseLeavesLaterDatesOpen) {
  trial_.pauses = {{kStart + 5, kStart + 6, ""}, {kStart + 20, std::nullopt, ""}};
  const Schedule schedule = Made();
  EXPECT_EQ(schedule.last_date(), std::nullopt);
  EXPECT_EQ(schedule.end_date(), std::nullopt);
  EXPECT_EQ(schedule.At(kStart + 200).phase, Phase::kPaused);
  EXPECT_EQ(schedule.DaysDone(kStart + 200), 19);
  EXPECT_TRUE(schedule.blocks()[1].end_date.has_value());
  EXPECT_TRUE(schedule.blocks()[2].start_date.has_value());
  EXPECT_FALSE(schedule.blocks()[2].end_date.has_value());
  EXPECT_FALSE(schedule.blocks()[5].start_date.has_value());
}

// The two ways of counting agree on every day, with two pauses back to back.
TEST_F(ScheduleTest, DateOfIsTheInverseOfAt) {
  trial_.pauses = {
      {kStart + 1, kStart + 3, ""}, {kStart + 3, kStart + 4, ""}, {kStart + 30, kStart + 37, ""}};
  const Schedule schedule = Made();
  int day_number = 0;
  for (Date date = kStart; date <= *schedule.last_date(); ++date) {
    const ScheduledDay day = schedule.At(date);
    if (day.phase != Phase::kPaused) {
      ++day_number;
      EXPECT_EQ(day.day_number, day_number);
      EXPECT_EQ(schedule.DateOf(day_number), date);
    }
    EXPECT_EQ(schedule.DaysDone(date), day_number);
  }
  EXPECT_EQ(day_number, 45);
}

TEST_F(ScheduleTest, AfterAStopNothingIsScheduled) {
  trial_.stop = Stop{kStart + 10, "enough"};
  const Schedule schedule = Made();
  EXPECT_EQ(schedule.At(kStart + 10).phase, Phase::kBlock);
  EXPECT_EQ(schedule.At(kStart + 11).phase, Phase::kAfter);
  EXPECT_EQ(schedule.end_date(), kStart + 10);
}

// The client of a running trial never receives more than the current and the next block's arm.
TEST_F(ScheduleTest, ShowsTheCurrentAndTheNextArmOnly) {
  const Schedule schedule = Made();
  const auto shown = [&schedule](Date today, bool ended = false) {
    int count = 0;
    for (const Block& block : schedule.blocks()) {
      if (schedule.MayShowArm(block, today, ended)) ++count;
    }
    return count;
  };
  EXPECT_EQ(shown(kStart - 30), 1);
  EXPECT_EQ(shown(kStart + 2), 1);
  EXPECT_EQ(shown(kStart + 3), 2);
  EXPECT_EQ(shown(kStart + 9), 2);
  EXPECT_EQ(shown(kStart + 10), 3);
  EXPECT_EQ(shown(kStart + 3, true), 6);
}

}  // namespace
}  // namespace solotrial::trial

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

// --- Visits -----------------------------------------------------------------------------------

class VisitScheduleTest : public testing::Test {
 protected:
  VisitScheduleTest() {
    protocol_.design.block_unit = BlockUnit::kVisits;
    protocol_.design.block_days = 1;
    protocol_.design.pairs = 2;
    trial_ = StartedTrial(protocol_, kStart, "0110");
  }
  Schedule Made() const { return {protocol_, trial_}; }

  Protocol protocol_ = PairedProtocol();
  Trial trial_;
};

TEST_F(VisitScheduleTest, BlocksAreTheDaysOfTheMarksAndTheRestIsWaiting) {
  trial_.marks = {kStart + 3, kStart + 20};
  const Schedule schedule = Made();
  EXPECT_EQ(schedule.planned_days(), 4);
  EXPECT_FALSE(schedule.has_run_in());
  EXPECT_EQ(schedule.At(kStart).phase, Phase::kWaiting);
  EXPECT_EQ(schedule.At(kStart + 3).phase, Phase::kBlock);
  EXPECT_EQ(schedule.At(kStart + 3).block_number, 1);
  EXPECT_EQ(schedule.At(kStart + 20).block_number, 2);
  EXPECT_EQ(schedule.At(kStart + 20).day_number, 2);
  EXPECT_EQ(schedule.At(kStart + 400).phase, Phase::kWaiting);
  EXPECT_EQ(schedule.blocks()[1].end_date, kStart + 20);
  EXPECT_EQ(schedule.blocks()[2].start_date, std::nullopt);
  EXPECT_EQ(schedule.last_date(), std::nullopt);
  EXPECT_EQ(StateOn(trial_, protocol_, kStart + 400), EffectiveState::kRunning);
}

TEST_F(VisitScheduleTest, TheLastVisitEndsItAndFurtherMarksDoNotCount) {
  trial_.marks = {kStart + 1, kStart + 2, kStart + 30, kStart + 31, kStart + 40};
  EXPECT_EQ(Made().last_date(), kStart + 31);
  EXPECT_EQ(Made().At(kStart + 40).phase, Phase::kAfter);
  EXPECT_EQ(StateOn(trial_, protocol_, kStart + 31), EffectiveState::kRunning);
  EXPECT_EQ(StateOn(trial_, protocol_, kStart + 32), EffectiveState::kCompleted);
}

TEST_F(VisitScheduleTest, ShowsTheArmOfTheLastAndTheNextVisit) {
  trial_.marks = {kStart + 3};
  const Schedule schedule = Made();
  EXPECT_TRUE(schedule.MayShowArm(schedule.blocks()[0], kStart, false));
  EXPECT_FALSE(schedule.MayShowArm(schedule.blocks()[1], kStart, false));
  EXPECT_TRUE(schedule.MayShowArm(schedule.blocks()[1], kStart + 9, false));
  EXPECT_FALSE(schedule.MayShowArm(schedule.blocks()[2], kStart + 9, false));
}

// --- Cycles -----------------------------------------------------------------------------------

class CycleScheduleTest : public testing::Test {
 protected:
  CycleScheduleTest() {
    protocol_.design.block_unit = BlockUnit::kCycles;
    protocol_.design.block_days = 28;
    protocol_.design.pairs = 1;
    protocol_.design.run_in_days = 21;
    trial_ = StartedTrial(protocol_, kStart, "10");
  }
  Schedule Made() const { return {protocol_, trial_}; }

  Protocol protocol_ = PairedProtocol();
  Trial trial_;
};

TEST_F(CycleScheduleTest, EachCycleIsAsLongAsItIs) {
  trial_.marks = {kStart, kStart + 27, kStart + 58, kStart + 84};
  const Schedule schedule = Made();
  EXPECT_EQ(schedule.run_in_end_date(), kStart + 26) << "a cycle that began too early is run-in";
  EXPECT_EQ(schedule.At(kStart + 26).phase, Phase::kRunIn);
  EXPECT_EQ(schedule.At(kStart + 27).block_number, 1);
  EXPECT_EQ(schedule.blocks()[0].days, 31);
  EXPECT_EQ(schedule.At(kStart + 58).block_number, 2);
  EXPECT_EQ(schedule.At(kStart + 58).day_in_block, 1);
  EXPECT_EQ(schedule.blocks()[1].days, 26);
  EXPECT_EQ(schedule.last_date(), kStart + 83) << "the next cycle ends the last one";
  EXPECT_EQ(schedule.At(kStart + 84).phase, Phase::kAfter);
  EXPECT_EQ(schedule.planned_days(), 84);
}

TEST_F(CycleScheduleTest, WhatIsToComeCountsWithItsUsualLength) {
  EXPECT_EQ(Made().planned_days(), 21 + 2 * 28);
  EXPECT_EQ(Made().At(kStart + 60).phase, Phase::kRunIn);
  EXPECT_EQ(Made().run_in_end_date(), std::nullopt);
  trial_.marks = {kStart + 30};
  const Schedule schedule = Made();
  EXPECT_EQ(schedule.planned_days(), 30 + 2 * 28);
  EXPECT_TRUE(schedule.blocks()[0].is_open);
  EXPECT_EQ(schedule.blocks()[0].start_date, kStart + 30);
  EXPECT_EQ(schedule.blocks()[0].end_date, std::nullopt);
  EXPECT_EQ(schedule.At(kStart + 30 + 40).day_in_block, 41) << "longer than usual, and still it";
  EXPECT_EQ(schedule.last_date(), std::nullopt);
}

TEST_F(CycleScheduleTest, ACycleThatNobodyEndsIsOverAfterTwiceItsUsualLength) {
  trial_.marks = {kStart + 30};
  EXPECT_EQ(Made().At(kStart + 30 + 55).phase, Phase::kBlock);
  EXPECT_EQ(Made().At(kStart + 30 + 56).phase, Phase::kWaiting) << "nothing is taken for ever";
  trial_.marks = {kStart + 30, kStart + 100};
  const Schedule schedule = Made();
  EXPECT_EQ(schedule.blocks()[0].days, 56);
  EXPECT_EQ(schedule.At(kStart + 90).phase, Phase::kWaiting);
  EXPECT_EQ(schedule.At(kStart + 100).block_number, 2);
  EXPECT_EQ(schedule.last_date(), kStart + 100 + 55) << "at the latest";
  EXPECT_TRUE(schedule.blocks()[1].is_open);
  EXPECT_EQ(StateOn(trial_, protocol_, kStart + 156), EffectiveState::kCompleted);
}

TEST_F(CycleScheduleTest, MarksTooCloseDoNotBeginACycleInWhateverOrderTheyCame) {
  EXPECT_EQ(CycleStarts({kStart, kStart + 2, kStart + 9, kStart + 10, kStart + 38}),
            (std::vector<Date>{kStart, kStart + 10, kStart + 38}));
}

TEST_F(CycleScheduleTest, PausedDaysAreNotScheduledAndACycleThatIsAllPausedIsNoBlock) {
  trial_.marks = {kStart + 30, kStart + 58, kStart + 86, kStart + 114};
  trial_.pauses = {{kStart + 40, kStart + 45, "flu"}};
  EXPECT_EQ(Made().blocks()[0].days, 23);
  EXPECT_EQ(Made().blocks()[1].start_date, kStart + 58) << "no cycle is cut to make it longer";
  trial_.pauses = {{kStart + 50, kStart + 90, "hospital"}};
  EXPECT_EQ(Made().blocks()[0].end_date, kStart + 49);
  EXPECT_EQ(Made().blocks()[1].start_date, kStart + 90);
  EXPECT_EQ(Made().blocks()[1].end_date, kStart + 113);
  trial_.pauses = {{kStart + 50, std::nullopt, ""}};
  EXPECT_EQ(Made().last_date(), std::nullopt);
  EXPECT_EQ(Made().blocks()[1].start_date, std::nullopt);
  EXPECT_EQ(Made().At(kStart + 100).phase, Phase::kPaused);
}

}  // namespace
}  // namespace solotrial::trial

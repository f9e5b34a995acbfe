#include <gtest/gtest.h>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/trial/schedule.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

const Date kStart(2026, 3, 2);

class LifeCycleTest : public testing::Test {
 protected:
  const Protocol protocol_ = PairedProtocol();  // 42 days
  Trial trial_ = StartedTrial(protocol_, kStart, "011001");
};

Reason ReasonOf(const absl::Status& status) {
  EXPECT_FALSE(status.ok());
  return FaultOf(status).reason;
}

TEST(StartTest, DrawsCommitsAndFreezes) {
  const Protocol protocol = PairedProtocol();
  Trial trial;
  const std::string seed(32, '\x07');
  ASSERT_TRUE(Start(trial, protocol, "{\"a\":1}", seed, kStart + 3, kStart).ok());
  EXPECT_EQ(trial.state, Trial::State::kRunning);
  EXPECT_EQ(trial.allocation, DrawAllocation(protocol.design, seed));
  EXPECT_EQ(trial.protocol_digest, Sha256("{\"a\":1}"));
  EXPECT_EQ(trial.commitment, Sha256(seed + Sha256("{\"a\":1}")));
  EXPECT_EQ(trial.start_date, kStart + 3);
  EXPECT_EQ(ReasonOf(Start(trial, protocol, "{}", seed, kStart, kStart)), Reason::kWrongState);
}

TEST(StartTest, TheFirstDayIsFromTodayTo60DaysAhead) {
  const Protocol protocol = PairedProtocol();
  for (const int days : {-1, 61}) {
    Trial trial;
    EXPECT_EQ(ReasonOf(Start(trial, protocol, "{}", std::string(32, 's'), kStart + days, kStart)),
              Reason::kInvalidFields);
    EXPECT_EQ(trial.state, Trial::State::kDraft);
  }
  Trial trial;
  EXPECT_TRUE(Start(trial, protocol, "{}", std::string(32, 's'), kStart + 60, kStart).ok());
}

TEST_F(LifeCycleTest, CompletesByTheCalendarAlone) {
  EXPECT_EQ(StateOn(trial_, protocol_, kStart + 41), EffectiveState::kRunning);
  EXPECT_EQ(StateOn(trial_, protocol_, kStart + 42), EffectiveState::kCompleted);
  EXPECT_TRUE(HasEnded(EffectiveState::kCompleted));
  EXPECT_EQ(ReasonOf(StopOn(trial_, protocol_, "why", kStart + 42)), Reason::kWrongState);
  EXPECT_EQ(ReasonOf(PauseFrom(trial_, protocol_, kStart + 42, "", kStart + 42)),
            Reason::kWrongState);
}

TEST_F(LifeCycleTest, APauseShiftsTheRest) {
  ASSERT_TRUE(PauseFrom(trial_, protocol_, kStart + 10, "flu", kStart + 10).ok());
  EXPECT_EQ(StateOn(trial_, protocol_, kStart + 99), EffectiveState::kPaused);
  EXPECT_EQ(ReasonOf(PauseFrom(trial_, protocol_, kStart + 10, "", kStart + 10)),
            Reason::kWrongState);
  ASSERT_TRUE(ResumeFrom(trial_, kStart + 15, kStart + 14).ok());
  EXPECT_EQ(Schedule(protocol_, trial_).last_date(), kStart + 41 + 5);
}

TEST_F(LifeCycleTest, APauseThatEndsOnItsFirstDayHasNotBeen) {
  ASSERT_TRUE(PauseFrom(trial_, protocol_, kStart + 10, "", kStart + 10).ok());
  ASSERT_TRUE(ResumeFrom(trial_, kStart + 10, kStart + 10).ok());
  EXPECT_TRUE(trial_.pauses.empty());
}

TEST_F(LifeCycleTest, APauseOfTomorrowCanBeCalledOff) {
  ASSERT_TRUE(PauseFrom(trial_, protocol_, kStart + 11, "", kStart + 10).ok());
  ASSERT_TRUE(ResumeFrom(trial_, kStart + 10, kStart + 10).ok());
  EXPECT_TRUE(trial_.pauses.empty());
  EXPECT_EQ(trial_.state, Trial::State::kRunning);
}

TEST_F(LifeCycleTest, PausesBeginTodayOrTomorrowWithinTheTrial) {
  EXPECT_EQ(ReasonOf(PauseFrom(trial_, protocol_, kStart + 9, "", kStart + 10)),
            Reason::kInvalidFields);
  EXPECT_EQ(ReasonOf(PauseFrom(trial_, protocol_, kStart + 12, "", kStart + 10)),
            Reason::kInvalidFields);
  EXPECT_EQ(ReasonOf(PauseFrom(trial_, protocol_, kStart + 42, "", kStart + 41)),
            Reason::kWrongState);
  EXPECT_EQ(ReasonOf(PauseFrom(trial_, protocol_, kStart - 1, "", kStart - 1)),
            Reason::kInvalidFields);
}

TEST_F(LifeCycleTest, AClockSetBackChangesNothingThatWasSaid) {
  ASSERT_TRUE(PauseFrom(trial_, protocol_, kStart + 10, "", kStart + 10).ok());
  const absl::Status resumed = ResumeFrom(trial_, kStart + 5, kStart + 5);
  EXPECT_EQ(ReasonOf(resumed), Reason::kInvalidFields);
  EXPECT_EQ(trial_.state, Trial::State::kPaused);
  ASSERT_TRUE(ResumeFrom(trial_, kStart + 14, kStart + 14).ok());
  EXPECT_EQ(ReasonOf(PauseFrom(trial_, protocol_, kStart + 12, "", kStart + 12)),
            Reason::kInvalidFields);
}

TEST_F(LifeCycleTest, AStopEndsOnItsDay) {
  ASSERT_TRUE(StopOn(trial_, protocol_, "enough", kStart + 20).ok());
  EXPECT_EQ(StateOn(trial_, protocol_, kStart + 20), EffectiveState::kStopped);
  EXPECT_EQ(trial_.stop->stop_date, kStart + 20);
  EXPECT_EQ(Schedule(protocol_, trial_).end_date(), kStart + 20);
  EXPECT_EQ(ReasonOf(StopOn(trial_, protocol_, "again", kStart + 21)), Reason::kWrongState);
}

TEST_F(LifeCycleTest, APausedTrialStopsBeforeItsPause) {
  ASSERT_TRUE(PauseFrom(trial_, protocol_, kStart + 10, "", kStart + 10).ok());
  ASSERT_TRUE(StopOn(trial_, protocol_, "enough", kStart + 30).ok());
  EXPECT_EQ(trial_.stop->stop_date, kStart + 9);
}

TEST_F(LifeCycleTest, AStopBeforeTheFirstDayLeavesNoDay) {
  ASSERT_TRUE(StopOn(trial_, protocol_, "changed my mind", kStart - 5).ok());
  EXPECT_EQ(trial_.stop->stop_date, kStart - 1);
}

TEST(DraftTest, CanOnlyBeStarted) {
  const Protocol protocol = PairedProtocol();
  Trial trial;
  EXPECT_EQ(StateOn(trial, protocol, kStart), EffectiveState::kDraft);
  EXPECT_EQ(ReasonOf(PauseFrom(trial, protocol, kStart, "", kStart)), Reason::kWrongState);
  EXPECT_EQ(ReasonOf(ResumeFrom(trial, kStart, kStart)), Reason::kWrongState);
  EXPECT_EQ(ReasonOf(StopOn(trial, protocol, "x", kStart)), Reason::kWrongState);
}

}  // namespace
}  // namespace solotrial::trial

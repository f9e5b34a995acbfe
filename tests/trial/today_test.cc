#include "engine/trial/today.h"

#include <gtest/gtest.h>

#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

const Date kStart(2026, 3, 2);

class TodayTest : public testing::Test {
 protected:
  TodayTest() {
    protocol_.design.run_in_days = 2;
    protocol_.intervention->dose_slots = {"noon", "night"};
  }
  Today On(Date date, Date today, const std::vector<Entry>& current = {}) const {
    return WhatToDo(protocol_, StartedTrial(protocol_, kStart, "100110"), current, date, today);
  }

  Protocol protocol_ = PairedProtocol();
};

TEST_F(TodayTest, AnOnDayAsksForScoreCovariateAndDoses) {
  const Today today = On(kStart + 2, kStart + 2);
  EXPECT_EQ(today.on, true);
  EXPECT_EQ(today.instruction, "Take it.");
  EXPECT_EQ(today.block_days, 7);
  EXPECT_EQ(today.planned_days, 44);
  ASSERT_EQ(today.due.size(), 4U);
  EXPECT_EQ(today.due[0].id, "legs");
  EXPECT_EQ(today.due[0].question, "legs");
  EXPECT_EQ(today.due[0].maximum, 10);
  EXPECT_EQ(today.due[1].id, "weekend");
  EXPECT_EQ(today.due[2].slot, "noon");
  EXPECT_EQ(today.due[3].slot, "night");
}

TEST_F(TodayTest, SaysWhatKindOfNumberIsAskedFor) {
  const auto due = [this](inference::Family family, double maximum) {
    protocol_.measures[0].family = family;
    protocol_.measures[0].maximum = maximum;
    return On(kStart, kStart).due[0];
  };
  EXPECT_TRUE(due(inference::Family::kOrdinal, 10).whole);
  EXPECT_FALSE(due(inference::Family::kStudentT, 10).whole);
  EXPECT_TRUE(due(inference::Family::kBernoulli, 1).whole);
  EXPECT_EQ(due(inference::Family::kBernoulli, 1).maximum, 1);
  EXPECT_TRUE(due(inference::Family::kPoisson, 24).whole);
  EXPECT_EQ(due(inference::Family::kPoisson, 24).maximum, 24);
  EXPECT_EQ(due(inference::Family::kPoisson, 1e9).minimum, 0);
  EXPECT_EQ(due(inference::Family::kPoisson, 1e9).maximum, std::nullopt) << "no limit was set";
  EXPECT_TRUE(On(kStart, kStart).due[1].whole) << "a covariate of yes or no";
}

TEST_F(TodayTest, AnOffDayAsksForNoDose) {
  const Today today = On(kStart + 9, kStart + 9);
  EXPECT_EQ(today.on, false);
  EXPECT_EQ(today.message.id, "today.off");
  EXPECT_EQ(today.due.size(), 2U);
}

TEST_F(TodayTest, TheRunInIsScoredWithoutTreatment) {
  const Today today = On(kStart, kStart);
  EXPECT_EQ(today.on, std::nullopt);
  EXPECT_EQ(today.message.id, "today.run_in");
  EXPECT_EQ(today.due.size(), 2U);
}

TEST_F(TodayTest, BlocksFarAheadAreNotShown) {
  const Today today = On(kStart + 16, kStart + 2);
  EXPECT_EQ(today.on, std::nullopt);
  EXPECT_EQ(today.message.id, "today.not_shown");
  EXPECT_EQ(today.instruction, "");
  for (const DueItem& item : today.due) EXPECT_NE(item.kind, DueItem::Kind::kDose);
}

TEST_F(TodayTest, ShowsWhatIsRecorded) {
  Entry dose = Score(2, kStart + 2, 0.5);
  dose.kind = Entry::Kind::kDose;
  dose.subject = "";
  dose.slot = "night";
  const Today today =
      On(kStart + 2, kStart + 2, {Score(1, kStart + 2, 4), dose, Score(3, kStart + 3, 9)});
  EXPECT_EQ(today.due[0].recorded, 4);
  EXPECT_EQ(today.due[1].recorded, std::nullopt);
  EXPECT_EQ(today.due[2].recorded, std::nullopt);
  EXPECT_EQ(today.due[3].recorded, 0.5);
}

TEST_F(TodayTest, NothingIsDueBeforeAndAfter) {
  EXPECT_TRUE(On(kStart - 1, kStart - 1).due.empty());
  EXPECT_EQ(On(kStart - 1, kStart - 1).message.id, "today.before");
  EXPECT_TRUE(On(kStart + 44, kStart + 44).due.empty());
  EXPECT_EQ(On(kStart + 44, kStart + 44).message.id, "today.after");
}

// A night is scored on the morning after: not on the first day, but on the day after the last.
TEST_F(TodayTest, AMeasureOfTheNightIsDueOneDayLater) {
  protocol_.measures[0].refers_to = RefersTo::kPreviousNight;
  EXPECT_EQ(On(kStart, kStart).due.size(), 1U);  // the covariate
  const Today after = On(kStart + 44, kStart + 44);
  ASSERT_EQ(after.due.size(), 1U);
  EXPECT_EQ(after.due[0].id, "legs");
}

}  // namespace
}  // namespace solotrial::trial

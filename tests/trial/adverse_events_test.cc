#include "engine/trial/adverse_events.h"

#include <gtest/gtest.h>

#include "engine/trial/record.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

const Date kStart(2026, 1, 5);

Entry Event(int serial, Date date, const std::string& type, int grade = 0) {
  Entry entry = Score(serial, date, grade);
  entry.kind = Entry::Kind::kEvent;
  entry.subject = type;
  return entry;
}
Entry SideEffect(int serial, Date date, int grade) {
  return Event(serial, date, kSideEffectType, grade);
}
Entry Rescue(int serial, Date date) {
  Entry entry = Score(serial, date, 1);
  entry.kind = Entry::Kind::kRescue;
  entry.subject = "";
  entry.text = "Ibuprofen";
  return entry;
}

// On, off, off, on, on, off: blocks of seven days.
class AdverseEventsTest : public testing::Test {
 protected:
  const Protocol protocol_ = PairedProtocol();
  const Trial trial_ = StartedTrial(protocol_, kStart, "100110");
  const Schedule schedule_{protocol_, trial_};

  std::string Pause(const std::vector<Entry>& current, const Entry* superseded = nullptr) {
    const auto reason = PauseReason(schedule_, current, current.back(), superseded);
    return reason.has_value() ? reason->id : "";
  }
};

TEST_F(AdverseEventsTest, ASevereOnePausesAndAMildOneDoesNot) {
  EXPECT_EQ(Pause({SideEffect(1, kStart, kGradeSevere)}), "notice.paused_severe");
  EXPECT_EQ(Pause({SideEffect(1, kStart + 8, kGradeSevere)}), "notice.paused_severe");
  EXPECT_EQ(Pause({SideEffect(1, kStart, kGradeMild), SideEffect(2, kStart, kGradeMild)}), "");
  EXPECT_EQ(Pause({Event(1, kStart, kIllness)}), "");
}

TEST_F(AdverseEventsTest, TwoModerateOnesInOneBlockPause) {
  const Entry first = SideEffect(1, kStart, kGradeModerate);
  EXPECT_EQ(Pause({first}), "");
  EXPECT_EQ(Pause({first, SideEffect(2, kStart + 6, kGradeModerate)}), "notice.paused_moderate");
  EXPECT_EQ(Pause({first, SideEffect(2, kStart + 7, kGradeModerate)}), "") << "the next block";
  EXPECT_EQ(Pause({SideEffect(1, kStart, kGradeSevere), SideEffect(2, kStart, kGradeModerate)}),
            "notice.paused_moderate");
}

TEST_F(AdverseEventsTest, ACorrectionThatIsNoGraverPausesNothing) {
  const Entry before = SideEffect(1, kStart, kGradeSevere);
  EXPECT_EQ(Pause({SideEffect(2, kStart, kGradeSevere)}, &before), "");
  const Entry mild = SideEffect(1, kStart, kGradeMild);
  EXPECT_EQ(Pause({SideEffect(2, kStart, kGradeSevere)}, &mild), "notice.paused_severe");
}

TEST_F(AdverseEventsTest, TenDaysOfAcuteMedicationIn28AreTooMany) {
  std::vector<Entry> current;
  for (int day = 0; day < 9; ++day) current.push_back(Rescue(day + 1, kStart + 3 * day));
  current.push_back(Rescue(20, kStart));  // a second dose on a day that counts already
  EXPECT_FALSE(OveruseWarning(current, current.back()).has_value());
  Entry score = Score(21, kStart + 27, 1);
  score.subject = "acute_medication";
  current.push_back(score);
  const auto warning = OveruseWarning(current, current.back());
  ASSERT_TRUE(warning.has_value());
  EXPECT_EQ(warning->parameters.at("days"), "10");
  // Day 29 has left the window of the first.
  current.back() = Rescue(22, kStart + 28);
  EXPECT_FALSE(OveruseWarning(current, current.back()).has_value());
  // A missing day filled in later counts too.
  current.push_back(Rescue(23, kStart + 4));
  EXPECT_TRUE(OveruseWarning(current, current.back()).has_value());
  EXPECT_FALSE(OveruseWarning(current, Score(24, kStart, 1)).has_value()) << "another measure";
}

TEST_F(AdverseEventsTest, CountsByArmAndGrade) {
  EXPECT_FALSE(CountHarms(schedule_, {Rescue(1, kStart)}).has_value());
  const auto harms = CountHarms(
      schedule_, {SideEffect(1, kStart, kGradeMild), SideEffect(2, kStart + 1, kGradeSevere),
                  SideEffect(3, kStart + 7, kGradeModerate), SideEffect(4, kStart + 60, 1)});
  ASSERT_TRUE(harms.has_value());
  EXPECT_EQ(harms->on.mild, 1);
  EXPECT_EQ(harms->on.severe, 1);
  EXPECT_EQ(harms->off.moderate, 1);
  EXPECT_EQ(harms->outside.mild, 1);
}

// What a spreadsheet shows: a line each among the day's notes.
TEST_F(AdverseEventsTest, StandInTheDiaryAmongTheNotes) {
  Entry effect = SideEffect(1, kStart, kGradeModerate);
  effect.text = "Diarrhoea";
  Entry value = Event(2, kStart, "serum_magnesium");
  value.value = 0.82;
  const std::vector<DiaryRow> rows =
      RowsOfTrial(protocol_, trial_, {effect, value, Rescue(3, kStart)}, kStart);
  EXPECT_EQ(rows.front().note,
            "[side_effect, moderate] Diarrhoea\n[serum_magnesium 0.82]\n[rescue x 1] Ibuprofen");
}

TEST_F(AdverseEventsTest, ANewTreatmentIsRemarkedOn) {
  EXPECT_FALSE(NewTreatmentRemark({Event(1, kStart, kTravel)}).has_value());
  const auto remark =
      NewTreatmentRemark({Event(1, kStart, kNewTreatment), Event(2, kStart + 3, kNewTreatment)});
  ASSERT_TRUE(remark.has_value());
  EXPECT_EQ(remark->parameters.at("dates"), "2026-01-05, 2026-01-08");
}

}  // namespace
}  // namespace solotrial::trial

#include "clients/cli/render_trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/cli/render_diary.h"
#include "clients/cli/text.h"
#include "tests/cli/canned.h"

namespace solotrial::cli {
namespace {

using testing::HasSubstr;

Style Utf8() {
  Style style;
  style.utf8 = true;
  return style;
}

v1::Trial RunningTrial() {
  v1::Trial trial;
  trial.set_name("trials/3f2a9c10-0000-4000-8000-000000000001");
  trial.set_state(v1::TRIAL_STATE_RUNNING);
  trial.set_start_date("2026-03-01");
  trial.set_last_date("2026-04-25");
  *trial.mutable_protocol() = HeadacheProtocol();
  v1::Protocol& protocol = *trial.mutable_protocol();
  protocol.mutable_design()->set_randomization(v1::Design::PAIRED);
  protocol.mutable_design()->set_block_days(14);
  protocol.mutable_design()->set_pairs(2);
  protocol.mutable_intervention()->set_name("magnesium");
  protocol.mutable_intervention()->set_on_instruction("Take 300 mg with dinner.");
  protocol.set_time_zone("Europe/Berlin");
  trial.set_commitment(std::string(32, '\x1f'));
  return trial;
}

v1::Today ATuesday() {
  v1::Today today;
  today.set_date("2026-03-17");
  today.set_phase(v1::Today::PHASE_BLOCK);
  today.set_day_number(17);
  today.set_planned_days(56);
  today.set_block_number(2);
  today.set_day_in_block(3);
  today.set_block_days(14);
  today.set_arm(v1::ARM_ON);
  today.set_instruction("Take 300 mg with dinner.");
  v1::DueItem& score = *today.add_due();
  score.set_kind(v1::DueItem::KIND_SCORE);
  score.set_id("headache");
  score.set_question("How bad was your headache today?");
  score.set_minimum(0);
  score.set_maximum(10);
  v1::DueItem& covariate = *today.add_due();
  covariate.set_kind(v1::DueItem::KIND_COVARIATE);
  covariate.set_id("weekend");
  covariate.set_question("weekend");
  covariate.set_minimum(0);
  covariate.set_maximum(1);
  covariate.set_whole(true);
  covariate.set_recorded(0);
  v1::DueItem& dose = *today.add_due();
  dose.set_kind(v1::DueItem::KIND_DOSE);
  dose.set_id("dose");
  dose.set_question("magnesium");
  return today;
}

TEST(RenderTrialTest, TodayCanBeReadInTenSeconds) {
  EXPECT_EQ("\n" + RenderToday(ATuesday(), RunningTrial(), {"2026-03-14", "2026-03-09"}, Utf8()),
            R"(
Tue 17 Mar 2026  day 17 of 56, block 2 (day 3 of 14)
Does magnesium help my headache?

  ON  Take 300 mg with dinner.

  ○ headache        How bad was your headache today? (0 to 10)
  ✓ weekend      0  (0 no, 1 yes)
  ○ dose            magnesium: how much you took, 0 to 1

  solotrial record headache=...   and   solotrial dose

  Still without a score: 14 Mar, 9 Mar. They can be filled in with --date.
)");
}

TEST(RenderTrialTest, TodaySaysWhatKindOfNumberIsAskedFor) {
  v1::Today today = ATuesday();
  v1::DueItem& item = *today.mutable_due(0);
  item.set_whole(true);
  item.set_maximum(1);
  EXPECT_THAT(RenderToday(today, RunningTrial(), {}, Utf8()),
              HasSubstr("How bad was your headache today? (0 no, 1 yes)"));
  item.clear_maximum();
  item.set_question("Of 0 to 10 cramps, which?");
  EXPECT_THAT(RenderToday(today, RunningTrial(), {}, Utf8()), HasSubstr("which? (how many)"));
}

TEST(RenderTrialTest, TodayInAscii) {
  EXPECT_EQ("\n" + RenderToday(ATuesday(), RunningTrial(), {}, Style()), R"(
Tue 17 Mar 2026  day 17 of 56, block 2 (day 3 of 14)
Does magnesium help my headache?

  ON  Take 300 mg with dinner.

  [ ] headache        How bad was your headache today? (0 to 10)
  [x] weekend      0  (0 no, 1 yes)
  [ ] dose            magnesium: how much you took, 0 to 1

  solotrial record headache=...   and   solotrial dose
)");
}

TEST(RenderTrialTest, AWordInAProtocolCannotSteerTheTerminal) {
  v1::Today today = ATuesday();
  today.set_instruction("Take\033[2J it");
  EXPECT_THAT(RenderToday(today, RunningTrial(), {}, Utf8()), HasSubstr("Take?[2J it"));
}

TEST(RenderTrialTest, TheScheduleHidesWhatLiesAhead) {
  v1::Schedule schedule;
  const char* dates[][2] = {{"2026-03-01", "2026-03-14"},
                            {"2026-03-15", "2026-03-28"},
                            {"2026-03-29", "2026-04-11"},
                            {"2026-04-12", "2026-04-25"}};
  for (int i = 0; i < 4; ++i) {
    v1::Block& block = *schedule.add_blocks();
    block.set_number(i + 1);
    block.set_pair(i / 2 + 1);
    if (i < 2) block.set_arm(i == 0 ? v1::ARM_OFF : v1::ARM_ON);
    block.set_start_date(dates[i][0]);
    block.set_end_date(dates[i][1]);
    block.set_days(14);
  }
  schedule.set_online_before_date("2026-03-29");
  EXPECT_EQ("\n" + RenderSchedule(schedule, RunningTrial(), Utf8()), R"(
Does magnesium help my headache?
  block  pair  arm    from             to               days
      1     1  off    Sun 1 Mar 2026   Sat 14 Mar 2026    14
      2     1  on     Sun 15 Mar 2026  Sat 28 Mar 2026    14
      3     2  later  Sun 29 Mar 2026  Sat 11 Apr 2026    14
      4     2  later  Sun 12 Apr 2026  Sat 25 Apr 2026    14

Ask again before Sun 29 Mar 2026 to be told what to take from then on.
)");
}

TEST(RenderTrialTest, ShowsATrialInFull) {
  EXPECT_EQ("\n" + RenderTrial(RunningTrial(), Utf8()), R"(
Does magnesium help my headache?
  trial         trials/3f2a9c10-0000-4000-8000-000000000001
  state         running, Sun 1 Mar 2026 to Sat 25 Apr 2026
  design        2 on and 2 off blocks of 14 days, the order drawn for each pair
  measure       headache (0 to 10, lower is better, 1 matters)
  on            Take 300 mg with dinner.
  off           Take nothing.
  days          begin at 04:00 in Europe/Berlin
  commitment to the order
    1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f
)");
}

TEST(RenderTrialTest, ListsTrialsByTheirShortIds) {
  EXPECT_EQ("\n" + RenderTrialList({RunningTrial()}), R"(
trial     state    first day   last day    title
3f2a9c10  running  2026-03-01  2026-04-25  Does magnesium help my headache?
)");
  EXPECT_THAT(RenderTrialList({}), HasSubstr("solotrial protocol new"));
}

v1::Entry ScoreEntry(double value) {
  v1::Entry entry;
  entry.set_id("0195ac1e-7a42-7c3d-9d0a-2f7b11c0ffee");
  entry.set_date("2026-03-17");
  entry.mutable_score()->set_measure_id("headache");
  entry.mutable_score()->set_value(value);
  return entry;
}

TEST(RenderDiaryTest, SaysWhatWasCorrected) {
  const v1::Entry five = ScoreEntry(5);
  const v1::Entry four = ScoreEntry(4);
  EXPECT_EQ(RenderRecorded(four, nullptr), "Tue 17 Mar 2026  headache 4\n");
  EXPECT_EQ(RenderRecorded(four, &five), "Tue 17 Mar 2026  headache was 5, now 4\n");
  EXPECT_EQ(RenderRecorded(five, &five), "Tue 17 Mar 2026  headache 5 (as before)\n");
}

TEST(RenderDiaryTest, SaysWhatWasRejectedAndWhy) {
  v1::EntryRejection rejection;
  rejection.set_reason("VALUE_OUT_OF_RANGE");
  rejection.set_field("score.value");
  rejection.set_message("11 is above the highest score, 10");
  EXPECT_EQ(RenderRejected(ScoreEntry(11), rejection),
            "solotrial: headache of 2026-03-17 was not recorded: score.value: 11 is above the "
            "highest score, 10 (VALUE_OUT_OF_RANGE)\n");
}

TEST(RenderDiaryTest, EntriesKeepTheirIdsWhole) {
  v1::Entry correction = ScoreEntry(4);
  correction.set_id("0195ac1e-7a42-7c3d-9d0a-2f7b11c0fff0");
  correction.set_supersedes(ScoreEntry(5).id());
  correction.set_sequence(2);
  v1::Entry first = ScoreEntry(5);
  first.set_sequence(1);
  v1::Entry note;
  note.set_id("0195ac1e-7a42-7c3d-9d0a-2f7b11c0fff1");
  note.set_date("2026-03-18");
  note.set_sequence(3);
  note.mutable_note()->set_text("Long flight,\nslept badly");
  EXPECT_EQ("\n" + RenderEntries({correction, note}, false), R"(
date        what      value         entry
2026-03-17  headache  4             0195ac1e-7a42-7c3d-9d0a-2f7b11c0fff0
2026-03-18  note      Long flig...  0195ac1e-7a42-7c3d-9d0a-2f7b11c0fff1
)");
  EXPECT_EQ("\n" + RenderEntries({first, correction, note}, true), R"(
no.  date        what      value     entry
  1  2026-03-17  headache  5         0195ac1e-7a42-7c3d-9d0a-2f7b11c0ffee
  2  2026-03-17  headache  4         0195ac1e-7a42-7c3d-9d0a-2f7b11c0fff0
  3  2026-03-18  note      Long ...  0195ac1e-7a42-7c3d-9d0a-2f7b11c0fff1
No. 2 corrects no. 1.
)");
}

}  // namespace
}  // namespace solotrial::cli

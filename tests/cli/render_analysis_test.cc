#include "clients/cli/render_analysis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "clients/cli/text.h"
#include "tests/cli/canned.h"

namespace solotrial::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Style Utf8() {
  Style style;
  style.utf8 = true;
  return style;
}

void ExpectFits(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(DisplayWidth(line), 80U) << line;
}

TEST(RenderAnalysisTest, SaysTheVerdictFirst) {
  const std::string text = RenderResult(ClearResult(), HeadacheProtocol(), Utf8(), false);
  ExpectFits(text);
  EXPECT_EQ("\n" + text, R"(
In this trial, your score was better in magnesium periods by 1.8 points (95 %
0.9 to 2.7), an amount that matters to you.
Verdict: responds (Does magnesium help my headache?)

How big, and how sure
  on against off  1.8 points better; 95 % sure: from 0.9 to 2.7 better
  better at all                              over 99 %  almost certain
  better by 1 or more (what matters to you)       96 %  very likely
  worse                                      under 1 %  almost ruled out

Please note
  - You knew when you took it: expectation may explain part of the difference.

What was analysed
  headache: 28 days (2026-01-05 to 2026-02-01), 26 with a score; missing in the
  blocks: 2 on, 0 off.

Scores, day by day (0 to 10; lower is better)
  10 ┤       │       │       │
     │       │       │       │
   8 ┤       │       │       │
     │       │ ○    ○│       │  ○
   6 ┤       │╌╌╌○╌╌╌│       │    ○
     │       │○ ○  ○ │    ●  │╌○╌○╌╌○
   4 ┤●    ● │    ○  │      ●│○    ○
     │╌╌●╌●╌╌│       │●╌╌●╌●╌│
   2 ┤ ●    ●│       │  ●    │
     │       │       │       │
   0 ┤       │       │       │
     └━━━━━━━ ─────── ━━━━━━━ ───────
         ×             ×
       1 on    2 off   3 on    4 off
      2026-01-05           2026-02-01
      ● on   ○ off   ╌ mean of the block   × no score

Blocks
  block  pair  arm  from        to          days  scores  mean
      1     1  on   2026-01-05  2026-01-11     7       6  3.00
      2     1  off  2026-01-12  2026-01-18     7       7  5.57
      3     2  on   2026-01-19  2026-01-25     7       6  3.33
      4     2  off  2026-01-26  2026-02-01     7       7  5.14

Randomisation test
  The plain means differ by 2.05 in favour of on. Of all 4 orders that the
  design could have given, 25 % would show a difference at least as good by luck
  alone (p 0.25; two-sided 0.5; the smallest this design can give 0.25).

Model version 1, seed 1. Digest of model, protocol, data and seed:
00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
)");
}

TEST(RenderAnalysisTest, VerboseAddsTheModel) {
  v1::AnalysisResult result = ClearResult();
  v1::Summary& effect = (*result.mutable_coefficients())["effect"];
  effect.set_mean(-1.23456);
  effect.set_sd(0.5);
  const std::string text = RenderResult(result, HeadacheProtocol(), Utf8(), true);
  EXPECT_THAT(text, HasSubstr("effect  -1.235  0.500"));
  EXPECT_THAT(text, HasSubstr("filter and outer grid"));
}

TEST(RenderAnalysisTest, AlwaysSaysWhenTheNumbersAreNotReliable) {
  v1::AnalysisResult result = ClearResult();
  result.mutable_diagnostics()->set_reliable(false);
  result.mutable_diagnostics()->set_problem("The nodes do not agree.");
  const std::string text = RenderResult(result, HeadacheProtocol(), Utf8(), false);
  EXPECT_THAT(text, HasSubstr("The numbers are not reliable\n  The nodes do not agree.\n"));
}

TEST(RenderAnalysisTest, SaysBetterAndWorse) {
  v1::AnalysisResult result = ClearResult();
  v1::Benefit& benefit = *result.mutable_benefit();
  benefit.set_mean(-0.31);
  benefit.set_q025(-1.24);
  benefit.set_q975(0.62);
  EXPECT_THAT(RenderResult(result, HeadacheProtocol(), Utf8(), false),
              HasSubstr("0.3 points worse; 95 % sure: from 1.2 worse to 0.6 better"));
  benefit.set_q975(-0.11);
  EXPECT_THAT(RenderResult(result, HeadacheProtocol(), Utf8(), false),
              HasSubstr("0.3 points worse; 95 % sure: from 0.1 to 1.2 worse"));
}

void PutRatio(v1::Summary& ratio) {
  ratio.set_mean(0.5);
  ratio.set_q025(0.041);
  ratio.set_q500(0.45);
  ratio.set_q975(12.34);
}

TEST(RenderAnalysisTest, SaysYesAndNoInDays) {
  v1::AnalysisResult result = ClearResult();
  result.set_family(v1::Measure::BERNOULLI);
  result.mutable_benefit()->set_unit("days per 28 days");
  PutRatio(*result.mutable_odds_ratio());
  result.set_p_better_day(0.61);
  v1::Protocol protocol = HeadacheProtocol();
  protocol.mutable_measures(0)->set_family(v1::Measure::BERNOULLI);
  protocol.mutable_measures(0)->clear_maximum();
  const std::string text = RenderResult(result, protocol, Utf8(), false);
  ExpectFits(text);
  EXPECT_THAT(text, HasSubstr("on against off  1.8 days per 28 days better; 95 % sure: from 0.9"));
  EXPECT_THAT(text, HasSubstr("odds ratio      0.45 (95 % sure: from 0.041 to 12.3): the odds of a "
                              "yes on,\n                  over those off\n"));
  EXPECT_THAT(text, HasSubstr("a day on is better than a day off               61 %\n"));
  EXPECT_THAT(text, HasSubstr("Scores, day by day (1 yes, 0 no; no is better)"));
  EXPECT_THAT(text, Not(HasSubstr("mean of the block"))) << "of two rows neither is the mean";
}

TEST(RenderAnalysisTest, SaysCountsInEvents) {
  v1::AnalysisResult result = ClearResult();
  result.set_family(v1::Measure::NEGATIVE_BINOMIAL);
  v1::Benefit& benefit = *result.mutable_benefit();
  benefit.set_unit("events per 7 days");
  benefit.set_mean(0.98);
  benefit.set_sd(20);
  PutRatio(*result.mutable_rate_ratio());
  v1::Protocol protocol = HeadacheProtocol();
  protocol.mutable_measures(0)->set_family(v1::Measure::NEGATIVE_BINOMIAL);
  const std::string text = RenderResult(result, protocol, Utf8(), true);
  EXPECT_THAT(text, HasSubstr("1 event per 7 days better"));
  EXPECT_THAT(text, HasSubstr("rate ratio      0.45 (95 % sure: from 0.041 to 12.3): events on,"));
  EXPECT_THAT(text, HasSubstr("(a count; fewer is better)"));
  EXPECT_THAT(text, HasSubstr("\n  rate ratio  0.500")) << "among the model's numbers";
}

TEST(RenderAnalysisTest, SaysHalfLivesThatWereLearned) {
  v1::AnalysisResult result = ClearResult();
  for (v1::Summary* days : {result.mutable_hyperparameters()->mutable_onset_half_life_days(),
                            result.mutable_hyperparameters()->mutable_offset_half_life_days()}) {
    days->set_q025(1.42);
    days->set_q500(3.1);
    days->set_q975(7.5);
  }
  const std::string text = RenderResult(result, HeadacheProtocol(), Utf8(), false);
  ExpectFits(text);
  EXPECT_THAT(text, HasSubstr("Half of the effect is there after 3.1 days (95 % sure: from 1.4 to "
                              "7.5)"));
}

TEST(RenderAnalysisTest, LeavesOutWhatIsNotThere) {
  v1::AnalysisResult result;
  result.set_measure("headache");
  result.mutable_verdict()->set_decision(v1::Verdict::INSUFFICIENT_DATA);
  result.mutable_verdict()->set_sentence("Too little was recorded.");
  const std::string text = RenderResult(result, v1::Protocol(), Utf8(), false);
  EXPECT_THAT(text, HasSubstr("Too little was recorded.\nVerdict: insufficient data\n"));
  EXPECT_THAT(text, HasSubstr("There are no scores to draw."));
  EXPECT_THAT(text, Not(HasSubstr("How big")));
  EXPECT_THAT(text, Not(HasSubstr("Randomisation")));
}

TEST(RenderAnalysisTest, SumsUpTooManyBlocks) {
  const std::string text =
      RenderResult(ResultOf(Scores(70, {4, 6}, 1, 1), 1), HeadacheProtocol(), Utf8(), false);
  ExpectFits(text);
  EXPECT_THAT(text, HasSubstr("70 blocks, too many to list (--json has them all). On: mean 3.00 of "
                              "35 scores."));
}

TEST(RenderAnalysisTest, ClaimsNoMorePrecisionThanThereIs) {
  EXPECT_EQ(Percent(0.9996), "over 99 %");
  EXPECT_EQ(Percent(0.004), "under 1 %");
  EXPECT_EQ(Percent(0.973), "97 %");
  EXPECT_EQ(Percent(1), "100 %");
  EXPECT_EQ(LikelihoodWord(0.999), "almost certain");
  EXPECT_EQ(LikelihoodWord(0.85), "likely");
  EXPECT_EQ(LikelihoodWord(0.5), "open");
  EXPECT_EQ(LikelihoodWord(0.1), "unlikely");
  EXPECT_EQ(LikelihoodWord(0), "almost ruled out");
}

v1::Analysis Running() {
  v1::Analysis analysis;
  analysis.set_state(v1::TRIAL_STATE_RUNNING);
  v1::Progress& progress = *analysis.mutable_progress();
  progress.set_days_done(23);
  progress.set_days_planned(56);
  progress.set_scores_recorded(20);
  progress.set_scores_scheduled(23);
  progress.set_pairs_done(0);
  progress.set_pairs_planned(2);
  progress.add_missing_dates("2026-03-04");
  progress.add_missing_dates("2026-03-01");
  progress.set_next_look_date("2026-04-01");
  return analysis;
}

TEST(RenderAnalysisTest, ShowsHowFarARunningTrialIs) {
  const std::string text = RenderAnalysis(Running(), HeadacheProtocol(), Utf8(), false);
  ExpectFits(text);
  EXPECT_EQ("\n" + text, R"(
Running: day 23 of 56
  ████████████████░░░░░░░░░░░░░░░░░░░░░░░░  41 %

  scores      20 of 23 so far
  pairs over  0 of 2
  next look   Wed 1 Apr 2026
  to fill in  2026-03-04, 2026-03-01

The verdict comes when the trial has ended: looking at the numbers before would
make a wrong answer more likely.
)");
}

TEST(RenderAnalysisTest, ChangesAreALineOrTwo) {
  v1::Analysis analysis = Running();
  EXPECT_EQ(RenderChange(analysis, "12:00:00", Utf8()),
            "12:00:00  running: day 23 of 56, 20 of 23 scores\n");
  analysis.set_state(v1::TRIAL_STATE_COMPLETED);
  *analysis.mutable_result() = ClearResult();
  EXPECT_EQ(RenderChange(analysis, "12:00:00", Utf8()),
            "12:00:00  completed: day 23 of 56, 20 of 23 scores\n"
            "          In this trial, your score was better in magnesium periods by 1.8\n"
            "          points (95 % 0.9 to 2.7), an amount that matters to you.\n");
}

}  // namespace
}  // namespace solotrial::cli

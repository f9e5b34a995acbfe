#include "clients/cli/render_sensitivity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "clients/cli/render_analysis.h"
#include "clients/cli/text.h"
#include "tests/cli/canned.h"

namespace solotrial::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

void ExpectFits(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(DisplayWidth(line), 80U) << line;
}

void PutAnswer(v1::Alternative* answer, double mean, double p_important,
               v1::Verdict::Decision decision) {
  v1::Benefit& benefit = *answer->mutable_benefit();
  benefit.set_unit("points");
  benefit.set_mean(mean);
  benefit.set_sd(0.5);
  benefit.set_q025(mean - 1);
  benefit.set_q975(mean + 1);
  benefit.set_p_any(0.97);
  benefit.set_p_important(p_important);
  answer->set_decision(decision);
}

void PutSummary(v1::Summary* summary, double mean) {
  summary->set_mean(mean);
  summary->set_q025(mean - 0.5);
  summary->set_q975(mean + 0.5);
}

// A result with every part of the sensitivity analysis.
v1::AnalysisResult FullResult() {
  v1::AnalysisResult result = ClearResult();
  v1::Sensitivity& sensitivity = *result.mutable_sensitivity();
  for (int prior = 1; prior <= 4; ++prior) {
    v1::PriorAlternative& row = *sensitivity.add_priors();
    row.set_prior(static_cast<v1::PriorAlternative::Prior>(prior));
    PutAnswer(row.mutable_answer(), 1.8 - 0.1 * prior, 0.96, v1::Verdict::RESPONDS);
  }
  v1::AsTaken& taken = *sensitivity.mutable_as_taken();
  taken.set_logged_days(20);
  taken.set_unlogged_days(1);
  PutAnswer(taken.mutable_answer(), 1.9, 0.97, v1::Verdict::DECISION_UNSPECIFIED);
  v1::LeftOut& pair = *sensitivity.add_leave_one_out();
  pair.set_first_pair(1);
  pair.set_last_pair(1);
  PutAnswer(pair.mutable_answer(), 0.9, 0.43, v1::Verdict::UNDECIDED);
  v1::LeftOut& blocks = *sensitivity.add_leave_one_out();
  blocks.set_first_block(10);
  blocks.set_last_block(12);
  PutAnswer(blocks.mutable_answer(), 0.9, 0.004, v1::Verdict::BENEFIT_TOO_SMALL);
  sensitivity.mutable_on_days()->set_days(14);
  sensitivity.mutable_on_days()->set_missing(2);
  sensitivity.mutable_off_days()->set_days(14);
  sensitivity.mutable_off_days()->set_missing(0);
  v1::FilledMissing& filled = *sensitivity.add_filled_missing();
  filled.set_on_score(2);
  filled.set_off_score(6.54);
  PutAnswer(filled.mutable_answer(), 2, 0.98, v1::Verdict::RESPONDS);
  v1::TippingPoint& point = *sensitivity.mutable_tipping_point();
  point.set_mean(3.2);
  point.set_standard_deviation(1.4);
  point.set_at_mean(v1::Verdict::RESPONDS);
  point.mutable_higher()->set_shift(2.03);
  point.mutable_higher()->set_score(6);
  point.mutable_higher()->set_decision(v1::Verdict::BENEFIT_SIZE_OPEN);
  sensitivity.mutable_classic_washout()->set_washout_days(3);
  PutAnswer(sensitivity.mutable_classic_washout()->mutable_answer(), 1.5, 0.9,
            v1::Verdict::RESPONDS);
  v1::CarryOver& carry_over = *sensitivity.mutable_carry_over();
  carry_over.set_days(1);
  PutSummary(carry_over.mutable_effect(), -0.2);
  PutAnswer(carry_over.mutable_answer(), 1.7, 0.95, v1::Verdict::RESPONDS);
  PutSummary(sensitivity.mutable_trend(), 0.4);
  PutSummary(sensitivity.mutable_autocorrelation(), 0.3);
  v1::Blinding& blinding = *sensitivity.mutable_blinding();
  blinding.set_right(3);
  blinding.set_guesses(4);
  blinding.mutable_share_right()->set_q025(0.19);
  blinding.mutable_share_right()->set_q975(0.994);
  v1::Blinding::Interval& index = *blinding.mutable_on()->mutable_index();
  index.set_estimate(1);
  index.set_q025(0.29);
  index.set_q975(1);
  v1::PredictiveCheck& check = *sensitivity.add_predictive_checks();
  check.set_statistic(v1::PredictiveCheck::LAG_ONE_CORRELATION);
  check.set_observed(0.412);
  check.set_q025(-0.1);
  check.set_q975(0.55);
  check.set_p(0.31);
  sensitivity.add_left_out()->set_text("Something: it was not asked.");
  return result;
}

TEST(RenderSensitivityTest, LaysOutEveryPart) {
  const std::string text = RenderSensitivity(FullResult(), Style());
  ExpectFits(text);
  EXPECT_EQ(text, R"(
Had it been done otherwise (none of this decides)
                           benefit (95 %)     better  matters  would say
  as it was analysed       1.7 (0.7 to 2.7)     97 %     96 %  responds
  a sceptic's prior        1.6 (0.6 to 2.6)     97 %     96 %  responds
  literature prior         1.5 (0.5 to 2.5)     97 %     96 %  responds
  your own prior           1.4 (0.4 to 2.4)     97 %     96 %  responds
  as taken                 1.9 (0.9 to 2.9)     97 %     97 %  -
  without pair 1           0.9 (-0.1 to 1.9)    97 %     43 %  undecided
  without blocks 10 to 12  0.9 (-0.1 to 1.9)    97 %     <1 %  benefit too small
  missing: on 2, off 6.5   2.0 (1.0 to 3.0)     97 %     98 %  responds
  washout of 3 days        1.5 (0.5 to 2.5)     97 %     90 %  responds
  with carry-over          1.7 (0.7 to 2.7)     97 %     95 %  responds
  As taken: 20 days with a logged dose; 1 day on without one counted as taken.
  Who feels worse may take more or less, so it decides nothing.

Missing days
  2 of 14 on days and 0 of 14 off days have no score.
  The verdict would change if the missing on days lay so far from the others
  (mean 3.2):
  - 2.0 standard deviations higher (6): benefit size open

Beside the effect (on the scale of the linear predictor, 95 %)
  carry-over into the first day off  -0.20 (-0.70 to 0.30)
  trend over the whole trial         0.40 (-0.10 to 0.90)
  from one day to the next (rho)     0.30 (-0.20 to 0.80)

Guesses
  3 of 4 guesses were right (95 % sure: 19 % to 99 %; by chance 50 %); blinding
  index on 1.00 (0.29 to 1.00).

Would the model write such a diary?
                             recorded  expected, 95 %     p
  correlation of neighbours      0.41   -0.10 to 0.55  0.31

Not answered
  - Something: it was not asked.
)");
}

TEST(RenderSensitivityTest, StandsInTheResultWhereItWasAskedFor) {
  EXPECT_EQ(RenderSensitivity(ClearResult(), Style()), "");
  EXPECT_THAT(RenderResult(ClearResult(), HeadacheProtocol(), Style(), false),
              Not(HasSubstr("otherwise")));
  EXPECT_THAT(RenderResult(FullResult(), HeadacheProtocol(), Style(), false),
              HasSubstr(RenderSensitivity(FullResult(), Style())));
}

TEST(RenderSensitivityTest, SaysThatNoMissingDayCanTipIt) {
  v1::AnalysisResult result = FullResult();
  v1::TippingPoint& point = *result.mutable_sensitivity()->mutable_tipping_point();
  point.clear_higher();
  EXPECT_THAT(RenderSensitivity(result, Style()), HasSubstr("the verdict would stay."));
  point.set_at_mean(v1::Verdict::UNDECIDED);
  const std::string text = RenderSensitivity(result, Style());
  EXPECT_THAT(text, HasSubstr("would already\n  be another: undecided."));
  ExpectFits(text);
}

TEST(RenderSensitivityTest, OfManyBlocksShowsThoseThatStandOut) {
  v1::AnalysisResult result = FullResult();
  for (int block = 1; block <= 40; ++block) {
    v1::PredictiveCheck& check = *result.mutable_sensitivity()->add_predictive_checks();
    check.set_statistic(v1::PredictiveCheck::BLOCK_MEAN);
    check.set_block(block);
    check.set_p(block == 33 ? 0.01 : 0.5);
  }
  const std::string text = RenderSensitivity(result, Style());
  EXPECT_THAT(text, HasSubstr("mean of block 33"));
  EXPECT_THAT(text, Not(HasSubstr("mean of block 32")));
  EXPECT_THAT(text, HasSubstr("--json has them all"));
}

TEST(RenderSensitivityTest, AScoreFromElsewhereDoesNotSteerTheTerminal) {
  v1::AnalysisResult result = FullResult();
  result.mutable_sensitivity()->add_left_out()->set_text("\x1b[2J");
  EXPECT_THAT(RenderSensitivity(result, Style()), Not(HasSubstr("\x1b")));
}

TEST(RenderPredictionTest, SaysWhatFurtherPairsWouldBring) {
  v1::Prediction prediction;
  prediction.set_model_version("1");
  prediction.set_measure("headache");
  prediction.set_futures(200);
  prediction.set_seed(1);
  prediction.set_digest("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  for (int pairs = 1; pairs <= 2; ++pairs) {
    v1::Forecast& forecast = *prediction.add_forecasts();
    forecast.set_pairs(pairs);
    forecast.set_days(84 + 28 * pairs);
    forecast.mutable_decided()->set_probability(0.34);
    forecast.mutable_decided()->set_standard_error(0.033);
    const auto add = [&forecast](v1::Verdict::Decision decision, double probability) {
      v1::DecisionProbability& row = *forecast.add_decisions();
      row.set_decision(decision);
      row.mutable_probability()->set_probability(probability);
    };
    add(v1::Verdict::RESPONDS, 0.3);
    add(v1::Verdict::DOES_NOT_RESPOND, 0.04);
    add(v1::Verdict::UNDECIDED, 0.66);
  }
  const std::string text = RenderPrediction(prediction, Style());
  ExpectFits(text);
  EXPECT_EQ("\n" + text, R"(
What further pairs of blocks would bring, if the model and the days so far are
right

After 1 further pair (112 days in all): an answer with 34 %, give or take 7
  undecided 66 %, responds 30 %, does not respond 4 %

After 2 further pairs (140 days in all): an answer with 34 %, give or take 7
  undecided 66 %, responds 30 %, does not respond 4 %

Whoever goes on writes down first how far: to go on until the answer pleases
makes a wrong answer more likely.

headache: 200 simulated futures. Model version 1, seed 1. Digest of the record:
00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
)");
}

}  // namespace
}  // namespace solotrial::cli

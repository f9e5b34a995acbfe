#include "engine/trial/analysis.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/fault.h"
#include "engine/base/random.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

const Date kStart(2026, 3, 2);

// A GAUSSIAN 0-100 trial of 3 pairs of 14 days whose scores are `effect` lower on on days.
class AnalysisTest : public testing::Test {
 protected:
  AnalysisTest() {
    protocol_.design.block_days = 14;
    Measure& legs = protocol_.measures[0];
    legs.family = inference::Family::kGaussian;
    legs.maximum = 100;
    legs.minimal_important_difference = 10;
    protocol_.covariates.clear();
  }

  std::vector<Entry> Scores(double effect, int days) const {
    RandomStream random(42);
    const Schedule schedule(protocol_, trial_);
    std::vector<Entry> entries;
    for (int i = 0; i < days; ++i) {
      const ScheduledDay day = schedule.At(kStart + i);
      const bool on = day.block_number > 0 &&
                      trial_.allocation[static_cast<size_t>(day.block_number - 1)] == '1';
      const double noise = 10 * (random.Uniform() + random.Uniform() + random.Uniform() - 1.5);
      entries.push_back(Score(i + 1, kStart + i, 50 + noise - (on ? effect : 0)));
    }
    return entries;
  }

  AnalysisOutcome Analyzed(const std::vector<Entry>& entries, Date through,
                           const AnalysisRequest& request = {}) const {
    const absl::StatusOr<AnalysisOutcome> outcome =
        AnalyzeRecord(protocol_, RecordOfTrial(protocol_, trial_, entries, through), request);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.ok() ? *outcome : AnalysisOutcome{};
  }

  Protocol protocol_ = PairedProtocol();
  Trial trial_ = StartedTrial(protocol_, kStart, "100110");
};

TEST_F(AnalysisTest, ALargeBenefitIsFoundAndSized) {
  const AnalysisOutcome outcome = Analyzed(Scores(25, 84), kStart + 83);
  EXPECT_EQ(outcome.days, 84);
  EXPECT_EQ(outcome.observed_days, 84);
  EXPECT_EQ(outcome.verdict.decision, Decision::kResponds);
  EXPECT_NEAR(outcome.posterior.benefit.mean, 25, 5);
  EXPECT_EQ(outcome.exposure_contrast, 1);
  ASSERT_TRUE(outcome.randomization_test.has_value());
  EXPECT_EQ(outcome.randomization_test->p_one_sided, 1.0 / 8);
  ASSERT_EQ(outcome.blocks.size(), 6U);
  EXPECT_LT(*outcome.blocks[0].mean, *outcome.blocks[1].mean);
}

TEST_F(AnalysisTest, NoEffectIsNoResponse) {
  const Decision decision = Analyzed(Scores(0, 84), kStart + 83).verdict.decision;
  EXPECT_EQ(decision, Decision::kDoesNotRespond);
}

TEST_F(AnalysisTest, AHarmIsSaid) {
  EXPECT_EQ(Analyzed(Scores(-25, 84), kStart + 83).verdict.decision, Decision::kWorsens);
}

TEST_F(AnalysisTest, TheSameInputGivesTheSameNumbersAndDigest) {
  const std::vector<Entry> entries = Scores(5, 84);
  const AnalysisOutcome once = Analyzed(entries, kStart + 83);
  const AnalysisOutcome again = Analyzed(entries, kStart + 83);
  EXPECT_EQ(once.digest, again.digest);
  EXPECT_EQ(once.posterior.benefit.mean, again.posterior.benefit.mean);
  EXPECT_EQ(once.posterior.benefit.p_any, again.posterior.benefit.p_any);
  std::vector<Entry> changed = entries;
  changed[10].value += 1;
  EXPECT_NE(Analyzed(changed, kStart + 83).digest, once.digest);
}

TEST_F(AnalysisTest, MissingDaysAreCountedPerArmAndNeverDropped) {
  std::vector<Entry> entries = Scores(25, 84);
  entries.erase(entries.begin() + 20, entries.begin() + 25);  // block 2, off
  entries.erase(entries.begin(), entries.begin() + 3);        // block 1, on
  const AnalysisOutcome outcome = Analyzed(entries, kStart + 83);
  EXPECT_EQ(outcome.days, 84);
  EXPECT_EQ(outcome.observed_days, 76);
  EXPECT_EQ(outcome.missing_on_days, 3);
  EXPECT_EQ(outcome.missing_off_days, 5);
  EXPECT_FALSE(outcome.series[0].score.has_value());
}

TEST_F(AnalysisTest, TheRunInIsShownButNotAnalysed) {
  protocol_.design.run_in_days = 7;
  const AnalysisOutcome outcome = Analyzed(Scores(25, 91), kStart + 90);
  EXPECT_EQ(outcome.days, 91);
  EXPECT_EQ(outcome.observed_days, 84);
  EXPECT_TRUE(outcome.series[6].excluded);
  EXPECT_TRUE(outcome.series[6].score.has_value());
  EXPECT_EQ(outcome.missing_off_days, 0);
}

TEST_F(AnalysisTest, TheClassicWashoutLeavesOutTheDaysAfterEachSwitch) {
  protocol_.design.washout_days = 3;
  const AnalysisOutcome outcome = Analyzed(Scores(25, 84), kStart + 83);
  // Order 100110: switches before blocks 1, 2, 4 and 6.
  EXPECT_EQ(outcome.observed_days, 84 - 4 * 3);
  EXPECT_TRUE(outcome.series[2].excluded);
  EXPECT_FALSE(outcome.series[3].excluded);
  EXPECT_FALSE(outcome.series[28].excluded);
}

TEST_F(AnalysisTest, TooLittleIsSaidAndNotFilledIn) {
  EXPECT_EQ(Analyzed(Scores(25, 20), kStart + 83).verdict.decision, Decision::kInsufficientData);
  EXPECT_EQ(Analyzed({}, kStart + 83).verdict.decision, Decision::kInsufficientData);
  EXPECT_EQ(Analyzed(Scores(25, 1), kStart).verdict.decision, Decision::kInsufficientData);
}

TEST_F(AnalysisTest, BlocksTooShortForTheHalfLifeAreUndecided) {
  protocol_.kinetics.onset_half_life_days = 60;
  protocol_.kinetics.offset_half_life_days = 60;
  const AnalysisOutcome outcome = Analyzed(Scores(25, 84), kStart + 83);
  EXPECT_LT(outcome.exposure_contrast, 0.5);
  EXPECT_EQ(outcome.verdict.decision, Decision::kUndecided);
}

TEST_F(AnalysisTest, AnEarlyEndNeedsMore) {
  // 3 of 4 pairs lived: the stricter thresholds hold.
  protocol_.design.pairs = 4;
  trial_ = StartedTrial(protocol_, kStart, "10011010");
  const std::vector<Entry> entries = Scores(6, 84);
  const AnalysisOutcome early = Analyzed(entries, kStart + 83);
  EXPECT_NE(early.verdict.decision, Decision::kBenefitTooSmall);
  EXPECT_NE(early.verdict.decision, Decision::kBenefitSizeOpen);
}

TEST_F(AnalysisTest, AskingForTheSensitivityChangesNoOtherNumber) {
  std::vector<Entry> entries = Scores(18, 84);
  entries.erase(entries.begin() + 4, entries.begin() + 9);
  AnalysisRequest request;
  const AnalysisOutcome plain = Analyzed(entries, kStart + 83, request);
  EXPECT_FALSE(plain.sensitivity.has_value());
  request.sensitivity = true;
  const AnalysisOutcome full = Analyzed(entries, kStart + 83, request);
  ASSERT_TRUE(full.sensitivity.has_value());
  EXPECT_EQ(full.digest, plain.digest);
  EXPECT_EQ(full.posterior.benefit.mean, plain.posterior.benefit.mean);
  EXPECT_EQ(full.posterior.benefit.sd, plain.posterior.benefit.sd);
  EXPECT_EQ(full.posterior.benefit.p_any, plain.posterior.benefit.p_any);
  EXPECT_EQ(full.verdict.decision, plain.verdict.decision);
  EXPECT_EQ(full.sensitivity->priors[0].answer.decision, plain.verdict.decision);
  EXPECT_EQ(full.sensitivity->leave_one_out.size(), 3U);
  EXPECT_EQ(full.sensitivity->on_days.missing, 5);
  EXPECT_EQ(full.sensitivity->priors.size(), 2U);
  ASSERT_EQ(full.sensitivity->predictive_checks.size(), 4U + 6U);
  for (const PredictiveCheck& check : full.sensitivity->predictive_checks) {
    EXPECT_GT(check.p, 0.02) << static_cast<int>(check.statistic) << " " << check.block;
  }
}

TEST_F(AnalysisTest, TheDecisionAloneIsThatOfTheVerdict) {
  for (const double effect : {25.0, 0.0, -25.0}) {
    const std::vector<Entry> entries = Scores(effect, 84);
    const Record record = RecordOfTrial(protocol_, trial_, entries, kStart + 83);
    EXPECT_EQ(*DecideOn(protocol_, record, {}), Analyzed(entries, kStart + 83).verdict.decision);
  }
}

TEST_F(AnalysisTest, ADoseIsPartOfTheDigest) {
  std::vector<Entry> entries = Scores(18, 84);
  const std::string without = Analyzed(entries, kStart + 83).digest;
  Entry dose = Score(1000, kStart, 0.5);
  dose.kind = Entry::Kind::kDose;
  dose.subject = "";
  entries.push_back(dose);
  EXPECT_NE(Analyzed(entries, kStart + 83).digest, without);
}

TEST_F(AnalysisTest, AnUnknownMeasureIsSaid) {
  AnalysisRequest request;
  request.measure_id = "sleep";
  const absl::StatusOr<AnalysisOutcome> outcome = AnalyzeRecord(
      protocol_, RecordOfTrial(protocol_, trial_, Scores(0, 84), kStart + 83), request);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(FaultOf(outcome.status()).reason, Reason::kUnknownId);
}

TEST_F(AnalysisTest, ACovariateThatIsMissingIsReported) {
  protocol_.covariates = {{.id = "stress", .binary = false}, {.id = "weekend", .binary = true}};
  std::vector<Entry> entries = Scores(25, 84);
  for (int i = 0; i < 80; ++i) {
    Entry entry = Score(1000 + i, kStart + i, i % 7);
    entry.kind = Entry::Kind::kCovariate;
    entry.subject = "stress";
    entries.push_back(entry);
  }
  const AnalysisOutcome outcome = Analyzed(entries, kStart + 83);
  EXPECT_EQ(outcome.missing_covariate_days.at("stress"), 4);
  EXPECT_EQ(outcome.missing_covariate_days.at("weekend"), 84);
  entries.erase(entries.begin() + 82);  // no score, so that its covariate is not missed
  EXPECT_EQ(Analyzed(entries, kStart + 83).missing_covariate_days.at("stress"), 3);
  ASSERT_EQ(outcome.posterior.covariates.size(), 2U);
  // A column of zeros says nothing: its coefficient keeps its prior, Normal(0, 100 / 8).
  EXPECT_NEAR(outcome.posterior.covariates[1].sd, 12.5, 0.1);
}

// Yes or no, and counts: every third off day against every `every`th on day.
class OtherFamiliesTest : public AnalysisTest {
 protected:
  AnalysisOutcome AnalyzedAs(inference::Family family, double high, int every) {
    Measure& legs = protocol_.measures[0];
    legs.family = family;
    legs.maximum = family == inference::Family::kBernoulli ? 1 : LargestCount(legs);
    legs.minimal_important_difference = 1;
    std::vector<Entry> entries = Scores(0, 84);
    for (size_t i = 0; i < entries.size(); ++i) {
      const bool on = trial_.allocation[i / 14] == '1';
      entries[i].value = (i * 5) % static_cast<size_t>(on ? every : 3) == 0 ? high : 0;
    }
    return Analyzed(entries, kStart + 83);
  }
};

TEST_F(OtherFamiliesTest, YesOrNoIsAnsweredInDaysPer28Days) {
  const AnalysisOutcome outcome = AnalyzedAs(inference::Family::kBernoulli, 1, 14);
  EXPECT_EQ(outcome.verdict.message.parameters.at("unit"), "days per 28 days");
  // 28 (1/3 - 1/14) = 7.3, of which the prior of the log odds ratio takes its share.
  EXPECT_NEAR(outcome.posterior.benefit.mean, 5.5, 1.5);
  EXPECT_EQ(outcome.verdict.decision, Decision::kResponds);
  EXPECT_EQ(outcome.verdict.message.parameters.at("mean").find('.'),
            outcome.verdict.message.parameters.at("mean").size() - 2);
  ASSERT_TRUE(outcome.posterior.odds_ratio.has_value());
  EXPECT_LT(outcome.posterior.odds_ratio->mean, 1);
  EXPECT_FALSE(outcome.posterior.rate_ratio.has_value());
}

TEST_F(OtherFamiliesTest, CountsAreAnsweredInEventsPer7Days) {
  for (const inference::Family family :
       {inference::Family::kPoisson, inference::Family::kNegativeBinomial}) {
    const AnalysisOutcome outcome = AnalyzedAs(family, 3, 14);
    EXPECT_EQ(outcome.verdict.message.parameters.at("unit"), "events per 7 days");
    // 7 * 3 (1/3 - 1/14) = 5.5.
    EXPECT_NEAR(outcome.posterior.benefit.mean, 5.5, 1);
    ASSERT_TRUE(outcome.posterior.rate_ratio.has_value());
    EXPECT_LT(outcome.posterior.rate_ratio->mean, 1);
    EXPECT_FALSE(outcome.posterior.odds_ratio.has_value());
    EXPECT_EQ(outcome.posterior.dispersion.has_value(),
              family == inference::Family::kNegativeBinomial);
  }
}

// Two decimals where two events in a week are many.
TEST_F(OtherFamiliesTest, RoundsCountsByHowManyThereAre) {
  const AnalysisOutcome outcome = AnalyzedAs(inference::Family::kPoisson, 1, 84);
  const std::string mean = outcome.verdict.message.parameters.at("mean");
  EXPECT_EQ(mean.find('.'), mean.size() - 2) << mean;
  protocol_.design.pairs = 3;
  std::vector<Entry> entries = Scores(0, 84);
  for (Entry& entry : entries) entry.value = entry.sequence % 20 == 0 ? 1 : 0;
  const std::string rare = Analyzed(entries, kStart + 83).verdict.message.parameters.at("mean");
  EXPECT_EQ(rare.find('.'), rare.size() - 3) << rare;
}

TEST_F(OtherFamiliesTest, TheTypicalCountReachesTheModel) {
  const double usual = AnalyzedAs(inference::Family::kPoisson, 3, 14).posterior.intercept->mean;
  protocol_.measures[0].typical_daily_count = 1000;
  EXPECT_GT(AnalyzedAs(inference::Family::kPoisson, 3, 14).posterior.intercept->mean, usual);
}

// The limit catches slips of the keyboard: it says nothing about the person.
TEST_F(OtherFamiliesTest, TheRecordingLimitOfACountIsNoPartOfTheModel) {
  const AnalysisOutcome unlimited = AnalyzedAs(inference::Family::kPoisson, 3, 14);
  const std::vector<Entry> entries = [&] {
    std::vector<Entry> scores;
    for (const DayValue& day : unlimited.series) {
      scores.push_back(Score(static_cast<int>(scores.size()) + 1, day.date, *day.score));
    }
    return scores;
  }();
  protocol_.measures[0].maximum = 5;
  EXPECT_EQ(Analyzed(entries, kStart + 83).posterior.benefit.mean,
            unlimited.posterior.benefit.mean);
}

class LookTest : public AnalysisTest {
 protected:
  LookTest() {
    protocol_.design.pairs = 5;
    trial_ = StartedTrial(protocol_, kStart, "1001101010");
  }
};

TEST_F(LookTest, HappensAtTheEndOfPairsFromTheThirdAndBeforeTheLast) {
  const Schedule schedule(protocol_, trial_);
  EXPECT_FALSE(LastDueLook(protocol_, schedule, kStart + 83).has_value());
  EXPECT_EQ(LastDueLook(protocol_, schedule, kStart + 84)->pair, 3);
  EXPECT_EQ(LastDueLook(protocol_, schedule, kStart + 84)->data_date, kStart + 83);
  EXPECT_EQ(LastDueLook(protocol_, schedule, kStart + 112)->pair, 4);
  EXPECT_EQ(LastDueLook(protocol_, schedule, kStart + 500)->pair, 4);
  EXPECT_EQ(NextLookDate(protocol_, schedule, kStart), kStart + 84);
  EXPECT_EQ(NextLookDate(protocol_, schedule, kStart + 84), kStart + 112);
  EXPECT_FALSE(NextLookDate(protocol_, schedule, kStart + 112).has_value());
}

TEST_F(LookTest, BalancedOrdersHaveNone) {
  protocol_.design.randomization = Randomization::kBalanced;
  EXPECT_FALSE(LastDueLook(protocol_, Schedule(protocol_, trial_), kStart + 100).has_value());
}

TEST_F(LookTest, ALargeBenefitMayEndRecording) {
  AnalysisRequest request;
  request.look = true;
  EXPECT_TRUE(EndsRecording(Analyzed(Scores(30, 84), kStart + 83, request).verdict.decision));
}

TEST_F(LookTest, ProgressCountsWhatWasDueAndNamesWhatIsMissing) {
  std::vector<Entry> entries = Scores(0, 30);
  entries.erase(entries.begin() + 4);
  const Date today = kStart + 31;
  const Record record = RecordOfTrial(protocol_, trial_, entries, today);
  const Progress progress = ProgressOf(protocol_, trial_, record, today);
  EXPECT_EQ(progress.days_done, 32);
  EXPECT_EQ(progress.days_planned, 140);
  EXPECT_EQ(progress.scores_recorded, 29);
  EXPECT_EQ(progress.scores_scheduled, 32);
  EXPECT_EQ(progress.pairs_done, 1);
  EXPECT_EQ(progress.pairs_planned, 5);
  EXPECT_EQ(progress.missing_dates, (std::vector<Date>{kStart + 30, kStart + 4}));
  EXPECT_EQ(progress.next_look_date, kStart + 84);
}

}  // namespace
}  // namespace solotrial::trial

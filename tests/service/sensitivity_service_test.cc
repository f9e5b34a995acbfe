// What stands beside the verdict, and what further pairs would bring, through both doors.
#include <gmock/gmock.h>

#include "engine/service/embedded.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::ElementsAre;

// 3 pairs of 4 days, `effect` levels lower on on days; two scores are missing.
std::string Diary(int effect, bool doses = false) {
  std::string csv = doses ? "date,on,legs,dose\n" : "date,on,legs\n";
  const std::string order = "100110";
  for (int day = 0; day < 24; ++day) {
    const bool on = order[static_cast<size_t>(day / 4)] == '1';
    csv += FormatDate(kMonday + day) + (on ? ",1," : ",0,");
    if (day != 5 && day != 14) csv += std::to_string(6 + (day * 5) % 3 - 1 - (on ? effect : 0));
    if (doses) csv += on ? ",1" : ",";
    csv += "\n";
  }
  return csv;
}

class SensitivityServiceTest : public EngineTest {
 protected:
  static v1::Protocol RecordProtocol() {
    v1::Protocol protocol = PairedProtocol();
    protocol.mutable_design()->set_block_days(4);
    protocol.clear_covariates();
    return protocol;
  }

  static v1::AnalysisResult Embedded(const v1::Protocol& protocol, const std::string& diary) {
    v1::AnalyzeRecordRequest request;
    *request.mutable_protocol() = protocol;
    request.set_diary_csv(diary);
    request.set_include_sensitivity(true);
    v1::AnalysisResult result;
    const grpc::Status status = embedded::AnalyzeRecord(request, &result);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return result;
  }

  std::string Imported(const std::string& diary) {
    v1::ImportTrialRequest import;
    *import.mutable_protocol() = RecordProtocol();
    import.set_diary_csv(diary);
    v1::Trial trial;
    const grpc::Status status =
        Call(*trials_, &v1::TrialService::Stub::ImportTrial, import, &trial);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return trial.name();
  }

  grpc::Status Predict(const v1::PredictDecisionRequest& request, v1::Prediction* prediction) {
    return Call(*analysis_, &v1::AnalysisService::Stub::PredictDecision, request, prediction);
  }
};

TEST_F(SensitivityServiceTest, IsThereOnlyWhereItIsAskedFor) {
  v1::AnalyzeRequest request;
  request.set_trial(Imported(Diary(4)));
  v1::Analysis analysis;
  ASSERT_TRUE(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, request, &analysis).ok());
  EXPECT_FALSE(analysis.result().has_sensitivity());
  request.set_include_sensitivity(true);
  v1::Analysis full;
  ASSERT_TRUE(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, request, &full).ok());
  ASSERT_TRUE(full.result().has_sensitivity());
  EXPECT_EQ(full.result().sensitivity().SerializeAsString(),
            Embedded(RecordProtocol(), Diary(4)).sensitivity().SerializeAsString());
  full.mutable_result()->clear_sensitivity();
  full.mutable_result()->mutable_diagnostics()->clear_milliseconds();
  analysis.mutable_result()->mutable_diagnostics()->clear_milliseconds();
  EXPECT_EQ(full.ShortDebugString(), analysis.ShortDebugString());
}

TEST_F(SensitivityServiceTest, SaysEveryPartInTheUnitOfTheMeasure) {
  v1::Protocol protocol = RecordProtocol();
  protocol.mutable_kinetics()->set_onset_half_life_days(0.5);
  protocol.mutable_kinetics()->set_offset_half_life_days(0.5);
  protocol.mutable_measures(0)->mutable_literature_prior()->set_sd(0.5);
  protocol.mutable_measures(0)->mutable_own_prior()->set_mean(-1);
  protocol.mutable_measures(0)->mutable_own_prior()->set_sd(0.25);
  const v1::AnalysisResult result = Embedded(protocol, Diary(4, true));
  const v1::Sensitivity& sensitivity = result.sensitivity();
  ASSERT_EQ(sensitivity.priors_size(), 4);
  EXPECT_EQ(sensitivity.priors(2).prior(), v1::PriorAlternative::LITERATURE);
  EXPECT_EQ(sensitivity.priors(3).mean(), -1);
  EXPECT_EQ(sensitivity.predictive_checks_size(), 4 + 6);
  EXPECT_EQ(sensitivity.priors(0).prior(), v1::PriorAlternative::NEUTRAL);
  EXPECT_EQ(sensitivity.priors(0).sd(), 1);
  EXPECT_EQ(sensitivity.priors(0).answer().benefit().SerializeAsString(),
            result.benefit().SerializeAsString());
  EXPECT_EQ(sensitivity.priors(0).answer().decision(), result.verdict().decision());
  EXPECT_EQ(sensitivity.as_taken().logged_days(), 12);
  EXPECT_EQ(sensitivity.as_taken().answer().benefit().unit(), "points");
  EXPECT_EQ(sensitivity.as_taken().answer().decision(), v1::Verdict::DECISION_UNSPECIFIED);
  ASSERT_EQ(sensitivity.leave_one_out_size(), 3);
  EXPECT_EQ(sensitivity.leave_one_out(2).first_pair(), 3);
  EXPECT_EQ(sensitivity.leave_one_out(2).first_block(), 0);
  EXPECT_EQ(sensitivity.on_days().days(), 12);
  EXPECT_EQ(sensitivity.on_days().missing(), 1);
  EXPECT_EQ(sensitivity.off_days().missing(), 1);
  EXPECT_EQ(sensitivity.filled_missing_size(), 4);
  EXPECT_TRUE(sensitivity.has_tipping_point());
  EXPECT_EQ(sensitivity.classic_washout().washout_days(), 1);
  EXPECT_EQ(sensitivity.carry_over().days(), 1);
  EXPECT_TRUE(sensitivity.has_trend());
  EXPECT_TRUE(sensitivity.has_autocorrelation());
  ASSERT_EQ(sensitivity.left_out_size(), 1);
  EXPECT_EQ(sensitivity.left_out(0).id(), "sensitivity.left_out.blinding");
  EXPECT_NE(sensitivity.left_out(0).text(), sensitivity.left_out(0).id());
}

TEST_F(SensitivityServiceTest, PredictsTheSameThroughBothDoors) {
  v1::PredictDecisionRequest request;
  request.set_trial(Imported(Diary(1)));
  request.set_futures(20);
  request.set_seed(7);
  v1::Prediction prediction;
  const grpc::Status status = Predict(request, &prediction);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(prediction.measure(), "legs");
  EXPECT_EQ(prediction.futures(), 20);
  EXPECT_EQ(prediction.seed(), 7U);
  EXPECT_EQ(prediction.digest().size(), 64U);
  ASSERT_EQ(prediction.forecasts_size(), 3);
  for (int i = 0; i < 3; ++i) {
    const v1::Forecast& forecast = prediction.forecasts(i);
    EXPECT_EQ(forecast.pairs(), i + 1);
    EXPECT_EQ(forecast.days(), 24 + 8 * (i + 1));
    double sum = 0;
    for (const v1::DecisionProbability& decision : forecast.decisions()) {
      sum += decision.probability().probability();
    }
    EXPECT_NEAR(sum, 1, 1e-12);
    EXPECT_GT(forecast.decided().standard_error(), 0);
  }
  v1::PredictDecisionRequest record;
  *record.mutable_protocol() = RecordProtocol();
  record.set_diary_csv(Diary(1));
  record.set_futures(20);
  record.set_seed(7);
  v1::Prediction local;
  ASSERT_TRUE(embedded::PredictDecision(record, &local).ok());
  EXPECT_EQ(local.ShortDebugString(), prediction.ShortDebugString());
}

// While a trial runs, neither door shows anything of what was seen.
TEST_F(SensitivityServiceTest, ARunningTrialShowsNeither) {
  const std::string trial = StartedTrial();
  for (const int day : {0, 20, 41}) {
    clock_.SetNoon(kMonday + day);
    v1::AnalyzeRequest analyze;
    analyze.set_trial(trial);
    analyze.set_include_sensitivity(true);
    v1::Analysis analysis;
    ASSERT_TRUE(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, analyze, &analysis).ok());
    EXPECT_FALSE(analysis.has_result());
    v1::PredictDecisionRequest request;
    request.set_trial(trial);
    v1::Prediction prediction;
    EXPECT_EQ(FaultIn(Predict(request, &prediction)).reason, "WRONG_STATE");
    EXPECT_EQ(prediction.ByteSizeLong(), 0U);
  }
}

TEST_F(SensitivityServiceTest, PredictsForATrialOrARecordAndSaysWhatIsMissing) {
  v1::Prediction prediction;
  v1::PredictDecisionRequest request;
  EXPECT_THAT(FaultIn(Predict(request, &prediction)).fields, ElementsAre("trial"));
  request.set_trial(Imported(Diary(1)));
  *request.mutable_protocol() = RecordProtocol();
  EXPECT_THAT(FaultIn(Predict(request, &prediction)).fields, ElementsAre("trial"));
  request.clear_protocol();
  for (const int futures : {-1, 19, 2001}) {
    request.set_futures(futures);
    EXPECT_THAT(FaultIn(Predict(request, &prediction)).fields, ElementsAre("futures"));
  }
  request.set_futures(0);
  request.set_measure_id("sleep");
  EXPECT_EQ(FaultIn(Predict(request, &prediction)).reason, "UNKNOWN_ID");
  request.clear_measure_id();
  request.set_trial("trials/5d2c1f3e-0000-4000-8000-00000000000f");
  EXPECT_EQ(FaultIn(Predict(request, &prediction)).reason, "TRIAL_NOT_FOUND");

  v1::PredictDecisionRequest record;
  *record.mutable_protocol() = RecordProtocol();
  record.mutable_protocol()->mutable_design()->set_randomization(v1::Design::NONE);
  record.set_diary_csv(Diary(1));
  EXPECT_EQ(FaultIn(Predict(record, &prediction)).reason, "WRONG_STATE");
  EXPECT_EQ(FaultIn(embedded::PredictDecision(record, &prediction)).reason, "WRONG_STATE");
  record.set_trial("trials/5d2c1f3e-0000-4000-8000-00000000000f");
  EXPECT_THAT(FaultIn(embedded::PredictDecision(record, &prediction)).fields, ElementsAre("trial"));
}

}  // namespace
}  // namespace solotrial::service

#include <gmock/gmock.h>

#include "engine/service/embedded.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::HasSubstr;

class AnalysisServiceTest : public EngineTest {
 protected:
  v1::Analysis Analyzed(const std::string& trial, const std::string& locale = "") {
    v1::AnalyzeRequest request;
    request.set_trial(trial);
    request.set_locale(locale);
    v1::Analysis analysis;
    const grpc::Status status =
        Call(*analysis_, &v1::AnalysisService::Stub::Analyze, request, &analysis);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return analysis;
  }

  // Lives `days` days: around 6 on off days, `benefit` less on on days.
  void Live(const std::string& trial, int days, int benefit) {
    for (int i = 0; i < days; ++i) {
      clock_.SetNoon(kMonday + i);
      v1::GetTodayRequest request;
      request.set_name(trial);
      v1::Today today;
      ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::GetToday, request, &today).ok());
      const int wave = (i * 5) % 3 - 1;
      Record(trial,
             {Score(i + 1, kMonday + i, 6 + wave - (today.arm() == v1::ARM_ON ? benefit : 0))});
    }
  }
};

TEST_F(AnalysisServiceTest, AWholeTrialFromDraftToVerdict) {
  const std::string trial = StartedTrial();
  Live(trial, 42, 4);
  const v1::Analysis running = Analyzed(trial);
  EXPECT_EQ(running.state(), v1::TRIAL_STATE_RUNNING);
  EXPECT_FALSE(running.has_result());
  EXPECT_EQ(running.progress().days_done(), 42);
  EXPECT_EQ(running.progress().scores_recorded(), 42);

  clock_.SetNoon(kMonday + 42);
  const v1::Analysis ended = Analyzed(trial);
  EXPECT_EQ(ended.state(), v1::TRIAL_STATE_COMPLETED);
  ASSERT_TRUE(ended.has_result());
  EXPECT_EQ(ended.result().verdict().decision(), v1::Verdict::RESPONDS);
  // Of the 4 points the prior of the log odds ratio, Normal(0, 1), takes its share.
  EXPECT_NEAR(ended.result().benefit().mean(), 3, 0.5);
  EXPECT_EQ(ended.result().model_version(), "1");
  EXPECT_TRUE(ended.result().manual_clock());
  EXPECT_THAT(ended.result().verdict().sentence(), HasSubstr("magnesium"));
  EXPECT_THAT(Analyzed(trial, "de-AT").result().verdict().sentence(),
              HasSubstr("In diesem Versuch"));
}

// A trial whose verdict is about yes or no, with a count beside it, from the protocol to both
// answers.
TEST_F(AnalysisServiceTest, AWholeTrialOfAYesOrNoAndACount) {
  v1::Protocol protocol = PairedProtocol();
  v1::Measure& migraine = *protocol.mutable_measures(0);
  migraine.set_family(v1::Measure::BERNOULLI);
  migraine.clear_minimum();
  migraine.clear_maximum();
  migraine.set_primary(true);
  migraine.set_minimal_important_difference(2);
  v1::Measure& cramps = *protocol.add_measures();
  cramps.set_id("cramps");
  cramps.set_family(v1::Measure::NEGATIVE_BINOMIAL);
  cramps.set_maximum(30);
  cramps.set_lower_is_better(true);
  cramps.set_minimal_important_difference(1);
  cramps.set_typical_daily_count(0.5);
  cramps.add_slots("day");
  cramps.add_slots("night");
  cramps.set_daily_rule(v1::Measure::DAILY_RULE_SUM);
  const std::string trial = StartedTrial(protocol);
  const auto cramp = [](int serial, Date date, const std::string& slot, double value) {
    v1::Entry entry = Score(serial, date, value);
    entry.mutable_score()->set_measure_id("cramps");
    entry.set_slot(slot);
    return entry;
  };

  const v1::RecordEntriesResponse wrong =
      Record(trial, {Score(9001, kMonday, 2), cramp(9002, kMonday, "day", 1.5),
                     cramp(9003, kMonday, "night", 31)});
  const std::string words[] = {"must be 0 (no) or 1 (yes)", "must be a whole number from 0 to 30",
                               "must be a whole number from 0 to 30"};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(wrong.results(i).rejection().reason(), "VALUE_OUT_OF_RANGE");
    EXPECT_EQ(wrong.results(i).rejection().field(), "score.value");
    EXPECT_EQ(wrong.results(i).rejection().message(), words[i]);
  }

  v1::GetTodayRequest get;
  get.set_name(trial);
  for (int i = 0; i < 42; ++i) {
    clock_.SetNoon(kMonday + i);
    v1::Today today;
    ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::GetToday, get, &today).ok());
    ASSERT_EQ(today.due(0).id(), "legs");
    EXPECT_TRUE(today.due(0).whole());
    EXPECT_EQ(today.due(0).maximum(), 1);
    const bool on = today.arm() == v1::ARM_ON;
    const int three = 3 * i;
    const auto response =
        Record(trial, {Score(three + 1, kMonday + i, i % (on ? 7 : 2) == 0 ? 1 : 0),
                       cramp(three + 2, kMonday + i, "day", i % 2),
                       cramp(three + 3, kMonday + i, "night", on ? 0 : 1)});
    for (const v1::EntryResult& result : response.results()) EXPECT_TRUE(result.accepted());
  }
  clock_.SetNoon(kMonday + 42);
  const v1::AnalysisResult migraines = Analyzed(trial).result();
  EXPECT_EQ(migraines.family(), v1::Measure::BERNOULLI);
  EXPECT_EQ(migraines.benefit().unit(), "days per 28 days");
  EXPECT_GT(migraines.benefit().mean(), 3);
  EXPECT_TRUE(migraines.has_odds_ratio());

  v1::AnalyzeRequest request;
  request.set_trial(trial);
  request.set_measure_id("cramps");
  request.set_locale("de");
  v1::Analysis analysis;
  ASSERT_TRUE(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, request, &analysis).ok());
  const v1::AnalysisResult& counted = analysis.result();
  EXPECT_EQ(counted.family(), v1::Measure::NEGATIVE_BINOMIAL);
  EXPECT_EQ(counted.benefit().unit(), "events per 7 days");
  EXPECT_GT(counted.benefit().mean(), 3);
  EXPECT_LT(counted.rate_ratio().mean(), 1);
  EXPECT_THAT(counted.verdict().sentence(), HasSubstr("Ereignisse je 7 Tage"));
  // The slots of a day are added.
  for (int i = 0; i < counted.series_size(); ++i) {
    EXPECT_EQ(counted.series(i).score(), i % 2 + (counted.series(i).on() == 1 ? 0 : 1)) << i;
  }
}

// While a trial runs, nobody is shown a posterior: it could make them guess, or stop when they
// like.
TEST_F(AnalysisServiceTest, ARunningTrialShowsProgressOnly) {
  const std::string trial = StartedTrial();
  Live(trial, 20, 4);
  const v1::Analysis analysis = Analyzed(trial);
  EXPECT_FALSE(analysis.has_result());
  EXPECT_FALSE(analysis.has_last_look());
  EXPECT_EQ(analysis.progress().pairs_done(), 1);
}

TEST_F(AnalysisServiceTest, ALookIsTakenOnceAndKept) {
  v1::Protocol protocol = PairedProtocol();
  protocol.mutable_design()->set_pairs(5);
  const std::string trial = StartedTrial(protocol);
  EXPECT_EQ(Analyzed(trial).progress().next_look_date(), "2026-02-16");
  Live(trial, 42, 5);
  clock_.SetNoon(kMonday + 42);
  const v1::Analysis first = Analyzed(trial);
  ASSERT_TRUE(first.has_last_look());
  EXPECT_EQ(first.last_look().pair(), 3);
  EXPECT_EQ(first.last_look().data_date(), "2026-02-15");
  EXPECT_EQ(first.last_look().outcome(), v1::Look::OUTCOME_RECORDING_MAY_END);
  EXPECT_FALSE(first.has_result());

  // What is corrected afterwards does not change a look that has happened.
  std::vector<v1::Entry> corrections;
  for (int i = 0; i < 42; ++i) {
    v1::Entry entry = Score(1000 + i, kMonday + i, 5);
    entry.set_supersedes(Score(i + 1, kMonday, 0).id());
    corrections.push_back(entry);
  }
  Record(trial, corrections);
  EXPECT_EQ(Analyzed(trial).last_look().outcome(), v1::Look::OUTCOME_RECORDING_MAY_END);
  Restart();
  EXPECT_EQ(Analyzed(trial).last_look().outcome(), v1::Look::OUTCOME_RECORDING_MAY_END);
}

TEST_F(AnalysisServiceTest, AStoppedTrialSaysWhatItHas) {
  const std::string trial = StartedTrial();
  Live(trial, 10, 2);
  v1::StopTrialRequest stop;
  stop.set_name(trial);
  stop.set_reason("side effects");
  v1::Trial stopped;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::StopTrial, stop, &stopped).ok());
  const v1::Analysis analysis = Analyzed(trial);
  ASSERT_TRUE(analysis.has_result());
  EXPECT_EQ(analysis.result().days(), 10);
  EXPECT_EQ(analysis.result().verdict().decision(), v1::Verdict::INSUFFICIENT_DATA);
}

TEST_F(AnalysisServiceTest, ADraftHasNothingToAnalyse) {
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = PairedProtocol();
  v1::Trial trial;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial).ok());
  v1::AnalyzeRequest request;
  request.set_trial(trial.name());
  v1::Analysis analysis;
  EXPECT_EQ(
      FaultIn(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, request, &analysis)).reason,
      "WRONG_STATE");
}

TEST_F(AnalysisServiceTest, AnUnknownMeasureIsSaidInEveryState) {
  const std::string trial = StartedTrial();
  for (const int day : {5, 60}) {
    clock_.SetNoon(kMonday + day);
    v1::AnalyzeRequest request;
    request.set_trial(trial);
    request.set_measure_id("sleep");
    v1::Analysis analysis;
    EXPECT_EQ(
        FaultIn(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, request, &analysis)).reason,
        "UNKNOWN_ID");
  }
}

// The three ways to an answer give one: through a stored trial, through its export without a
// server, and through the export imported as a record of its own.
TEST_F(AnalysisServiceTest, LivedExportedAndImportedAgree) {
  const std::string trial = StartedTrial();
  Live(trial, 2, 3);
  v1::Trial changed;
  v1::PauseTrialRequest pause;
  pause.set_name(trial);
  clock_.SetNoon(kMonday + 2);
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::PauseTrial, pause, &changed).ok());
  clock_.SetNoon(kMonday + 4);
  v1::ResumeTrialRequest resume;
  resume.set_name(trial);
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ResumeTrial, resume, &changed).ok());
  std::vector<v1::Entry> entries;
  for (int i = 4; i < 44; ++i) {
    if (i % 6 != 5) entries.push_back(Score(100 + i, kMonday + i, (i * 3) % 8));
  }
  clock_.SetNoon(kMonday + 44);
  Record(trial, entries);
  const v1::AnalysisResult lived = Analyzed(trial).result();

  v1::ExportDiaryRequest request;
  request.set_name(trial);
  v1::ExportDiaryResponse diary;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ExportDiary, request, &diary).ok());
  v1::AnalyzeRecordRequest offline;
  *offline.mutable_protocol() = PairedProtocol();
  offline.set_diary_csv(diary.diary_csv());
  v1::AnalysisResult read;
  const grpc::Status status = embedded::AnalyzeRecord(offline, &read);
  ASSERT_TRUE(status.ok()) << status.error_message();

  v1::ImportTrialRequest import;
  *import.mutable_protocol() = PairedProtocol();
  import.set_diary_csv(diary.diary_csv());
  v1::Trial imported;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ImportTrial, import, &imported).ok());
  const v1::AnalysisResult stored = Analyzed(imported.name()).result();

  for (const v1::AnalysisResult& other : {read, stored}) {
    EXPECT_EQ(other.digest(), lived.digest());
    EXPECT_EQ(other.benefit().SerializeAsString(), lived.benefit().SerializeAsString());
    EXPECT_EQ(other.randomization_test().SerializeAsString(),
              lived.randomization_test().SerializeAsString());
    EXPECT_EQ(other.verdict().decision(), lived.verdict().decision());
  }
}

TEST_F(AnalysisServiceTest, AnalyzeRecordOverTheWireIsTheEmbeddedOne) {
  v1::AnalyzeRecordRequest request;
  *request.mutable_protocol() = PairedProtocol();
  request.mutable_protocol()->mutable_design()->set_block_days(2);
  request.set_diary_csv(
      "date,on,legs\n2025-06-01,1,4\n2025-06-02,1,5\n2025-06-03,0,6\n2025-06-04,0,7\n"
      "2025-06-05,0,6\n2025-06-06,0,7\n2025-06-07,1,3\n2025-06-08,1,4\n");
  v1::AnalysisResult wire;
  ASSERT_TRUE(Call(*analysis_, &v1::AnalysisService::Stub::AnalyzeRecord, request, &wire).ok());
  v1::AnalysisResult local;
  ASSERT_TRUE(embedded::AnalyzeRecord(request, &local).ok());
  wire.mutable_diagnostics()->clear_milliseconds();
  local.mutable_diagnostics()->clear_milliseconds();
  google::protobuf::Message* messages[] = {&wire, &local};
  std::string bytes[2];
  for (int i = 0; i < 2; ++i) bytes[i] = messages[i]->ShortDebugString();
  EXPECT_EQ(bytes[0], bytes[1]);
}

}  // namespace
}  // namespace solotrial::service

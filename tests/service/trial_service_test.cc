#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "engine/base/digest.h"
#include "engine/service/protocol_json.h"
#include "engine/trial/allocation.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TrialServiceTest : public EngineTest {
 protected:
  v1::Today TodayOf(const std::string& name, const std::string& date = "") {
    v1::GetTodayRequest request;
    request.set_name(name);
    request.set_date(date);
    v1::Today today;
    const grpc::Status status = Call(*trials_, &v1::TrialService::Stub::GetToday, request, &today);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return today;
  }
};

TEST_F(TrialServiceTest, CreateAnswersWithEveryViolationAtOnce) {
  v1::CreateTrialRequest request;
  *request.mutable_protocol() = PairedProtocol();
  request.mutable_protocol()->mutable_design()->set_block_days(0);
  request.mutable_protocol()->mutable_measures(0)->clear_lower_is_better();
  request.mutable_protocol()->mutable_measures(0)->set_minimal_important_difference(-1);
  request.mutable_protocol()->set_time_zone("Mars/Olympus");
  v1::Trial trial;
  const grpc::Status status = Call(*trials_, &v1::TrialService::Stub::CreateTrial, request, &trial);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const WireFault fault = FaultIn(status);
  EXPECT_EQ(fault.reason, "INVALID_FIELDS");
  EXPECT_THAT(
      fault.fields,
      ElementsAre("protocol.measures[0].lower_is_better", "protocol.design.block_days",
                  "protocol.measures[0].minimal_important_difference", "protocol.time_zone"));
}

// What may stay out of a measure, and what may not stand in it, depends on its family.
TEST_F(TrialServiceTest, BoundsAreAskedForWhereThereIsAScale) {
  const auto fields = [this](const std::function<void(v1::Measure&)>& change) {
    v1::CreateTrialRequest create;
    create.set_validate_only(true);
    *create.mutable_protocol() = PairedProtocol();
    v1::Measure& measure = *create.mutable_protocol()->mutable_measures(0);
    measure.clear_minimum();
    measure.clear_maximum();
    change(measure);
    v1::Trial trial;
    const grpc::Status status =
        Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial);
    return status.ok() ? std::vector<std::string>() : FaultIn(status).fields;
  };
  const std::string measure = "protocol.measures[0].";
  const auto bounds = ElementsAre(measure + "minimum", measure + "maximum");
  for (const auto family : {v1::Measure::GAUSSIAN, v1::Measure::STUDENT_T, v1::Measure::ORDINAL}) {
    EXPECT_THAT(fields([family](v1::Measure& m) { m.set_family(family); }), bounds);
  }
  for (const auto family :
       {v1::Measure::BERNOULLI, v1::Measure::POISSON, v1::Measure::NEGATIVE_BINOMIAL}) {
    EXPECT_THAT(fields([family](v1::Measure& m) { m.set_family(family); }), IsEmpty());
    EXPECT_THAT(fields([family](v1::Measure& m) {
                  m.set_family(family);
                  m.set_minimum(1);
                  m.set_maximum(2.5);
                }),
                bounds);
  }
  EXPECT_THAT(fields([](v1::Measure& m) { m.set_family(v1::Measure::FAMILY_UNSPECIFIED); }),
              Contains(measure + "family"));
  EXPECT_THAT(
      fields([](v1::Measure& m) {
        m.set_family(v1::Measure::BERNOULLI);
        m.set_typical_daily_count(2);
        m.set_minimal_important_difference(8);
      }),
      ElementsAre(measure + "minimal_important_difference", measure + "typical_daily_count"));
}

TEST_F(TrialServiceTest, ValidateOnlyStoresNothing) {
  v1::CreateTrialRequest request;
  *request.mutable_protocol() = PairedProtocol();
  request.set_validate_only(true);
  v1::Trial trial;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, request, &trial).ok());
  EXPECT_EQ(trial.name(), "");
  v1::ListTrialsResponse list;
  ASSERT_TRUE(
      Call(*trials_, &v1::TrialService::Stub::ListTrials, v1::ListTrialsRequest(), &list).ok());
  EXPECT_EQ(list.trials_size(), 0);
}

TEST_F(TrialServiceTest, ARequestIdMakesOneTrial) {
  v1::CreateTrialRequest request;
  *request.mutable_protocol() = PairedProtocol();
  request.set_request_id("once");
  v1::Trial first;
  v1::Trial second;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, request, &first).ok());
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, request, &second).ok());
  EXPECT_EQ(first.name(), second.name());
  request.mutable_protocol()->set_title("Another");
  const grpc::Status status =
      Call(*trials_, &v1::TrialService::Stub::CreateTrial, request, &second);
  EXPECT_EQ(FaultIn(status).reason, "REQUEST_ID_REUSED");
}

TEST_F(TrialServiceTest, ADraftCanBeChangedAndAConflictIsSeen) {
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = PairedProtocol();
  v1::Trial trial;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial).ok());
  v1::UpdateTrialRequest update;
  update.set_name(trial.name());
  *update.mutable_protocol() = PairedProtocol();
  update.mutable_protocol()->set_title("Changed");
  update.set_etag(trial.etag());
  v1::Trial updated;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::UpdateTrial, update, &updated).ok());
  EXPECT_EQ(Get(trial.name()).protocol().title(), "Changed");
  const grpc::Status stale = Call(*trials_, &v1::TrialService::Stub::UpdateTrial, update, &updated);
  EXPECT_EQ(stale.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(FaultIn(stale).reason, "CONFLICT");
  EXPECT_TRUE(FaultIn(stale).retry);
}

TEST_F(TrialServiceTest, StartCommitsToAnOrderThatTheSeedLaterProves) {
  const std::string name = StartedTrial();
  const v1::Trial running = Get(name);
  EXPECT_EQ(running.state(), v1::TRIAL_STATE_RUNNING);
  EXPECT_EQ(running.start_date(), "2026-01-05");
  EXPECT_EQ(running.last_date(), "2026-02-15");
  EXPECT_EQ(running.seed(), "");
  EXPECT_EQ(running.protocol_digest(), Sha256(CanonicalProtocolJson(PairedProtocol())));

  clock_.SetNoon(kMonday + 42);
  const v1::Trial completed = Get(name);
  EXPECT_EQ(completed.state(), v1::TRIAL_STATE_COMPLETED);
  ASSERT_EQ(completed.seed().size(), 32U);
  EXPECT_EQ(Sha256(completed.seed() + completed.protocol_digest()), running.commitment());
  const trial::Allocation order = trial::DrawAllocation(
      {.randomization = trial::Randomization::kPaired, .block_days = 7, .pairs = 3},
      completed.seed());
  v1::GetScheduleRequest request;
  request.set_name(name);
  v1::Schedule schedule;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::GetSchedule, request, &schedule).ok());
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(schedule.blocks(i).arm() == v1::ARM_ON, order[static_cast<size_t>(i)] == '1');
  }
}

// "The order of a random schedule was drawn again at every read": ours is drawn once.
TEST_F(TrialServiceTest, TheOrderSurvivesRestarts) {
  const std::string name = StartedTrial();
  std::string first;
  for (int round = 0; round < 3; ++round) {
    std::string arms;
    for (int day = 0; day < 42; day += 7) {
      clock_.SetNoon(kMonday + day);
      arms += std::to_string(TodayOf(name).arm());
    }
    if (round == 0) first = arms;
    EXPECT_EQ(arms, first);
    Restart();
  }
}

TEST_F(TrialServiceTest, ARunningTrialShowsTheCurrentAndTheNextArmOnly) {
  const std::string name = StartedTrial();
  clock_.SetNoon(kMonday + 8);  // block 2
  v1::GetScheduleRequest request;
  request.set_name(name);
  v1::Schedule schedule;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::GetSchedule, request, &schedule).ok());
  EXPECT_NE(schedule.blocks(2).arm(), v1::ARM_UNSPECIFIED);
  for (int i = 3; i < 6; ++i) EXPECT_EQ(schedule.blocks(i).arm(), v1::ARM_UNSPECIFIED);
  EXPECT_EQ(schedule.online_before_date(), "2026-01-26");
  EXPECT_EQ(TodayOf(name, "2026-01-26").arm(), v1::ARM_UNSPECIFIED);
  EXPECT_THAT(TodayOf(name, "2026-01-26").instruction(), Not(HasSubstr("dinner")));
}

TEST_F(TrialServiceTest, PauseResumeAndStop) {
  const std::string name = StartedTrial();
  clock_.SetNoon(kMonday + 3);
  v1::PauseTrialRequest pause;
  pause.set_name(name);
  pause.set_reason("flu");
  v1::Trial trial;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::PauseTrial, pause, &trial).ok());
  EXPECT_EQ(trial.state(), v1::TRIAL_STATE_PAUSED);
  EXPECT_EQ(trial.last_date(), "");
  EXPECT_EQ(TodayOf(name).phase(), v1::Today::PHASE_PAUSED);
  EXPECT_EQ(TodayOf(name).due_size(), 0);

  clock_.SetNoon(kMonday + 5);
  v1::ResumeTrialRequest resume;
  resume.set_name(name);
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ResumeTrial, resume, &trial).ok());
  EXPECT_EQ(trial.last_date(), "2026-02-17");
  EXPECT_EQ(trial.pauses(0).reason(), "flu");
  EXPECT_EQ(TodayOf(name).day_in_block(), 4);

  v1::StopTrialRequest stop;
  stop.set_name(name);
  grpc::Status status = Call(*trials_, &v1::TrialService::Stub::StopTrial, stop, &trial);
  EXPECT_THAT(FaultIn(status).fields, ElementsAre("reason"));
  stop.set_reason("side effects");
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::StopTrial, stop, &trial).ok());
  EXPECT_EQ(trial.state(), v1::TRIAL_STATE_STOPPED);
  EXPECT_EQ(trial.seed().size(), 32U);
  status = Call(*trials_, &v1::TrialService::Stub::StopTrial, stop, &trial);
  EXPECT_EQ(FaultIn(status).reason, "WRONG_STATE");
}

TEST_F(TrialServiceTest, TodayIsTheTrialsOwnDay) {
  const std::string name = StartedTrial();
  // 03:30 in Berlin on Tuesday is still Monday's evening; 04:00 is Tuesday.
  clock_.Set(absl::FromCivil(absl::CivilMinute(2026, 1, 6, 2, 30), absl::UTCTimeZone()));
  EXPECT_EQ(TodayOf(name).date(), "2026-01-05");
  clock_.Set(absl::FromCivil(absl::CivilMinute(2026, 1, 6, 3, 0), absl::UTCTimeZone()));
  EXPECT_EQ(TodayOf(name).date(), "2026-01-06");
}

TEST_F(TrialServiceTest, ListsNewestFirstInPages) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    clock_.SetNoon(kMonday + i);
    names.insert(names.begin(), StartedTrial());
  }
  std::vector<std::string> listed;
  v1::ListTrialsRequest request;
  request.set_page_size(2);
  do {
    v1::ListTrialsResponse response;
    ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ListTrials, request, &response).ok());
    EXPECT_LE(response.trials_size(), 2);
    for (const v1::Trial& trial : response.trials()) listed.push_back(trial.name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, names);
}

TEST_F(TrialServiceTest, DeleteLeavesNothing) {
  const std::string name = StartedTrial();
  Record(name, {Score(1, kMonday, 4)});
  v1::DeleteTrialRequest request;
  request.set_name(name);
  google::protobuf::Empty empty;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::DeleteTrial, request, &empty).ok());
  // Nor in the answer that was kept for a repeated request.
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = PairedProtocol();
  create.mutable_protocol()->set_title("A title to look for");
  create.set_request_id("kept");
  v1::Trial created;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &created).ok());
  request.set_name(created.name());
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::DeleteTrial, request, &empty).ok());
  for (const auto& file : std::filesystem::directory_iterator(directory_)) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    EXPECT_EQ(bytes.find("A title to look for"), std::string::npos) << file.path();
  }
  v1::GetTrialRequest get;
  get.set_name(name);
  v1::Trial trial;
  const grpc::Status status = Call(*trials_, &v1::TrialService::Stub::GetTrial, get, &trial);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(FaultIn(status).reason, "TRIAL_NOT_FOUND");
}

TEST_F(TrialServiceTest, NamesThatAreNoneAreNotFound) {
  for (const char* name : {"", "trials/", "trials/1", "5d2c1f3e-0000-4000-8000-000000000001",
                           "trials/5d2c1f3e-0000-4000-8000-000000000001", "trials/' OR '1'='1",
                           "people/5d2c1f3e-0000-4000-8000-000000000001"}) {
    v1::GetTrialRequest request;
    request.set_name(name);
    v1::Trial trial;
    EXPECT_EQ(FaultIn(Call(*trials_, &v1::TrialService::Stub::GetTrial, request, &trial)).reason,
              "TRIAL_NOT_FOUND")
        << name;
  }
}

TEST_F(TrialServiceTest, ImportsARecordAndExportsItAgain) {
  v1::ImportTrialRequest import;
  *import.mutable_protocol() = PairedProtocol();
  import.mutable_protocol()->mutable_design()->set_block_days(2);
  import.mutable_protocol()->mutable_design()->set_pairs(1);
  import.set_diary_csv(
      "date,on,legs,weekend,dose,note\n"
      "2025-06-01,1,4,1,1,\n2025-06-02,1,5,0,0.5,\"late, tired\"\n"
      "2025-06-03,0,6,0,,\n2025-06-04,0,,0,,\n");
  v1::Trial trial;
  const grpc::Status status = Call(*trials_, &v1::TrialService::Stub::ImportTrial, import, &trial);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(trial.state(), v1::TRIAL_STATE_IMPORTED);
  v1::ExportDiaryRequest request;
  request.set_name(trial.name());
  v1::ExportDiaryResponse response;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ExportDiary, request, &response).ok());
  EXPECT_EQ(response.diary_csv(),
            "date,on,block,legs,weekend,dose,note\n"
            "2025-06-01,1,,4,1,1,\n2025-06-02,1,,5,0,0.5,\"late, tired\"\n"
            "2025-06-03,0,,6,0,,\n2025-06-04,0,,,0,,\n");
}

TEST_F(TrialServiceTest, AFaultyDiaryIsRefusedWholeWithLineAndColumn) {
  v1::ImportTrialRequest import;
  *import.mutable_protocol() = PairedProtocol();
  import.set_diary_csv("date,on,legs\n2025-06-01,1,11\n2025-06-31,1,3\n");
  v1::Trial trial;
  const grpc::Status status = Call(*trials_, &v1::TrialService::Stub::ImportTrial, import, &trial);
  EXPECT_EQ(FaultIn(status).reason, "UNREADABLE_DIARY");
  EXPECT_THAT(FaultIn(status).fields, ElementsAre("diary_csv:2:3", "diary_csv:3:1"));
  v1::ListTrialsResponse list;
  ASSERT_TRUE(
      Call(*trials_, &v1::TrialService::Stub::ListTrials, v1::ListTrialsRequest(), &list).ok());
  EXPECT_EQ(list.trials_size(), 0);
}

TEST_F(TrialServiceTest, TheExportHasEveryScheduledDayMissedOnesToo) {
  const std::string name = StartedTrial();
  Record(name, {Score(1, kMonday, 4)});
  clock_.SetNoon(kMonday + 9);
  v1::ExportDiaryRequest request;
  request.set_name(name);
  v1::ExportDiaryResponse response;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ExportDiary, request, &response).ok());
  const std::string& csv = response.diary_csv();
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 10);
  EXPECT_THAT(csv, HasSubstr("2026-01-06,"));
  EXPECT_THAT(csv, Not(HasSubstr("2026-01-15,")));
}

}  // namespace
}  // namespace solotrial::service

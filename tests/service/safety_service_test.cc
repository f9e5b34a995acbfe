// Starting only what is safe, and what side effects do to a running trial.
#include <gmock/gmock.h>

#include "engine/service/embedded.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class SafetyServiceTest : public EngineTest {
 protected:
  v1::Trial Create(const v1::Protocol& protocol) {
    v1::CreateTrialRequest request;
    *request.mutable_protocol() = protocol;
    v1::Trial trial;
    EXPECT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, request, &trial).ok());
    return trial;
  }
  grpc::Status Start(const std::string& name) {
    v1::StartTrialRequest request;
    request.set_name(name);
    v1::Trial trial;
    return Call(*trials_, &v1::TrialService::Stub::StartTrial, request, &trial);
  }
  grpc::Status Confirm(const std::string& token, const v1::Trial& trial,
                       const std::vector<std::string>& findings, v1::Trial* answer) {
    v1::ConfirmSafetyRequest request;
    request.set_name(trial.name());
    request.set_etag(trial.etag());
    request.set_clinician("Dr. A. Example");
    for (const std::string& id : findings) request.add_findings(id);
    return CallAs(token, *trials_, &v1::TrialService::Stub::ConfirmSafety, request, answer);
  }
  // Of the catalogue, with one finding answered with yes.
  static v1::Protocol Drafted(const std::string& intervention, const std::string& form,
                              const std::string& finding) {
    v1::DraftProtocolRequest request;
    request.set_symptom("sleep");
    request.set_intervention(intervention);
    request.set_form(form);
    request.set_time_zone("Europe/Berlin");
    v1::Protocol answers;
    AnswerNo(answers);
    for (v1::SafetyAnswer& answer : *answers.mutable_screening()->mutable_answers()) {
      if (answer.finding() == finding) answer.set_answer(v1::SafetyAnswer::YES);
    }
    *request.mutable_screening() = answers.screening();
    v1::ProtocolDraft draft;
    EXPECT_TRUE(embedded::DraftProtocol(request, &draft).ok());
    return draft.protocol();
  }
  static v1::Entry SideEffect(int serial, Date date, v1::Event::Grade grade) {
    v1::Entry entry = Score(serial, date, 0);
    entry.mutable_event()->set_type(v1::Event::TYPE_SIDE_EFFECT);
    entry.mutable_event()->set_grade(grade);
    entry.mutable_event()->set_text("Diarrhoea");
    return entry;
  }
};

TEST_F(SafetyServiceTest, KidneyFailureIsRefusedUntilAClinicianTakesItOn) {
  const v1::Trial trial = Create(Drafted("glycinate", "", "kidney_failure"));
  EXPECT_EQ(trial.safety().outcome(), v1::SafetyScreen::OUTCOME_REFUSED);
  const grpc::Status refused = Start(trial.name());
  EXPECT_EQ(FaultIn(refused).reason, "SAFETY_REFUSED");
  EXPECT_THAT(FaultIn(refused).fields, ElementsAre("protocol.screening.kidney_failure"));

  v1::Trial answer;
  EXPECT_EQ(FaultIn(Confirm(token_, trial, {"kidney_failure"}, &answer)).reason, "ROLE_NOT_ALLOWED")
      << "nobody confirms their own trial";
  const std::string other = TokenOf(access::Role::kClinician, Create(PairedProtocol()).name());
  EXPECT_EQ(FaultIn(Confirm(other, trial, {"kidney_failure"}, &answer)).reason, "TRIAL_NOT_FOUND");
  const std::string doctor = TokenOf(access::Role::kClinician, trial.name());
  EXPECT_EQ(FaultIn(Confirm(doctor, trial, {"diuretics"}, &answer)).reason, "INVALID_FIELDS");
  v1::Trial stale = trial;
  stale.set_etag("77");
  EXPECT_EQ(FaultIn(Confirm(doctor, stale, {"kidney_failure"}, &answer)).reason, "CONFLICT");
  const grpc::Status confirmed = Confirm(doctor, trial, {"kidney_failure"}, &answer);
  ASSERT_TRUE(confirmed.ok()) << confirmed.error_message();
  EXPECT_EQ(answer.safety().confirmation().attestation(),
            "attested by Dr. A. Example, not verified");
  EXPECT_TRUE(answer.safety().may_start());
  Restart();
  EXPECT_TRUE(Get(trial.name()).safety().may_start()) << "it is stored";
  EXPECT_TRUE(Start(trial.name()).ok());
  EXPECT_FALSE(Get(trial.name()).safety().confirmation().is_void());
}

TEST_F(SafetyServiceTest, ChangingTheDoseVoidsTheConfirmation) {
  const v1::Trial trial = Create(Drafted("glycinate", "", "diuretics"));
  EXPECT_EQ(FaultIn(Start(trial.name())).reason, "NEEDS_CLINICIAN");
  const std::string doctor = TokenOf(access::Role::kClinician, trial.name());
  v1::Trial confirmed;
  ASSERT_TRUE(Confirm(doctor, trial, {"diuretics"}, &confirmed).ok());
  v1::UpdateTrialRequest update;
  update.set_name(trial.name());
  *update.mutable_protocol() = trial.protocol();
  update.mutable_protocol()->mutable_intervention()->mutable_steps(0)->set_elemental_mg(250);
  v1::Trial changed;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::UpdateTrial, update, &changed).ok());
  EXPECT_TRUE(changed.safety().confirmation().is_void());
  EXPECT_EQ(FaultIn(Start(trial.name())).reason, "NEEDS_CLINICIAN");
}

TEST_F(SafetyServiceTest, NineHundredMilligramsAreWarnedOfAndNeedAClinician) {
  v1::Protocol protocol = Drafted("three_times", "citrate", "");
  v1::Trial trial = Create(protocol);
  EXPECT_EQ(trial.safety().elemental_mg_per_day(), 900);
  EXPECT_EQ(FaultIn(Start(trial.name())).reason, "NEEDS_CLINICIAN");
  const std::string doctor = TokenOf(access::Role::kClinician, trial.name());
  ASSERT_TRUE(Confirm(doctor, trial, {"above_600_mg", "high_dose_plan"}, &trial).ok());
  const grpc::Status warned = Start(trial.name());
  EXPECT_EQ(FaultIn(warned).reason, "NEEDS_ACKNOWLEDGEMENT");
  protocol.mutable_screening()->add_acknowledged("above_limit");
  v1::UpdateTrialRequest update;
  update.set_name(trial.name());
  *update.mutable_protocol() = protocol;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::UpdateTrial, update, &trial).ok());
  EXPECT_TRUE(Start(trial.name()).ok()) << "acknowledging voids nothing";
}

TEST_F(SafetyServiceTest, WhatSpeaksOfMagnesiumIsScreenedAndOtherThingsAreNot) {
  v1::Protocol protocol = PairedProtocol();
  protocol.clear_screening();
  EXPECT_EQ(FaultIn(Start(Create(protocol).name())).reason, "SAFETY_REFUSED");
  protocol.mutable_intervention()->set_name("melatonin");
  const v1::Trial trial = Create(protocol);
  EXPECT_EQ(trial.safety().outcome(), v1::SafetyScreen::OUTCOME_NOT_SCREENED);
  EXPECT_TRUE(Start(trial.name()).ok());
}

TEST_F(SafetyServiceTest, ASevereSideEffectPausesUntilItIsAcknowledged) {
  const std::string trial = StartedTrial();
  clock_.SetNoon(kMonday + 2);
  v1::RecordEntriesResponse answer =
      Record(trial, {SideEffect(1, kMonday + 1, v1::Event::GRADE_MILD)});
  EXPECT_EQ(answer.notices_size(), 0);
  answer = Record(trial, {SideEffect(2, kMonday + 2, v1::Event::GRADE_SEVERE)});
  ASSERT_EQ(answer.notices_size(), 1);
  EXPECT_EQ(answer.notices(0).id(), "notice.paused_severe");
  EXPECT_THAT(answer.notices(0).text(), HasSubstr("See a doctor"));
  v1::Trial paused = Get(trial);
  EXPECT_EQ(paused.state(), v1::TRIAL_STATE_PAUSED);
  EXPECT_EQ(paused.pauses(0).cause(), v1::Pause::CAUSE_SIDE_EFFECT);
  EXPECT_EQ(paused.pauses(0).pause_date(), FormatDate(kMonday + 2));
  // The same entry again, as after a lost answer, pauses nothing new and says the same.
  answer = Record(trial, {SideEffect(2, kMonday + 2, v1::Event::GRADE_SEVERE)});
  EXPECT_TRUE(answer.results(0).accepted());
  ASSERT_EQ(answer.notices_size(), 1);
  EXPECT_EQ(answer.notices(0).id(), "notice.paused_severe");
  EXPECT_EQ(Get(trial).pauses_size(), 1);

  clock_.SetNoon(kMonday + 4);
  v1::ResumeTrialRequest resume;
  resume.set_name(trial);
  const grpc::Status refused =
      Call(*trials_, &v1::TrialService::Stub::ResumeTrial, resume, &paused);
  EXPECT_EQ(FaultIn(refused).reason, "NEEDS_ACKNOWLEDGEMENT");
  EXPECT_THAT(FaultIn(refused).fields, ElementsAre("acknowledge_side_effect"));
  resume.set_acknowledge_side_effect(true);
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ResumeTrial, resume, &paused).ok());
  EXPECT_EQ(paused.state(), v1::TRIAL_STATE_RUNNING);
}

TEST_F(SafetyServiceTest, EventsAreCheckedAndCountedByArm) {
  const std::string trial = StartedTrial();
  v1::Entry no_grade = SideEffect(1, kMonday, v1::Event::GRADE_UNSPECIFIED);
  v1::Entry graded_travel = SideEffect(2, kMonday, v1::Event::GRADE_MILD);
  graded_travel.mutable_event()->set_type(v1::Event::TYPE_TRAVEL);
  v1::Entry wrong_value = Score(3, kMonday, 0);
  wrong_value.mutable_event()->set_type(v1::Event::TYPE_LABORATORY);
  wrong_value.mutable_event()->set_laboratory_id("sodium");
  wrong_value.mutable_event()->set_laboratory_value(140);
  v1::Entry nameless = Score(4, kMonday, 0);
  nameless.mutable_rescue();
  v1::RecordEntriesResponse answer =
      Record(trial, {no_grade, graded_travel, wrong_value, nameless});
  const std::vector<std::string> fields = {"event.grade", "event.grade", "event.laboratory_id",
                                           "rescue.name"};
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(answer.results(i).accepted());
    EXPECT_EQ(answer.results(i).rejection().field(), fields[static_cast<size_t>(i)]);
  }
  v1::Entry value = wrong_value;
  value.mutable_event()->set_laboratory_id("serum_magnesium");
  value.mutable_event()->set_laboratory_value(0.82);
  v1::Entry treatment = Score(5, kMonday, 0);
  treatment.mutable_event()->set_type(v1::Event::TYPE_NEW_TREATMENT);
  treatment.mutable_event()->set_text("a blood pressure tablet");
  answer = Record(trial, {value, treatment, SideEffect(6, kMonday, v1::Event::GRADE_MODERATE)});
  for (const v1::EntryResult& result : answer.results()) EXPECT_TRUE(result.accepted());
  v1::ListEntriesRequest list;
  list.set_trial(trial);
  v1::ListEntriesResponse listed;
  ASSERT_TRUE(Call(*diary_, &v1::DiaryService::Stub::ListEntries, list, &listed).ok());
  ASSERT_EQ(listed.entries_size(), 3);
  EXPECT_EQ(listed.entries(0).event().laboratory_id(), "serum_magnesium");
  EXPECT_EQ(listed.entries(2).event().grade(), v1::Event::GRADE_MODERATE);

  // Nothing by arm while it runs; both once it is over.
  for (int day = 0; day < 42; ++day) {
    Record(trial, {Score(100 + day, kMonday + day, day % 3)});
    clock_.SetNoon(kMonday + day + 1);
  }
  v1::AnalyzeRequest analyze;
  analyze.set_trial(trial);
  v1::Analysis analysis;
  ASSERT_TRUE(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, analyze, &analysis).ok());
  ASSERT_TRUE(analysis.has_result());
  EXPECT_EQ(analysis.result().harms().on().moderate() + analysis.result().harms().off().moderate(),
            1);
  std::vector<std::string> remarks;
  for (const v1::Message& remark : analysis.result().verdict().remarks()) {
    remarks.push_back(remark.id());
  }
  EXPECT_THAT(remarks, Contains("remark.new_treatment"));
}

}  // namespace
}  // namespace solotrial::service

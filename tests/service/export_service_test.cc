// What leaves the engine for other programs, over the wire.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "engine/import/zip.h"
#include "solotrial/v1/report_service.grpc.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::HasSubstr;
using testing::Not;
using Stub = v1::ReportService::Stub;

class ExportServiceTest : public EngineTest {
 protected:
  ExportServiceTest() : reports_(v1::ReportService::NewStub(channel_)) {}

  // Three weeks of a trial of six, with scores on most days.
  std::string HalfATrial() {
    const std::string trial = StartedTrial();
    clock_.SetNoon(kMonday + 20);
    std::vector<v1::Entry> entries;
    for (int day = 0; day < 20; ++day) {
      if (day % 5 != 4) entries.push_back(Score(day, kMonday + day, day % 7));
    }
    v1::Entry note = Score(100, kMonday + 3, 0);
    note.mutable_note()->set_text("=1+1 <b>مرحبا</b> 👩🏽‍🔬");
    entries.push_back(note);
    Record(trial, entries);
    return trial;
  }

  template <typename Request>
  grpc::Status Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                v1::RenderedDocument*),
                   const Request& request, const std::string& token = "") {
    document_.Clear();
    return CallAs(token.empty() ? token_ : token, *reports_, method, request, &document_);
  }

  std::unique_ptr<Stub> reports_;
  v1::RenderedDocument document_;
};

TEST_F(ExportServiceTest, WritesTablesForOtherPrograms) {
  v1::ExportTableRequest request;
  request.set_trial(HalfATrial());
  ASSERT_TRUE(Ask(&Stub::ExportTable, request).ok());
  EXPECT_EQ(document_.content_type(), "application/zip");
  EXPECT_EQ(document_.file_name(), "solotrial-data-2026-01-25.zip");
  const auto files = import::ReadZip(document_.content(), {});
  ASSERT_TRUE(files.ok());
  EXPECT_THAT(files->at("scores.csv"), HasSubstr("2026-01-05,2026-01-05,1,block,1,1,1,"));
  EXPECT_THAT(files->at("entries.csv"), HasSubstr("'=1+1 <b>مرحبا</b> 👩🏽‍🔬"));
  EXPECT_THAT(files->at("trial.json"), HasSubstr("Does magnesium calm my legs?"));

  request.set_format(v1::ExportTableRequest::FORMAT_JSON);
  ASSERT_TRUE(Ask(&Stub::ExportTable, request).ok());
  const auto json = nlohmann::json::parse(document_.content());
  EXPECT_EQ(json["scores"].size(), 21u);
  EXPECT_EQ(json["trial"]["state"], "running");

  request.set_format(static_cast<v1::ExportTableRequest::Format>(9));
  EXPECT_EQ(FaultIn(Ask(&Stub::ExportTable, request)).reason, "INVALID_FIELDS");
  request.set_trial("trials/00000000-0000-4000-8000-000000000000");
  request.clear_format();
  EXPECT_EQ(FaultIn(Ask(&Stub::ExportTable, request)).reason, "TRIAL_NOT_FOUND");
}

TEST_F(ExportServiceTest, WritesFhirWithTheSummaryAndTheResult) {
  const std::string trial = HalfATrial();
  v1::ExportFhirRequest request;
  request.set_trial(trial);
  ASSERT_TRUE(Ask(&Stub::ExportFhir, request).ok());
  EXPECT_EQ(document_.content_type(), "application/fhir+json; fhirVersion=4.0");
  EXPECT_THAT(document_.content(), HasSubstr("\"status\":\"partial\""));
  EXPECT_THAT(document_.content(), HasSubstr("application/pdf"));
  EXPECT_THAT(document_.content(), Not(HasSubstr("p_any_benefit")));

  clock_.SetNoon(kMonday + 42);
  request.set_without_summary(true);
  ASSERT_TRUE(Ask(&Stub::ExportFhir, request).ok());
  EXPECT_THAT(document_.content(), HasSubstr("p_any_benefit"));
  EXPECT_THAT(document_.content(), HasSubstr("\"conclusion\":"));
  EXPECT_THAT(document_.content(), Not(HasSubstr("application/pdf")));
}

TEST_F(ExportServiceTest, AsksThePersonToConfirmAndNobodyTheyLetRead) {
  v1::ExportTableRequest request;
  request.set_trial(HalfATrial());
  EXPECT_EQ(FaultIn(Ask(&Stub::ExportTable, request, TokenOf(access::Role::kOwner))).reason,
            "CONFIRMATION_NEEDED");
  for (const access::Role role : {access::Role::kClinician, access::Role::kShareLink}) {
    EXPECT_TRUE(Ask(&Stub::ExportTable, request, TokenOf(role, request.trial())).ok());
  }
}

TEST_F(ExportServiceTest, HasNothingToExportOfADraft) {
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = PairedProtocol();
  v1::Trial draft;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &draft).ok());
  v1::ExportTableRequest table;
  table.set_trial(draft.name());
  EXPECT_EQ(FaultIn(Ask(&Stub::ExportTable, table)).reason, "WRONG_STATE");
  v1::ExportFhirRequest fhir;
  fhir.set_trial(draft.name());
  EXPECT_EQ(FaultIn(Ask(&Stub::ExportFhir, fhir)).reason, "WRONG_STATE");
  // A calendar that somebody subscribed to early fills when the trial starts.
  v1::GetCalendarRequest calendar;
  calendar.set_trial(draft.name());
  ASSERT_TRUE(Ask(&Stub::GetCalendar, calendar).ok());
  EXPECT_THAT(document_.content(), Not(HasSubstr("BEGIN:VEVENT")));
}

TEST_F(ExportServiceTest, RemindsAtTheTimesThatWereAskedFor) {
  v1::GetCalendarRequest request;
  request.set_trial(HalfATrial());
  v1::ReminderTime& time = *request.mutable_calendar()->add_times();
  time.set_kind(v1::ReminderTime::KIND_SCORE);
  time.set_time("21:15");
  request.mutable_calendar()->set_locale("de");
  ASSERT_TRUE(Ask(&Stub::GetCalendar, request).ok());
  EXPECT_EQ(document_.content_type(), "text/calendar; charset=utf-8");
  EXPECT_THAT(document_.content(), HasSubstr("Europe/Berlin:20260105T211500"));
  EXPECT_THAT(document_.content(), HasSubstr("das Tagebuch"));
  EXPECT_THAT(document_.content(), HasSubstr("SEQUENCE:"));

  time.set_kind(v1::ReminderTime::KIND_UNSPECIFIED);
  time.set_slot("noon");
  time.set_time("25:00");
  EXPECT_EQ(FaultIn(Ask(&Stub::GetCalendar, request)).fields,
            (std::vector<std::string>{"calendar.times[0].kind", "calendar.times[0].slot",
                                      "calendar.times[0].time"}));
}

TEST_F(ExportServiceTest, TheCalendarFollowsTheSchedule) {
  v1::GetCalendarRequest request;
  request.set_trial(HalfATrial());
  ASSERT_TRUE(Ask(&Stub::GetCalendar, request).ok());
  EXPECT_THAT(document_.content(), HasSubstr(":20260126T"));  // the fourth block begins
  v1::SkipDaysRequest skip;
  skip.set_name(request.trial());
  skip.set_days(3);
  v1::Trial skipped;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::SkipDays, skip, &skipped).ok());
  ASSERT_TRUE(Ask(&Stub::GetCalendar, request).ok());
  EXPECT_THAT(document_.content(), Not(HasSubstr(":20260126T")));
  EXPECT_THAT(document_.content(), HasSubstr(":20260129T"));
}

}  // namespace
}  // namespace solotrial::service

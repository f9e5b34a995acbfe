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

  v1::ShareLink Calendar(const std::string& trial) {
    v1::CreateShareLinkRequest request;
    request.set_trial(trial);
    request.set_label("my phone");
    request.set_kind(v1::ShareLink::KIND_CALENDAR);
    v1::ReminderTime& time = *request.mutable_calendar()->add_times();
    time.set_kind(v1::ReminderTime::KIND_SCORE);
    time.set_time("21:15");
    request.mutable_calendar()->set_locale("de");
    v1::ShareLink link;
    const grpc::Status status =
        Call(*access_, &v1::AccessService::Stub::CreateShareLink, request, &link);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return link;
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

TEST_F(ExportServiceTest, ACalendarLinkShowsTheRemindersAndNothingElse) {
  const std::string trial = HalfATrial();
  const v1::ShareLink link = Calendar(trial);
  EXPECT_EQ(link.token().size(), 22u);
  EXPECT_THAT(link.link(), testing::StartsWith("solotrial:calendar?"));
  ASSERT_TRUE(Ask(&Stub::GetCalendar, v1::GetCalendarRequest(), link.token()).ok());
  EXPECT_EQ(document_.content_type(), "text/calendar; charset=utf-8");
  EXPECT_THAT(document_.content(), HasSubstr("Europe/Berlin:20260105T211500"));
  EXPECT_THAT(document_.content(), HasSubstr("das Tagebuch"));
  EXPECT_THAT(document_.content(), HasSubstr("SEQUENCE:"));

  // It has its own trial, whatever it asks for.
  v1::GetCalendarRequest other;
  other.set_trial("trials/00000000-0000-4000-8000-000000000000");
  EXPECT_TRUE(Ask(&Stub::GetCalendar, other, link.token()).ok());
  v1::ExportTableRequest table;
  table.set_trial(trial);
  EXPECT_EQ(FaultIn(Ask(&Stub::ExportTable, table, link.token())).reason, "ROLE_NOT_ALLOWED");
  v1::OpenSharedTrialRequest open;
  v1::SharedTrial shared;
  EXPECT_EQ(FaultIn(CallAs(link.token(), *access_, &v1::AccessService::Stub::OpenSharedTrial, open,
                           &shared))
                .reason,
            "ROLE_NOT_ALLOWED");

  // Listed without its token, not counted, and ended like every link.
  v1::ListShareLinksResponse list;
  ASSERT_TRUE(
      Call(*access_, &v1::AccessService::Stub::ListShareLinks, v1::ListShareLinksRequest(), &list)
          .ok());
  ASSERT_EQ(list.share_links_size(), 1);
  EXPECT_EQ(list.share_links(0).kind(), v1::ShareLink::KIND_CALENDAR);
  EXPECT_EQ(list.share_links(0).calendar().times(0).time(), "21:15");
  EXPECT_EQ(list.share_links(0).token(), "");
  EXPECT_EQ(list.share_links(0).openings(), 0);
  v1::RevokeShareLinkRequest revoke;
  revoke.set_name(link.name());
  google::protobuf::Empty empty;
  ASSERT_TRUE(Call(*access_, &v1::AccessService::Stub::RevokeShareLink, revoke, &empty).ok());
  EXPECT_EQ(FaultIn(Ask(&Stub::GetCalendar, v1::GetCalendarRequest(), link.token())).reason,
            "UNAUTHENTICATED");
}

TEST_F(ExportServiceTest, RefusesTimesThatAreNone) {
  v1::CreateShareLinkRequest request;
  request.set_trial(StartedTrial());
  request.set_label("my phone");
  v1::ShareLink link;
  const auto fault = [&] {
    return FaultIn(Call(*access_, &v1::AccessService::Stub::CreateShareLink, request, &link));
  };
  request.mutable_calendar();
  EXPECT_EQ(fault().fields, std::vector<std::string>{"calendar"});
  request.set_kind(v1::ShareLink::KIND_CALENDAR);
  v1::ReminderTime& time = *request.mutable_calendar()->add_times();
  time.set_slot("noon");
  time.set_time("25:00");
  EXPECT_EQ(fault().fields,
            (std::vector<std::string>{"calendar.times[0].kind", "calendar.times[0].slot",
                                      "calendar.times[0].time"}));
  request.set_kind(static_cast<v1::ShareLink::Kind>(7));
  EXPECT_EQ(fault().fields, std::vector<std::string>{"kind"});
}

TEST_F(ExportServiceTest, TheCalendarFollowsTheSchedule) {
  const std::string trial = HalfATrial();
  const std::string token = Calendar(trial).token();
  ASSERT_TRUE(Ask(&Stub::GetCalendar, v1::GetCalendarRequest(), token).ok());
  EXPECT_THAT(document_.content(), HasSubstr(":20260126T"));  // the fourth block begins
  v1::SkipDaysRequest skip;
  skip.set_name(trial);
  skip.set_days(3);
  v1::Trial skipped;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::SkipDays, skip, &skipped).ok());
  ASSERT_TRUE(Ask(&Stub::GetCalendar, v1::GetCalendarRequest(), token).ok());
  EXPECT_THAT(document_.content(), Not(HasSubstr(":20260126T")));
  EXPECT_THAT(document_.content(), HasSubstr(":20260129T"));
}

}  // namespace
}  // namespace solotrial::service

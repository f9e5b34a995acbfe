#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>

#include "engine/inference/inference.h"
#include "solotrial/v1/report_service.grpc.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using Stub = v1::ReportService::Stub;

bool Same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

class ReportServiceTest : public EngineTest {
 protected:
  ReportServiceTest() : reports_(v1::ReportService::NewStub(channel_)) {}

  // A trial of 3 pairs of 7 days that is over: 2 points better on, one day of five missing.
  std::string LivedTrial(const v1::Protocol& protocol) {
    const std::string trial = StartedTrial(protocol);
    clock_.SetNoon(kMonday + 42);
    v1::GetScheduleRequest request;
    request.set_name(trial);
    v1::Schedule schedule;
    EXPECT_TRUE(Call(*trials_, &v1::TrialService::Stub::GetSchedule, request, &schedule).ok());
    std::vector<v1::Entry> entries;
    for (int day = 0; day < 42; ++day) {
      const bool on = schedule.blocks(day / 7).arm() == v1::ARM_ON;
      if (day % 5 == 4) continue;
      entries.push_back(Score(day, kMonday + day, 4 + (day * 7) % 3 + (on ? 0 : 2)));
      if (!on) continue;
      v1::Entry dose = Score(100 + day, kMonday + day, 0);
      dose.mutable_dose()->set_fraction(1);
      entries.push_back(dose);
    }
    v1::Entry event = Score(500, kMonday + 3, 0);
    event.mutable_event()->set_type(v1::Event::TYPE_SIDE_EFFECT);
    event.mutable_event()->set_grade(v1::Event::GRADE_MILD);
    event.mutable_event()->set_text("<b>soft stool</b>");
    entries.push_back(event);
    const v1::RecordEntriesResponse response = Record(trial, entries);
    for (const v1::EntryResult& result : response.results()) {
      EXPECT_TRUE(result.accepted());
    }
    return trial;
  }

  v1::TrialSummary Summary(const std::string& trial, const std::string& locale = "en") {
    v1::GetSummaryRequest request;
    request.set_trial(trial);
    request.set_locale(locale);
    v1::TrialSummary summary;
    const grpc::Status status = Call(*reports_, &Stub::GetSummary, request, &summary);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return summary;
  }

  std::unique_ptr<Stub> reports_;
};

TEST_F(ReportServiceTest, ACompletedTrialHasItsResultAndEveryItem) {
  const std::string trial = LivedTrial(PairedProtocol());
  const v1::TrialSummary summary = Summary(trial);
  EXPECT_EQ(summary.state(), v1::TRIAL_STATE_COMPLETED);
  EXPECT_FALSE(summary.concealed());

  // The numbers are those of the analysis.
  v1::AnalyzeRequest request;
  request.set_trial(trial);
  v1::Analysis analysis;
  ASSERT_TRUE(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, request, &analysis).ok());
  EXPECT_TRUE(Same(summary.result().benefit(), analysis.result().benefit()));
  EXPECT_TRUE(Same(summary.result().verdict(), analysis.result().verdict()));
  EXPECT_EQ(summary.result().digest(), analysis.result().digest());
  EXPECT_TRUE(Same(summary.result().harms(), analysis.result().harms()));

  EXPECT_EQ(summary.adherence_size(), 42);
  EXPECT_EQ(summary.block_means_size(), 6);
  ASSERT_EQ(summary.evidence_size(), 3);
  EXPECT_TRUE(Same(summary.evidence(2).benefit(), summary.result().benefit()));
  EXPECT_NE(summary.evidence(0).benefit().mean(), summary.evidence(1).benefit().mean());
  ASSERT_EQ(summary.events_size(), 1);
  EXPECT_EQ(summary.events(0).kind(), "Side effect, mild");

  // Every item of CENT 2015 has something to say, and nothing is an unfilled message.
  std::set<std::string> numbers;
  for (const v1::ReportingItem& item : summary.items()) {
    EXPECT_TRUE(numbers.insert(item.number()).second) << item.number();
    EXPECT_GT(item.facts_size(), 0) << item.number();
    EXPECT_NE(item.topic(), "cent." + item.number());
    for (const v1::ReportedFact& fact : item.facts()) {
      EXPECT_FALSE(fact.text().empty()) << item.number() << fact.label();
      EXPECT_EQ(fact.text().find("cent."), std::string::npos) << fact.text();
      EXPECT_EQ(fact.label().find("label."), std::string::npos) << fact.label();
      if (!fact.recorded()) {
        EXPECT_EQ(fact.text(), "not recorded");
      }
    }
  }
  for (int item = 1; item <= 25; ++item) {
    const std::string number = std::to_string(item);
    EXPECT_TRUE(numbers.contains(number) || numbers.contains(number + "a")) << number;
  }
}

TEST_F(ReportServiceTest, TheSimulatedPowerIsThereAndStaysAsItWas) {
  const auto power = [](const v1::TrialSummary& summary) {
    for (const v1::ReportingItem& item : summary.items()) {
      for (const v1::ReportedFact& fact : item.facts()) {
        if (fact.label() == "Simulated power") return fact;
      }
    }
    return v1::ReportedFact();
  };
  const std::string trial = LivedTrial(PairedProtocol());
  const v1::ReportedFact first = power(Summary(trial));
  EXPECT_TRUE(first.recorded());
  EXPECT_THAT(first.text(), testing::HasSubstr("2 simulated trials"));
  EXPECT_TRUE(Same(power(Summary(trial)), first));
  Restart();
  reports_ = v1::ReportService::NewStub(channel_);
  EXPECT_TRUE(Same(power(Summary(trial)), first));
}

// The doctor does not wait for it.
TEST_F(ReportServiceTest, TheSimulatedPowerIsKeptSoonAfterTheStart) {
  const std::string trial = StartedTrial();
  const auto kept = [&] {
    bool found = false;
    EXPECT_TRUE(store_
                    ->Read([&](store::ReadTransaction& t) -> absl::Status {
                      const auto owner = *t.FindOwner();
                      found = (*t.FindPower(owner->person_id, trial.substr(trial.find('/') + 1),
                                            inference::kModelVersion))
                                  .has_value();
                      return absl::OkStatus();
                    })
                    .ok());
    return found;
  };
  while (!kept()) std::this_thread::yield();
}

TEST_F(ReportServiceTest, DensityHasAnAreaOfOneAndTheMeanOfTheBenefit) {
  const v1::TrialSummary summary = Summary(LivedTrial(PairedProtocol()));
  ASSERT_GT(summary.benefit_density_size(), 2);
  const double step = summary.benefit_density(1).value() - summary.benefit_density(0).value();
  double area = 0;
  double mean = 0;
  for (const v1::DensityPoint& point : summary.benefit_density()) {
    EXPECT_GE(point.density(), 0);
    area += point.density() * step;
    mean += point.value() * point.density() * step;
  }
  EXPECT_NEAR(area, 1, 0.005);
  EXPECT_NEAR(mean, summary.result().benefit().mean(), 0.05 * summary.result().benefit().sd());
}

TEST_F(ReportServiceTest, SpeaksGerman) {
  const v1::TrialSummary summary = Summary(LivedTrial(PairedProtocol()), "de-AT");
  EXPECT_EQ(summary.locale(), "de");
  EXPECT_EQ(summary.items(0).topic(), "Titel");
  EXPECT_EQ(summary.events(0).kind(), "Nebenwirkung, leicht");
}

TEST_F(ReportServiceTest, ARunningTrialHasProgressOnly) {
  const std::string trial = StartedTrial();
  clock_.SetNoon(kMonday + 20);
  const v1::TrialSummary summary = Summary(trial);
  EXPECT_EQ(summary.state(), v1::TRIAL_STATE_RUNNING);
  EXPECT_EQ(summary.progress().days_done(), 21);
  EXPECT_FALSE(summary.has_result());
  EXPECT_EQ(summary.levels_size() + summary.block_means_size() + summary.evidence_size() +
                summary.adherence_size() + summary.events_size(),
            0);
}

TEST_F(ReportServiceTest, DraftsAndTrialsStoppedBeforeTheirFirstDayHaveASummary) {
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = PairedProtocol();
  v1::Trial draft;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &draft).ok());
  v1::TrialSummary summary = Summary(draft.name());
  EXPECT_EQ(summary.state(), v1::TRIAL_STATE_DRAFT);
  EXPECT_FALSE(summary.has_progress());
  EXPECT_GT(summary.items_size(), 25);

  v1::StartTrialRequest start;
  start.set_name(draft.name());
  start.set_start_date(FormatDate(kMonday + 5));
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::StartTrial, start, &draft).ok());
  v1::StopTrialRequest stop;
  stop.set_name(draft.name());
  stop.set_reason("changed my mind");
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::StopTrial, stop, &draft).ok());
  summary = Summary(draft.name());
  EXPECT_EQ(summary.state(), v1::TRIAL_STATE_STOPPED);
  EXPECT_FALSE(summary.has_result());
}

TEST_F(ReportServiceTest, RendersPagesInBothFormatsForEverybodyWhoMaySeeTheTrial) {
  const std::string trial = LivedTrial(PairedProtocol());
  v1::RenderSummaryRequest request;
  request.set_trial(trial);
  v1::PageLink& link = *request.add_links();
  link.set_label("PDF");
  link.set_href("summary.pdf?paper=letter");
  v1::RenderedDocument page;
  for (const std::string& token : {token_, TokenOf(access::Role::kClinician, trial),
                                   TokenOf(access::Role::kShareLink, trial)}) {
    const grpc::Status status = CallAs(token, *reports_, &Stub::RenderSummary, request, &page);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(page.content_type(), "text/html; charset=utf-8");
    EXPECT_EQ(page.file_name(), "solotrial-summary-2026-02-16.html");
    EXPECT_EQ(page.content_security_policy().find("default-src 'none'; style-src 'sha256-"), 0u);
    EXPECT_NE(page.content().find("&lt;b&gt;soft stool&lt;/b&gt;"), std::string::npos);
    EXPECT_NE(page.content().find("<a href=\"summary.pdf?paper=letter\">PDF</a>"),
              std::string::npos);
  }
  request.set_format(v1::DOCUMENT_FORMAT_PDF);
  request.set_paper(v1::PAPER_SIZE_LETTER);
  ASSERT_TRUE(Call(*reports_, &Stub::RenderSummary, request, &page).ok());
  EXPECT_EQ(page.content_type(), "application/pdf");
  EXPECT_EQ(page.content().substr(0, 5), "%PDF-");
  EXPECT_TRUE(page.content_security_policy().empty());

  v1::RenderProtocolRequest protocol;
  protocol.set_trial(trial);
  protocol.set_locale("de");
  ASSERT_TRUE(Call(*reports_, &Stub::RenderProtocol, protocol, &page).ok());
  EXPECT_NE(page.content().find("Unterschrift"), std::string::npos);
}

TEST_F(ReportServiceTest, LinksThatLeadElsewhereAndUnknownFormatsAreNamed) {
  const std::string trial = StartedTrial();
  v1::RenderedDocument page;
  const auto field = [&](const v1::RenderSummaryRequest& request) {
    const WireFault fault = FaultIn(Call(*reports_, &Stub::RenderSummary, request, &page));
    EXPECT_EQ(fault.reason, "INVALID_FIELDS");
    return fault.fields.empty() ? "" : fault.fields.front();
  };
  for (const char* href :
       {"javascript:alert(1)", "//example.org", "/s/x", "https://example.org", "a b", "a#b", ""}) {
    v1::RenderSummaryRequest request;
    request.set_trial(trial);
    v1::PageLink& link = *request.add_links();
    link.set_label("x");
    link.set_href(href);
    EXPECT_EQ(field(request), "links[0].href") << href;
  }
  v1::RenderSummaryRequest request;
  request.set_trial(trial);
  request.set_format(static_cast<v1::DocumentFormat>(9));
  EXPECT_EQ(field(request), "format");
  request.clear_format();
  request.set_paper(static_cast<v1::PaperSize>(9));
  EXPECT_EQ(field(request), "paper");
}

TEST_F(ReportServiceTest, AnImportedRecordHasASummaryAndNoProtocolToSign) {
  v1::ImportTrialRequest import;
  *import.mutable_protocol() = PairedProtocol();
  std::string csv = "date,on,legs\n";
  for (int day = 0; day < 42; ++day) {
    const bool on = std::string("100110")[static_cast<size_t>(day / 7)] == '1';
    csv += FormatDate(kMonday + day) + (on ? ",1," : ",0,") +
           std::to_string((day * 7) % 3 + (on ? 2 : 4)) + "\n";
  }
  import.set_diary_csv(csv);
  v1::Trial trial;
  const grpc::Status imported =
      Call(*trials_, &v1::TrialService::Stub::ImportTrial, import, &trial);
  ASSERT_TRUE(imported.ok()) << imported.error_message();
  const v1::TrialSummary summary = Summary(trial.name());
  EXPECT_TRUE(summary.has_result());
  EXPECT_EQ(summary.adherence_size(), 42);
  v1::RenderProtocolRequest request;
  request.set_trial(trial.name());
  v1::RenderedDocument page;
  EXPECT_EQ(FaultIn(Call(*reports_, &Stub::RenderProtocol, request, &page)).reason, "WRONG_STATE");
}

TEST_F(ReportServiceTest, SomebodyElsesTrialIsNotThere) {
  v1::GetSummaryRequest request;
  request.set_trial("trials/00000000-0000-4000-8000-000000000000");
  v1::TrialSummary summary;
  EXPECT_EQ(FaultIn(Call(*reports_, &Stub::GetSummary, request, &summary)).reason,
            "TRIAL_NOT_FOUND");
}

}  // namespace
}  // namespace solotrial::service

#include <gmock/gmock.h>
#include <grpcpp/channel.h>

#include "engine/service/embedded.h"
#include "solotrial/v1/catalog_service.grpc.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::HasSubstr;

class CatalogServiceTest : public EngineTest {
 protected:
  std::unique_ptr<v1::CatalogService::Stub> catalog_ = v1::CatalogService::NewStub(channel_);

  v1::Catalog List(const std::string& locale) {
    v1::ListCatalogRequest request;
    request.set_locale(locale);
    v1::Catalog catalog;
    EXPECT_TRUE(Call(*catalog_, &v1::CatalogService::Stub::ListCatalog, request, &catalog).ok());
    return catalog;
  }
};

TEST_F(CatalogServiceTest, ListsTheCatalogueInBothLanguages) {
  const v1::Catalog english = List("en");
  const v1::Catalog german = List("de-AT");
  EXPECT_EQ(english.symptoms_size(), 13);
  EXPECT_EQ(english.interventions_size(), 8);
  EXPECT_EQ(english.symptoms(0).title(), "migraine");
  EXPECT_EQ(german.symptoms(0).title(), "Migräne");
  EXPECT_EQ(english.findings(0).id(), german.findings(0).id());
  EXPECT_EQ(english.version(), german.version());
  for (const v1::CatalogMeasure& row : english.measures()) {
    EXPECT_TRUE(row.measure().has_lower_is_better()) << row.measure().id();
  }
}

// What is drafted can be created as it is, and read back without a difference.
TEST_F(CatalogServiceTest, ADraftIsAWholeProtocolWithReasons) {
  v1::DraftProtocolRequest request;
  request.set_symptom("cramps");
  request.set_intervention("start_low");
  request.set_form("citrate");
  request.set_dose_mg(240);
  request.set_time_zone("Europe/Berlin");
  request.set_locale("de");
  v1::Protocol answers;
  AnswerNo(answers);
  *request.mutable_screening() = answers.screening();
  v1::ProtocolDraft draft;
  ASSERT_TRUE(Call(*catalog_, &v1::CatalogService::Stub::DraftProtocol, request, &draft).ok());
  EXPECT_EQ(draft.safety().outcome(), v1::SafetyScreen::OUTCOME_CLEAR);
  EXPECT_TRUE(draft.safety().may_start());
  EXPECT_EQ(draft.safety().elemental_mg_per_day(), 240);
  EXPECT_GE(draft.reasons_size(), 6);
  EXPECT_THAT(draft.protocol().title(), HasSubstr("Hilft Magnesiumcitrat gegen Wadenkrämpfe?"));
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = draft.protocol();
  v1::Trial trial;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial).ok());
  EXPECT_EQ(trial.protocol().SerializeAsString(), draft.protocol().SerializeAsString());

  v1::ProtocolDraft offline;
  ASSERT_TRUE(embedded::DraftProtocol(request, &offline).ok());
  EXPECT_EQ(offline.SerializeAsString(), draft.SerializeAsString());
}

TEST_F(CatalogServiceTest, NamesWhatIsMissing) {
  v1::DraftProtocolRequest request;
  request.set_symptom("gout");
  v1::ProtocolDraft draft;
  grpc::Status status = Call(*catalog_, &v1::CatalogService::Stub::DraftProtocol, request, &draft);
  EXPECT_EQ(FaultIn(status).reason, "UNKNOWN_ID");
  EXPECT_THAT(FaultIn(status).fields, testing::ElementsAre("symptom"));
  request.set_symptom("sleep");
  request.set_intervention("glycinate");
  request.mutable_screening()->add_answers()->set_finding("iron");
  status = Call(*catalog_, &v1::CatalogService::Stub::DraftProtocol, request, &draft);
  EXPECT_THAT(FaultIn(status).fields, testing::ElementsAre("screening.answers[0].answer"));
}

TEST_F(CatalogServiceTest, ScreensAProtocolThatIsNotStored) {
  v1::ScreenSafetyRequest request;
  *request.mutable_protocol() = PairedProtocol();
  request.mutable_protocol()->mutable_screening()->mutable_answers(0)->set_answer(
      v1::SafetyAnswer::YES);
  request.set_locale("de");
  v1::SafetyScreen screen;
  ASSERT_TRUE(Call(*catalog_, &v1::CatalogService::Stub::ScreenSafety, request, &screen).ok());
  EXPECT_EQ(screen.outcome(), v1::SafetyScreen::OUTCOME_REFUSED);
  EXPECT_FALSE(screen.may_start());
  EXPECT_THAT(screen.findings(0).reason(), HasSubstr("Nieren"));
  EXPECT_THAT(screen.findings(0).advice(), HasSubstr("Sprechen Sie zuerst"));
}

}  // namespace
}  // namespace solotrial::service

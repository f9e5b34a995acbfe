#include "clients/cli/protocol_template.h"

#include <gtest/gtest.h>

#include "clients/cli/errors.h"
#include "clients/cli/json.h"
#include "clients/cli/offline.h"

namespace solotrial::cli {
namespace {

v1::Protocol Made(const TemplateOptions& options) {
  const absl::StatusOr<v1::ProtocolDraft> draft = MakeProtocol(options);
  EXPECT_TRUE(draft.ok()) << options.symptom << ": " << FaultText(Describe(draft.status()));
  return draft.ok() ? draft->protocol() : v1::Protocol();
}

TemplateOptions For(const std::string& symptom) {
  TemplateOptions options;
  options.symptom = symptom;
  options.time_zone = "Europe/Berlin";
  return options;
}

TEST(ProtocolTemplateTest, EverySymptomMakesAProtocolThatTheEngineAccepts) {
  for (const std::string& symptom : SymptomNames()) {
    const v1::Protocol protocol = Made(For(symptom));
    const absl::StatusOr<v1::Protocol> read = ReadProtocol(ToJson(protocol, true));
    ASSERT_TRUE(read.ok()) << symptom << ": " << FaultText(Describe(read.status()));
    EXPECT_EQ(read->SerializeAsString(), protocol.SerializeAsString());
    const absl::Status checked = CheckProtocol(*read);
    EXPECT_TRUE(checked.ok()) << symptom << ": " << FaultText(Describe(checked));
  }
}

TEST(ProtocolTemplateTest, EveryWayToDrawMakesAProtocolThatTheEngineAccepts) {
  for (const char* kind : {"PAIRED", "COUNTERBALANCED", "RESTRICTED", "BALANCED"}) {
    TemplateOptions options = For("sleep");
    options.randomization = kind;
    EXPECT_TRUE(CheckProtocol(Made(options)).ok()) << kind;
  }
}

TEST(ProtocolTemplateTest, TakesWhatWasAskedFor) {
  TemplateOptions options = For("restless-legs");
  options.title = "Legs";
  options.intervention = "melatonin";
  options.block_days = 7;
  options.pairs = 2;
  options.run_in_days = 0;
  options.onset_half_life_days = 1;
  options.minimal_important_difference = 1.5;
  options.covariates = {"weekend", "coffee:numeric"};
  const v1::Protocol protocol = Made(options);
  EXPECT_EQ(protocol.title(), "Legs");
  EXPECT_EQ(protocol.design().block_days(), 7);
  EXPECT_EQ(protocol.design().pairs(), 2);
  EXPECT_EQ(protocol.design().run_in_days(), 0);
  EXPECT_EQ(protocol.kinetics().onset_half_life_days(), 1);
  EXPECT_EQ(protocol.kinetics().offset_half_life_days(), 3);
  EXPECT_EQ(protocol.measures(0).minimal_important_difference(), 1.5);
  EXPECT_EQ(protocol.covariates(1).kind(), v1::Covariate::NUMERIC);
  EXPECT_EQ(protocol.intervention().off_instruction(), "Take no melatonin.");
}

TEST(ProtocolTemplateTest, CountsWhereCountingSaysMoreThanAScore) {
  TemplateOptions options = For("migraine");
  options.minimal_important_difference = 3;
  const v1::Protocol migraine = Made(options);
  ASSERT_EQ(migraine.measures_size(), 2);
  EXPECT_EQ(migraine.measures(0).family(), v1::Measure::BERNOULLI);
  EXPECT_TRUE(migraine.measures(0).primary());
  EXPECT_EQ(migraine.measures(0).minimal_important_difference(), 3) << "the verdict's measure";
  EXPECT_EQ(migraine.measures(1).id(), "headache");
  EXPECT_EQ(migraine.measures(1).minimal_important_difference(), 1);
  EXPECT_FALSE(migraine.measures(1).primary());
  const v1::Protocol cramps = Made(For("cramps"));
  EXPECT_EQ(cramps.measures(0).family(), v1::Measure::NEGATIVE_BINOMIAL);
  EXPECT_EQ(cramps.measures(0).typical_daily_count(), 0.6);
  EXPECT_EQ(Made(For("sleep")).measures_size(), 1);
}

TEST(ProtocolTemplateTest, AnswersTheQuestionsAboutSafety) {
  TemplateOptions options = For("sleep");
  options.safety = {.region = "EU", .has = {"diuretics"}, .not_sure = {"under-18"}};
  options.safety.has_none = true;
  options.safety.understood = {"above-limit"};
  const v1::Protocol protocol = Made(options);
  EXPECT_EQ(static_cast<size_t>(protocol.screening().answers_size()), FindingNames().size());
  int yes = 0;
  for (const v1::SafetyAnswer& answer : protocol.screening().answers()) {
    if (answer.answer() == v1::SafetyAnswer::YES) {
      EXPECT_EQ(answer.finding(), "diuretics");
      ++yes;
    }
  }
  EXPECT_EQ(yes, 1);
  EXPECT_EQ(protocol.screening().acknowledged(0), "above_limit");
  EXPECT_EQ(MakeProtocol(options)->safety().outcome(), v1::SafetyScreen::OUTCOME_NEEDS_CLINICIAN);
  options.safety.has = {"wings"};
  EXPECT_EQ(Describe(MakeProtocol(options).status()).exit_code, kWrongUsage);
}

TEST(ProtocolTemplateTest, MagnesiumOfOnesOwnIsSentToTheCatalogue) {
  TemplateOptions options = For("sleep");
  options.intervention = "magnesium";
  EXPECT_EQ(Describe(MakeProtocol(options).status()).exit_code, kInvalidInput);
}

TEST(ProtocolTemplateTest, RefusesUnknownNames) {
  EXPECT_EQ(Describe(MakeProtocol(For("gout")).status()).exit_code, kWrongUsage);
  TemplateOptions options = For("sleep");
  options.randomization = "COIN";
  EXPECT_EQ(Describe(MakeProtocol(options).status()).exit_code, kWrongUsage);
  options = For("sleep");
  options.covariates = {"coffee:cups"};
  EXPECT_EQ(Describe(MakeProtocol(options).status()).exit_code, kWrongUsage);
}

}  // namespace
}  // namespace solotrial::cli

#include "engine/trial/safety.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/trial/draft.h"
#include "engine/trial/trial.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Outcome = SafetyScreen::Outcome;

Protocol Drafted(const std::string& intervention, std::optional<double> dose_mg = std::nullopt,
                 const std::string& form = "") {
  DraftRequest request;
  request.symptom = "migraine";
  request.intervention = intervention;
  request.form = form;
  request.dose_mg = dose_mg;
  request.time_zone = "Europe/Berlin";
  request.screening = AllAnsweredNo();
  return DraftProtocol(request)->protocol;
}

void Answer(const std::string& finding, SafetyAnswer::Answer answer, Protocol& protocol) {
  for (SafetyAnswer& row : protocol.screening.answers) {
    if (row.finding == finding) row.answer = answer;
  }
}

Protocol With(const std::string& finding) {
  Protocol protocol = Drafted("glycinate");
  Answer(finding, SafetyAnswer::Answer::kYes, protocol);
  return protocol;
}

Reason ReasonOf(const absl::Status& status) { return FaultOf(status).reason; }

Trial Draft() {
  Trial trial;
  trial.id = "5d2c1f3e-0000-4000-8000-000000000001";
  return trial;
}

std::vector<std::string> GraveFindings(const Protocol& protocol) {
  std::vector<std::string> ids;
  for (const SafetyFinding& found : ScreenSafety(protocol).findings) {
    if (found.finding->action != SafetyAction::kWarn) ids.push_back(found.finding->id);
  }
  return ids;
}

TEST(SafetyTest, NothingFoundMayStart) {
  const Protocol protocol = Drafted("glycinate");
  EXPECT_EQ(ScreenSafety(protocol).outcome, Outcome::kClear);
  EXPECT_TRUE(CheckMayStart(protocol, std::nullopt).ok());
}

TEST(SafetyTest, EveryQuestionIsAskedAndEachAnswerHasItsAction) {
  for (const CatalogFinding& finding : TheCatalog().findings) {
    if (finding.computed) continue;
    for (const auto answer : {SafetyAnswer::Answer::kYes, SafetyAnswer::Answer::kNotSure}) {
      Protocol protocol = Drafted("glycinate");
      Answer(finding.id, answer, protocol);
      const Reason reason = ReasonOf(CheckMayStart(protocol, std::nullopt));
      switch (finding.action) {
        case SafetyAction::kRefuse:
          EXPECT_EQ(reason, Reason::kSafetyRefused) << finding.id;
          break;
        case SafetyAction::kConfirm:
          EXPECT_EQ(reason, Reason::kNeedsClinician) << finding.id;
          break;
        case SafetyAction::kWarn:
          EXPECT_EQ(reason, Reason::kNeedsAcknowledgement) << finding.id;
          protocol.screening.acknowledged = {finding.id};
          EXPECT_TRUE(CheckMayStart(protocol, std::nullopt).ok());
          break;
      }
    }
    Protocol open = Drafted("glycinate");
    std::erase_if(open.screening.answers,
                  [&](const SafetyAnswer& row) { return row.finding == finding.id; });
    EXPECT_EQ(ReasonOf(CheckMayStart(open, std::nullopt)), Reason::kSafetyRefused);
    EXPECT_THAT(ScreenSafety(open).unanswered, ElementsAre(finding.id));
  }
  Protocol nowhere = Drafted("glycinate");
  nowhere.screening.region.clear();
  EXPECT_THAT(ScreenSafety(nowhere).unanswered, ElementsAre("region"));
  EXPECT_EQ(ReasonOf(CheckMayStart(nowhere, std::nullopt)), Reason::kSafetyRefused);
}

TEST(SafetyTest, TheDoseIsComparedWithTheRegionsLimit) {
  Protocol protocol = Drafted("glycinate", 300);
  EXPECT_EQ(ReasonOf(CheckMayStart(protocol, std::nullopt)), Reason::kNeedsAcknowledgement);
  EXPECT_THAT(ScreenSafety(protocol).unacknowledged, ElementsAre("above_limit"));
  protocol.screening.region = "US";
  EXPECT_TRUE(CheckMayStart(protocol, std::nullopt).ok()) << "350 mg there";
  EXPECT_EQ(ScreenSafety(Drafted("glycinate", 250)).outcome, Outcome::kClear);
  EXPECT_EQ(ScreenSafety(Drafted("glycinate", 600)).outcome, Outcome::kWarned);
  EXPECT_THAT(GraveFindings(Drafted("glycinate", 601)), ElementsAre("above_600_mg"));
}

TEST(SafetyTest, NineHundredAndTheVeinNeedAClinicianWhateverIsAnswered) {
  EXPECT_THAT(GraveFindings(Drafted("three_times", std::nullopt, "citrate")),
              ElementsAre("high_dose_plan", "above_600_mg"));
  EXPECT_THAT(GraveFindings(Drafted("three_times", 90, "oxide")), ElementsAre("high_dose_plan"));
  Protocol vein = Drafted("glycinate");
  vein.intervention->catalog_id = "iv_push";
  vein.intervention->form = "sulfate";
  EXPECT_THAT(CheckSafety(vein), IsEmpty());
  EXPECT_THAT(GraveFindings(vein), ElementsAre("intravenous"));
}

TEST(SafetyTest, MagnesiumOfOnesOwnDoesNotSlipThrough) {
  Protocol own = PairedProtocol();
  own.screening = {};
  for (const char* name : {"magnesium", "Magnesiumcitrat", "MAGNESIUM"}) {
    own.intervention->name = name;
    EXPECT_EQ(ReasonOf(CheckMayStart(own, std::nullopt)), Reason::kSafetyRefused) << name;
  }
  own.intervention->name = "a tablet";
  EXPECT_TRUE(CheckMayStart(own, std::nullopt).ok());
  EXPECT_EQ(ScreenSafety(own).outcome, Outcome::kNotScreened);
  own.intervention->on_instruction = "Take 5000 mg of magnesium.";
  EXPECT_EQ(ReasonOf(CheckMayStart(own, std::nullopt)), Reason::kSafetyRefused);
  own.screening = AllAnsweredNo();
  EXPECT_THAT(ScreenSafety(own).unacknowledged, ElementsAre("unknown_dose"));

  // Leaving a field of a catalogue intervention empty is a fault of the protocol.
  Protocol protocol = Drafted("glycinate");
  protocol.intervention->steps.clear();
  EXPECT_THAT(CheckSafety(protocol), testing::SizeIs(1));
  protocol = Drafted("glycinate");
  protocol.intervention->steps[0].elemental_mg = 0;
  EXPECT_EQ(CheckSafety(protocol)[0].field, "intervention.steps[0].elemental_mg");
  protocol = Drafted("glycinate");
  protocol.intervention->form = "oxide";
  EXPECT_EQ(CheckSafety(protocol)[0].field, "intervention.form");
  protocol = Drafted("oxide");
  protocol.intervention->steps[1].compound_mg = 2000;
  EXPECT_EQ(CheckSafety(protocol)[0].field, "intervention.steps[1].elemental_mg") << "1200 mg";
}

// What goes up inside a block would tell the person which blocks are on.
TEST(SafetyTest, StepsCannotBeBlinded) {
  Protocol protocol = Drafted("oxide");
  EXPECT_THAT(CheckSafety(protocol), IsEmpty());
  protocol.design.blinding = Blinding::kByHelper;
  EXPECT_EQ(CheckSafety(protocol)[0].field, "intervention.steps");
}

TEST(SafetyTest, AClinicianConfirmsExactlyWhatWasFound) {
  const Protocol protocol = With("kidney_failure");
  Trial trial = Draft();
  const absl::Time now = absl::FromUnixSeconds(1'767'600'000);
  const Date day(2026, 1, 5);
  EXPECT_EQ(ReasonOf(Start(trial, protocol, "{}", std::string(32, 's'), day, day)),
            Reason::kSafetyRefused);
  EXPECT_FALSE(Confirm(trial, protocol, {}, "Dr. A", now).ok());
  EXPECT_FALSE(Confirm(trial, protocol, {"diuretics"}, "Dr. A", now).ok());
  EXPECT_FALSE(Confirm(trial, protocol, {"kidney_failure"}, "", now).ok());
  ASSERT_TRUE(Confirm(trial, protocol, {"kidney_failure"}, "Dr. A", now).ok());
  EXPECT_TRUE(CheckMayStart(protocol, trial.safety_confirmation).ok());

  // Dose, words and answers void it; what has nothing to do with safety does not.
  Protocol changed = protocol;
  changed.intervention->steps[0].elemental_mg = 240;
  EXPECT_EQ(ReasonOf(CheckMayStart(changed, trial.safety_confirmation)), Reason::kSafetyRefused);
  changed = protocol;
  changed.intervention->on_instruction = "Take ten times as much.";
  EXPECT_FALSE(IsConfirmed(changed, trial.safety_confirmation));
  changed = protocol;
  Answer("diuretics", SafetyAnswer::Answer::kYes, changed);
  EXPECT_FALSE(IsConfirmed(changed, trial.safety_confirmation));
  changed = protocol;
  changed.title = "Another title";
  changed.screening.acknowledged = {"iron"};
  std::reverse(changed.screening.answers.begin(), changed.screening.answers.end());
  EXPECT_TRUE(IsConfirmed(changed, trial.safety_confirmation));

  ASSERT_TRUE(Start(trial, protocol, "{}", std::string(32, 's'), day, day).ok());
  EXPECT_EQ(ReasonOf(Confirm(trial, protocol, {"kidney_failure"}, "Dr. A", now)),
            Reason::kWrongState);
  Trial clear = Draft();
  EXPECT_EQ(ReasonOf(Confirm(clear, Drafted("glycinate"), {}, "Dr. A", now)), Reason::kWrongState);
}

TEST(SafetyTest, AnswersAreCheckedAsPartOfTheProtocol) {
  Protocol protocol = Drafted("glycinate");
  EXPECT_THAT(CheckSafety(protocol), IsEmpty());
  protocol.screening.region = "Mars";
  protocol.screening.answers.push_back({"above_limit", SafetyAnswer::Answer::kNo});
  protocol.screening.answers.push_back({"iron", SafetyAnswer::Answer::kNo});
  protocol.screening.acknowledged = {"kidney_failure"};
  protocol.symptom = "gout";
  std::vector<std::string> fields;
  for (const Violation& violation : CheckSafety(protocol)) fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("symptom", "screening.region", "screening.answers[22].finding",
                                  "screening.answers[23].finding", "screening.acknowledged[0]"));
}

}  // namespace
}  // namespace solotrial::trial

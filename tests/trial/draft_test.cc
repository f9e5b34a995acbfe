#include "engine/trial/draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/fault.h"
#include "engine/trial/safety.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

using testing::HasSubstr;

DraftRequest For(const std::string& symptom, const std::string& intervention,
                 const std::string& form = "") {
  DraftRequest request;
  request.symptom = symptom;
  request.intervention = intervention;
  request.form = form;
  request.time_zone = "Europe/Berlin";
  request.screening = AllAnsweredNo();
  return request;
}

std::string FieldOf(const absl::Status& status) {
  const Fault fault = FaultOf(status);
  return fault.violations.empty() ? "" : fault.violations.front().field;
}

TEST(DraftTest, EverySymptomWithEveryInterventionMakesAValidProtocol) {
  int drafted = 0;
  for (const CatalogSymptom& symptom : TheCatalog().symptoms) {
    for (const CatalogIntervention& intervention : TheCatalog().interventions) {
      if (intervention.route == CatalogIntervention::Route::kIntravenous) continue;
      for (const std::string& form : intervention.forms) {
        for (const Locale locale : {Locale::kEnglish, Locale::kGerman}) {
          DraftRequest request = For(symptom.id, intervention.id, form);
          request.locale = locale;
          request.measures = symptom.measures;
          if (!intervention.count.has_value() && !intervention.dose_mg.has_value()) {
            request.dose_mg = 200;
          }
          const absl::StatusOr<Draft> draft = DraftProtocol(request);
          ASSERT_TRUE(draft.ok()) << symptom.id << " " << intervention.id << " " << draft.status();
          EXPECT_THAT(CheckProtocol(draft->protocol, Purpose::kTrial), testing::IsEmpty());
          EXPECT_EQ(PrimaryMeasure(draft->protocol).id, symptom.primary);
          EXPECT_EQ(draft->protocol.catalog_version, TheCatalog().version);
          EXPECT_EQ(draft->protocol.intervention->on_instruction.find('{'), std::string::npos);
          EXPECT_EQ(draft->protocol.intervention->off_instruction.find('{'), std::string::npos);
          EXPECT_GE(draft->reasons.size(), 5u);
          ++drafted;
        }
      }
    }
  }
  EXPECT_EQ(drafted, 13 * 2 * (1 + 1 + 1 + 5 + 1 + 7 + 7));
}

TEST(DraftTest, OxideIsTitratedInsideEveryOnBlock) {
  const Draft draft = *DraftProtocol(For("restless_legs", "oxide"));
  const Intervention& taken = *draft.protocol.intervention;
  ASSERT_EQ(taken.steps.size(), 2u);
  EXPECT_EQ(taken.steps[0].elemental_mg, 400);
  EXPECT_EQ(taken.steps[1].from_day, 8);
  EXPECT_EQ(taken.steps[1].elemental_mg, 600);
  EXPECT_THAT(StepOn(taken, 7)->instruction, HasSubstr("400 mg"));
  EXPECT_THAT(StepOn(taken, 8)->instruction, HasSubstr("600 mg"));
  EXPECT_EQ(ElementalMgPerDay(taken), 600);
}

TEST(DraftTest, TheSaltsWeightIsConvertedByItsShare) {
  DraftRequest request = For("sleep", "oxide");
  request.dose_of_compound = true;
  const Draft draft = *DraftProtocol(request);
  EXPECT_DOUBLE_EQ(*ElementalMgPerDay(*draft.protocol.intervention), 360);
  EXPECT_EQ(draft.protocol.intervention->steps[1].compound_mg, 600);
  request = For("sleep", "label_dose", "lactate");
  request.dose_mg = 1000;
  request.dose_of_compound = true;
  EXPECT_EQ(FieldOf(DraftProtocol(request).status()), "dose_of_compound");
}

TEST(DraftTest, ThreeTimesADayHasThreeSlots) {
  const Draft draft = *DraftProtocol(For("migraine", "three_times", "citrate"));
  EXPECT_EQ(draft.protocol.intervention->dose_slots.size(), 3u);
  EXPECT_EQ(draft.protocol.intervention->steps[0].elemental_mg, 300);
  EXPECT_EQ(ElementalMgPerDay(*draft.protocol.intervention), 900);
}

TEST(DraftTest, SpraysAndBathsAreCountedAndNeverConverted) {
  DraftRequest request = For("cramps", "oil_spray");
  request.count = 6;
  const Draft spray = *DraftProtocol(request);
  EXPECT_EQ(ElementalMgPerDay(*spray.protocol.intervention), std::nullopt);
  EXPECT_THAT(spray.protocol.intervention->on_instruction, HasSubstr("6 times"));
  request.dose_mg = 100;
  EXPECT_EQ(FieldOf(DraftProtocol(request).status()), "dose_mg");
  const Draft bath = *DraftProtocol(For("restless_legs", "flakes_bath"));
  EXPECT_THAT(bath.protocol.intervention->off_instruction, HasSubstr("without flakes"));
}

TEST(DraftTest, BlocksOfACycleHaveEveryPhase) {
  EXPECT_EQ(DraftProtocol(For("pms", "glycinate"))->protocol.design.block_unit, BlockUnit::kCycles);
  DraftRequest request = For("sleep", "glycinate");
  EXPECT_EQ(DraftProtocol(request)->protocol.design.block_days, 14);
  request.menstruates = true;
  const Draft draft = *DraftProtocol(request);
  EXPECT_EQ(draft.protocol.design.block_unit, BlockUnit::kCycles);
  EXPECT_EQ(draft.protocol.design.block_days, 28);
}

TEST(DraftTest, WhatThePersonUsuallyHasSaysWhatMatters) {
  DraftRequest request = For("migraine", "glycinate");
  request.usual_score = 9;
  const Draft migraine = *DraftProtocol(request);
  EXPECT_EQ(PrimaryMeasure(migraine.protocol).minimal_important_difference, 2.7);
  request.minimal_important_difference = 4;
  EXPECT_EQ(PrimaryMeasure(DraftProtocol(request)->protocol).minimal_important_difference, 4);
  request.minimal_important_difference = 5;
  EXPECT_EQ(FieldOf(DraftProtocol(request).status()), "protocol.minimal_important_difference")
      << "more than half of nine";
  request.usual_score = 28;
  EXPECT_EQ(FieldOf(DraftProtocol(request).status()), "usual_score");

  DraftRequest cramps = For("cramps", "glycinate");
  cramps.usual_score = 3.5;
  EXPECT_EQ(PrimaryMeasure(DraftProtocol(cramps)->protocol).typical_daily_count, 0.5);
  cramps.usual_score = 1;
  EXPECT_EQ(FieldOf(DraftProtocol(cramps).status()), "protocol.minimal_important_difference")
      << "one a week of one a week";
}

TEST(DraftTest, TheVeinIsForClinicsVisitByVisit) {
  const Draft draft = *DraftProtocol(For("migraine", "iv_push", "sulfate"));
  const Design& design = draft.protocol.design;
  EXPECT_EQ(design.block_unit, BlockUnit::kVisits);
  EXPECT_EQ(design.block_days, 1);
  EXPECT_EQ(design.run_in_days, 0);
  EXPECT_EQ(draft.protocol.kinetics.onset_half_life_days, 0);
  EXPECT_EQ(PrimaryMeasure(draft.protocol).id, "headache") << "a day yes or no is none of a visit";
  EXPECT_THAT(draft.protocol.intervention->on_instruction, HasSubstr("In the clinic only"));
  EXPECT_THAT(draft.protocol.intervention->off_instruction, HasSubstr("drip"));
  EXPECT_EQ(ScreenSafety(draft.protocol).outcome, SafetyScreen::Outcome::kNeedsClinician);
}

TEST(DraftTest, TakesWhatWasAskedForAndNamesWhatIsMissing) {
  DraftRequest request = For("migraine", "glycinate");
  request.minimal_important_difference = 3;
  request.measures = {"migraine_attacks"};
  request.covariates = {"weekend", "caffeine"};
  const Draft draft = *DraftProtocol(request);
  EXPECT_EQ(PrimaryMeasure(draft.protocol).minimal_important_difference, 3);
  EXPECT_EQ(draft.protocol.measures.back().literature_prior->mean, -0.2);
  EXPECT_FALSE(draft.protocol.covariates[0].beside_only);
  EXPECT_TRUE(draft.protocol.covariates[1].beside_only) << "treatment may change it";

  EXPECT_EQ(FieldOf(DraftProtocol(For("gout", "glycinate")).status()), "symptom");
  EXPECT_EQ(FieldOf(DraftProtocol(For("sleep", "zinc")).status()), "intervention");
  EXPECT_EQ(FieldOf(DraftProtocol(For("sleep", "")).status()), "intervention");
  EXPECT_EQ(FieldOf(DraftProtocol(For("sleep", "label_dose")).status()), "form");
  EXPECT_EQ(FieldOf(DraftProtocol(For("sleep", "label_dose", "oxide")).status()), "form");
  EXPECT_EQ(FieldOf(DraftProtocol(For("sleep", "label_dose", "citrate")).status()), "dose_mg");
  request = For("sleep", "glycinate");
  request.dose_mg = -1;
  EXPECT_EQ(FieldOf(DraftProtocol(request).status()), "dose_mg");
  request = For("sleep", "glycinate");
  request.time_zone = "Mars/Olympus";
  EXPECT_EQ(FieldOf(DraftProtocol(request).status()), "time_zone");
}

TEST(DraftTest, SomethingElseIsDraftedAndMagnesiumUnderAnotherNameIsNot) {
  DraftRequest request = For("sleep", "");
  request.own_intervention = "melatonin";
  const Draft draft = *DraftProtocol(request);
  EXPECT_EQ(draft.protocol.intervention->catalog_id, "");
  EXPECT_EQ(ScreenSafety(draft.protocol).outcome, SafetyScreen::Outcome::kNotScreened);
  request.own_intervention = "My MAGNESIUM";
  EXPECT_EQ(FieldOf(DraftProtocol(request).status()), "own_intervention");
}

}  // namespace
}  // namespace solotrial::trial

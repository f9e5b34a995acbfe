// The reviewed file: every row of what people try, ask and fear is there, and all of it fits
// together.
#include "engine/trial/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace solotrial::trial {
namespace {

using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

template <typename T>
std::vector<std::string> IdsOf(const std::vector<T>& list) {
  std::vector<std::string> ids;
  for (const T& item : list) ids.push_back(item.id);
  return ids;
}

void ExpectBothLanguages(const LocalText& text, const std::string& what) {
  EXPECT_THAT(text.en, Not(IsEmpty())) << what;
  EXPECT_THAT(text.de, Not(IsEmpty())) << what;
}

// Every figure names a source that the file has, or says that it was not checked.
void ExpectSourced(const Provenance& provenance, const std::string& what) {
  EXPECT_TRUE(provenance.unverified || !provenance.sources.empty()) << what;
  for (const std::string& id : provenance.sources) {
    EXPECT_NE(FindById(TheCatalog().sources, id), nullptr) << what << ": " << id;
  }
}

TEST(CatalogTest, HasEveryRowOfTheTables) {
  const Catalog& catalog = TheCatalog();
  EXPECT_THAT(IdsOf(catalog.interventions),
              UnorderedElementsAre("oil_spray", "flakes_bath", "oxide", "label_dose", "glycinate",
                                   "three_times", "start_low", "iv_push"));
  EXPECT_THAT(IdsOf(catalog.symptoms),
              UnorderedElementsAre("migraine", "restless_legs", "cramps", "sleep", "pms", "tension",
                                   "palpitations", "anxiety", "fatigue", "numbness", "brain_fog",
                                   "mood", "pain"));
  EXPECT_THAT(IdsOf(catalog.forms),
              UnorderedElementsAre("oxide", "citrate", "glycinate", "taurate", "gluconate",
                                   "lactate", "chloride", "sulfate"));
  EXPECT_THAT(IdsOf(catalog.covariates),
              UnorderedElementsAre("weekend", "menstrual_phase", "caffeine", "exercise", "massage",
                                   "warm_bath", "alcohol", "stress", "sleep_routine", "gluten"));
  EXPECT_THAT(IdsOf(catalog.laboratory_values),
              UnorderedElementsAre("red_cell_magnesium", "serum_magnesium"));
  EXPECT_THAT(FindById(catalog.symptoms, "migraine")->measures,
              UnorderedElementsAre("migraine_day", "headache", "headache_day", "rule_migraine_day",
                                   "migraine_hours", "acute_medication", "migraine_attacks"));
  EXPECT_THAT(FindById(catalog.symptoms, "restless_legs")->measures,
              UnorderedElementsAre("restless_legs", "restless_legs_night", "night_disturbed",
                                   "leg_jerks", "irls_total"));
}

TEST(CatalogTest, HasEveryFindingWithItsAction) {
  std::set<std::string> refused;
  std::set<std::string> confirmed;
  std::set<std::string> warned;
  for (const CatalogFinding& finding : TheCatalog().findings) {
    (finding.action == SafetyAction::kRefuse    ? refused
     : finding.action == SafetyAction::kConfirm ? confirmed
                                                : warned)
        .insert(finding.id);
  }
  EXPECT_THAT(refused, UnorderedElementsAre("kidney_failure", "heart_block", "myasthenia_gravis",
                                            "bowel_obstruction"));
  EXPECT_THAT(confirmed, UnorderedElementsAre(
                             "pregnancy", "under_18", "egfr_30_60", "diabetes", "heart_disease",
                             "high_blood_pressure", "bowel_disease", "laxatives_or_alcohol",
                             "diuretics", "succimer", "acetazolamide", "other_magnesium_medicines",
                             "digoxin", "above_600_mg", "high_dose_plan", "intravenous"));
  EXPECT_THAT(warned, UnorderedElementsAre("antibiotics", "bisphosphonates", "levothyroxine",
                                           "gabapentin", "iron", "above_limit", "unknown_dose"));
}

TEST(CatalogTest, HasTheFiguresOfTheTables) {
  const Catalog& catalog = TheCatalog();
  EXPECT_EQ(FindById(catalog.forms, "oxide")->elemental_share, 0.60);
  EXPECT_EQ(FindById(catalog.forms, "citrate")->elemental_share, 0.16);
  EXPECT_EQ(FindById(catalog.forms, "glycinate")->elemental_share, 0.14);
  EXPECT_EQ(FindById(catalog.forms, "taurate")->elemental_share, 0.09);
  EXPECT_EQ(catalog.limits[0].region, "EU");
  EXPECT_EQ(catalog.limits[0].elemental_mg, 250);
  EXPECT_EQ(catalog.limits[1].region, "US");
  EXPECT_EQ(catalog.limits[1].elemental_mg, 350);
  EXPECT_EQ(catalog.clinician_above_mg, 600);
  const CatalogDesign& migraine = FindById(catalog.symptoms, "migraine")->design;
  EXPECT_EQ(migraine.block_days, 28);
  EXPECT_EQ(migraine.pairs, 3);
  EXPECT_EQ(migraine.run_in_days, 28);
  EXPECT_EQ(migraine.onset_half_life_days, 7);
  const CatalogDesign& pms = FindById(catalog.symptoms, "pms")->design;
  EXPECT_EQ(pms.block_unit, BlockUnit::kCycles);
  EXPECT_EQ(pms.most_pairs, 6);
  const CatalogPrior& rate = *FindById(catalog.priors, "migraine_rate");
  EXPECT_EQ(rate.prior.mean, -0.2);
  EXPECT_EQ(rate.prior.sd, 0.4);
}

TEST(CatalogTest, EveryFigureNamesItsSource) {
  const Catalog& catalog = TheCatalog();
  for (const auto& row : catalog.interventions) ExpectSourced(row.provenance, row.id);
  for (const auto& row : catalog.symptoms) ExpectSourced(row.design.provenance, row.id);
  for (const auto& row : catalog.measures) ExpectSourced(row.provenance, row.measure.id);
  for (const auto& row : catalog.priors) ExpectSourced(row.provenance, row.id);
  for (const auto& row : catalog.findings) ExpectSourced(row.provenance, row.id);
  for (const auto& row : catalog.limits) ExpectSourced(row.provenance, row.region);
  for (const auto& row : catalog.allowances) ExpectSourced(row.provenance, row.group.en);
  for (const auto& row : catalog.forms) {
    if (row.elemental_share.has_value()) ExpectSourced(row.provenance, row.id);
  }
}

TEST(CatalogTest, EveryIdIsUniqueAndEveryReferenceResolves) {
  const Catalog& catalog = TheCatalog();
  for (const auto& ids :
       {IdsOf(catalog.sources), IdsOf(catalog.forms), IdsOf(catalog.interventions),
        IdsOf(catalog.symptoms), IdsOf(catalog.priors), IdsOf(catalog.covariates),
        IdsOf(catalog.laboratory_values), IdsOf(catalog.findings)}) {
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  }
  std::set<std::string> ids;  // measures and covariates share the protocol's names
  for (const auto& row : catalog.measures) EXPECT_TRUE(ids.insert(row.measure.id).second);
  for (const auto& row : catalog.covariates) EXPECT_TRUE(ids.insert(row.id).second);
  std::set<std::string> used;
  for (const CatalogSymptom& symptom : catalog.symptoms) {
    for (const std::string& id : symptom.measures) {
      EXPECT_NE(FindCatalogMeasure(id), nullptr) << id;
      used.insert(id);
    }
    ASSERT_THAT(symptom.default_measures, Not(IsEmpty()));
    EXPECT_EQ(symptom.default_measures.front(), symptom.primary);
    for (const std::string& id : symptom.default_measures) {
      EXPECT_THAT(symptom.measures, testing::Contains(id));
    }
  }
  EXPECT_EQ(used.size(), catalog.measures.size()) << "a measure belongs to no symptom";
  for (const CatalogIntervention& intervention : catalog.interventions) {
    for (const std::string& form : intervention.forms) {
      EXPECT_NE(FindById(catalog.forms, form), nullptr) << form;
    }
    EXPECT_NE(intervention.count.has_value(), !intervention.steps.empty()) << intervention.id;
  }
}

// A prior is on the scale of its own families: never points for ORDINAL or rates for BERNOULLI.
TEST(CatalogTest, APriorIsOnlyUsedOnItsOwnScale) {
  for (const CatalogMeasure& row : TheCatalog().measures) {
    if (row.prior.empty()) continue;
    EXPECT_THAT(FindById(TheCatalog().priors, row.prior)->families,
                testing::Contains(row.measure.family))
        << row.measure.id;
  }
  for (const CatalogPrior& prior : TheCatalog().priors) {
    EXPECT_THAT(prior.families, Not(testing::Contains(inference::Family::kOrdinal)));
    EXPECT_THAT(prior.families, Not(testing::Contains(inference::Family::kBernoulli)));
  }
}

TEST(CatalogTest, SpeaksBothLanguages) {
  const Catalog& catalog = TheCatalog();
  for (const auto& row : catalog.interventions) {
    for (const LocalText* text : {&row.title, &row.said, &row.on, &row.off}) {
      ExpectBothLanguages(*text, row.id);
    }
  }
  for (const auto& row : catalog.forms) ExpectBothLanguages(row.title, row.id);
  for (const auto& row : catalog.symptoms) ExpectBothLanguages(row.title, row.id);
  for (const auto& row : catalog.measures) ExpectBothLanguages(row.question, row.measure.id);
  for (const auto& row : catalog.covariates) ExpectBothLanguages(row.question, row.id);
  for (const auto& row : catalog.findings) {
    ExpectBothLanguages(row.reason, row.id);
    if (!row.computed) ExpectBothLanguages(row.question, row.id);
  }
  for (const SafetyAction action :
       {SafetyAction::kWarn, SafetyAction::kConfirm, SafetyAction::kRefuse}) {
    ExpectBothLanguages(AdviceFor(action), "advice");
    EXPECT_THAT(AdviceFor(action).en, testing::HasSubstr("Talk to your doctor"));
  }
}

}  // namespace
}  // namespace solotrial::trial

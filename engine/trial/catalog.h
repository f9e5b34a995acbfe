// The catalogue: what people try, for what, how it is recorded, and what is dangerous. Data, read
// once from engine/trial/catalog.json, which is embedded at build; every figure there names its
// sources or is marked unverified.
#ifndef SOLOTRIAL_ENGINE_TRIAL_CATALOG_H_
#define SOLOTRIAL_ENGINE_TRIAL_CATALOG_H_

#include <optional>
#include <string>
#include <vector>

#include "engine/trial/protocol.h"

namespace solotrial::trial {

enum class Locale { kEnglish, kGerman };

// Words in every language of the catalogue.
struct LocalText {
  std::string en;
  std::string de;

  const std::string& In(Locale locale) const { return locale == Locale::kGerman ? de : en; }
};

// Where a figure comes from.
struct Provenance {
  std::vector<std::string> sources;  // ids of Catalog::sources
  bool unverified = false;           // common knowledge, not checked against a source
};

struct CatalogSource {
  std::string id;
  std::string text;
};

// A salt of magnesium.
struct CatalogForm {
  std::string id;
  LocalText title;
  // Share of elemental magnesium by weight, 0..1; absent: only the elemental amount on the label
  // tells.
  std::optional<double> elemental_share;
  Provenance provenance;
};

// Days from which on a dose is taken in an on block.
struct CatalogStep {
  int from_day = 1;          // of the block
  std::optional<double> mg;  // a day, at most the whole dose; absent: `share` of the dose
  double share = 1;
};

struct CatalogDesign {
  BlockUnit block_unit = BlockUnit::kDays;
  int block_days = 0;
  int longest_block_days = 0;  // 0: block_days
  int pairs = 0;
  int most_pairs = 0;  // 0: pairs
  int run_in_days = 0;
  double onset_half_life_days = 0;
  double offset_half_life_days = 0;
  Provenance provenance;
};

struct CatalogIntervention {
  enum class Route { kOral, kSkin, kIntravenous };
  std::string id;
  LocalText title;
  LocalText said;  // what is said about it; no recommendation
  Route route = Route::kOral;
  std::vector<std::string> forms;
  int doses = 1;                  // a day
  std::optional<double> dose_mg;  // a day; absent: what the label says
  bool dose_of_compound = false;  // dose_mg is the salt's weight, else elemental magnesium
  std::optional<double> lowest_mg;
  std::optional<double> highest_mg;
  std::optional<int> count;  // of kSkin, a dose; counted, never converted
  LocalText count_unit;
  std::vector<CatalogStep> steps;  // empty for what is counted
  bool needs_clinician = false;
  std::optional<CatalogDesign> design;  // in place of the symptom's
  LocalText on;                         // {amount} and {count} stand for the dose
  LocalText off;
  Provenance provenance;
};

struct CatalogPrior {
  std::string id;
  std::vector<inference::Family> families;  // whose scale of eta it is on
  inference::EffectPrior prior;
  Provenance provenance;
};

struct CatalogMeasure {
  // As in a protocol, but for `question`; `literature_prior` is filled in.
  Measure measure;
  LocalText question;
  std::string prior;                       // id, or empty
  std::optional<double> mid_run_in_share;  // of the run-in's mean, where one was recorded
  Provenance provenance;
};

struct CatalogSymptom {
  std::string id;
  LocalText title;
  std::string primary;                        // id of a measure
  std::vector<std::string> measures;          // ids of all that are recorded for it
  std::vector<std::string> default_measures;  // those of a draft, the primary one first
  CatalogDesign design;
};

struct CatalogCovariate {
  std::string id;
  bool binary = false;
  bool calendar = false;  // treatment cannot change it: may enter the primary analysis
  LocalText question;
};

struct CatalogLaboratoryValue {
  std::string id;
  std::string unit;
  LocalText title;
};

// In the order of severity.
enum class SafetyAction { kWarn, kConfirm, kRefuse };

struct CatalogFinding {
  std::string id;
  SafetyAction action = SafetyAction::kWarn;
  bool computed = false;  // follows from the protocol; else it has a question
  LocalText question;
  LocalText reason;  // {mg} and {limit} stand for elemental mg a day
  Provenance provenance;
};

struct CatalogLimit {
  std::string region;  // EU or US
  double elemental_mg = 0;
  Provenance provenance;
};

struct CatalogAllowance {
  LocalText group;
  double mg = 0;
  Provenance provenance;
};

struct Catalog {
  std::string version;
  std::vector<CatalogSource> sources;
  std::vector<CatalogForm> forms;
  std::vector<CatalogIntervention> interventions;
  std::vector<CatalogSymptom> symptoms;
  std::vector<CatalogMeasure> measures;
  std::vector<CatalogPrior> priors;
  std::vector<CatalogCovariate> covariates;
  std::vector<CatalogLaboratoryValue> laboratory_values;
  std::vector<CatalogFinding> findings;
  LocalText refuse_advice;
  LocalText confirm_advice;
  LocalText warn_advice;
  std::vector<CatalogLimit> limits;
  double clinician_above_mg = 0;  // elemental, a day
  std::vector<CatalogAllowance> allowances;
};

// The one catalogue of this build. Immutable; thread-safe.
const Catalog& TheCatalog();

// The element of `list` with that id; nullptr when there is none. The pointer is into `list`.
template <typename T>
const T* FindById(const std::vector<T>& list, const std::string& id) {
  for (const T& item : list) {
    if (item.id == id) return &item;
  }
  return nullptr;
}

const CatalogMeasure* FindCatalogMeasure(const std::string& id);

// What to do about a finding of that action.
const LocalText& AdviceFor(SafetyAction action);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_CATALOG_H_

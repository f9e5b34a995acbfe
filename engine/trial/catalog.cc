#include "engine/trial/catalog.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/trial/catalog_json.h"

namespace solotrial::trial {
namespace {

using nlohmann::json;

// Thrown where the file is wrong; a build with such a file fails its tests.
[[noreturn]] void Fail(const std::string& what) {
  throw std::runtime_error("catalog.json: " + what);
}

LocalText ReadText(const json& from) { return {from.at("en"), from.at("de")}; }

LocalText OptionalTextOf(const json& from, const char* key) {
  return from.contains(key) ? ReadText(from.at(key)) : LocalText();
}

template <typename T>
std::optional<T> OptionalOf(const json& from, const char* key) {
  if (!from.contains(key)) return std::nullopt;
  return from.at(key).get<T>();
}

Provenance ReadProvenance(const json& from) {
  return {from.value("source", std::vector<std::string>{}), from.value("unverified", false)};
}

inference::Family ReadFamily(const std::string& name) {
  if (name == "GAUSSIAN") return inference::Family::kGaussian;
  if (name == "STUDENT_T") return inference::Family::kStudentT;
  if (name == "BERNOULLI") return inference::Family::kBernoulli;
  if (name == "POISSON") return inference::Family::kPoisson;
  if (name == "NEGATIVE_BINOMIAL") return inference::Family::kNegativeBinomial;
  if (name == "ORDINAL") return inference::Family::kOrdinal;
  Fail("unknown family " + name);
}

CatalogDesign ReadDesign(const json& from) {
  CatalogDesign to;
  const std::string unit = from.at("block_unit");
  if (unit == "DAYS") {
    to.block_unit = BlockUnit::kDays;
  } else if (unit == "VISITS") {
    to.block_unit = BlockUnit::kVisits;
  } else if (unit == "CYCLES") {
    to.block_unit = BlockUnit::kCycles;
  } else {
    Fail("unknown block_unit " + unit);
  }
  to.block_days = from.at("block_days");
  to.longest_block_days = from.value("longest_block_days", to.block_days);
  to.pairs = from.at("pairs");
  to.most_pairs = from.value("most_pairs", to.pairs);
  to.run_in_days = from.at("run_in_days");
  to.onset_half_life_days = from.at("onset_half_life_days");
  to.offset_half_life_days = from.at("offset_half_life_days");
  to.provenance = ReadProvenance(from);
  return to;
}

CatalogForm ReadForm(const json& from) {
  return {.id = from.at("id"),
          .title = ReadText(from.at("title")),
          .elemental_share = OptionalOf<double>(from, "elemental_share"),
          .provenance = ReadProvenance(from)};
}

CatalogIntervention ReadIntervention(const json& from) {
  CatalogIntervention to;
  to.id = from.at("id");
  to.title = ReadText(from.at("title"));
  to.said = ReadText(from.at("said"));
  const std::string route = from.at("route");
  to.route = route == "ORAL"          ? CatalogIntervention::Route::kOral
             : route == "SKIN"        ? CatalogIntervention::Route::kSkin
             : route == "INTRAVENOUS" ? CatalogIntervention::Route::kIntravenous
                                      : (Fail("unknown route " + route), to.route);
  to.forms = from.at("forms").get<std::vector<std::string>>();
  to.doses = from.at("doses");
  to.dose_mg = OptionalOf<double>(from, "dose_mg");
  to.dose_of_compound = from.value("dose_of_compound", false);
  to.lowest_mg = OptionalOf<double>(from, "lowest_mg");
  to.highest_mg = OptionalOf<double>(from, "highest_mg");
  to.provenance = ReadProvenance(from);
  if (from.contains("counted")) {
    const json& counted = from.at("counted");
    to.count = counted.at("count").get<int>();
    to.count_unit = ReadText(counted.at("unit"));
    to.provenance.unverified = to.provenance.unverified || counted.value("unverified", false);
  }
  for (const json& step : from.value("steps", json::array())) {
    to.steps.push_back({.from_day = step.at("from_day"),
                        .mg = OptionalOf<double>(step, "mg"),
                        .share = step.value("share", 1.0)});
  }
  to.needs_clinician = from.value("needs_clinician", false);
  if (from.contains("design")) to.design = ReadDesign(from.at("design"));
  to.on = ReadText(from.at("on"));
  to.off = ReadText(from.at("off"));
  return to;
}

CatalogPrior ReadPrior(const json& from) {
  CatalogPrior to;
  to.id = from.at("id");
  for (const std::string name : from.at("families")) to.families.push_back(ReadFamily(name));
  to.prior = {.mean = from.at("mean"), .sd = from.at("sd")};
  to.provenance = ReadProvenance(from);
  return to;
}

CatalogMeasure ReadMeasure(const json& from, const std::vector<CatalogPrior>& priors) {
  CatalogMeasure to;
  Measure& measure = to.measure;
  measure.id = from.at("id");
  measure.family = ReadFamily(from.at("family"));
  measure.minimum = from.value("minimum", 0.0);
  measure.maximum = from.value("maximum", 1.0);
  measure.lower_is_better = from.at("lower_is_better");
  measure.minimal_important_difference = from.at("mid").get<double>();
  measure.typical_daily_count = OptionalOf<double>(from, "typical_daily_count");
  measure.refers_to = from.value("refers_to", "SAME_DAY") == "PREVIOUS_NIGHT"
                          ? RefersTo::kPreviousNight
                          : RefersTo::kSameDay;
  to.question = ReadText(from.at("question"));
  to.mid_run_in_share = OptionalOf<double>(from, "mid_run_in_share");
  to.prior = from.value("prior", "");
  to.provenance = ReadProvenance(from);
  if (to.prior.empty()) return to;
  const CatalogPrior* const prior = FindById(priors, to.prior);
  if (prior == nullptr) Fail("unknown prior " + to.prior);
  measure.literature_prior = prior->prior;
  return to;
}

CatalogSymptom ReadSymptom(const json& from) {
  return {.id = from.at("id"),
          .title = ReadText(from.at("title")),
          .primary = from.at("primary"),
          .measures = from.at("measures").get<std::vector<std::string>>(),
          .default_measures = from.at("default_measures").get<std::vector<std::string>>(),
          .design = ReadDesign(from.at("design"))};
}

CatalogFinding ReadFinding(const json& from) {
  CatalogFinding to;
  to.id = from.at("id");
  const std::string action = from.at("action");
  to.action = action == "WARN"      ? SafetyAction::kWarn
              : action == "CONFIRM" ? SafetyAction::kConfirm
              : action == "REFUSE"  ? SafetyAction::kRefuse
                                    : (Fail("unknown action " + action), to.action);
  to.computed = from.value("computed", false);
  to.question = OptionalTextOf(from, "question");
  to.reason = ReadText(from.at("reason"));
  to.provenance = ReadProvenance(from);
  return to;
}

Catalog Read(const json& from) {
  Catalog to;
  to.version = from.at("version");
  for (const json& row : from.at("sources")) to.sources.push_back({row.at("id"), row.at("text")});
  for (const json& row : from.at("forms")) to.forms.push_back(ReadForm(row));
  for (const json& row : from.at("interventions")) {
    to.interventions.push_back(ReadIntervention(row));
  }
  for (const json& row : from.at("priors")) to.priors.push_back(ReadPrior(row));
  for (const json& row : from.at("measures")) {
    to.measures.push_back(ReadMeasure(row, to.priors));
  }
  for (const json& row : from.at("symptoms")) to.symptoms.push_back(ReadSymptom(row));
  for (const json& row : from.at("covariates")) {
    to.covariates.push_back({.id = row.at("id"),
                             .binary = row.at("kind") == "BINARY",
                             .calendar = row.value("calendar", false),
                             .question = ReadText(row.at("question"))});
  }
  for (const json& row : from.at("laboratory_values")) {
    to.laboratory_values.push_back({row.at("id"), row.at("unit"), ReadText(row.at("title"))});
  }
  for (const json& row : from.at("findings")) to.findings.push_back(ReadFinding(row));
  to.refuse_advice = ReadText(from.at("advice").at("REFUSE"));
  to.confirm_advice = ReadText(from.at("advice").at("CONFIRM"));
  to.warn_advice = ReadText(from.at("advice").at("WARN"));
  for (const json& row : from.at("limits")) {
    to.limits.push_back({row.at("region"), row.at("elemental_mg"), ReadProvenance(row)});
  }
  to.clinician_above_mg = from.at("clinician_above_mg").at("elemental_mg");
  for (const json& row : from.at("allowances")) {
    to.allowances.push_back({ReadText(row.at("group")), row.at("mg"), ReadProvenance(row)});
  }
  return to;
}

}  // namespace

const Catalog& TheCatalog() {
  static const auto* const catalog = new Catalog(Read(json::parse(kCatalogJson)));
  return *catalog;
}

const CatalogMeasure* FindCatalogMeasure(const std::string& id) {
  for (const CatalogMeasure& measure : TheCatalog().measures) {
    if (measure.measure.id == id) return &measure;
  }
  return nullptr;
}

const LocalText& AdviceFor(SafetyAction action) {
  const Catalog& catalog = TheCatalog();
  switch (action) {
    case SafetyAction::kRefuse:
      return catalog.refuse_advice;
    case SafetyAction::kConfirm:
      return catalog.confirm_advice;
    case SafetyAction::kWarn:
      break;
  }
  return catalog.warn_advice;
}

}  // namespace solotrial::trial

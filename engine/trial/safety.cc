#include "engine/trial/safety.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "absl/strings/str_format.h"
#include "engine/base/digest.h"

namespace solotrial::trial {
namespace {

constexpr double kMostMg = 100'000;   // of a dose: catches slips of the keyboard
constexpr double kMostCount = 1'000;  // sprays
constexpr size_t kMostTitrationSteps = 20;
constexpr size_t kMostAnswers = 100;
constexpr double kElementalSlack = 0.01;  // of rounding, and of what labels round

bool SpeaksOfMagnesium(const std::string& text) {
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower.find("magnesi") != std::string::npos;
}

bool IsScreened(const Protocol& protocol) {
  if (!protocol.intervention.has_value()) return false;
  const Intervention& taken = *protocol.intervention;
  return !taken.catalog_id.empty() || !taken.form.empty() || SpeaksOfMagnesium(taken.name) ||
         SpeaksOfMagnesium(taken.on_instruction) || SpeaksOfMagnesium(taken.off_instruction) ||
         std::any_of(taken.steps.begin(), taken.steps.end(), [](const DoseStep& step) {
           return step.elemental_mg > 0 || SpeaksOfMagnesium(step.instruction);
         });
}

const SafetyAnswer* AnswerTo(const Screening& screening, const std::string& finding) {
  for (const SafetyAnswer& answer : screening.answers) {
    if (answer.finding == finding) return &answer;
  }
  return nullptr;
}

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

void AddComputed(const std::string& id, double mg, double limit_mg, SafetyScreen& screen) {
  screen.findings.push_back(
      {.finding = FindById(TheCatalog().findings, id), .mg = mg, .limit_mg = limit_mg});
}

// What follows from the dose, the form and the way it is taken.
void AddComputedFindings(const Protocol& protocol, SafetyScreen& screen) {
  const Intervention& taken = *protocol.intervention;
  const CatalogIntervention* const known = FindById(TheCatalog().interventions, taken.catalog_id);
  const bool counted = known != nullptr && known->route == CatalogIntervention::Route::kSkin;
  const double mg = screen.elemental_mg_per_day.value_or(0);
  if (known != nullptr && known->route == CatalogIntervention::Route::kIntravenous) {
    AddComputed("intravenous", mg, 0, screen);
  } else if (known != nullptr && known->needs_clinician) {
    AddComputed("high_dose_plan", mg, 0, screen);
  }
  if (!screen.elemental_mg_per_day.has_value()) {
    if (!counted) AddComputed("unknown_dose", 0, 0, screen);
    return;
  }
  const double most = TheCatalog().clinician_above_mg;
  if (mg > most) AddComputed("above_600_mg", mg, most, screen);
  if (screen.limit_mg.has_value() && mg > *screen.limit_mg) {
    AddComputed("above_limit", mg, *screen.limit_mg, screen);
  }
}

SafetyScreen::Outcome OutcomeOf(const SafetyScreen& screen) {
  if (!screen.unanswered.empty()) return SafetyScreen::Outcome::kUnanswered;
  if (screen.findings.empty()) return SafetyScreen::Outcome::kClear;
  switch (screen.findings.front().finding->action) {
    case SafetyAction::kRefuse:
      return SafetyScreen::Outcome::kRefused;
    case SafetyAction::kConfirm:
      return SafetyScreen::Outcome::kNeedsClinician;
    case SafetyAction::kWarn:
      break;
  }
  return SafetyScreen::Outcome::kWarned;
}

std::string JoinIds(const std::vector<std::string>& ids) {
  std::string joined;
  for (const std::string& id : ids) joined += (joined.empty() ? "" : ", ") + id;
  return joined;
}

// One violation for every finding of that action.
std::vector<Violation> ViolationsOf(const SafetyScreen& screen, SafetyAction action) {
  std::vector<Violation> violations;
  for (const SafetyFinding& found : screen.findings) {
    if (found.finding->action != action) continue;
    violations.push_back({"protocol.screening." + found.finding->id,
                          found.finding->computed ? "follows from the dose and the form"
                                                  : "was answered with yes or not sure"});
  }
  return violations;
}

void CheckStep(const std::string& path, const Intervention& taken, const CatalogForm* form,
               const DoseStep& step, std::vector<Violation>& violations) {
  const CatalogIntervention* const known = FindById(TheCatalog().interventions, taken.catalog_id);
  const bool counted = known != nullptr && known->route == CatalogIntervention::Route::kSkin;
  for (const auto& [name, value, most] : {std::tuple{".elemental_mg", step.elemental_mg, kMostMg},
                                          std::tuple{".compound_mg", step.compound_mg, kMostMg},
                                          std::tuple{".count", step.count, kMostCount}}) {
    if (!(value >= 0 && value <= most)) {
      violations.push_back({path + name, absl::StrFormat("must be from 0 to %g", most)});
    }
  }
  if (counted && (step.elemental_mg != 0 || step.compound_mg != 0)) {
    violations.push_back({path, "is counted: what the skin takes in is never converted to mg"});
  }
  if (counted && !(step.count > 0)) violations.push_back({path + ".count", "must be above 0"});
  if (known != nullptr && !counted && !(step.elemental_mg > 0)) {
    violations.push_back(
        {path + ".elemental_mg", "is required: mg of magnesium itself, in one dose"});
  }
  if (step.compound_mg > 0 && form != nullptr && form->elemental_share.has_value()) {
    const double right = step.compound_mg * *form->elemental_share;
    if (step.elemental_mg < right * (1 - kElementalSlack)) {
      violations.push_back({path + ".elemental_mg",
                            absl::StrFormat("must be at least %g: what %g mg of the salt hold",
                                            right, step.compound_mg)});
    }
  }
}

void CheckSteps(const Protocol& protocol, const CatalogForm* form,
                std::vector<Violation>& violations) {
  const Intervention& taken = *protocol.intervention;
  if (taken.steps.size() > kMostTitrationSteps) {
    violations.push_back(
        {"intervention.steps", absl::StrFormat("has more than %d steps", kMostTitrationSteps)});
    return;
  }
  if (!taken.catalog_id.empty() && taken.steps.empty()) {
    violations.push_back({"intervention.steps", "is required: what is taken, from the first day"});
  }
  if (taken.steps.size() > 1 && protocol.design.blinding == Blinding::kByHelper) {
    violations.push_back({"intervention.steps",
                          "must be one: an envelope says the same on all of its days, and steps "
                          "would tell what it holds"});
  }
  int before = 0;
  for (size_t i = 0; i < taken.steps.size(); ++i) {
    const DoseStep& step = taken.steps[i];
    const std::string path = absl::StrFormat("intervention.steps[%d]", i);
    if (i == 0 ? step.from_day != 1 : step.from_day <= before) {
      violations.push_back({path + ".from_day", i == 0 ? "must be 1, the first day of a block"
                                                       : "must be after that of the step before"});
    } else if (protocol.design.block_days > 0 && step.from_day > protocol.design.block_days) {
      violations.push_back({path + ".from_day", "lies behind the last day of a block"});
    }
    before = step.from_day;
    if (step.instruction.size() > 2000) {
      violations.push_back({path + ".instruction", "has more than 500 characters"});
    }
    CheckStep(path, taken, form, step, violations);
  }
}

void CheckScreening(const Screening& screening, std::vector<Violation>& violations) {
  const Catalog& catalog = TheCatalog();
  if (screening.answers.size() > kMostAnswers || screening.acknowledged.size() > kMostAnswers) {
    violations.push_back({"screening", "has more answers than there are questions"});
    return;
  }
  const auto region = [&screening](const CatalogLimit& limit) {
    return limit.region == screening.region;
  };
  if (!screening.region.empty() &&
      std::none_of(catalog.limits.begin(), catalog.limits.end(), region)) {
    violations.push_back({"screening.region", "must be EU or US"});
  }
  std::set<std::string> answered;
  for (size_t i = 0; i < screening.answers.size(); ++i) {
    const std::string path = absl::StrFormat("screening.answers[%d].finding", i);
    const CatalogFinding* const finding = FindById(catalog.findings, screening.answers[i].finding);
    if (finding == nullptr || finding->computed) {
      violations.push_back({path, "is no question of the catalogue"});
    } else if (!answered.insert(finding->id).second) {
      violations.push_back({path, "is answered twice"});
    }
  }
  for (size_t i = 0; i < screening.acknowledged.size(); ++i) {
    const CatalogFinding* const finding = FindById(catalog.findings, screening.acknowledged[i]);
    if (finding == nullptr || finding->action != SafetyAction::kWarn) {
      violations.push_back(
          {absl::StrFormat("screening.acknowledged[%d]", i), "is no warning of the catalogue"});
    }
  }
}

}  // namespace

SafetyScreen ScreenSafety(const Protocol& protocol) {
  SafetyScreen screen;
  if (!IsScreened(protocol)) {
    screen.outcome = SafetyScreen::Outcome::kNotScreened;
    return screen;
  }
  const Catalog& catalog = TheCatalog();
  const Screening& said = protocol.screening;
  for (const CatalogLimit& limit : catalog.limits) {
    if (limit.region == said.region) screen.limit_mg = limit.elemental_mg;
  }
  screen.elemental_mg_per_day = ElementalMgPerDay(*protocol.intervention);
  if (!screen.limit_mg.has_value()) screen.unanswered.emplace_back("region");
  for (const CatalogFinding& finding : catalog.findings) {
    if (finding.computed) continue;
    const SafetyAnswer* const answer = AnswerTo(said, finding.id);
    if (answer == nullptr) {
      screen.unanswered.push_back(finding.id);
    } else if (answer->answer != SafetyAnswer::Answer::kNo) {
      screen.findings.push_back(
          {.finding = &finding, .not_sure = answer->answer == SafetyAnswer::Answer::kNotSure});
    }
  }
  AddComputedFindings(protocol, screen);
  std::stable_sort(screen.findings.begin(), screen.findings.end(),
                   [](const SafetyFinding& a, const SafetyFinding& b) {
                     return a.finding->action > b.finding->action;
                   });
  for (const SafetyFinding& found : screen.findings) {
    const bool warned = found.finding->action == SafetyAction::kWarn;
    if (warned && !Contains(said.acknowledged, found.finding->id)) {
      screen.unacknowledged.push_back(found.finding->id);
    }
  }
  screen.outcome = OutcomeOf(screen);
  return screen;
}

bool IsConfirmed(const Protocol& protocol, const std::optional<SafetyConfirmation>& confirmation) {
  return confirmation.has_value() && confirmation->digest == SafetyDigest(protocol);
}

std::string SafetyDigest(const Protocol& protocol) {
  // Every part is preceded by its length, so that no two contents give the same text.
  std::string content = "solotrial/safety/v1";
  const auto put = [&content](const std::string& part) {
    content += absl::StrFormat("%d:", part.size()) + part;
  };
  const auto put_number = [&put](double number) { put(absl::StrFormat("%.17g", number)); };
  const Intervention none;
  const Intervention& taken = protocol.intervention.has_value() ? *protocol.intervention : none;
  for (const std::string& part : {taken.name, taken.on_instruction, taken.off_instruction,
                                  taken.catalog_id, taken.form, protocol.screening.region}) {
    put(part);
  }
  put_number(static_cast<double>(SlotsOrOne(taken.dose_slots).size()));
  put_number(static_cast<double>(taken.steps.size()));
  for (const DoseStep& step : taken.steps) {
    for (const double number :
         {static_cast<double>(step.from_day), step.elemental_mg, step.compound_mg, step.count}) {
      put_number(number);
    }
    put(step.instruction);
  }
  // The order of the answers means nothing.
  std::set<std::pair<std::string, int>> answers;
  for (const SafetyAnswer& answer : protocol.screening.answers) {
    answers.insert({answer.finding, static_cast<int>(answer.answer)});
  }
  for (const auto& [finding, answer] : answers) {
    put(finding);
    put_number(answer);
  }
  return Sha256(content);
}

absl::Status CheckMayStart(const Protocol& protocol,
                           const std::optional<SafetyConfirmation>& confirmation) {
  const SafetyScreen screen = ScreenSafety(protocol);
  if (!screen.unanswered.empty()) {
    std::vector<Violation> violations;
    for (const std::string& id : screen.unanswered) {
      violations.push_back(
          {id == "region" ? "protocol.screening.region" : "protocol.screening.answers",
           id == "region" ? "is required: EU or US" : "does not answer " + id});
    }
    return FaultStatus(
        Fault{Reason::kSafetyRefused, std::move(violations), false},
        "the questions about safety are not all answered: " + JoinIds(screen.unanswered));
  }
  const bool confirmed = IsConfirmed(protocol, confirmation);
  if (screen.outcome == SafetyScreen::Outcome::kRefused && !confirmed) {
    return FaultStatus(
        Fault{Reason::kSafetyRefused, ViolationsOf(screen, SafetyAction::kRefuse), false},
        "this is dangerous and refused unless a clinician of this trial takes it on; talk to your "
        "doctor first");
  }
  if (screen.outcome == SafetyScreen::Outcome::kNeedsClinician && !confirmed) {
    return FaultStatus(
        Fault{Reason::kNeedsClinician, ViolationsOf(screen, SafetyAction::kConfirm), false},
        "a clinician of this trial must confirm it first; talk to your doctor or pharmacist");
  }
  if (!screen.unacknowledged.empty()) {
    std::vector<Violation> violations;
    for (const std::string& id : screen.unacknowledged) {
      violations.push_back({"protocol.screening.acknowledged", "does not hold " + id});
    }
    return FaultStatus(
        Fault{Reason::kNeedsAcknowledgement, std::move(violations), false},
        "warnings have to be read and acknowledged first: " + JoinIds(screen.unacknowledged));
  }
  return absl::OkStatus();
}

std::vector<Violation> CheckSafety(const Protocol& protocol) {
  const Catalog& catalog = TheCatalog();
  std::vector<Violation> violations;
  if (!protocol.symptom.empty() && FindById(catalog.symptoms, protocol.symptom) == nullptr) {
    violations.push_back({"symptom", "is none of the catalogue; leave it out for another"});
  }
  if (protocol.catalog_version.size() > 40) {
    violations.push_back({"catalog_version", "has more than 40 characters"});
  }
  CheckScreening(protocol.screening, violations);
  if (!protocol.intervention.has_value()) return violations;
  const Intervention& taken = *protocol.intervention;
  const CatalogIntervention* const known = FindById(catalog.interventions, taken.catalog_id);
  if (!taken.catalog_id.empty() && known == nullptr) {
    violations.push_back({"intervention.catalog_id", "is none of the catalogue"});
  }
  const CatalogForm* const form = FindById(catalog.forms, taken.form);
  if (!taken.form.empty() && form == nullptr) {
    violations.push_back({"intervention.form", "is none of the catalogue"});
  } else if (known != nullptr && !Contains(known->forms, taken.form)) {
    violations.push_back({"intervention.form", "must be one of: " + JoinIds(known->forms)});
  }
  CheckSteps(protocol, form, violations);
  return violations;
}

std::optional<double> ElementalMgPerDay(const Intervention& intervention) {
  double most = 0;
  for (const DoseStep& step : intervention.steps) most = std::max(most, step.elemental_mg);
  if (most == 0) return std::nullopt;
  return most * static_cast<double>(SlotsOrOne(intervention.dose_slots).size());
}

const DoseStep* StepOn(const Intervention& intervention, int day_in_block) {
  const DoseStep* current = nullptr;
  for (const DoseStep& step : intervention.steps) {
    if (step.from_day <= day_in_block) current = &step;
  }
  return current;
}

}  // namespace solotrial::trial

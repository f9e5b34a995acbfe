#include "clients/cli/protocol_template.h"

#include <algorithm>

#include "clients/cli/errors.h"
#include "clients/cli/offline.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

std::string Join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

const v1::Catalog& EngineCatalog() {
  static const auto* const catalog = new v1::Catalog(ListCatalog(""));
  return *catalog;
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsCatalogCovariate(const std::string& id) {
  const auto& covariates = EngineCatalog().covariates();
  return std::any_of(covariates.begin(), covariates.end(),
                     [&id](const v1::CatalogCovariate& row) { return row.covariate().id() == id; });
}

// `coffee` is a yes/no question, `coffee:numeric` a number.
absl::StatusOr<v1::Covariate> MakeCovariate(const std::string& text) {
  v1::Covariate covariate;
  const size_t colon = text.find(':');
  const std::string kind = colon == std::string::npos ? "binary" : text.substr(colon + 1);
  covariate.set_id(text.substr(0, colon));
  if (kind == "binary") {
    covariate.set_kind(v1::Covariate::BINARY);
  } else if (kind == "numeric") {
    covariate.set_kind(v1::Covariate::NUMERIC);
  } else {
    return UsageError("'" + text + "' is no covariate: write ID for a yes/no question or " +
                      "ID:numeric for a number.");
  }
  return covariate;
}

void SetAnswer(const std::string& finding, v1::SafetyAnswer::Answer answer,
               v1::Screening& screening) {
  for (v1::SafetyAnswer& row : *screening.mutable_answers()) {
    if (row.finding() == finding) return row.set_answer(answer);
  }
  v1::SafetyAnswer& row = *screening.add_answers();
  row.set_finding(finding);
  row.set_answer(answer);
}

absl::Status CheckFinding(const std::string& name) {
  if (Contains(FindingNames(), TypedId(IdOfTyped(name)))) return absl::OkStatus();
  return UsageError("'" + name +
                    "' is no question about safety. See them with: solotrial safety "
                    "questions");
}

// What was asked for in place of the catalogue's figures.
void ApplyOptions(const TemplateOptions& options, v1::Design::Randomization randomization,
                  v1::Protocol& protocol) {
  if (!options.title.empty()) protocol.set_title(options.title);
  v1::Design& design = *protocol.mutable_design();
  design.set_randomization(randomization);
  if (options.blinded) design.set_blinding(v1::Design::BLINDED_BY_HELPER);
  if (options.block_days.has_value()) design.set_block_days(*options.block_days);
  if (options.pairs.has_value()) design.set_pairs(*options.pairs);
  if (options.run_in_days.has_value()) design.set_run_in_days(*options.run_in_days);
  if (randomization == v1::Design::RESTRICTED) design.set_longest_run(2);
  v1::Kinetics& kinetics = *protocol.mutable_kinetics();
  if (options.onset_half_life_days.has_value()) {
    kinetics.set_onset_half_life_days(*options.onset_half_life_days);
  }
  if (options.offset_half_life_days.has_value()) {
    kinetics.set_offset_half_life_days(*options.offset_half_life_days);
  }
  v1::Intervention& intervention = *protocol.mutable_intervention();
  if (!options.on_instruction.empty()) {
    intervention.set_on_instruction(options.on_instruction);
  }
  if (!options.off_instruction.empty()) intervention.set_off_instruction(options.off_instruction);
  // Shorter blocks do not reach the later steps.
  while (intervention.steps_size() > 1 &&
         intervention.steps(intervention.steps_size() - 1).from_day() > design.block_days()) {
    intervention.mutable_steps()->RemoveLast();
  }
}

}  // namespace

std::vector<std::string> SymptomNames() {
  std::vector<std::string> names;
  for (const v1::CatalogSymptom& row : EngineCatalog().symptoms()) {
    names.push_back(TypedId(row.id()));
  }
  return names;
}

std::vector<std::string> InterventionNames() {
  std::vector<std::string> names;
  for (const v1::CatalogIntervention& row : EngineCatalog().interventions()) {
    names.push_back(TypedId(row.id()));
  }
  return names;
}

std::vector<std::string> FindingNames() {
  std::vector<std::string> names;
  for (const v1::CatalogFinding& row : EngineCatalog().findings()) {
    if (!row.question().empty()) names.push_back(TypedId(row.id()));
  }
  return names;
}

absl::Status AddAnswers(const SafetyOptions& options, v1::Screening& screening) {
  if (!options.region.empty()) screening.set_region(options.region);
  for (const std::string& name : options.has) {
    CLIENT_RETURN_IF_ERROR(CheckFinding(name));
    SetAnswer(IdOfTyped(name), v1::SafetyAnswer::YES, screening);
  }
  for (const std::string& name : options.not_sure) {
    CLIENT_RETURN_IF_ERROR(CheckFinding(name));
    SetAnswer(IdOfTyped(name), v1::SafetyAnswer::NOT_SURE, screening);
  }
  if (options.has_none) {
    for (const std::string& name : FindingNames()) {
      const bool said = std::any_of(
          screening.answers().begin(), screening.answers().end(),
          [id = IdOfTyped(name)](const v1::SafetyAnswer& row) { return row.finding() == id; });
      if (!said) SetAnswer(IdOfTyped(name), v1::SafetyAnswer::NO, screening);
    }
  }
  for (const std::string& name : options.understood) {
    const std::string id = IdOfTyped(name);
    const auto& known = screening.acknowledged();
    if (std::find(known.begin(), known.end(), id) == known.end()) screening.add_acknowledged(id);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ProtocolDraft> MakeProtocol(const TemplateOptions& options) {
  const std::string symptom = TypedId(IdOfTyped(options.symptom));
  if (!Contains(SymptomNames(), symptom)) {
    return UsageError("There are no defaults for the symptom '" + options.symptom +
                      "'. Take the nearest of these and edit the file: " + Join(SymptomNames()) +
                      ".");
  }
  v1::Design::Randomization randomization = v1::Design::PAIRED;
  if (!v1::Design::Randomization_Parse(options.randomization, &randomization)) {
    return UsageError("'" + options.randomization +
                      "' is no way to draw the order: write PAIRED, COUNTERBALANCED, RESTRICTED or "
                      "BALANCED.");
  }
  if (options.blinded && options.off_instruction.empty()) {
    return UsageError(
        "A blinded trial needs --off: what goes into the envelopes of off blocks, "
        "for example capsules that look the same.");
  }
  v1::DraftProtocolRequest request;
  request.set_symptom(IdOfTyped(options.symptom));
  if (Contains(InterventionNames(), TypedId(IdOfTyped(options.intervention)))) {
    request.set_intervention(IdOfTyped(options.intervention));
  } else {
    request.set_own_intervention(options.intervention);
  }
  request.set_form(options.form);
  if (options.dose_mg.has_value()) request.set_dose_mg(*options.dose_mg);
  if (options.salt_weight) request.set_dose_of_compound(true);
  if (options.count.has_value()) request.set_count(*options.count);
  if (!options.menstruates.empty()) {
    if (options.menstruates != "yes" && options.menstruates != "no") {
      return UsageError("--menstruates is yes or no.");
    }
    request.set_menstruates(options.menstruates == "yes");
  }
  if (options.usual_score.has_value()) request.set_usual_score(*options.usual_score);
  if (options.minimal_important_difference.has_value()) {
    request.set_minimal_important_difference(*options.minimal_important_difference);
  }
  for (const std::string& id : options.measures) request.add_measures(IdOfTyped(id));
  std::vector<v1::Covariate> own;
  for (const std::string& text : options.covariates) {
    if (IsCatalogCovariate(IdOfTyped(text))) {
      request.add_covariates(IdOfTyped(text));
      continue;
    }
    CLIENT_ASSIGN_OR_RETURN(const v1::Covariate covariate, MakeCovariate(text));
    own.push_back(covariate);
  }
  CLIENT_RETURN_IF_ERROR(AddAnswers(options.safety, *request.mutable_screening()));
  request.set_time_zone(options.time_zone);
  request.set_locale(options.locale);
  CLIENT_ASSIGN_OR_RETURN(v1::ProtocolDraft draft, DraftProtocol(request));
  for (const v1::Covariate& covariate : own)
    *draft.mutable_protocol()->add_covariates() = covariate;
  ApplyOptions(options, randomization, *draft.mutable_protocol());
  return draft;
}

}  // namespace solotrial::cli

#include "absl/strings/str_format.h"
#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

v1::Provenance ToProto(const trial::Provenance& provenance) {
  v1::Provenance proto;
  for (const std::string& id : provenance.sources) proto.add_sources(id);
  proto.set_unverified(provenance.unverified);
  return proto;
}

v1::SafetyAction ToProto(trial::SafetyAction action) {
  switch (action) {
    case trial::SafetyAction::kWarn:
      return v1::SAFETY_ACTION_WARN;
    case trial::SafetyAction::kConfirm:
      return v1::SAFETY_ACTION_CONFIRM;
    case trial::SafetyAction::kRefuse:
      return v1::SAFETY_ACTION_REFUSE;
  }
  return v1::SAFETY_ACTION_UNSPECIFIED;
}

v1::CatalogIntervention::Route ToProto(trial::CatalogIntervention::Route route) {
  switch (route) {
    case trial::CatalogIntervention::Route::kOral:
      return v1::CatalogIntervention::ROUTE_ORAL;
    case trial::CatalogIntervention::Route::kSkin:
      return v1::CatalogIntervention::ROUTE_SKIN;
    case trial::CatalogIntervention::Route::kIntravenous:
      return v1::CatalogIntervention::ROUTE_INTRAVENOUS;
  }
  return v1::CatalogIntervention::ROUTE_UNSPECIFIED;
}

v1::SafetyScreen::Outcome ToProto(trial::SafetyScreen::Outcome outcome) {
  switch (outcome) {
    case trial::SafetyScreen::Outcome::kNotScreened:
      return v1::SafetyScreen::OUTCOME_NOT_SCREENED;
    case trial::SafetyScreen::Outcome::kClear:
      return v1::SafetyScreen::OUTCOME_CLEAR;
    case trial::SafetyScreen::Outcome::kWarned:
      return v1::SafetyScreen::OUTCOME_WARNED;
    case trial::SafetyScreen::Outcome::kNeedsClinician:
      return v1::SafetyScreen::OUTCOME_NEEDS_CLINICIAN;
    case trial::SafetyScreen::Outcome::kRefused:
      return v1::SafetyScreen::OUTCOME_REFUSED;
    case trial::SafetyScreen::Outcome::kUnanswered:
      return v1::SafetyScreen::OUTCOME_UNANSWERED;
  }
  return v1::SafetyScreen::OUTCOME_UNSPECIFIED;
}

std::string Filled(std::string text, const std::string& name, double value) {
  const size_t at = text.find(name);
  return at == std::string::npos ? text
                                 : text.replace(at, name.size(), absl::StrFormat("%.4g", value));
}

v1::CatalogIntervention ToProto(const trial::CatalogIntervention& from, trial::Locale locale) {
  v1::CatalogIntervention to;
  to.set_id(from.id);
  to.set_title(from.title.In(locale));
  to.set_said(from.said.In(locale));
  to.set_route(ToProto(from.route));
  for (const std::string& form : from.forms) to.add_forms(form);
  to.set_doses(from.doses);
  to.set_dose_mg(from.dose_mg.value_or(0));
  to.set_dose_of_compound(from.dose_of_compound);
  to.set_lowest_mg(from.lowest_mg.value_or(0));
  to.set_highest_mg(from.highest_mg.value_or(0));
  to.set_count(from.count.value_or(0));
  to.set_count_unit(from.count_unit.In(locale));
  std::string comparator = Filled(from.off.In(locale), "{count}", from.count.value_or(0));
  // The same dose, whatever it is.
  const std::string amount = "{amount}";
  if (const size_t at = comparator.find(amount); at != std::string::npos) {
    comparator.replace(at, amount.size(),
                       locale == trial::Locale::kGerman ? "dieselbe Menge" : "the same dose");
  }
  to.set_comparator(comparator);
  to.set_needs_clinician(from.needs_clinician);
  to.set_titrated(from.steps.size() > 1);
  *to.mutable_provenance() = ToProto(from.provenance);
  return to;
}

v1::CatalogSymptom ToProto(const trial::CatalogSymptom& from, trial::Locale locale) {
  v1::CatalogSymptom to;
  to.set_id(from.id);
  to.set_title(from.title.In(locale));
  to.set_primary_measure(from.primary);
  for (const std::string& id : from.measures) to.add_measures(id);
  for (const std::string& id : from.default_measures) to.add_default_measures(id);
  to.mutable_design()->set_randomization(v1::Design::PAIRED);
  to.mutable_design()->set_block_days(from.design.block_days);
  to.mutable_design()->set_block_unit(service::ToProto(from.design.block_unit));
  to.mutable_design()->set_pairs(from.design.pairs);
  to.mutable_design()->set_run_in_days(from.design.run_in_days);
  to.set_longest_block_days(from.design.longest_block_days);
  to.set_most_pairs(from.design.most_pairs);
  to.mutable_kinetics()->set_onset_half_life_days(from.design.onset_half_life_days);
  to.mutable_kinetics()->set_offset_half_life_days(from.design.offset_half_life_days);
  *to.mutable_provenance() = ToProto(from.design.provenance);
  return to;
}

v1::CatalogMeasure ToProto(const trial::CatalogMeasure& from, trial::Locale locale) {
  v1::CatalogMeasure to;
  *to.mutable_measure() = service::ToProto(from.measure);
  to.mutable_measure()->set_question(from.question.In(locale));
  to.set_mid_run_in_share(from.mid_run_in_share.value_or(0));
  *to.mutable_provenance() = ToProto(from.provenance);
  const trial::CatalogPrior* const prior = trial::FindById(trial::TheCatalog().priors, from.prior);
  if (prior != nullptr) *to.mutable_prior_provenance() = ToProto(prior->provenance);
  return to;
}

v1::CatalogFinding ToProto(const trial::CatalogFinding& from, trial::Locale locale) {
  v1::CatalogFinding to;
  to.set_id(from.id);
  to.set_action(ToProto(from.action));
  to.set_question(from.question.In(locale));
  to.set_reason(from.reason.In(locale));
  to.set_advice(trial::AdviceFor(from.action).In(locale));
  *to.mutable_provenance() = ToProto(from.provenance);
  return to;
}

}  // namespace

trial::Locale LocaleOf(const std::string& locale) {
  return report::LanguageOf(locale) == report::Language::kGerman ? trial::Locale::kGerman
                                                                 : trial::Locale::kEnglish;
}

v1::Catalog ToProto(const trial::Catalog& from, trial::Locale locale) {
  v1::Catalog to;
  to.set_version(from.version);
  for (const trial::CatalogSource& row : from.sources) {
    to.add_sources()->set_id(row.id);
    to.mutable_sources(to.sources_size() - 1)->set_text(row.text);
  }
  for (const auto& row : from.interventions) *to.add_interventions() = ToProto(row, locale);
  for (const trial::CatalogForm& row : from.forms) {
    v1::CatalogForm& form = *to.add_forms();
    form.set_id(row.id);
    form.set_title(row.title.In(locale));
    form.set_elemental_share(row.elemental_share.value_or(0));
    *form.mutable_provenance() = ToProto(row.provenance);
  }
  for (const auto& row : from.symptoms) *to.add_symptoms() = ToProto(row, locale);
  for (const auto& row : from.measures) *to.add_measures() = ToProto(row, locale);
  for (const trial::CatalogCovariate& row : from.covariates) {
    v1::Covariate& covariate = *to.add_covariates()->mutable_covariate();
    covariate.set_id(row.id);
    covariate.set_kind(row.binary ? v1::Covariate::BINARY : v1::Covariate::NUMERIC);
    covariate.set_question(row.question.In(locale));
    covariate.set_beside_only(!row.calendar);
  }
  for (const trial::CatalogLaboratoryValue& row : from.laboratory_values) {
    v1::CatalogLaboratoryValue& value = *to.add_laboratory_values();
    value.set_id(row.id);
    value.set_title(row.title.In(locale));
    value.set_unit(row.unit);
  }
  for (const auto& row : from.findings) *to.add_findings() = ToProto(row, locale);
  for (const trial::CatalogLimit& row : from.limits) {
    v1::CatalogLimit& limit = *to.add_limits();
    limit.set_region(row.region);
    limit.set_elemental_mg(row.elemental_mg);
    *limit.mutable_provenance() = ToProto(row.provenance);
  }
  to.set_clinician_above_mg(from.clinician_above_mg);
  for (const trial::CatalogAllowance& row : from.allowances) {
    v1::CatalogAllowance& allowance = *to.add_allowances();
    allowance.set_group(row.group.In(locale));
    allowance.set_mg(row.mg);
    *allowance.mutable_provenance() = ToProto(row.provenance);
  }
  return to;
}

v1::SafetyScreen SafetyToProto(const trial::Protocol& protocol,
                               const std::optional<trial::SafetyConfirmation>& confirmation,
                               trial::Locale locale) {
  const trial::SafetyScreen screen = trial::ScreenSafety(protocol);
  v1::SafetyScreen to;
  to.set_outcome(ToProto(screen.outcome));
  for (const trial::SafetyFinding& found : screen.findings) {
    v1::SafetyFinding& row = *to.add_findings();
    row.set_finding(found.finding->id);
    row.set_action(ToProto(found.finding->action));
    row.set_reason(Filled(Filled(found.finding->reason.In(locale), "{mg}", found.mg), "{limit}",
                          found.limit_mg));
    row.set_advice(trial::AdviceFor(found.finding->action).In(locale));
    row.set_not_sure(found.not_sure);
  }
  for (const std::string& id : screen.unanswered) to.add_unanswered(id);
  for (const std::string& id : screen.unacknowledged) to.add_unacknowledged(id);
  to.set_elemental_mg_per_day(screen.elemental_mg_per_day.value_or(0));
  to.set_limit_mg(screen.limit_mg.value_or(0));
  to.set_may_start(trial::CheckMayStart(protocol, confirmation).ok());
  if (confirmation.has_value()) {
    v1::SafetyConfirmation& row = *to.mutable_confirmation();
    row.set_attestation(locale == trial::Locale::kGerman
                            ? "bescheinigt von " + confirmation->name + ", nicht geprüft"
                            : "attested by " + confirmation->name + ", not verified");
    *row.mutable_confirm_time() = ToProto(confirmation->time);
    row.set_is_void(!trial::IsConfirmed(protocol, confirmation));
  }
  return to;
}

absl::StatusOr<trial::DraftRequest> ToDomain(const v1::DraftProtocolRequest& from) {
  trial::DraftRequest to;
  to.symptom = from.symptom();
  to.intervention = from.intervention();
  to.own_intervention = from.own_intervention();
  to.form = from.form();
  if (from.has_dose_mg()) to.dose_mg = from.dose_mg();
  if (from.has_dose_of_compound()) to.dose_of_compound = from.dose_of_compound();
  if (from.has_count()) to.count = from.count();
  std::vector<Violation> violations;
  to.screening = ToDomain(from.screening(), "screening.", violations);
  SOLOTRIAL_RETURN_IF_ERROR(InvalidFields(std::move(violations)));
  if (from.has_menstruates()) to.menstruates = from.menstruates();
  if (from.has_usual_score()) to.usual_score = from.usual_score();
  if (from.has_minimal_important_difference()) {
    to.minimal_important_difference = from.minimal_important_difference();
  }
  to.measures = {from.measures().begin(), from.measures().end()};
  to.covariates = {from.covariates().begin(), from.covariates().end()};
  to.time_zone = from.time_zone();
  to.locale = LocaleOf(from.locale());
  return to;
}

v1::ProtocolDraft ToProto(const trial::Draft& draft, trial::Locale locale) {
  v1::ProtocolDraft to;
  *to.mutable_protocol() = ToProto(draft.protocol);
  for (const trial::DraftReason& reason : draft.reasons) {
    v1::DraftReason& row = *to.add_reasons();
    row.set_field(reason.field);
    row.set_text(reason.text);
    *row.mutable_provenance() = ToProto(reason.provenance);
  }
  *to.mutable_safety() = SafetyToProto(draft.protocol, std::nullopt, locale);
  return to;
}

}  // namespace solotrial::service

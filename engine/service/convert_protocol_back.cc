// Protocols that the engine made, for those who asked for them.
#include "absl/strings/str_format.h"
#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

v1::Design::Randomization RandomizationOf(trial::Randomization randomization) {
  switch (randomization) {
    case trial::Randomization::kPaired:
      return v1::Design::PAIRED;
    case trial::Randomization::kCounterbalanced:
      return v1::Design::COUNTERBALANCED;
    case trial::Randomization::kRestricted:
      return v1::Design::RESTRICTED;
    case trial::Randomization::kBalanced:
      return v1::Design::BALANCED;
    case trial::Randomization::kNone:
      return v1::Design::NONE;
  }
  return v1::Design::RANDOMIZATION_UNSPECIFIED;
}

v1::Measure::DailyRule RuleOf(trial::DailyRule rule) {
  switch (rule) {
    case trial::DailyRule::kMean:
      return v1::Measure::DAILY_RULE_MEAN;
    case trial::DailyRule::kMax:
      return v1::Measure::DAILY_RULE_MAX;
    case trial::DailyRule::kLast:
      return v1::Measure::DAILY_RULE_LAST;
    case trial::DailyRule::kSum:
      return v1::Measure::DAILY_RULE_SUM;
  }
  return v1::Measure::DAILY_RULE_UNSPECIFIED;
}

void PutPrior(const inference::EffectPrior& prior, v1::EffectPrior& proto) {
  proto.set_mean(prior.mean);
  proto.set_sd(prior.sd);
}

v1::Intervention ToProto(const trial::Intervention& intervention) {
  v1::Intervention proto;
  proto.set_name(intervention.name);
  proto.set_on_instruction(intervention.on_instruction);
  proto.set_off_instruction(intervention.off_instruction);
  for (const std::string& slot : intervention.dose_slots) proto.add_dose_slots(slot);
  proto.set_catalog_id(intervention.catalog_id);
  proto.set_form(intervention.form);
  for (const trial::DoseStep& step : intervention.steps) {
    v1::DoseStep& row = *proto.add_steps();
    row.set_from_day(step.from_day);
    row.set_elemental_mg(step.elemental_mg);
    row.set_compound_mg(step.compound_mg);
    row.set_count(step.count);
    row.set_instruction(step.instruction);
  }
  return proto;
}

v1::Screening ToProto(const trial::Screening& screening) {
  v1::Screening proto;
  proto.set_region(screening.region);
  for (const trial::SafetyAnswer& answer : screening.answers) {
    v1::SafetyAnswer& row = *proto.add_answers();
    row.set_finding(answer.finding);
    row.set_answer(answer.answer == trial::SafetyAnswer::Answer::kYes ? v1::SafetyAnswer::YES
                   : answer.answer == trial::SafetyAnswer::Answer::kNo
                       ? v1::SafetyAnswer::NO
                       : v1::SafetyAnswer::NOT_SURE);
  }
  for (const std::string& id : screening.acknowledged) proto.add_acknowledged(id);
  return proto;
}

}  // namespace

v1::Measure::Family ToProto(inference::Family family) {
  switch (family) {
    case inference::Family::kGaussian:
      return v1::Measure::GAUSSIAN;
    case inference::Family::kStudentT:
      return v1::Measure::STUDENT_T;
    case inference::Family::kBernoulli:
      return v1::Measure::BERNOULLI;
    case inference::Family::kPoisson:
      return v1::Measure::POISSON;
    case inference::Family::kNegativeBinomial:
      return v1::Measure::NEGATIVE_BINOMIAL;
    case inference::Family::kOrdinal:
      return v1::Measure::ORDINAL;
  }
  return v1::Measure::FAMILY_UNSPECIFIED;
}

trial::Screening ToDomain(const v1::Screening& from, const std::string& path,
                          std::vector<Violation>& violations) {
  trial::Screening to{.region = from.region(),
                      .answers = {},
                      .acknowledged = {from.acknowledged().begin(), from.acknowledged().end()}};
  for (int i = 0; i < from.answers_size(); ++i) {
    using Answer = trial::SafetyAnswer::Answer;
    const v1::SafetyAnswer& answer = from.answers(i);
    switch (answer.answer()) {
      case v1::SafetyAnswer::YES:
        to.answers.push_back({answer.finding(), Answer::kYes});
        break;
      case v1::SafetyAnswer::NO:
        to.answers.push_back({answer.finding(), Answer::kNo});
        break;
      case v1::SafetyAnswer::NOT_SURE:
        to.answers.push_back({answer.finding(), Answer::kNotSure});
        break;
      default:
        violations.push_back(
            {path + absl::StrFormat("answers[%d].answer", i), "is required: YES, NO or NOT_SURE"});
    }
  }
  return to;
}

v1::Measure ToProto(const trial::Measure& measure) {
  v1::Measure proto;
  proto.set_id(measure.id);
  proto.set_family(ToProto(measure.family));
  const bool scale =
      measure.family == inference::Family::kOrdinal || trial::IsContinuous(measure.family);
  if (scale) proto.set_minimum(measure.minimum);
  const bool unlimited =
      trial::IsCount(measure.family) && measure.maximum == trial::LargestCount(measure);
  if (measure.family != inference::Family::kBernoulli && !unlimited) {
    proto.set_maximum(measure.maximum);
  }
  proto.set_lower_is_better(measure.lower_is_better);
  if (measure.minimal_important_difference.has_value()) {
    proto.set_minimal_important_difference(*measure.minimal_important_difference);
  }
  proto.set_primary(measure.primary);
  proto.set_question(measure.question);
  for (const std::string& slot : measure.slots) proto.add_slots(slot);
  if (measure.slots.size() > 1) proto.set_daily_rule(RuleOf(measure.daily_rule));
  proto.set_refers_to(measure.refers_to == trial::RefersTo::kPreviousNight
                          ? v1::Measure::REFERS_TO_PREVIOUS_NIGHT
                          : v1::Measure::REFERS_TO_SAME_DAY);
  if (measure.typical_daily_count.has_value()) {
    proto.set_typical_daily_count(*measure.typical_daily_count);
  }
  if (measure.literature_prior.has_value()) {
    PutPrior(*measure.literature_prior, *proto.mutable_literature_prior());
  }
  if (measure.own_prior.has_value()) PutPrior(*measure.own_prior, *proto.mutable_own_prior());
  return proto;
}

// Days are what a protocol means that does not say.
v1::Design::BlockUnit ToProto(trial::BlockUnit unit) {
  switch (unit) {
    case trial::BlockUnit::kVisits:
      return v1::Design::VISITS;
    case trial::BlockUnit::kCycles:
      return v1::Design::CYCLES;
    case trial::BlockUnit::kDays:
      break;
  }
  return v1::Design::BLOCK_UNIT_UNSPECIFIED;
}

v1::Protocol ToProto(const trial::Protocol& protocol) {
  v1::Protocol proto;
  proto.set_title(protocol.title);
  v1::Design& design = *proto.mutable_design();
  design.set_randomization(RandomizationOf(protocol.design.randomization));
  design.set_block_days(protocol.design.block_days);
  design.set_pairs(protocol.design.pairs);
  design.set_run_in_days(protocol.design.run_in_days);
  design.set_longest_run(protocol.design.longest_run);
  design.set_washout_days(protocol.design.washout_days);
  design.set_block_unit(ToProto(protocol.design.block_unit));
  for (const trial::Measure& measure : protocol.measures) *proto.add_measures() = ToProto(measure);
  v1::Kinetics& kinetics = *proto.mutable_kinetics();
  kinetics.set_onset_half_life_days(protocol.kinetics.onset_half_life_days);
  kinetics.set_offset_half_life_days(protocol.kinetics.offset_half_life_days);
  kinetics.set_learn(protocol.kinetics.learn);
  kinetics.set_taken_before(protocol.kinetics.initial_exposure == 1);
  for (const trial::Covariate& covariate : protocol.covariates) {
    v1::Covariate& row = *proto.add_covariates();
    row.set_id(covariate.id);
    row.set_kind(covariate.binary ? v1::Covariate::BINARY : v1::Covariate::NUMERIC);
    row.set_question(covariate.question);
    row.set_beside_only(covariate.beside_only);
  }
  proto.mutable_analysis()->set_trend(protocol.trend);
  proto.mutable_analysis()->set_autocorrelation(protocol.autocorrelation);
  proto.mutable_analysis()->set_arm_variance(protocol.arm_variance);
  if (protocol.intervention.has_value()) {
    *proto.mutable_intervention() = ToProto(*protocol.intervention);
  }
  proto.set_time_zone(protocol.time_zone);
  proto.set_day_starts_at(absl::StrFormat("%02d:%02d", protocol.day_starts_at_minutes / 60,
                                          protocol.day_starts_at_minutes % 60));
  proto.set_symptom(protocol.symptom);
  proto.set_catalog_version(protocol.catalog_version);
  const trial::Screening& screening = protocol.screening;
  if (!screening.region.empty() || !screening.answers.empty() || !screening.acknowledged.empty()) {
    *proto.mutable_screening() = ToProto(screening);
  }
  return proto;
}

}  // namespace solotrial::service

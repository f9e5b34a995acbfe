#include <optional>

#include "engine/base/digest.h"
#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

// Both v1::Summary and v1::Benefit have the five numbers.
template <typename Proto>
void PutSummary(const inference::Summary& from, Proto& to) {
  to.set_mean(from.mean);
  to.set_sd(from.sd);
  to.set_q025(from.q025);
  to.set_q500(from.q500);
  to.set_q975(from.q975);
}

// Fills what `mutable_field` of `proto` gives, where the model has it.
template <typename Proto>
void PutIfPresent(const std::optional<inference::Summary>& from, Proto& proto,
                  v1::Summary* (Proto::*mutable_field)()) {
  if (from.has_value()) PutSummary(*from, *(proto.*mutable_field)());
}

void PutPosterior(const trial::AnalysisOutcome& outcome, const trial::Protocol& protocol,
                  v1::AnalysisResult& proto) {
  const inference::Posterior& posterior = outcome.posterior;
  auto& coefficients = *proto.mutable_coefficients();
  PutSummary(posterior.effect, coefficients["effect"]);
  if (posterior.trend.has_value()) PutSummary(*posterior.trend, coefficients["trend"]);
  if (posterior.intercept.has_value()) {
    PutSummary(*posterior.intercept, coefficients["intercept"]);
  }
  size_t modelled = 0;
  for (const trial::Covariate& covariate : protocol.covariates) {
    if (covariate.beside_only || modelled >= posterior.covariates.size()) continue;
    PutSummary(posterior.covariates[modelled++], coefficients[covariate.id]);
  }

  v1::Hyperparameters& hyper = *proto.mutable_hyperparameters();
  PutIfPresent(posterior.latent_sd, hyper, &v1::Hyperparameters::mutable_latent_sd);
  PutIfPresent(posterior.latent_correlation, hyper,
               &v1::Hyperparameters::mutable_latent_correlation);
  PutIfPresent(posterior.noise_sd, hyper, &v1::Hyperparameters::mutable_noise_sd);
  PutIfPresent(posterior.noise_sd_ratio, hyper, &v1::Hyperparameters::mutable_noise_sd_ratio);
  PutIfPresent(posterior.degrees_of_freedom, hyper,
               &v1::Hyperparameters::mutable_degrees_of_freedom);
  PutIfPresent(posterior.dispersion, hyper, &v1::Hyperparameters::mutable_dispersion);
  PutIfPresent(posterior.onset_half_life_days, hyper,
               &v1::Hyperparameters::mutable_onset_half_life_days);
  PutIfPresent(posterior.offset_half_life_days, hyper,
               &v1::Hyperparameters::mutable_offset_half_life_days);

  PutIfPresent(posterior.odds_ratio, proto, &v1::AnalysisResult::mutable_odds_ratio);
  PutIfPresent(posterior.rate_ratio, proto, &v1::AnalysisResult::mutable_rate_ratio);
  proto.set_p_better_day(posterior.p_better_day);

  *proto.mutable_benefit() = ToProto(posterior.benefit, *outcome.measure);

  v1::Diagnostics& diagnostics = *proto.mutable_diagnostics();
  diagnostics.set_method(posterior.diagnostics.method);
  diagnostics.set_effective_draws(posterior.diagnostics.effective_draws);
  diagnostics.set_pareto_k(posterior.diagnostics.pareto_k);
  diagnostics.set_reliable(posterior.diagnostics.reliable);
  diagnostics.set_problem(posterior.diagnostics.problem);
}

void PutVerdict(const trial::Verdict& verdict, report::Language language, v1::Verdict& proto) {
  proto.set_decision(ToProto(verdict.decision));
  *proto.mutable_message() = ToProto(verdict.message, language);
  proto.set_sentence(proto.message().text());
  for (const trial::Message& remark : verdict.remarks) {
    *proto.add_remarks() = ToProto(remark, language);
  }
  if (verdict.further_pairs.has_value()) proto.set_further_pairs(*verdict.further_pairs);
}

void PutTest(const trial::RandomizationTest& test, v1::RandomizationTest& proto) {
  proto.set_p_two_sided(test.p_two_sided);
  proto.set_p_one_sided(test.p_one_sided);
  proto.set_allocations(test.allocations);
  proto.set_statistic(test.statistic);
  proto.set_smallest_p(test.smallest_p);
  if (test.draws.has_value()) proto.set_draws(*test.draws);
}

void PutBlocks(const trial::AnalysisOutcome& outcome, v1::AnalysisResult& proto) {
  for (const trial::BlockSummary& block : outcome.blocks) {
    v1::BlockSummary& row = *proto.add_blocks();
    row.set_number(block.block.number);
    row.set_pair(block.block.pair);
    row.set_arm(block.block.on ? v1::ARM_ON : v1::ARM_OFF);
    row.set_start_date(FormatDate(outcome.series[block.block.first_day].date));
    row.set_end_date(FormatDate(outcome.series[block.block.last_day].date));
    row.set_days(block.days);
    row.set_observed_days(block.observed_days);
    if (block.mean.has_value()) row.set_mean(*block.mean);
  }
}

void PutSeries(const std::vector<trial::DayValue>& series, v1::AnalysisResult& proto) {
  for (const trial::DayValue& day : series) {
    v1::DayValue& row = *proto.add_series();
    row.set_date(FormatDate(day.date));
    row.set_on(day.assignment);
    if (day.score.has_value()) row.set_score(*day.score);
    row.set_block(day.block);
    row.set_excluded(day.excluded);
  }
}

void PutCounts(const trial::HarmCounts& counts, v1::HarmCounts& proto) {
  proto.set_mild(counts.mild);
  proto.set_moderate(counts.moderate);
  proto.set_severe(counts.severe);
}

}  // namespace

v1::Harms ToProto(const trial::Harms& harms) {
  v1::Harms proto;
  PutCounts(harms.on, *proto.mutable_on());
  PutCounts(harms.off, *proto.mutable_off());
  PutCounts(harms.outside, *proto.mutable_outside());
  return proto;
}

v1::Look ToProto(const store::LookRow& look, report::Language language) {
  v1::Look proto;
  proto.set_pair(look.pair);
  proto.set_data_date(FormatDate(look.data_date));
  proto.set_outcome(look.recording_may_end ? v1::Look::OUTCOME_RECORDING_MAY_END
                                           : v1::Look::OUTCOME_KEEP_GOING);
  *proto.mutable_message() = ToProto(
      trial::Message{look.recording_may_end ? "look.recording_may_end" : "look.keep_going", {}},
      language);
  return proto;
}

v1::Message ToProto(const trial::Message& message, report::Language language) {
  v1::Message proto;
  proto.set_id(message.id);
  proto.mutable_parameters()->insert(message.parameters.begin(), message.parameters.end());
  proto.set_text(report::Render(message, language));
  return proto;
}

v1::Verdict::Decision ToProto(trial::Decision decision) {
  // The two enums have the same names; the domain's is never persisted by number.
  v1::Verdict::Decision proto = v1::Verdict::DECISION_UNSPECIFIED;
  v1::Verdict::Decision_Parse(trial::DecisionName(decision), &proto);
  return proto;
}

v1::Summary ToProto(const inference::Summary& summary) {
  v1::Summary proto;
  PutSummary(summary, proto);
  return proto;
}

v1::Benefit ToProto(const inference::Benefit& benefit, const trial::Measure& measure) {
  v1::Benefit proto;
  proto.set_unit(trial::BenefitUnit(measure.family));
  PutSummary(benefit, proto);
  proto.set_p_any(benefit.p_any);
  proto.set_p_worse(benefit.p_worse);
  if (measure.minimal_important_difference.has_value()) {
    proto.set_p_important(benefit.p_important);
  }
  return proto;
}

v1::AnalysisResult ToProto(const trial::AnalysisOutcome& outcome, const trial::Protocol& protocol,
                           report::Language language) {
  v1::AnalysisResult proto;
  proto.set_model_version(inference::kModelVersion);
  proto.set_measure(outcome.measure->id);
  proto.set_family(ToProto(outcome.measure->family));
  proto.set_days(outcome.days);
  proto.set_observed_days(outcome.observed_days);
  PutPosterior(outcome, protocol, proto);
  PutVerdict(outcome.verdict, language, *proto.mutable_verdict());
  if (outcome.randomization_test.has_value()) {
    PutTest(*outcome.randomization_test, *proto.mutable_randomization_test());
  }
  proto.set_exposure_contrast(outcome.exposure_contrast);
  proto.set_reached_benefit(outcome.reached_benefit);
  proto.set_missing_on_days(outcome.missing_on_days);
  proto.set_missing_off_days(outcome.missing_off_days);
  for (const auto& [id, days] : outcome.missing_covariate_days) {
    (*proto.mutable_missing_covariate_days())[id] = days;
  }
  PutBlocks(outcome, proto);
  PutSeries(outcome.series, proto);
  proto.set_digest(Hex(outcome.digest));
  proto.set_seed(outcome.seed);
  if (outcome.sensitivity.has_value()) {
    *proto.mutable_sensitivity() = ToProto(*outcome.sensitivity, *outcome.measure, language);
  }
  return proto;
}

v1::Progress ToProto(const trial::Progress& progress) {
  v1::Progress proto;
  proto.set_days_done(progress.days_done);
  proto.set_days_planned(progress.days_planned);
  proto.set_scores_scheduled(progress.scores_scheduled);
  proto.set_scores_recorded(progress.scores_recorded);
  proto.set_pairs_done(progress.pairs_done);
  proto.set_pairs_planned(progress.pairs_planned);
  for (const Date date : progress.missing_dates) proto.add_missing_dates(FormatDate(date));
  if (progress.next_look_date.has_value()) {
    proto.set_next_look_date(FormatDate(*progress.next_look_date));
  }
  return proto;
}

}  // namespace solotrial::service

#include "engine/inference/slice.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace solotrial::inference {
namespace {

std::vector<NormalComponent> EffectMixture(const std::vector<EffectComponent>& effect) {
  std::vector<NormalComponent> mixture;
  mixture.reserve(effect.size());
  for (const EffectComponent& c : effect) mixture.push_back({c.weight, c.mean, c.sd});
  return mixture;
}

std::vector<NormalComponent> BenefitMixture(const std::vector<EffectComponent>& effect) {
  std::vector<NormalComponent> mixture;
  mixture.reserve(effect.size());
  for (const EffectComponent& c : effect) {
    mixture.push_back({c.weight, c.benefit, std::hypot(c.tangent * c.sd, c.spread)});
  }
  return mixture;
}

template <class Item>
void Append(const std::vector<Item>& from, double weight, std::vector<Item>& to) {
  for (Item item : from) {
    item.weight *= weight;
    to.push_back(item);
  }
}

}  // namespace

Slice MergeSlices(std::vector<WeightedSlice> slices) {
  double highest = -std::numeric_limits<double>::infinity();
  for (const WeightedSlice& s : slices) highest = std::max(highest, s.slice.log_evidence);
  double total = 0;
  for (const WeightedSlice& s : slices) {
    total += s.weight * std::exp(s.slice.log_evidence - highest);
  }
  if (slices.size() == 1) {
    slices[0].slice.log_evidence += std::log(slices[0].weight);
    return std::move(slices[0].slice);
  }
  Slice merged;
  merged.log_evidence = highest + std::log(total);
  merged.higher_day = 0;
  merged.pareto_k = -std::numeric_limits<double>::infinity();
  for (const WeightedSlice& s : slices) {
    const double w = s.weight * std::exp(s.slice.log_evidence - highest) / total;
    if (w < 1e-7) continue;
    Append(s.slice.effect, w, merged.effect);
    merged.parameters.resize(s.slice.parameters.size());
    for (std::size_t c = 0; c < s.slice.parameters.size(); ++c) {
      Append(s.slice.parameters[c], w, merged.parameters[c]);
    }
    Append(s.slice.latent_sd, w, merged.latent_sd);
    Append(s.slice.latent_correlation, w, merged.latent_correlation);
    Append(s.slice.noise_sd, w, merged.noise_sd);
    merged.higher_day += w * s.slice.higher_day;
    merged.failed += w * s.slice.failed;
    merged.edge += w * s.slice.edge;
    merged.disagreement += w * s.slice.disagreement;
    merged.effective_draws += w * s.slice.effective_draws;
    merged.pareto_k = std::max(merged.pareto_k, s.slice.pareto_k);
    merged.sampled = merged.sampled || s.slice.sampled;
  }
  return merged;
}

std::vector<EffectComponent> UnderPrior(const std::vector<EffectComponent>& effect,
                                        const EffectPrior& prior, const EffectPrior& other) {
  // The ratio of the priors is the exponential of linear * x - curve * x^2 / 2.
  const double curve = 1 / (other.sd * other.sd) - 1 / (prior.sd * prior.sd);
  const double linear = other.mean / (other.sd * other.sd) - prior.mean / (prior.sd * prior.sd);
  std::vector<EffectComponent> changed;
  std::vector<double> log_weight;
  double highest = -std::numeric_limits<double>::infinity();
  for (EffectComponent c : effect) {
    const double variance = c.sd * c.sd;
    const double shrink = 1 + curve * variance;
    // A wider prior may leave a component without bound only where the data said nothing.
    if (!(shrink > 0)) continue;
    const double mean = (c.mean + linear * variance) / shrink;
    const double log_ratio =
        -0.5 * std::log(shrink) +
        (linear * c.mean + 0.5 * linear * linear * variance - 0.5 * curve * c.mean * c.mean) /
            shrink;
    log_weight.push_back(std::log(c.weight) + log_ratio);
    highest = std::max(highest, log_weight.back());
    c.benefit += c.tangent * (mean - c.mean);
    c.mean = mean;
    c.sd /= std::sqrt(shrink);
    changed.push_back(c);
  }
  for (std::size_t i = 0; i < changed.size(); ++i) {
    changed[i].weight = std::exp(log_weight[i] - highest);
  }
  return changed;
}

BenefitProbabilities ProbabilitiesOf(const std::vector<EffectComponent>& effect,
                                     const Record& record) {
  // B has the sign of the turned delta, exactly.
  const double below = MixtureCdf(EffectMixture(effect), 0);
  BenefitProbabilities probabilities;
  probabilities.any = record.lower_is_better ? below : 1 - below;
  probabilities.important =
      1 - MixtureCdf(BenefitMixture(effect), record.minimal_important_difference);
  return probabilities;
}

Benefit SummarizeBenefit(const std::vector<EffectComponent>& effect, const Record& record) {
  Benefit benefit;
  static_cast<Summary&>(benefit) = SummarizeMixture(BenefitMixture(effect));
  const BenefitProbabilities probabilities = ProbabilitiesOf(effect, record);
  benefit.p_any = probabilities.any;
  benefit.p_important = probabilities.important;
  benefit.p_worse = 1 - probabilities.any;
  return benefit;
}

double SliceCdf(const Slice& slice, Quantity quantity, double value) {
  switch (quantity) {
    case Quantity::kEffect:
      return MixtureCdf(EffectMixture(slice.effect), value);
    case Quantity::kBenefit:
      return MixtureCdf(BenefitMixture(slice.effect), value);
    case Quantity::kLatentSd:
      return PointsCdf(slice.latent_sd, value);
    case Quantity::kLatentCorrelation:
      return PointsCdf(slice.latent_correlation, value);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

Posterior SummarizeSlice(const Slice& slice, const Record& record, const ColumnIndex& index,
                         int coefficients, const EffectPrior& prior) {
  Posterior posterior;
  posterior.effect = SummarizeMixture(EffectMixture(slice.effect));
  if (index.intercept >= 0) {
    posterior.intercept = SummarizeMixture(slice.parameters[index.intercept]);
  }
  if (index.trend >= 0) posterior.trend = SummarizeMixture(slice.parameters[index.trend]);
  for (int c = index.first_covariate; c < coefficients; ++c) {
    posterior.covariates.push_back(SummarizeMixture(slice.parameters[c]));
  }
  if (record.autocorrelation) {
    posterior.latent_sd = SummarizePoints(slice.latent_sd);
    posterior.latent_correlation = SummarizePoints(slice.latent_correlation);
  }
  if (!slice.noise_sd.empty()) posterior.noise_sd = SummarizePoints(slice.noise_sd);
  posterior.benefit = SummarizeBenefit(slice.effect, record);
  for (const EffectPrior& other : record.other_priors) {
    posterior.under_other_priors.push_back(
        SummarizeBenefit(UnderPrior(slice.effect, prior, other), record));
  }
  const double higher = std::clamp(slice.higher_day, 0.0, 1.0);  // rounding
  posterior.p_better_day = record.lower_is_better ? 1 - higher : higher;
  if (record.family == Family::kOrdinal || record.family == Family::kBernoulli) {
    posterior.odds_ratio = SummarizeExp(EffectMixture(slice.effect));
  }
  if (record.family == Family::kPoisson || record.family == Family::kNegativeBinomial) {
    posterior.rate_ratio = SummarizeExp(EffectMixture(slice.effect));
  }
  return posterior;
}

}  // namespace solotrial::inference

// The posterior at one setting of the parameters that the outermost quadrature runs over
// (half-lives, nu, dispersion, spread by arm), as mixtures and weighted points, and what becomes of
// several.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_SLICE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_SLICE_H_

#include <string>
#include <vector>

#include "engine/inference/inference.h"
#include "engine/inference/mixture.h"
#include "engine/inference/regression.h"

namespace solotrial::inference {

// A narrow normal component of delta's posterior with the benefit there: given delta, the benefit
// is benefit + tangent (delta - mean), with sd `spread`.
struct EffectComponent {
  double weight;
  double mean;
  double sd;
  double benefit;
  double tangent;
  double spread;
};

// From this difference between the halves on (Slice::disagreement) the whole is not trusted: the
// error of the trapezoidal rule is squared when its spacing is halved.
inline constexpr double kMostDisagreement = 0.07;

// Weights within one slice sum to 1.
struct Slice {
  double log_evidence = 0;  // likelihood times prior of the setting, everything else integrated out
  std::vector<EffectComponent> effect;
  std::vector<std::vector<NormalComponent>> parameters;  // coefficients, then shape coordinates
  std::vector<WeightedPoint> latent_sd;
  std::vector<WeightedPoint> latent_correlation;
  std::vector<WeightedPoint> noise_sd;
  double higher_day = 0.5;  // P(a day on scores higher than a day off), ties half

  // Shares of the mass, and the difference of probabilities between the two halves of the lattice.
  double failed = 0;  // where the search for a mode or the nodes did not do
  double edge = 0;    // at the end of what the quadrature covers
  double disagreement = 0;
  double effective_draws = 0;
  double pareto_k = 0;
  bool sampled = false;
};

// Their mixture: each counts by exp(log_evidence) times `weight`.
struct WeightedSlice {
  double weight;  // of the outer quadrature rule
  Slice slice;
};
Slice MergeSlices(std::vector<WeightedSlice> slices);

// Benefit under the components, with the sign for `record`, and under another prior of delta than
// `prior`: the components' weights change by the ratio of the priors.
Benefit SummarizeBenefit(const std::vector<EffectComponent>& effect, const Record& record);
std::vector<EffectComponent> UnderPrior(const std::vector<EffectComponent>& effect,
                                        const EffectPrior& prior, const EffectPrior& other);

// P(B > 0) and P(B >= MID).
struct BenefitProbabilities {
  double any = 0;
  double important = 0;
};
BenefitProbabilities ProbabilitiesOf(const std::vector<EffectComponent>& effect,
                                     const Record& record);

// P(quantity < value); NaN where the slice has no such quantity.
double SliceCdf(const Slice& slice, Quantity quantity, double value);

// Everything that a slice says of the posterior but diagnostics. `prior`: the model's own of delta.
Posterior SummarizeSlice(const Slice& slice, const Record& record, const ColumnIndex& index,
                         int coefficients, const EffectPrior& prior);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_SLICE_H_

// How far importance weights can be trusted.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_PARETO_H_
#define SOLOTRIAL_ENGINE_INFERENCE_PARETO_H_

#include <vector>

namespace solotrial::inference {

// The shape k of the generalised Pareto distribution fitted to the upper tail of `weights` (>= 0;
// the largest min(n/5, 3 sqrt(n)) of n): under 0.5 the weights' variance is finite (Vehtari,
// Simpson, Gelman, Yao and Gabry, JMLR 25, 2024, section 3; fit of Zhang and Stephens,
// Technometrics 51, 2009, with their weak prior towards 0.5). -infinity where the tail is flat.
double ParetoK(std::vector<double> weights);

// (sum of weights)^2 / sum of squares.
double EffectiveDraws(const std::vector<double>& weights);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_PARETO_H_

// Summaries of weighted sets: mixtures of normal distributions, and weighted points.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_MIXTURE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_MIXTURE_H_

#include <functional>
#include <map>
#include <vector>

#include "engine/inference/inference.h"

namespace solotrial::inference {

struct NormalComponent {
  double weight;  // > 0; need not sum to 1 over the components
  double mean;
  double sd;  // >= 0; 0 is a point mass
};

// P(X < x). A point mass at x counts half.
double MixtureCdf(const std::vector<NormalComponent>& mixture, double x);

// Mean and sd are exact. For the quantiles, components that nearly coincide are merged with their
// first two moments kept, which moves a quantile by less than 0.002 sd.
Summary SummarizeMixture(const std::vector<NormalComponent>& mixture);

// Summary of exp(X), X the mixture.
Summary SummarizeExp(const std::vector<NormalComponent>& mixture);

struct WeightedPoint {
  double value;
  double weight;  // >= 0
};

// Summary of a smooth distribution known at points that carry the weights of a quadrature rule.
Summary SummarizePoints(const std::vector<WeightedPoint>& points);

// Summary of transform(x), transform increasing, where x's density is known (up to a constant) at
// the multiples of `step` that are the keys of `density`. The density between them is the
// exponential of the cubic through the logarithms of four neighbours. `even`: x >= 0, the density
// goes on evenly below 0, and that of key 0 was given with half weight.
Summary SummarizeLattice(const std::map<int, double>& density, double step, bool even,
                         const std::function<double(double)>& transform);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_MIXTURE_H_

// Summaries of weighted sets: mixtures of normal distributions, and weighted points.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_MIXTURE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_MIXTURE_H_

#include <vector>

#include "engine/inference/inference.h"

namespace solotrial::inference {

struct NormalComponent {
  double weight;  // > 0; need not sum to 1 over the components
  double mean;
  double sd;  // >= 0; 0 is a point mass
};

// P(X < x). A point mass at x counts half. NaN for an empty mixture.
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
// Its P(X < x), as the quantiles of the summary are found; NaN without points.
double PointsCdf(const std::vector<WeightedPoint>& points, double x);

// Points of a smooth density whose logarithm is given at equal steps: the exponential of the cubic
// through four neighbours, nothing beyond the ends. A point's value is its position in steps from
// the first. `even`: the density goes on evenly below position 0.
std::vector<WeightedPoint> InterpolateDensity(const std::vector<double>& log_density, bool even);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_MIXTURE_H_

// The posterior of a non-Gaussian family: quadrature over (sigma_u, rho), Laplace's approximation
// of the collapsed posterior at every node, corrected along the effect.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_LATENT_POSTERIOR_H_
#define SOLOTRIAL_ENGINE_INFERENCE_LATENT_POSTERIOR_H_

#include <Eigen/Core>
#include <vector>

#include "engine/inference/collapsed.h"
#include "engine/inference/families/likelihood.h"
#include "engine/inference/inference.h"
#include "engine/inference/mixture.h"
#include "engine/inference/regression.h"
#include "engine/inference/shape_prior.h"

namespace solotrial::inference {

// What one unit of delta does to the expected score of a day (MODEL.md, section 4).
class Response {
 public:
  virtual ~Response() = default;

  // For every eta_mid (eta at e = 1/2): (E[y | eta_mid + delta/2] - E[y | eta_mid - delta/2]) /
  // delta, its limit at delta = 0; `shape`: the family's shape coordinates.
  virtual Eigen::ArrayXd Slope(const Eigen::ArrayXd& eta_mid, double delta,
                               const Eigen::VectorXd& shape) const = 0;
};

struct LatentProblem {
  const Record& record;
  const Regression& regression;
  const CoefficientPrior& prior;
  const Likelihood& likelihood;
  const ShapePrior& shape;
  const std::vector<std::vector<int>>& shape_of_day;  // see CollapsedModel
  const Response& response;
  Eigen::VectorXd start;  // phi to begin the first search for a mode at
};

struct LatentResult {
  Posterior posterior;
  // The mixtures behind it: delta, and the shape coordinates.
  std::vector<NormalComponent> effect;
  std::vector<std::vector<NormalComponent>> shape;
};

LatentResult LatentPosterior(const LatentProblem& problem);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_LATENT_POSTERIOR_H_

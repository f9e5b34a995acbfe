// GAUSSIAN: the marginal distributions of sigma_u, rho and sigma between the nodes of the lattice.
// The nodes alone give means and sds to many digits, but a distribution function in a few steps.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_VARIANCE_MARGINALS_H_
#define SOLOTRIAL_ENGINE_INFERENCE_VARIANCE_MARGINALS_H_

#include <vector>

#include "engine/inference/mixture.h"

namespace solotrial::inference {

// One node: sigma_u = scale sin(theta), sigma = scale cos(theta), rho = tanh(z), at theta =
// `theta` pi/2 / theta_steps and z = `z` z_step.
struct VarianceNode {
  int theta = 0;  // 0 .. theta_steps
  int z = 0;
  double scale = 0;   // > 0
  double weight = 0;  // of the quadrature: half weights at both ends of theta
};

struct VarianceMarginals {
  std::vector<WeightedPoint> latent_sd;
  std::vector<WeightedPoint> latent_correlation;
  std::vector<WeightedPoint> noise_sd;
};

// `nodes` is not empty. The weights of the points sum to 1.
VarianceMarginals MarginalsBetween(const std::vector<VarianceNode>& nodes, int theta_steps,
                                   double z_step);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_VARIANCE_MARGINALS_H_

// The outermost quadrature: over parameters at whose every value the whole rest of the posterior is
// computed (a slice): half-lives, nu, dispersion, the spread by arm.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_OUTER_QUADRATURE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_OUTER_QUADRATURE_H_

#include <functional>
#include <vector>

#include "engine/inference/mixture.h"

namespace solotrial::inference {

// Trapezoidal rule at start + k * step.
struct OuterAxis {
  double start = 0;
  double step = 1;    // at first; halved while over 1.5 posterior sds
  bool even = false;  // values >= 0, the integrand even: half weight at 0 (start is then ignored)
  double lowest = -1e300;
  double highest = 1e300;
};

struct OuterNode {
  std::vector<double> at;  // by axis
  double weight = 0;       // of the rule, relative
  double log_evidence = 0;
};

struct OuterResult {
  std::vector<OuterAxis> axes;  // with the final steps
  std::vector<OuterNode> nodes;
  // By axis: the marginal posterior.
  std::vector<std::vector<WeightedPoint>> marginal;
};

// `log_evidence(at)`: of likelihood times prior at `at`. No axes: one node.
using LogEvidence = std::function<double(const std::vector<double>& at)>;
OuterResult IntegrateOuter(std::vector<OuterAxis> axes, const LogEvidence& log_evidence);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_OUTER_QUADRATURE_H_

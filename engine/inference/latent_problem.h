// What the quadrature of a non-Gaussian family needs to be told.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_LATENT_PROBLEM_H_
#define SOLOTRIAL_ENGINE_INFERENCE_LATENT_PROBLEM_H_

#include <Eigen/Core>
#include <cmath>

#include "engine/inference/collapsed.h"

namespace solotrial::inference {

// What one unit of delta does to the expected score of a day (MODEL.md, section 4), and the chance
// that a day on is better than a day off.
class Response {
 public:
  virtual ~Response() = default;

  // For every eta_mid (eta at e = 1/2): (E[y | eta_mid + delta/2] - E[y | eta_mid - delta/2]) /
  // delta, its limit at delta = 0; `shape`: the family's shape coordinates.
  virtual Eigen::ArrayXd Slope(const Eigen::ArrayXd& eta_mid, double delta,
                               const Eigen::VectorXd& shape) const = 0;

  // P(y_on > y_off) + P(y_on = y_off) / 2 for two days drawn independently, latent values of sd
  // `latent_sd` included, at eta_mid without them. `noise_share`: see LatentProblem::NoiseShare.
  virtual double HigherDay(double eta_mid, double delta, double latent_sd, double noise_share,
                           const Eigen::VectorXd& shape) const = 0;
};

// What the lattice's rows are.
enum class RowVariable {
  kLatentSd,  // sigma_u >= 0, half-Normal(1)
  kAngle,     // theta in [0, pi/2], uniform: sigma_u = s sin(theta), sigma = s cos(theta)
};

struct LatentProblem {
  bool autocorrelation = true;
  CollapsedProblem collapsed;
  const Response& response;
  RowVariable row_variable = RowVariable::kLatentSd;
  double fixed_scale = 1;  // kAngle without a scale coordinate: s
  double log_factor = 0;   // of the likelihood: what no parameter of this problem meets
  Eigen::VectorXd start;   // phi to begin the first search for a mode at

  double LatentSd(double row) const {
    return row_variable == RowVariable::kAngle ? fixed_scale * std::sin(row) : row;
  }
  double NoiseShare(double row) const {
    return row_variable == RowVariable::kAngle ? std::cos(row) : 1;
  }
  double LogPriorOfRow(double row) const {
    return row_variable == RowVariable::kAngle ? 0 : -0.5 * row * row;
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_LATENT_PROBLEM_H_

// The integral over the overall scale s of a linear Gaussian model, given the shape of its noise.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_SCALE_INTEGRAL_H_
#define SOLOTRIAL_ENGINE_INFERENCE_SCALE_INTEGRAL_H_

#include <Eigen/Core>
#include <vector>

namespace solotrial::inference {

// y = X b + noise, noise ~ Normal(0, s^2 C), b ~ Normal(0, I): everything that s meets, with the
// p coefficients rotated so that X' C^-1 X is diagonal.
struct ScaleProblem {
  int rows = 0;                // observed days
  double log_determinant = 0;  // log |C|
  double score_square = 0;     // y' C^-1 y
  Eigen::VectorXd eigenvalue;  // of X' C^-1 X
  Eigen::MatrixXd rotation;    // its eigenvectors, by column
  Eigen::VectorXd projection;  // rotation' X' C^-1 y
  // The prior density of s is s^(prior_power - 1) exp(-s^2 / 2), up to a constant.
  double prior_power = 1;
};

// From the packed lower triangle of (X y)' C^-1 (X y).
ScaleProblem MakeScaleProblem(int rows, int coefficients, const double* packed_gram,
                              Eigen::Index stride, double log_determinant, double prior_power);

// A node of the quadrature over s.
struct ScaleNode {
  double variance;  // s^2
  double weight;    // relative to exp(ScaleIntegral::log_peak)
};

struct ScaleIntegral {
  double log_value = 0;  // log of the integral of likelihood * prior over s
  double log_scale = 0;  // where the integrand peaks in log s
  bool at_floor = false;
  std::vector<ScaleNode> nodes;
};

// Below this s, relative to the prior's, scores are taken to lie exactly on the fitted line.
inline constexpr double kScaleFloor = 1e-6;

// Trapezoidal rule in log s about the peak; `log_scale_guess` starts the search for it.
ScaleIntegral IntegrateScale(const ScaleProblem& problem, double log_scale_guess);

// Mean and variance of coefficient `c` given s^2 = `variance`.
double CoefficientMean(const ScaleProblem& problem, int c, double variance);
double CoefficientVariance(const ScaleProblem& problem, int c, double variance);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_SCALE_INTEGRAL_H_

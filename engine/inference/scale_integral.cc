#include "engine/inference/scale_integral.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace solotrial::inference {
namespace {

const double kLogFloor = std::log(kScaleFloor);
constexpr double kLogCeiling = 25;

// Log of the integrand in x = log s, up to a constant. With v = s^2 and b integrated out
// (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, equation 2.37):
//   -n x - log|C|/2 - sum log(1 + lambda/v)/2 - (y'C^-1 y - sum q^2/(v + lambda)) / (2 v)
// plus the prior of s in x: prior_power x - v/2.
double LogIntegrand(const ScaleProblem& p, double x) {
  const double v = std::exp(2 * x);
  double residual = p.score_square;
  double shrinkage = 1;
  for (Eigen::Index i = 0; i < p.eigenvalue.size(); ++i) {
    residual -= p.projection(i) * p.projection(i) / (v + p.eigenvalue(i));
    shrinkage *= 1 + p.eigenvalue(i) / v;
  }
  return (p.prior_power - p.rows) * x - 0.5 * p.log_determinant - 0.5 * std::log(shrinkage) -
         0.5 * std::max(residual, 0.0) / v - 0.5 * v;
}

struct Derivatives {
  double first;
  double second;
};

// d/dx and d^2/dx^2 of LogIntegrand.
Derivatives Differentiate(const ScaleProblem& p, double x) {
  const double v = std::exp(2 * x);
  Derivatives d{p.prior_power - p.rows - v + p.score_square / v, -2 * v - 2 * p.score_square / v};
  for (Eigen::Index i = 0; i < p.eigenvalue.size(); ++i) {
    const double lambda = p.eigenvalue(i);
    const double t = 1 / (v + lambda);
    const double q2 = p.projection(i) * p.projection(i);
    d.first += lambda * t - q2 * (2 * v + lambda) * t * t / v;
    d.second -= 2 * v * lambda * t * t;
    d.second -= 2 * q2 * t * t * (2 - (2 * v + lambda) / v - 2 * (2 * v + lambda) * t);
  }
  return d;
}

}  // namespace

ScaleProblem MakeScaleProblem(int rows, int coefficients, const double* packed_gram,
                              Eigen::Index stride, double log_determinant, double prior_power) {
  ScaleProblem problem;
  problem.rows = rows;
  problem.log_determinant = log_determinant;
  problem.prior_power = prior_power;
  Eigen::MatrixXd gram(coefficients, coefficients);
  Eigen::VectorXd cross(coefficients);
  const double* entry = packed_gram;
  for (int c = 0; c < coefficients; ++c) {
    for (int other = 0; other <= c; ++other, entry += stride) gram(c, other) = *entry;
  }
  for (int c = 0; c < coefficients; ++c, entry += stride) cross(c) = *entry;
  problem.score_square = *entry;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);  // reads the lower triangle
  problem.eigenvalue = solver.eigenvalues().cwiseMax(0.0);
  problem.rotation = solver.eigenvectors();
  problem.projection = problem.rotation.transpose() * cross;
  return problem;
}

ScaleIntegral IntegrateScale(const ScaleProblem& problem, double log_scale_guess) {
  ScaleIntegral integral;
  double x = std::clamp(log_scale_guess, kLogFloor, kLogCeiling);
  double sd = 0.5;
  for (int iteration = 0; iteration < 100; ++iteration) {
    const Derivatives d = Differentiate(problem, x);
    const double newton = d.second < 0 ? -d.first / d.second : (d.first > 0 ? 0.5 : -0.5);
    if (d.second < 0) sd = 1 / std::sqrt(-d.second);
    const double next = std::clamp(x + std::clamp(newton, -1.0, 1.0), kLogFloor, kLogCeiling);
    const double moved = std::abs(next - x);
    x = next;
    if (moved < 0.01 * sd) break;
  }
  integral.at_floor = x <= kLogFloor;
  integral.log_scale = x;

  // For a peak of normal shape a step of 1.1 sd leaves a relative error of 2 exp(-2 pi^2 / 1.21),
  // 2e-7; the rest is for skewness.
  const double step = 1.1 * std::min(sd, 0.5);
  constexpr double kNegligible = 9;
  constexpr int kMaxNodes = 400;
  const double peak = LogIntegrand(problem, x);
  double sum = 1;
  integral.nodes.reserve(16);
  integral.nodes.push_back({std::exp(2 * x), 1});
  for (const double direction : {-step, step}) {
    for (int k = 1; k < kMaxNodes; ++k) {
      const double at = x + k * direction;
      if (at < kLogFloor || at > kLogCeiling) break;
      const double depth = LogIntegrand(problem, at) - peak;
      if (depth < -kNegligible) break;
      const double weight = std::exp(depth);
      sum += weight;
      integral.nodes.push_back({std::exp(2 * at), weight});
    }
  }
  integral.log_value = peak + std::log(sum * step);
  for (ScaleNode& node : integral.nodes) node.weight /= sum;
  return integral;
}

double CoefficientMean(const ScaleProblem& problem, int c, double variance) {
  double mean = 0;
  for (Eigen::Index i = 0; i < problem.eigenvalue.size(); ++i) {
    mean += problem.rotation(c, i) * problem.projection(i) / (variance + problem.eigenvalue(i));
  }
  return mean;
}

double CoefficientVariance(const ScaleProblem& problem, int c, double variance) {
  double sum = 0;
  for (Eigen::Index i = 0; i < problem.eigenvalue.size(); ++i) {
    const double r = problem.rotation(c, i);
    sum += r * r * variance / (variance + problem.eigenvalue(i));
  }
  return sum;
}

}  // namespace solotrial::inference

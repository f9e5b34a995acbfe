#include "engine/inference/path_correction.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

namespace solotrial::inference {
namespace {

constexpr double kPathEnd = 3;

// The polynomial within the path, its tangent beyond.
double Along(const std::array<double, 4>& c, double t) {
  const double inside = std::clamp(t, -kPathEnd, kPathEnd);
  const double value = inside * (c[0] + inside * (c[1] + inside * (c[2] + inside * c[3])));
  const double tangent = c[0] + inside * (2 * c[1] + inside * (3 * c[2] + inside * 4 * c[3]));
  return value + (t - inside) * tangent;
}

double SlopeAlong(const std::array<double, 4>& c, double t) {
  const double inside = std::clamp(t, -kPathEnd, kPathEnd);
  return c[0] + inside * (2 * c[1] + inside * (3 * c[2] + inside * 4 * c[3]));
}

// The quartic through the origin and the values at t = -3, -1.5, 1.5, 3.
std::array<double, 4> Quartic(const std::array<double, 4>& value) {
  const double a = kPathEnd / 2;
  const double even_near = (value[2] + value[1]) / 2 / (a * a);
  const double even_far = (value[3] + value[0]) / 2 / (4 * a * a);
  const double odd_near = (value[2] - value[1]) / 2 / a;
  const double odd_far = (value[3] - value[0]) / 2 / (2 * a);
  const double quartic = (even_far - even_near) / (3 * a * a);
  const double cubic = (odd_far - odd_near) / (3 * a * a);
  return {odd_near - cubic * a * a, even_near - quartic * a * a, cubic, quartic};
}

// Rows and columns of `matrix` without `left_out`.
Eigen::MatrixXd Without(const Eigen::MatrixXd& matrix, int left_out) {
  const Eigen::Index n = matrix.rows() - 1;
  const Eigen::Index rest = n - left_out;
  Eigen::MatrixXd smaller(n, n);
  smaller.topLeftCorner(left_out, left_out) = matrix.topLeftCorner(left_out, left_out);
  smaller.topRightCorner(left_out, rest) = matrix.topRightCorner(left_out, rest);
  smaller.bottomLeftCorner(rest, left_out) = matrix.bottomLeftCorner(rest, left_out);
  smaller.bottomRightCorner(rest, rest) = matrix.bottomRightCorner(rest, rest);
  return smaller;
}

Eigen::VectorXd Without(const Eigen::VectorXd& vector, int left_out) {
  Eigen::VectorXd smaller(vector.size() - 1);
  smaller << vector.head(left_out), vector.tail(vector.size() - 1 - left_out);
  return smaller;
}

// Adds `step`, which lacks element `left_out`, to `phi`.
void AddWithout(const Eigen::VectorXd& step, int left_out, Eigen::VectorXd& phi) {
  phi.head(left_out) += step.head(left_out);
  phi.tail(phi.size() - 1 - left_out) += step.tail(phi.size() - 1 - left_out);
}

// The log of delta's marginal density at a point of the path, by Laplace's method over the other
// parameters (Tierney and Kadane, JASA 81, 1986), and of the response there.
struct PathPoint {
  double log_density;
  double log_slope;
};

PathPoint ProfileAt(NodeSolver& solver, const LatentNode& node, int effect, double t,
                    CollapsedValue& value) {
  Eigen::VectorXd phi = node.phi + t * node.path;
  solver.Place(node, phi);
  solver.model().Evaluate(phi, value);
  double log_density = value.log_density;
  if (phi.size() > 1) {
    const Eigen::LLT<Eigen::MatrixXd> llt(Without(value.precision, effect));
    if (llt.info() == Eigen::Success) {
      const Eigen::VectorXd gradient = Without(value.gradient, effect);
      const Eigen::VectorXd step = llt.solve(gradient);
      log_density += 0.5 * gradient.dot(step) - llt.matrixLLT().diagonal().array().log().sum();
      AddWithout(step, effect, phi);
    }
  }
  return {log_density, std::log(solver.Slope(phi, nullptr))};
}

// The response given delta, through the other parameters and through the latent process. Along each
// of the axes that make the other parameters independent given delta (the columns of the inverse
// Cholesky factor of their precision): three-point Gauss-Hermite, its weights corrected by the
// density itself, so that skewness counts.
void SpreadOfResponse(NodeSolver& solver, const LatentNode& node, int effect, CollapsedValue& value,
                      PathCorrection& correction) {
  solver.Place(node, node.phi);
  solver.model().Evaluate(node.phi, value);
  const double centre_density = value.log_density;
  Eigen::ArrayXd by_latent;
  const double centre = solver.Slope(node.phi, &by_latent);
  double variance = solver.model().LatentVariance(by_latent);
  double shift = 0;
  const int others = static_cast<int>(node.phi.size()) - 1;
  if (others > 0) {
    const Eigen::LLT<Eigen::MatrixXd> llt(Without(value.precision, effect));
    const Eigen::MatrixXd axes = llt.matrixU().solve(Eigen::MatrixXd::Identity(others, others));
    for (int axis = 0; axis < others; ++axis) {
      double weight[2];
      double slope[2];
      for (int side = 0; side < 2; ++side) {
        const double distance = (side == 0 ? -1 : 1) * std::sqrt(3.0);
        Eigen::VectorXd phi = node.phi;
        AddWithout(distance * axes.col(axis), effect, phi);
        const double at_density = solver.model().LogDensity(phi, /*moments=*/true);
        // 1.5 is what a Gaussian density loses over sqrt(3) sds.
        weight[side] = std::exp(std::clamp(at_density - centre_density + 1.5, -3.0, 1.5));
        slope[side] = solver.Slope(phi, nullptr);
      }
      const double total = 4 + weight[0] + weight[1];
      const double mean = (4 * centre + weight[0] * slope[0] + weight[1] * slope[1]) / total;
      const double square = (4 * centre * centre + weight[0] * slope[0] * slope[0] +
                             weight[1] * slope[1] * slope[1]) /
                            total;
      shift += mean - centre;
      variance += square - mean * mean;
    }
  }
  correction.slope_factor = std::clamp(1 + shift / centre, 0.5, 2.0);
  correction.slope_cv = std::sqrt(std::max(0.0, variance)) / (centre * correction.slope_factor);
}

}  // namespace

PathCorrection CorrectPath(NodeSolver& solver, const LatentNode& node, int effect) {
  PathCorrection correction;
  CollapsedValue value;
  const PathPoint zero = ProfileAt(solver, node, effect, 0, value);
  const double at[] = {-kPathEnd, -kPathEnd / 2, kPathEnd / 2, kPathEnd};
  std::array<double, 4> log_density;
  std::array<double, 4> log_slope;
  for (int k = 0; k < 4; ++k) {
    const PathPoint point = ProfileAt(solver, node, effect, at[k], value);
    log_density[k] = point.log_density - zero.log_density + 0.5 * at[k] * at[k];
    log_slope[k] = point.log_slope - zero.log_slope;
  }
  correction.log_density = Quartic(log_density);
  correction.log_slope = Quartic(log_slope);
  SpreadOfResponse(solver, node, effect, value, correction);
  return correction;
}

namespace {

// The response given delta, over its mean: positive, so log-normal, as a few normal parts.
struct SlopePart {
  double weight;
  double factor;
  double cv;
};

std::vector<SlopePart> PartsOfSlope(double cv) {
  // A log-normal so narrow is a normal.
  if (cv < 0.1) return {{1, 1, cv}};
  // The logarithm is Normal(m, v): Normal(t, v w^2) over t ~ Normal(m, v (1 - w^2)), three nodes.
  constexpr double kWidthSquared = 0.5;
  const double v = std::log1p(cv * cv);
  const double distance = std::sqrt(3 * v * (1 - kWidthSquared));
  const double part_cv = std::sqrt(std::expm1(v * kWidthSquared));
  const double mean = std::exp(-0.5 * v * (1 - kWidthSquared));
  std::vector<SlopePart> parts;
  double total = 0;
  for (int side = -1; side <= 1; ++side) {
    const double weight = side == 0 ? 4.0 / 6 : 1.0 / 6;
    parts.push_back({weight, mean * std::exp(side * distance), part_cv});
    total += weight * parts.back().factor;
  }
  for (SlopePart& part : parts) part.factor /= total;
  return parts;
}

}  // namespace

// A standard normal is the mixture of Normal(t, w^2) over t ~ Normal(0, 1 - w^2), and given x the
// mean of t is (1 - w^2) x: a correction that belongs to x is put on the component at (1 - w^2) x.
void AddComponents(const PathCorrection& correction, const LatentNode& node, int effect,
                   double sign, double weight, std::vector<EffectComponent>& components) {
  constexpr double kWidth = 0.36;
  constexpr double kStep = 0.4;
  constexpr int kSteps = 11;
  constexpr double kShrink = 1 - kWidth * kWidth;
  const double sd = node.sd(effect);
  double mass[2 * kSteps + 1];
  double sum = 0;
  const std::vector<SlopePart> parts = PartsOfSlope(correction.slope_cv);
  for (int k = -kSteps; k <= kSteps; ++k) {
    const double t = k * kStep;
    sum += mass[k + kSteps] =
        std::exp(-0.5 * t * t / kShrink + Along(correction.log_density, t / kShrink));
  }
  for (int k = -kSteps; k <= kSteps; ++k) {
    const double t = k * kStep;
    const double w = weight * mass[k + kSteps] / sum;
    if (w < 1e-9) continue;
    const double delta = node.phi(effect) + t * sd;
    const double slope =
        node.slope * correction.slope_factor * std::exp(Along(correction.log_slope, t));
    const double tangent = slope + delta * slope * SlopeAlong(correction.log_slope, t) / sd;
    for (const SlopePart& part : parts) {
      components.push_back({part.weight * w, delta, kWidth * sd, sign * delta * slope * part.factor,
                            sign * tangent * part.factor,
                            std::abs(delta * slope * part.factor * part.cv)});
    }
  }
}

}  // namespace solotrial::inference

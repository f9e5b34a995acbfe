#include "engine/inference/importance_check.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "engine/base/random.h"
#include "engine/inference/latent_posterior.h"
#include "engine/inference/pareto.h"

namespace solotrial::inference {
namespace {

constexpr int kPilotDraws = 64;
constexpr int kDraws = 3000;
constexpr double kPoorShare = 0.4;  // of effective draws
constexpr double kDegrees = 6;      // of the many draws' multivariate t
constexpr uint64_t kSeed = 0x5eed0f501071a1ULL;

struct WeightedNode {
  const LatticeRow* row;
  const LatentNode* node;
  double weight;
};

struct Draw {
  const WeightedNode* from;
  Eigen::VectorXd phi;
  double log_weight = 0;
};

class Sampler {
 public:
  Sampler(const LatentProblem& problem, NodeSolver& solver, const Lattice& lattice)
      : problem_(problem), solver_(solver), stream_(kSeed) {
    double total = 0;
    for (const auto& [row_key, row] : lattice.rows) {
      for (const auto& [key, node] : row.nodes) {
        if (!node.good) continue;
        nodes_.push_back({&row, &node, lattice.Weight(row_key, row, node)});
        total += nodes_.back().weight;
      }
    }
    for (WeightedNode& n : nodes_) n.weight /= total;
  }

  // Draw `i` of `count`, systematic over the nodes. `degrees`: of a multivariate t, 0: normal.
  // After it the solver's model has the moments of the latent process there.
  Draw Next(int i, int count, double degrees) {
    const double position = (i + 0.5) / count;
    while (node_ + 1 < nodes_.size() && below_ + nodes_[node_].weight < position) {
      below_ += nodes_[node_++].weight;
    }
    Draw draw;
    draw.from = &nodes_[node_];
    const LatentNode& node = *draw.from->node;
    // A single shape coordinate is drawn with the coefficients; level probabilities are many,
    // skewed and of no interest: they follow, and are integrated by Laplace's method at every draw.
    const Eigen::Index size = node.phi.size();
    const Eigen::Index shape = size - solver_.model().coefficients();
    const Eigen::Index drawn = shape > 1 ? size - shape : size;
    Eigen::VectorXd noise(drawn);
    for (Eigen::Index c = 0; c < drawn; ++c) noise(c) = Normal();
    double log_proposal = -0.5 * noise.squaredNorm();
    if (degrees > 0) {
      double chi_square = 0;
      for (int k = 0; k < static_cast<int>(degrees); ++k) {
        const double z = Normal();
        chi_square += z * z;
      }
      noise *= std::sqrt(degrees / chi_square);
      log_proposal =
          -0.5 * (degrees + static_cast<double>(drawn)) * std::log1p(noise.squaredNorm() / degrees);
    }
    // The drawn elements from their marginal distribution, the others at their conditional mean.
    const Eigen::MatrixXd inverse =
        node.root.triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(size, size));
    const Eigen::MatrixXd covariance = inverse.transpose() * inverse;
    const Eigen::MatrixXd factor = covariance.topLeftCorner(drawn, drawn).llt().matrixL();
    const Eigen::VectorXd away = factor.transpose().triangularView<Eigen::Upper>().solve(noise);
    draw.phi = node.phi;
    draw.phi += covariance.leftCols(drawn) * away;
    solver_.Place(node, draw.phi);
    if (drawn == size) {
      draw.log_weight = solver_.model().LogDensity(draw.phi, /*moments=*/true) - node.log_density;
    } else {
      double half_log_determinant = 0;
      draw.log_weight = ShapeIntegrated(draw.phi, shape, half_log_determinant) - node.log_density +
                        node.root.bottomRightCorner(shape, shape).diagonal().array().log().sum() -
                        half_log_determinant;
    }
    draw.log_weight -= log_proposal;
    if (!std::isfinite(draw.log_weight)) draw.log_weight = -1e300;
    return draw;
  }

  void Restart() {
    node_ = 0;
    below_ = 0;
  }

  double Uniform() { return stream_.Uniform(); }

 private:
  // Laplace's approximation of the integral over the shape coordinates, from `phi`, which it moves
  // to their mode.
  double ShapeIntegrated(Eigen::VectorXd& phi, Eigen::Index shape, double& half_log_determinant) {
    solver_.model().Evaluate(phi, value_);
    const Eigen::LLT<Eigen::MatrixXd> llt(value_.precision.bottomRightCorner(shape, shape));
    if (llt.info() != Eigen::Success) return -std::numeric_limits<double>::infinity();
    const Eigen::VectorXd gradient = value_.gradient.tail(shape);
    const Eigen::VectorXd step = llt.solve(gradient);
    half_log_determinant = llt.matrixLLT().diagonal().array().log().sum();
    phi.tail(shape) += step;
    return value_.log_density + 0.5 * gradient.dot(step);
  }

  double Normal() {
    const double radius = std::sqrt(-2 * std::log1p(-stream_.Uniform()));
    return radius * std::cos(2 * M_PI * stream_.Uniform());
  }

  const LatentProblem& problem_;
  NodeSolver& solver_;
  CollapsedValue value_;
  RandomStream stream_;
  std::vector<WeightedNode> nodes_;
  std::size_t node_ = 0;
  double below_ = 0;
};

std::vector<double> Weights(const std::vector<Draw>& draws) {
  double highest = draws.front().log_weight;
  for (const Draw& draw : draws) highest = std::max(highest, draw.log_weight);
  std::vector<double> weights;
  for (const Draw& draw : draws) weights.push_back(std::exp(draw.log_weight - highest));
  return weights;
}

}  // namespace

void CheckByImportance(const LatentProblem& problem, const Record& record, NodeSolver& solver,
                       LatentSlice& result) {
  Slice& slice = result.slice;
  Sampler sampler(problem, solver, result.lattice);
  std::vector<Draw> draws;
  for (int i = 0; i < kPilotDraws; ++i) {
    draws.push_back(sampler.Next(i, kPilotDraws, 0));
  }
  std::vector<double> weights = Weights(draws);
  slice.pareto_k = ParetoK(weights);
  const double share = EffectiveDraws(weights) / kPilotDraws;
  // k says nothing of weights that hardly differ.
  if (share > 0.9) slice.pareto_k = std::min(slice.pareto_k, 0.0);
  if (share >= kPoorShare) return;

  // The components' own width: the draws are smoothed by a sixth of the spread of delta.
  constexpr double kSmoothing = 0.15;
  const int effect = problem.collapsed.regression.index.effect;
  const int coefficients = solver.model().coefficients();
  const double sign = record.lower_is_better ? -1 : 1;
  draws.clear();
  sampler.Restart();
  std::vector<EffectComponent> components;
  for (int i = 0; i < kDraws; ++i) {
    draws.push_back(sampler.Next(i, kDraws, kDegrees));
    const Draw& draw = draws.back();
    Eigen::ArrayXd by_latent;
    const double delta = draw.phi(effect);
    const double slope = solver.Slope(draw.phi, &by_latent);
    const double latent = std::sqrt(std::max(0.0, solver.model().LatentVariance(by_latent)));
    components.push_back({0, delta, kSmoothing * draw.from->node->sd(effect), sign * delta * slope,
                          sign * slope, std::abs(delta) * latent});
  }
  weights = Weights(draws);
  double total = 0;
  for (double w : weights) total += w;
  slice.pareto_k = ParetoK(weights);
  slice.effective_draws = EffectiveDraws(weights);
  slice.sampled = true;
  slice.effect.clear();
  for (std::vector<NormalComponent>& parameter : slice.parameters) parameter.clear();
  slice.latent_sd.clear();
  slice.latent_correlation.clear();
  slice.noise_sd.clear();
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double w = weights[i] / total;
    if (!(w > 1e-12)) continue;
    const Draw& draw = draws[i];
    components[i].weight = w;
    slice.effect.push_back(components[i]);
    for (std::size_t c = 0; c < slice.parameters.size(); ++c) {
      const auto at = static_cast<Eigen::Index>(c);
      slice.parameters[c].push_back({w, draw.phi(at), kSmoothing * draw.from->node->sd(at)});
    }
    // A node stands for its cell.
    const double row =
        std::abs(draw.from->row->value + (sampler.Uniform() - 0.5) * result.lattice.row_step);
    const double z = draw.from->node->z + (sampler.Uniform() - 0.5) * draw.from->row->step;
    double scale = 1;
    if (problem.collapsed.scale_coordinate >= 0) {
      scale = std::exp(draw.phi(coefficients + problem.collapsed.scale_coordinate));
    }
    if (result.lattice.angle) {
      slice.noise_sd.push_back({scale * problem.fixed_scale * problem.NoiseShare(row), w});
    }
    if (!problem.autocorrelation) continue;
    slice.latent_sd.push_back({scale * problem.LatentSd(row), w});
    slice.latent_correlation.push_back({std::tanh(z), w});
  }
}

}  // namespace solotrial::inference

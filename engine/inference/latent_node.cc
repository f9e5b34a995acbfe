#include "engine/inference/latent_node.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/inference/correlation_prior.h"

namespace solotrial::inference {
NodeSolver::NodeSolver(const LatentProblem& problem)
    : problem_(problem),
      effect_(problem.collapsed.regression.index.effect),
      model_(problem.collapsed) {}

void NodeSolver::Place(const LatentNode& node, const Eigen::VectorXd& phi) {
  model_.set_mode(node.latent_mode);
  model_.Place(phi, problem_.LatentSd(node.row), std::tanh(node.z), problem_.NoiseShare(node.row));
}

// The precision by differences of the gradient, which is exact; far from the mode `root`'s, unless
// null, will do.
void NodeSolver::Differentiate(const Eigen::VectorXd& phi, const Eigen::MatrixXd* root) {
  const Eigen::Index size = phi.size();
  if (root != nullptr && root->rows() == size) {
    constexpr double kFar = 0.5;  // half a squared distance, in sds
    if (root->triangularView<Eigen::Lower>().solve(value_.gradient).squaredNorm() > kFar) {
      value_.precision = *root * root->transpose();
      return;
    }
  }
  Eigen::MatrixXd precision(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    const double step = 0.03 / std::sqrt(std::max(value_.precision(i, i), 1.0));
    Eigen::VectorXd moved = phi;
    moved(i) += step;
    model_.Evaluate(moved, moved_value_);
    precision.col(i) = (value_.gradient - moved_value_.gradient) / step;
  }
  value_.precision = 0.5 * (precision + precision.transpose());
  model_.Evaluate(phi, moved_value_);  // its moments are read below
}

LatentNode NodeSolver::Solve(double row, double z, const NodeStart& start) {
  LatentNode node;
  node.row = row;
  node.z = z;
  Eigen::VectorXd phi = start.phi;
  model_.set_mode(start.latent_mode);
  const auto place = [&] {
    model_.Place(phi, problem_.LatentSd(row), std::tanh(z), problem_.NoiseShare(row));
  };
  place();
  constexpr int kMaxIterations = 60;
  constexpr int kMaxHalvings = 12;
  // Half the squared distance to the mode, in posterior sds, at which the quadratic is believed.
  constexpr double kTolerance = 0.02;
  Eigen::LLT<Eigen::MatrixXd> llt;
  Eigen::VectorXd step;
  Eigen::VectorXd last = phi;
  int halvings = 0;
  double last_value = -std::numeric_limits<double>::infinity();
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    model_.Evaluate(phi, value_);
    if (!(value_.log_density > last_value - 1e-3) && iteration > 0) {
      if (++halvings > kMaxHalvings) break;
      phi = 0.5 * (phi + last);
      place();
      continue;
    }
    halvings = 0;
    if (problem_.row_variable == RowVariable::kAngle && row > kSharpAngle) {
      Differentiate(phi, start.root);
    }
    llt.compute(value_.precision);
    // Where the surface is not concave: the priors' own scale, 1, as a ridge, and more.
    double ridge = 0;
    while (llt.info() != Eigen::Success && ridge < 1e9) {
      ridge = ridge == 0 ? 1 : 4 * ridge;
      Eigen::MatrixXd damped = value_.precision;
      damped.diagonal().array() += ridge;
      llt.compute(damped);
    }
    if (llt.info() != Eigen::Success) break;
    step = llt.solve(value_.gradient);
    const double decrement = value_.gradient.dot(step);
    if (decrement < kTolerance && ridge == 0) {
      node.good = model_.resolved();
      node.log_weight = value_.log_density + 0.5 * decrement;
      break;
    }
    last = phi;
    last_value = value_.log_density;
    const double longest = step.cwiseAbs().maxCoeff();
    phi += std::min({1.0, std::sqrt(16 / decrement), 3 / longest}) * step;
    if (decrement > 0.5) place();
  }
  if (!node.good) return node;
  const int size = model_.parameters();
  node.phi = phi + step;
  node.root = llt.matrixL();
  node.log_density = node.log_weight;
  node.log_weight -= node.root.diagonal().array().log().sum();
  const Eigen::MatrixXd covariance = llt.solve(Eigen::MatrixXd::Identity(size, size));
  node.sd = covariance.diagonal().cwiseSqrt();
  node.path = covariance.col(effect_) / node.sd(effect_);
  node.slope = Slope(node.phi, nullptr);
  node.latent_mode = model_.mode();
  node.latent_last = model_.latent_mean()(model_.rows() - 1);
  node.latent_last_variance = model_.latent_variance()(model_.rows() - 1);
  node.log_weight += problem_.log_factor;
  if (problem_.autocorrelation) {
    node.log_weight += problem_.LogPriorOfRow(row);
    if (row > 0) node.log_weight += LogPriorOfZ(z);
  }
  return node;
}

double NodeSolver::Slope(const Eigen::VectorXd& phi, Eigen::ArrayXd* by_latent) const {
  const int rows = model_.rows();
  const double delta = phi(effect_);
  const Eigen::VectorXd shape = phi.tail(model_.parameters() - model_.coefficients());
  const Eigen::ArrayXd eta =
      (problem_.collapsed.regression.columns * phi.head(model_.coefficients()) -
       delta * problem_.collapsed.regression.columns.col(effect_))
          .array() +
      model_.latent_mean();
  const Eigen::ArrayXd reach = (3 * model_.latent_variance()).sqrt();
  const Eigen::ArrayXd centre = problem_.response.Slope(eta, delta, shape);
  const Eigen::ArrayXd above = problem_.response.Slope(eta + reach, delta, shape);
  const Eigen::ArrayXd below = problem_.response.Slope(eta - reach, delta, shape);
  if (by_latent != nullptr) {
    *by_latent = (reach > 0).select((above - below) / (2 * reach.max(1e-300)), 0.0) / rows;
  }
  return (4 * centre + above + below).mean() / 6;
}

}  // namespace solotrial::inference

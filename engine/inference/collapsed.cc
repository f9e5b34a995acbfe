#include "engine/inference/collapsed.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace solotrial::inference {
namespace {

// Nodes reach this many sds to either side of the mode, ..
constexpr double kReach = 4.5;
// .. at most this many sds of a neighbour-conditioned day apart: the trapezoidal rule then leaves
// a relative error of 2 exp(-2 pi^2 / 1.4^2), 8e-5.
constexpr double kSpacing = 1.4;
constexpr int kMinNodes = 9;

// Scratch only grows: what shrinks and grows again would be cleared again.
void Grow(std::size_t size, std::vector<double>& scratch) {
  if (scratch.size() < size) scratch.resize(size);
}

// Beyond +-300 every family is flat, or its density nothing; squares stay finite.
double BoundedExp(double x) { return std::exp(std::clamp(x, -300.0, 300.0)); }

}  // namespace

CollapsedModel::CollapsedModel(const Regression& regression, const CoefficientPrior& prior,
                               const Likelihood& likelihood, const ShapePrior& shape,
                               const std::vector<std::vector<int>>& shape_of_day)
    : regression_(regression),
      prior_(prior),
      likelihood_(likelihood),
      shape_(shape),
      shape_of_day_(shape_of_day),
      rows_(static_cast<int>(regression.day.size())),
      coefficients_(static_cast<int>(regression.columns.cols())),
      channels_(likelihood.channels()),
      width_(TableWidth(likelihood.channels())) {
  mode_ = Eigen::VectorXd::Zero(rows_);
  half_width_ = Eigen::ArrayXd::Zero(rows_);
  step_correlation_ = Eigen::ArrayXd::Zero(rows_);
  step_variance_ = Eigen::ArrayXd::Zero(rows_);
}

void CollapsedModel::SetShape(const Eigen::VectorXd& phi) {
  fixed_eta_ = (regression_.columns * phi.head(coefficients_)).array();
  shape_.Natural(phi.tail(shape_.coordinates()), natural_, natural_jacobian_);
}

void CollapsedModel::ShapeOfDay(int row, double* shape) const {
  for (int c = 1; c < channels_; ++c) {
    const int index = shape_of_day_[row][c - 1];
    shape[c - 1] = index >= 0    ? natural_(index)
                   : index == -1 ? -std::numeric_limits<double>::infinity()
                                 : std::numeric_limits<double>::infinity();
  }
}

void CollapsedModel::Place(const Eigen::VectorXd& phi, double latent_sd, double correlation) {
  latent_sd_ = latent_sd;
  for (int row = 0; row < rows_; ++row) {
    const int gap = row > 0 ? regression_.day[row] - regression_.day[row - 1] : 0;
    const double r = row == 0 ? 0.0 : gap == 1 ? correlation : std::pow(correlation, gap);
    step_correlation_(row) = r;
    step_variance_(row) = latent_sd * latent_sd * (1 - r * r);
  }
  SetShape(phi);
  resolved_ = true;
  if (latent_sd > 0) {
    FindMode();
    BuildKernels();
  } else {
    nodes_ = 1;
    mode_.setZero();
    offset_.setZero(1, rows_);
    exp_offset_.setOnes(1, rows_);
    kernels_.assign(std::max<std::size_t>(rows_, kernels_.size()), 1.0);
  }
  Grow(static_cast<std::size_t>(rows_) * width_ * nodes_, tables_);
  filtered_.resize(nodes_, 2 * rows_);
  predicted_.resize(nodes_, 2 * rows_);
  weight_.resize(nodes_, rows_);
}

// The mode of the chain given phi by Newton's method on its tridiagonal precision, then the
// marginal sds of the Gaussian approximation there.
void CollapsedModel::FindMode() {
  curvature_.resize(rows_);
  diagonal_.resize(rows_);
  forward_pivot_.resize(rows_);
  backward_pivot_.resize(rows_);
  solution_.resize(rows_);
  std::vector<double> scalar(width_);
  LikelihoodTable table(scalar.data(), 1, width_);
  NodeArray eta(1);
  NodeArray exp_eta(1);
  double shape[kMaxChannels];
  constexpr int kMaxIterations = 50;
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    for (int row = 0; row < rows_; ++row) {
      ShapeOfDay(row, shape);
      eta(0) = fixed_eta_(row) + mode_(row);
      exp_eta(0) = BoundedExp(eta(0));
      likelihood_.Evaluate(regression_.score(row), shape, eta, exp_eta, table);
      curvature_(row) = std::max(0.0, -table(0, SecondDerivative(channels_, 0, 0)));
      diagonal_(row) = 1 / step_variance_(row) + curvature_(row);
      if (row + 1 < rows_) {
        const double r = step_correlation_(row + 1);
        diagonal_(row) += r * r / step_variance_(row + 1);
      }
      solution_(row) = curvature_(row) * mode_(row) + table(0, FirstDerivative(0));
    }
    for (int row = 0; row < rows_; ++row) {
      forward_pivot_(row) = diagonal_(row);
      if (row == 0) continue;
      const double off = -step_correlation_(row) / step_variance_(row);
      const double factor = off / forward_pivot_(row - 1);
      forward_pivot_(row) -= off * factor;
      solution_(row) -= factor * solution_(row - 1);
    }
    double moved = 0;
    for (int row = rows_ - 1; row >= 0; --row) {
      if (row + 1 < rows_) {
        solution_(row) += step_correlation_(row + 1) / step_variance_(row + 1) * solution_(row + 1);
      }
      solution_(row) /= forward_pivot_(row);
      const double step = std::clamp(solution_(row) - mode_(row), -2.0, 2.0);
      moved = std::max(moved, std::abs(step) * std::sqrt(forward_pivot_(row)));
      // The equation's next row needs the undamped solution.
      mode_(row) += step;
    }
    if (moved < 0.3) break;  // the nodes need no more
  }
  for (int row = rows_ - 1; row >= 0; --row) {
    backward_pivot_(row) = diagonal_(row);
    if (row + 1 == rows_) continue;
    const double off = step_correlation_(row + 1) / step_variance_(row + 1);
    backward_pivot_(row) -= off * off / backward_pivot_(row + 1);
  }
  double intervals = kMinNodes - 1;
  for (int row = 0; row < rows_; ++row) {
    const double sd = 1 / std::sqrt(forward_pivot_(row) + backward_pivot_(row) - diagonal_(row));
    half_width_(row) = kReach * sd;
    const double sharpest = 1 / std::sqrt(std::max(forward_pivot_(row), backward_pivot_(row)));
    intervals = std::max(intervals, 2 * half_width_(row) / (kSpacing * sharpest));
  }
  if (!mode_.allFinite() || !half_width_.allFinite()) {
    mode_.setZero();
    half_width_.setConstant(kReach * latent_sd_);
    intervals = kMaxLatentNodes;
  }
  resolved_ = intervals < kMaxLatentNodes;
  nodes_ = 1 + static_cast<int>(std::ceil(std::min(intervals, kMaxLatentNodes - 1.0)));
}

// K(i, j) = spacing * Normal(u_i; r u_j, v): along a column a Gaussian at equal steps, so that each
// value follows from its neighbour by a ratio that itself shrinks by a constant factor.
void CollapsedModel::BuildKernels() {
  constexpr double kNegligible = 1e-15;  // of a column's peak
  offset_.resize(nodes_, rows_);
  Grow(static_cast<std::size_t>(rows_) * nodes_ * nodes_, kernels_);
  const Eigen::ArrayXd unit = Eigen::ArrayXd::LinSpaced(nodes_, -1, 1);
  for (int row = 0; row < rows_; ++row) {
    offset_.col(row) = half_width_(row) * unit;
    const double spacing = 2 * half_width_(row) / (nodes_ - 1);
    const double scale = spacing / std::sqrt(2 * M_PI * step_variance_(row));
    const double half_precision = 0.5 / step_variance_(row);
    const double shrink = std::exp(-2 * half_precision * spacing * spacing);
    double* kernel = kernels_.data() + static_cast<std::size_t>(row) * nodes_ * nodes_;
    // The first day has no day before: one column, the prior.
    const int columns = row == 0 ? 1 : nodes_;
    for (int from = 0; from < columns; ++from, kernel += nodes_) {
      const double centre =
          (row == 0 ? 0.0 : step_correlation_(row) * (mode_(row - 1) + offset_(from, row - 1))) -
          mode_(row);
      const int nearest = static_cast<int>(
          std::clamp(std::round((centre + half_width_(row)) / spacing), 0.0, nodes_ - 1.0));
      const double distance = offset_(nearest, row) - centre;
      const double peak = scale * std::exp(-half_precision * distance * distance);
      const double up = std::exp(-half_precision * spacing * (spacing + 2 * distance));
      kernel[nearest] = peak;
      double value = peak;
      double ratio = up;
      int to = nearest + 1;
      for (; to < nodes_ && value > kNegligible * scale; ++to) {
        kernel[to] = value *= ratio;
        ratio *= shrink;
      }
      std::fill(kernel + to, kernel + nodes_, 0.0);
      value = peak;
      // Inside the nodes the two ratios' product is the constant factor.
      ratio = nearest + 1 < nodes_ ? shrink / up
                                   : std::exp(-half_precision * spacing * (spacing - 2 * distance));
      to = nearest - 1;
      for (; to >= 0 && value > kNegligible * scale; --to) {
        kernel[to] = value *= ratio;
        ratio *= shrink;
      }
      std::fill(kernel, kernel + to + 1, 0.0);
    }
  }
  exp_offset_ = offset_.exp();
}

void CollapsedModel::Forward() {
  log_likelihood_ = 0;
  double scale = 1;
  NodeArray eta(nodes_);
  NodeArray exp_eta(nodes_);
  double shape[kMaxChannels];
  for (int row = 0; row < rows_; ++row) {
    LikelihoodTable table = Table(row);
    ShapeOfDay(row, shape);
    eta = offset_.col(row) + (fixed_eta_(row) + mode_(row));
    exp_eta = exp_offset_.col(row) * BoundedExp(fixed_eta_(row) + mode_(row));
    log_likelihood_ += likelihood_.Evaluate(regression_.score(row), shape, eta, exp_eta, table);
    const Eigen::Map<Eigen::MatrixXd> kernel(
        kernels_.data() + static_cast<std::size_t>(row) * nodes_ * nodes_, nodes_, nodes_);
    if (row == 0) {
      predicted_.col(0) = kernel.col(0);
      predicted_.col(1).setZero();
    } else {
      predicted_.col(2 * row).noalias() = kernel * filtered_.col(2 * row - 2);
      predicted_.col(2 * row + 1).noalias() = kernel * filtered_.col(2 * row - 1);
    }
    auto filtered = filtered_.col(2 * row);
    filtered = predicted_.col(2 * row).array() * table.col(0);
    const double sum = filtered.sum();
    filtered *= 1 / sum;
    filtered_.col(2 * row + 1) = filtered.array() * offset_.col(row);
    scale *= sum;
    if (row % 16 == 15 || !(scale > 1e-100)) {
      log_likelihood_ += std::log(scale);
      scale = 1;
    }
  }
  log_likelihood_ += std::log(scale);
}

void CollapsedModel::Backward() {
  latent_mean_.resize(rows_);
  latent_variance_.resize(rows_);
  next_slope_.setZero(rows_);
  Eigen::VectorXd ahead = Eigen::VectorXd::Ones(nodes_);  // p(scores after the day | u of the day)
  Eigen::VectorXd message(nodes_);
  Eigen::ArrayXd cross = Eigen::ArrayXd::Zero(rows_);  // E[offset_(d-1) offset_d]
  Eigen::ArrayXd mean = Eigen::ArrayXd::Zero(rows_);
  for (int row = rows_ - 1; row >= 0; --row) {
    auto weight = weight_.col(row);
    weight = filtered_.col(2 * row).cwiseProduct(ahead);
    weight /= weight.sum();
    mean(row) = weight.dot(offset_.col(row).matrix());
    latent_mean_(row) = mode_(row) + mean(row);
    latent_variance_(row) = (weight.array() * (offset_.col(row) - mean(row)).square()).sum();
    if (row == 0) break;
    const Eigen::Map<Eigen::MatrixXd> kernel(
        kernels_.data() + static_cast<std::size_t>(row) * nodes_ * nodes_, nodes_, nodes_);
    message = Table(row).col(0) * ahead.array();
    ahead.noalias() = kernel.transpose() * message;
    const double scale = 1 / filtered_.col(2 * row - 2).dot(ahead);
    cross(row) =
        scale * (message.array() * predicted_.col(2 * row + 1).array() * offset_.col(row)).sum();
    ahead *= scale;
  }
  for (int row = 1; row < rows_; ++row) {
    if (latent_variance_(row - 1) > 0) {
      next_slope_(row) = (cross(row) - mean(row - 1) * mean(row)) / latent_variance_(row - 1);
    }
  }
}

// Fisher's identity gives the gradient exactly: the expectation of the complete-data score over the
// smoothed chain. Louis's identity gives the Hessian: the expected complete-data Hessian plus the
// variance of the score. Within a day that variance is exact; between days each channel's
// derivative is replaced by its regression on u, and the chain's covariance is carried by the
// products of its lag-one regressions (exact for a Gaussian chain). The Hessian only steers
// Newton's method and sets the spread; MODEL.md, section 7, has what this costs in accuracy.
void CollapsedModel::Differentiate(const Eigen::VectorXd& phi, CollapsedValue& value) {
  const int naturals = shape_.naturals();
  const int size = coefficients_ + naturals;
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(size);
  Eigen::MatrixXd hessian = Eigen::MatrixXd::Zero(size, size);
  Eigen::MatrixXd between = Eigen::MatrixXd::Zero(size, size);
  Eigen::VectorXd carried = Eigen::VectorXd::Zero(size);  // Cov(score so far, u of the day)
  double first[kMaxChannels];
  double slope[kMaxChannels];
  double second[kMaxChannels][kMaxChannels];
  int index[kMaxChannels];
  for (int row = 0; row < rows_; ++row) {
    const LikelihoodTable table = Table(row);
    const auto weight = weight_.col(row).array();
    const double variance = latent_variance_(row);
    const double mean_offset = latent_mean_(row) - mode_(row);
    for (int c = 0; c < channels_; ++c) {
      index[c] = c == 0 ? -1 : shape_of_day_[row][c - 1];
      const auto derivative = table.col(FirstDerivative(c));
      first[c] = (weight * derivative).sum();
      const double covariance =
          (weight * derivative * offset_.col(row)).sum() - first[c] * mean_offset;
      slope[c] = variance > 0 ? covariance / variance : 0;
      for (int other = 0; other <= c; ++other) {
        second[c][other] = (weight * (table.col(SecondDerivative(channels_, c, other)) +
                                      derivative * table.col(FirstDerivative(other))))
                               .sum() -
                           first[c] * first[other];
      }
    }
    const auto x = regression_.columns.row(row);
    if (row > 0) carried *= next_slope_(row);
    // Coefficients meet eta (channel 0), natural parameters their own channels.
    gradient.head(coefficients_) += first[0] * x.transpose();
    for (int i = 0; i < coefficients_; ++i) {
      for (int j = 0; j <= i; ++j) hessian(i, j) += second[0][0] * x(i) * x(j);
      between.row(i) += slope[0] * x(i) * carried.transpose();
    }
    for (int c = 1; c < channels_; ++c) {
      if (index[c] < 0) continue;
      const int at = coefficients_ + index[c];
      gradient(at) += first[c];
      for (int i = 0; i < coefficients_; ++i) hessian(at, i) += second[c][0] * x(i);
      for (int other = 1; other <= c; ++other) {
        if (index[other] < 0) continue;
        const int to = coefficients_ + index[other];
        hessian(std::max(at, to), std::min(at, to)) += second[c][other];
      }
      between.row(at) += slope[c] * carried.transpose();
    }
    carried.head(coefficients_) += variance * slope[0] * x.transpose();
    for (int c = 1; c < channels_; ++c) {
      if (index[c] >= 0) carried(coefficients_ + index[c]) += variance * slope[c];
    }
  }
  hessian.triangularView<Eigen::StrictlyUpper>() = hessian.transpose();
  hessian += between + between.transpose();

  // From natural parameters to coordinates, and the priors.
  const int coordinates = shape_.coordinates();
  value.gradient.resize(parameters());
  value.precision.resize(parameters(), parameters());
  value.gradient.head(coefficients_) = gradient.head(coefficients_);
  value.precision.topLeftCorner(coefficients_, coefficients_) =
      hessian.topLeftCorner(coefficients_, coefficients_);
  value.log_density = log_likelihood_;
  if (coordinates > 0) {
    const Eigen::VectorXd x = phi.tail(coordinates);
    value.gradient.tail(coordinates) = natural_jacobian_.transpose() * gradient.tail(naturals);
    value.precision.bottomLeftCorner(coordinates, coefficients_) =
        natural_jacobian_.transpose() * hessian.bottomLeftCorner(naturals, coefficients_);
    value.precision.topRightCorner(coefficients_, coordinates) =
        value.precision.bottomLeftCorner(coordinates, coefficients_).transpose();
    value.precision.bottomRightCorner(coordinates, coordinates) =
        natural_jacobian_.transpose() * hessian.bottomRightCorner(naturals, naturals) *
        natural_jacobian_;
    shape_.AddNaturalCurvature(x, gradient.tail(naturals),
                               value.precision.bottomRightCorner(coordinates, coordinates));
    value.log_density +=
        shape_.AddLogPrior(x, value.gradient.tail(coordinates),
                           value.precision.bottomRightCorner(coordinates, coordinates));
  }
  value.precision = -value.precision;
  for (int i = 0; i < coefficients_; ++i) {
    const double z = (phi(i) - prior_.mean(i)) / prior_.sd(i);
    value.log_density -= 0.5 * z * z;
    value.gradient(i) -= z / prior_.sd(i);
    value.precision(i, i) += 1 / (prior_.sd(i) * prior_.sd(i));
  }
}

void CollapsedModel::Evaluate(const Eigen::VectorXd& phi, CollapsedValue& value) {
  SetShape(phi);
  Forward();
  Backward();
  Differentiate(phi, value);
}

double CollapsedModel::Smooth(const Eigen::VectorXd& phi) {
  SetShape(phi);
  Forward();
  Backward();
  double log_density = log_likelihood_;
  const int coordinates = shape_.coordinates();
  if (coordinates > 0) {
    Eigen::VectorXd gradient = Eigen::VectorXd::Zero(coordinates);
    Eigen::MatrixXd hessian = Eigen::MatrixXd::Zero(coordinates, coordinates);
    log_density += shape_.AddLogPrior(phi.tail(coordinates), gradient, hessian);
  }
  for (int i = 0; i < coefficients_; ++i) {
    const double z = (phi(i) - prior_.mean(i)) / prior_.sd(i);
    log_density -= 0.5 * z * z;
  }
  return log_density;
}

double CollapsedModel::LatentVariance(const Eigen::ArrayXd& slope) const {
  double variance = 0;
  double carried = 0;  // Cov(sum so far, u of the day)
  for (int row = 0; row < rows_; ++row) {
    if (row > 0) carried *= next_slope_(row);
    variance += slope(row) * (2 * carried + slope(row) * latent_variance_(row));
    carried += slope(row) * latent_variance_(row);
  }
  return variance;
}

}  // namespace solotrial::inference

#include "engine/inference/collapsed.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace solotrial::inference {
namespace {

// Nodes reach this many sds to either side of the mode, or to this fall of the log density, ..
constexpr double kReach = 4.5;
constexpr double kDepth = 0.5 * kReach * kReach;
// .. at most this many sds of a neighbour-conditioned day apart: the trapezoidal rule then leaves
// a relative error of 2 exp(-2 pi^2 / 1.4^2), 8e-5.
constexpr double kSpacing = 1.4;
// Where the likelihood is sharp against what the other days leave open it moves over the nodes as
// the parameters change, and the error must not show in second derivatives: 2e-7.
constexpr double kPeakSpacing = 1.1;
constexpr int kMinNodes = 12;

template <int N>
using ConstNodes = Eigen::Map<const NodeArray<N>>;
template <int N>
using MutableNodes = Eigen::Map<NodeArray<N>>;

// Scratch only grows: what shrinks and grows again would be cleared again.
void Grow(std::size_t size, std::vector<double>& scratch) {
  if (scratch.size() < size) scratch.resize(size);
}

// Beyond +-300 every family is flat, or its density nothing; squares stay finite.
double BoundedExp(double x) { return std::exp(std::clamp(x, -300.0, 300.0)); }

}  // namespace

CollapsedModel::CollapsedModel(const CollapsedProblem& problem)
    : problem_(problem),
      rows_(static_cast<int>(problem.regression.day.size())),
      coefficients_(static_cast<int>(problem.regression.columns.cols())),
      channels_(problem.likelihood.channels()),
      width_(TableWidth(problem.likelihood.channels())) {
  gap_.resize(rows_);
  for (int row = 1; row < rows_; ++row) {
    gap_[row] = problem_.regression.day[row] - problem_.regression.day[row - 1];
  }
  mode_ = Eigen::VectorXd::Zero(rows_);
  for (Eigen::ArrayXd* scratch :
       {&fixed_eta_, &step_correlation_, &step_variance_, &precision_, &own_precision_, &own_pull_,
        &step_precision_, &latent_mean_, &latent_variance_, &next_slope_, &diagonal_,
        &forward_pivot_, &backward_pivot_, &solution_}) {
    *scratch = Eigen::ArrayXd::Zero(rows_);
  }
  span_.resize(rows_);
  even_.resize(rows_);
  const int size = coefficients_ + problem_.shape.naturals();
  gradient_.resize(size);
  hessian_.resize(size, size);
  between_.resize(size, size);
  carried_.resize(size);
}

void CollapsedModel::SetPhi(const Eigen::VectorXd& phi) {
  fixed_eta_.matrix().noalias() = problem_.regression.columns * phi.head(coefficients_);
  if (problem_.shape.naturals() > 0) {
    problem_.shape.Natural(phi.tail(problem_.shape.coordinates()), natural_, natural_jacobian_);
    exp_minus_natural_ = (-natural_.array()).exp();
  }
  stretch_ = problem_.scale_coordinate < 0
                 ? 1.0
                 : std::exp(phi(coefficients_ + problem_.scale_coordinate) - placed_log_scale_);
}

DayScore CollapsedModel::ScoreOfDay(int row) const {
  DayScore day;
  day.score = problem_.regression.score(row);
  day.fixed_eta = fixed_eta_(row);
  day.noise_factor = noise_share_;
  if (problem_.regression.noise_factor.size() > 0) {
    day.noise_factor *= problem_.regression.noise_factor(row);
  }
  for (int c = 1; c < channels_; ++c) {
    const int index = problem_.shape_of_day[row][c - 1];
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    day.shape[c - 1] = index >= 0 ? natural_(index) : index == -1 ? -kInfinity : kInfinity;
    day.exp_minus_shape[c - 1] = index >= 0    ? exp_minus_natural_(index)
                                 : index == -1 ? kInfinity
                                               : 0;
  }
  return day;
}

void CollapsedModel::Place(const Eigen::VectorXd& phi, double latent_sd, double correlation,
                           double noise_share) {
  noise_share_ = noise_share;
  placed_log_scale_ =
      problem_.scale_coordinate < 0 ? 0 : phi(coefficients_ + problem_.scale_coordinate);
  SetPhi(phi);
  latent_sd_ = latent_sd * std::exp(placed_log_scale_);
  resolved_ = true;
  if (latent_sd > 0) {
    const double variance = latent_sd_ * latent_sd_;
    for (int row = 0; row < rows_; ++row) {
      const double r = row == 0         ? 0.0
                       : gap_[row] == 1 ? correlation
                                        : std::pow(correlation, gap_[row]);
      step_correlation_(row) = r;
      step_variance_(row) = variance * (1 - r * r);
    }
    FindMode();
    ChooseNodes();
  } else {
    nodes_ = 1;
    mode_.setZero();
  }
  const std::size_t size = static_cast<std::size_t>(rows_) * nodes_;
  Grow(size * width_, tables_);
  Grow(size * nodes_, kernels_);
  for (std::vector<double>* scratch :
       {&offset_, &exp_offset_, &spacing_, &filtered_, &predicted_, &predicted_offset_}) {
    Grow(size, *scratch);
  }
  if (latent_sd > 0) {
    PlaceNodes();
    BuildKernels();
  } else {
    std::fill_n(offset_.begin(), rows_, 0.0);
    std::fill_n(exp_offset_.begin(), rows_, 1.0);
    std::fill_n(kernels_.begin(), rows_, 1.0);
  }
}

// The mode of the chain given phi by Newton's method on its tridiagonal precision.
void CollapsedModel::FindMode() {
  const Likelihood& likelihood = problem_.likelihood;
  double table[TableWidth(kMaxChannels)];
  constexpr int kMaxIterations = 50;
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    for (int row = 0; row < rows_; ++row) {
      const DayScore day = ScoreOfDay(row);
      const double eta = day.fixed_eta + mode_(row);
      const double exp_eta = BoundedExp(eta);
      likelihood.Evaluate(day, {1, &eta, &exp_eta}, /*derivatives=*/true, table);
      const double own = std::max(0.0, -table[SecondDerivative(channels_, 0, 0)]);
      const double curvature = likelihood.WorkingCurvature(day, eta, own);
      double prior = 1 / step_variance_(row);
      if (row + 1 < rows_) {
        const double r = step_correlation_(row + 1);
        prior += r * r / step_variance_(row + 1);
      }
      diagonal_(row) = prior + curvature;
      own_precision_(row) = curvature;
      own_pull_(row) = curvature * mode_(row) + table[FirstDerivative(0)];
      solution_(row) = own_pull_(row);
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
      const double step = solution_(row) - mode_(row);
      moved = std::max(moved, std::abs(step) * std::sqrt(forward_pivot_(row)));
      // The equation's next row needs the undamped solution.
      mode_(row) += std::clamp(step, -2 * latent_sd_ - 2, 2 * latent_sd_ + 2);
    }
    if (moved < 0.3) break;  // the nodes need no more
  }
}

// What the nodes of a day must cover. A day's density is about its score's likelihood times what
// the other days say of it, which the Gaussian approximation gives.
DaySpan CollapsedModel::SpanOfDay(int row) const {
  const double half = kReach / std::sqrt(precision_(row));
  const double spacing = kSpacing / std::sqrt(step_precision_(row));
  DaySpan span{mode_(row) - half, mode_(row) + half, spacing, mode_(row), spacing};
  const DayScore day = ScoreOfDay(row);
  const std::optional<ScorePeak> peak = problem_.likelihood.HeavyTailedPeak(day);
  if (!peak.has_value()) return span;
  // Where the product falls by kDepth, looked up on points over what the other days leave open:
  // more than the approximation says, since they too may be outliers.
  constexpr int kPoints = 32;
  constexpr double kTrust = 0.3;
  const double rest = std::max(precision_(row) - own_precision_(row), 1e-12 * precision_(row));
  const double mean = (precision_(row) * mode_(row) - own_pull_(row)) / rest;
  const double others = kTrust * rest;
  const double step = 2 * (kReach + 0.5) / (kPoints - 2) / std::sqrt(others);
  NodeArray<kPoints> u;
  u.head<kPoints - 1>() = mean + step * Eigen::Array<double, kPoints - 1, 1>::LinSpaced(
                                            -(kPoints - 2) / 2.0, (kPoints - 2) / 2.0);
  u(kPoints - 1) = peak->eta - day.fixed_eta;
  const NodeArray<kPoints> eta = u + day.fixed_eta;
  double table[TableWidth(kMaxChannels) * kPoints];
  problem_.likelihood.Evaluate(day, {kPoints, eta.data(), eta.data()}, /*derivatives=*/false,
                               table);
  NodeArray<kPoints> log_density;
  for (int i = 0; i < kPoints; ++i) log_density(i) = std::log(table[i]);
  log_density -= 0.5 * others * (u - mean).square();
  const double floor = log_density.maxCoeff() - kDepth;
  const double peak_half = kReach / std::sqrt(others + peak->precision);
  span.low = u(kPoints - 1);
  span.high = u(kPoints - 1);
  if (log_density(kPoints - 1) > floor) {
    span.low -= peak_half;
    span.high += peak_half;
  } else {
    span.low = mean;
    span.high = mean;
  }
  for (int i = 0; i + 1 < kPoints; ++i) {
    if (log_density(i) < floor) continue;
    span.low = std::min(span.low, u(i) - step);
    span.high = std::max(span.high, u(i) + step);
  }
  const double neighbour = std::max(step_precision_(row) - own_precision_(row), rest);
  span.spacing = kPeakSpacing / std::sqrt(neighbour);
  span.peak = u(kPoints - 1);
  span.peak_spacing = kPeakSpacing / std::sqrt(neighbour + peak->precision);
  return span;
}

// How far and how densely, from the Gaussian approximation at the mode.
void CollapsedModel::ChooseNodes() {
  for (int row = 0; row < rows_; ++row) {
    forward_pivot_(row) = diagonal_(row);
    if (row == 0) continue;
    const double off = step_correlation_(row) / step_variance_(row);
    forward_pivot_(row) -= off * off / forward_pivot_(row - 1);
  }
  for (int row = rows_ - 1; row >= 0; --row) {
    backward_pivot_(row) = diagonal_(row);
    if (row + 1 == rows_) continue;
    const double off = step_correlation_(row + 1) / step_variance_(row + 1);
    backward_pivot_(row) -= off * off / backward_pivot_(row + 1);
  }
  precision_ = forward_pivot_ + backward_pivot_ - diagonal_;
  step_precision_ = forward_pivot_.max(backward_pivot_);
  double intervals = 0;
  for (int row = 0; row < rows_; ++row) {
    span_[row] = SpanOfDay(row);
    intervals = std::max(intervals, span_[row].Even() ? EvenIntervals(span_[row])
                                                      : std::min(EvenIntervals(span_[row]),
                                                                 GradedIntervals(span_[row])));
  }
  if (!mode_.allFinite() || !std::isfinite(intervals)) {
    mode_.setZero();
    const double half = kReach * latent_sd_;
    span_.assign(rows_, {-half, half, half, 0, half});
    intervals = kMaxLatentNodes;
  }
  resolved_ = intervals < kMaxLatentNodes;
  const int needed = 1 + static_cast<int>(std::ceil(std::min(intervals, kMaxLatentNodes - 1.0)));
  // The counts that WithNodeCount unrolls, then even ones.
  nodes_ = needed <= kMinNodes ? kMinNodes
           : needed <= 16      ? 16
           : needed <= 20      ? 20
           : needed <= 24      ? 24
           : needed <= 32      ? 32
                               : std::min(kMaxLatentNodes, (needed + 3) / 4 * 4);
}

// Exponentials are taken of NodeArrays, never of mapped memory: Eigen would mix its own exponential
// with the library's according to the address, and the same input would not give the same bytes.
void CollapsedModel::PlaceNodes() {
  WithNodeCount(nodes_, [&](auto n) {
    constexpr int N = decltype(n)::value;
    NodeArray<N> offset(nodes_);
    for (int row = 0; row < rows_; ++row) {
      const Eigen::Index at = static_cast<Eigen::Index>(row) * nodes_;
      DaySpan span = span_[row];
      span.low -= mode_(row);
      span.high -= mode_(row);
      span.peak -= mode_(row);
      even_[row] = span.Even() || EvenIntervals(span) <= nodes_ - 1;
      (even_[row] ? PlaceEvenly : PlaceGraded)(span, nodes_, offset.data(), spacing_.data() + at);
      MutableNodes<N>(offset_.data() + at, nodes_) = offset;
      offset = offset.exp();
      MutableNodes<N>(exp_offset_.data() + at, nodes_) = offset;
    }
  });
}

// K(i, j) = spacing_i * Normal(u_i; r u_j, v). Along a row a Gaussian at equal steps of u_j, where
// the day before has them, so that each column follows from the column before by a ratio that
// itself shrinks by a constant factor.
void CollapsedModel::BuildKernels() {
  const int m = nodes_;
  WithNodeCount(m, [&](auto n) {
    constexpr int N = decltype(n)::value;
    NodeArray<N> scale(m);
    NodeArray<N> distance(m);
    NodeArray<N> value(m);
    NodeArray<N> ratio(m);
    for (int row = 0; row < rows_; ++row) {
      const Eigen::Index at = static_cast<Eigen::Index>(row) * m;
      const ConstNodes<N> offset(offset_.data() + at, m);
      scale = ConstNodes<N>(spacing_.data() + at, m) / std::sqrt(2 * M_PI * step_variance_(row));
      const double half_precision = 0.5 / step_variance_(row);
      double* kernel = Kernel(row);
      if (row == 0) {  // no day before: one column, the prior
        distance = offset + mode_(0);
        value = scale * (-half_precision * distance.square()).exp();
        MutableNodes<N>(kernel, m) = value;
        continue;
      }
      const double r = step_correlation_(row);
      const double* before = offset_.data() + at - m;
      const int middle = m / 2;
      distance = offset + (mode_(row) - r * (mode_(row - 1) + before[middle]));
      value = -half_precision * distance.square();
      // The middle column must not vanish for the others to grow from it.
      if (!even_[row - 1] || value.minCoeff() < -650) {
        for (int from = 0; from < m; ++from) {
          distance = offset + (mode_(row) - r * (mode_(row - 1) + before[from]));
          value = scale * (-half_precision * distance.square()).exp();
          MutableNodes<N>(kernel + static_cast<Eigen::Index>(from) * m, m) = value;
        }
        continue;
      }
      const double step = r * spacing_[at - m];  // of r u_j
      const double shrink = std::exp(-2 * half_precision * step * step);
      const NodeArray<N> start = scale * value.exp();
      value = start;
      ratio = (half_precision * step * (2 * distance - step)).exp();
      for (int from = middle; from < m; ++from) {
        MutableNodes<N>(kernel + static_cast<Eigen::Index>(from) * m, m) = value;
        value *= ratio;
        ratio *= shrink;
      }
      value = start;
      ratio = (-half_precision * step * (2 * distance + step)).exp();
      for (int from = middle - 1; from >= 0; --from) {
        value *= ratio;
        ratio *= shrink;
        MutableNodes<N>(kernel + static_cast<Eigen::Index>(from) * m, m) = value;
      }
    }
  });
}

template <int N>
void CollapsedModel::Forward(bool derivatives, bool moments) {
  const int m = nodes_;
  log_likelihood_ = 0;
  double scale = 1;
  NodeArray<N> eta(m);
  NodeArray<N> exp_eta(m);
  NodeArray<N> predicted(m);
  NodeArray<N> predicted_offset(m);
  for (int row = 0; row < rows_; ++row) {
    const Eigen::Index at = static_cast<Eigen::Index>(row) * m;
    const DayScore day = ScoreOfDay(row);
    const double centre = day.fixed_eta + stretch_ * mode_(row);
    eta = centre + stretch_ * ConstNodes<N>(offset_.data() + at, m);
    exp_eta = BoundedExp(centre) * ConstNodes<N>(exp_offset_.data() + at, m);
    log_likelihood_ +=
        problem_.likelihood.Evaluate(day, {m, eta.data(), exp_eta.data()}, derivatives, Table(row));
    const double* kernel = Kernel(row);
    if (row == 0) {
      predicted = ConstNodes<N>(kernel, m);
      predicted_offset = NodeArray<N>::Zero(m);
    } else {
      const double* before = filtered_.data() + at - m;
      const double* offset_before = offset_.data() + at - m;
      predicted = NodeArray<N>::Zero(m);
      if (moments) {
        predicted_offset = NodeArray<N>::Zero(m);
        for (int from = 0; from < m; ++from, kernel += m) {
          const ConstNodes<N> column(kernel, m);
          predicted += before[from] * column;
          predicted_offset += before[from] * offset_before[from] * column;
        }
      } else {
        for (int from = 0; from < m; ++from, kernel += m) {
          predicted += before[from] * ConstNodes<N>(kernel, m);
        }
      }
    }
    MutableNodes<N>(predicted_.data() + at, m) = predicted;
    if (moments) MutableNodes<N>(predicted_offset_.data() + at, m) = predicted_offset;
    predicted *= ConstNodes<N>(Table(row), m);
    const double sum = predicted.sum();
    MutableNodes<N>(filtered_.data() + at, m) = predicted * (1 / sum);
    scale *= sum;
    if (row % 16 == 15 || !(scale > 1e-100)) {
      log_likelihood_ += std::log(scale);
      scale = 1;
    }
  }
  log_likelihood_ += std::log(scale);
}

// The expectations over one day's smoothed weights that Differentiate's identities need.
template <int N>
void CollapsedModel::Moments(int row, const NodeArray<N>& weight, double variance, double mean,
                             DayMoments& moments) const {
  const int m = nodes_;
  const double* table = Table(row);
  const auto column = [&](int c) {
    return ConstNodes<N>(table + static_cast<Eigen::Index>(c) * m, m);
  };
  const NodeArray<N> centred =
      weight * (ConstNodes<N>(offset_.data() + static_cast<Eigen::Index>(row) * m, m) - mean);
  for (int c = 0; c < channels_; ++c) {
    const NodeArray<N> weighted = weight * column(FirstDerivative(c));
    moments.first[c] = weighted.sum();
    moments.slope[c] =
        variance > 0 ? (centred * column(FirstDerivative(c))).sum() / (stretch_ * variance) : 0;
    for (int other = 0; other <= c; ++other) {
      moments.second[c][other] = (weight * column(SecondDerivative(channels_, c, other)) +
                                  weighted * column(FirstDerivative(other)))
                                     .sum() -
                                 moments.first[c] * moments.first[other];
    }
  }
}

// Fisher's identity gives the gradient exactly: the expectation of the complete-data score over the
// smoothed chain. Louis's identity gives the Hessian: the expected complete-data Hessian plus the
// variance of the score. Within a day that variance is exact; between days each channel's
// derivative is replaced by its regression on u, and the chain's covariance is carried by the
// products of its lag-one regressions (exact for a Gaussian chain). The Hessian only steers
// Newton's method and sets the spread; MODEL.md, section 7, has what this costs in accuracy.
void CollapsedModel::AddDay(int row, const DayMoments& day, double variance, double next_slope) {
  const auto x = problem_.regression.columns.row(row);
  // carried: sum over later days of Cov(u of this day, u of that day) / variance, times slopes.
  for (int i = 0; i < coefficients_; ++i) {
    gradient_(i) += day.first[0] * x(i);
    const double curved = day.second[0][0] * x(i);
    for (int j = 0; j <= i; ++j) hessian_(i, j) += curved * x(j);
  }
  int index[kMaxChannels] = {-1, -1, -1};
  for (int c = 1; c < channels_; ++c) {
    const int natural = problem_.shape_of_day[row][c - 1];
    if (natural < 0) continue;
    const int at = index[c] = coefficients_ + natural;
    gradient_(at) += day.first[c];
    for (int i = 0; i < coefficients_; ++i) hessian_(at, i) += day.second[c][0] * x(i);
    for (int other = 1; other <= c; ++other) {
      if (index[other] < 0) continue;
      hessian_(std::max(at, index[other]), std::min(at, index[other])) += day.second[c][other];
    }
  }
  if (!(variance > 0)) return;
  if (row + 1 < rows_) {
    carried_ *= next_slope;
    for (int i = 0; i < coefficients_; ++i) {
      between_.col(i) += (variance * day.slope[0] * x(i)) * carried_;
    }
    for (int c = 1; c < channels_; ++c) {
      if (index[c] >= 0) between_.col(index[c]) += (variance * day.slope[c]) * carried_;
    }
  }
  carried_.head(coefficients_) += day.slope[0] * x.transpose();
  for (int c = 1; c < channels_; ++c) {
    if (index[c] >= 0) carried_(index[c]) += day.slope[c];
  }
}

template <int N>
void CollapsedModel::Backward(bool derivatives) {
  const int m = nodes_;
  if (derivatives) {
    gradient_.setZero();
    hessian_.setZero();
    between_.setZero();
    carried_.setZero();
  }
  NodeArray<N> ahead = NodeArray<N>::Ones(m);  // p(scores after the day | u of the day)
  NodeArray<N> weight(m);
  NodeArray<N> message(m);
  DayMoments moments;
  double next_mean = 0;   // of the offset of the day after
  double next_cross = 0;  // E[offset of the day, offset of the day after]
  for (int row = rows_ - 1; row >= 0; --row) {
    const Eigen::Index at = static_cast<Eigen::Index>(row) * m;
    const ConstNodes<N> offset(offset_.data() + at, m);
    weight = ConstNodes<N>(filtered_.data() + at, m) * ahead;
    weight *= 1 / weight.sum();
    const double mean = (weight * offset).sum();
    const double variance = (weight * (offset - mean).square()).sum();
    const double next_slope =
        row + 1 < rows_ && variance > 0 ? (next_cross - mean * next_mean) / variance : 0;
    if (row + 1 < rows_) next_slope_(row + 1) = next_slope;
    latent_mean_(row) = stretch_ * (mode_(row) + mean);
    latent_variance_(row) = stretch_ * stretch_ * variance;
    if (derivatives) {
      Moments<N>(row, weight, variance, mean, moments);
      AddDay(row, moments, latent_variance_(row), next_slope);
    }
    if (row == 0) break;
    message = ConstNodes<N>(Table(row), m) * ahead;
    const double* kernel = Kernel(row);
    for (int from = 0; from < m; ++from, kernel += m) {
      ahead(from) = (ConstNodes<N>(kernel, m) * message).sum();
    }
    const double scale = 1 / (ConstNodes<N>(filtered_.data() + at - m, m) * ahead).sum();
    next_cross = scale * (message * ConstNodes<N>(predicted_offset_.data() + at, m) * offset).sum();
    next_mean = mean;
    ahead *= scale;
  }
}

// From natural parameters to coordinates, and the priors.
void CollapsedModel::Finish(const Eigen::VectorXd& phi, CollapsedValue& value) const {
  const int naturals = problem_.shape.naturals();
  const int coordinates = problem_.shape.coordinates();
  Eigen::MatrixXd hessian = hessian_ + between_ + between_.transpose();
  hessian.triangularView<Eigen::StrictlyUpper>() =
      (hessian_.transpose() + between_ + between_.transpose());
  value.gradient.resize(parameters());
  value.precision.resize(parameters(), parameters());
  value.gradient.head(coefficients_) = gradient_.head(coefficients_);
  value.precision.topLeftCorner(coefficients_, coefficients_) =
      hessian.topLeftCorner(coefficients_, coefficients_);
  value.log_density = log_likelihood_;
  if (coordinates > 0) {
    const Eigen::VectorXd x = phi.tail(coordinates);
    value.gradient.tail(coordinates) = natural_jacobian_.transpose() * gradient_.tail(naturals);
    value.precision.bottomLeftCorner(coordinates, coefficients_) =
        natural_jacobian_.transpose() * hessian.bottomLeftCorner(naturals, coefficients_);
    value.precision.topRightCorner(coefficients_, coordinates) =
        value.precision.bottomLeftCorner(coordinates, coefficients_).transpose();
    value.precision.bottomRightCorner(coordinates, coordinates) =
        natural_jacobian_.transpose() * hessian.bottomRightCorner(naturals, naturals) *
        natural_jacobian_;
    problem_.shape.AddNaturalCurvature(x, gradient_.tail(naturals),
                                       value.precision.bottomRightCorner(coordinates, coordinates));
    value.log_density +=
        problem_.shape.AddLogPrior(x, value.gradient.tail(coordinates),
                                   value.precision.bottomRightCorner(coordinates, coordinates));
  }
  value.precision = -value.precision;
  for (int i = 0; i < coefficients_; ++i) {
    const double z = (phi(i) - problem_.prior.mean(i)) / problem_.prior.sd(i);
    value.log_density -= 0.5 * z * z;
    value.gradient(i) -= z / problem_.prior.sd(i);
    value.precision(i, i) += 1 / (problem_.prior.sd(i) * problem_.prior.sd(i));
  }
}

double CollapsedModel::LogPrior(const Eigen::VectorXd& phi) const {
  double log_density = 0;
  const int coordinates = problem_.shape.coordinates();
  if (coordinates > 0) {
    Eigen::VectorXd gradient = Eigen::VectorXd::Zero(coordinates);
    Eigen::MatrixXd hessian = Eigen::MatrixXd::Zero(coordinates, coordinates);
    log_density += problem_.shape.AddLogPrior(phi.tail(coordinates), gradient, hessian);
  }
  for (int i = 0; i < coefficients_; ++i) {
    const double z = (phi(i) - problem_.prior.mean(i)) / problem_.prior.sd(i);
    log_density -= 0.5 * z * z;
  }
  return log_density;
}

void CollapsedModel::Evaluate(const Eigen::VectorXd& phi, CollapsedValue& value) {
  SetPhi(phi);
  WithNodeCount(nodes_, [&](auto n) {
    constexpr int N = decltype(n)::value;
    Forward<N>(/*derivatives=*/true, /*moments=*/true);
    Backward<N>(/*derivatives=*/true);
  });
  Finish(phi, value);
}

double CollapsedModel::LogDensity(const Eigen::VectorXd& phi, bool moments) {
  SetPhi(phi);
  WithNodeCount(nodes_, [&](auto n) {
    constexpr int N = decltype(n)::value;
    Forward<N>(/*derivatives=*/false, moments);
    if (moments) Backward<N>(/*derivatives=*/false);
  });
  return log_likelihood_ + LogPrior(phi);
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

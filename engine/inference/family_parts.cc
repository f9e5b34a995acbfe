#include "engine/inference/family_parts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "engine/inference/day_comparison.h"
#include "engine/inference/families/bernoulli.h"
#include "engine/inference/families/negative_binomial.h"
#include "engine/inference/families/ordinal.h"
#include "engine/inference/families/poisson.h"
#include "engine/inference/families/student_t.h"
#include "engine/inference/level_prior.h"
#include "engine/inference/scale_prior.h"

namespace solotrial::inference {
namespace {

// sinh(delta/2) / delta.
double HalfSinh(double delta) {
  return std::abs(delta) > 1e-8 ? std::sinh(delta / 2) / delta : 0.5;
}

// Days per 28 days: 28 (logistic(x + h) - logistic(x - h)) / delta with h = delta/2. Without
// cancellation, the difference is sinh(h) / (cosh(x) + cosh(h)).
class BernoulliResponse final : public Response {
 public:
  Eigen::ArrayXd Slope(const Eigen::ArrayXd& eta_mid, double delta,
                       const Eigen::VectorXd&) const override {
    return 28 * HalfSinh(delta) / (eta_mid.max(-300.0).min(300.0).cosh() + std::cosh(delta / 2));
  }
  double HigherDay(double eta_mid, double delta, double latent_sd, double,
                   const Eigen::VectorXd&) const override {
    return HigherDayBernoulli(eta_mid + delta / 2, eta_mid - delta / 2, latent_sd);
  }
};

// Events per 7 days: 7 (exp(x + h) - exp(x - h)) / delta.
class CountResponse final : public Response {
 public:
  explicit CountResponse(double phi) : phi_(phi) {}
  Eigen::ArrayXd Slope(const Eigen::ArrayXd& eta_mid, double delta,
                       const Eigen::VectorXd&) const override {
    return 14 * HalfSinh(delta) * eta_mid.min(300.0).exp();
  }
  double HigherDay(double eta_mid, double delta, double latent_sd, double,
                   const Eigen::VectorXd&) const override {
    return HigherDayCount(eta_mid + delta / 2, eta_mid - delta / 2, latent_sd, phi_);
  }

 private:
  double phi_;
};

// Points: E[y | eta] = minimum + sum over the cut points of logistic(eta - c_k).
class OrdinalResponse final : public Response {
 public:
  explicit OrdinalResponse(const LevelPrior& levels) : levels_(levels) {}

  // As BernoulliResponse for every cut point; with q = exp(x), 1 / (cosh(x) + cosh(h)) =
  // 2 q / (q^2 + 2 q cosh(h) + 1).
  Eigen::ArrayXd Slope(const Eigen::ArrayXd& eta_mid, double delta,
                       const Eigen::VectorXd& shape) const override {
    const Eigen::ArrayXd exp_minus_cuts = levels_.ExpMinusCuts(shape);
    const double twice_cosh = 2 * std::cosh(delta / 2);
    // Beyond 300 the exponential's square would overflow, and the slope is 0.
    const Eigen::ArrayXd e = eta_mid.max(-300.0).min(300.0).exp();
    Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(eta_mid.size());
    for (Eigen::Index k = 0; k < exp_minus_cuts.size(); ++k) {
      const Eigen::ArrayXd q = e * exp_minus_cuts(k);
      sum += 2 * q / (q * (q + twice_cosh) + 1);
    }
    return HalfSinh(delta) * sum;
  }
  double HigherDay(double eta_mid, double delta, double latent_sd, double,
                   const Eigen::VectorXd& shape) const override {
    return HigherDayOrdinal(eta_mid + delta / 2, eta_mid - delta / 2, latent_sd,
                            levels_.ExpMinusCuts(shape));
  }

 private:
  const LevelPrior& levels_;
};

// Points, in the unit: delta itself.
class StudentTResponse final : public Response {
 public:
  // `fixed_scale`: s, where it is not a coordinate; else 1.
  StudentTResponse(double nu, double log_noise_ratio, double fixed_scale)
      : noise_(nu), fixed_scale_(fixed_scale), half_ratio_(std::exp(log_noise_ratio / 2)) {}
  Eigen::ArrayXd Slope(const Eigen::ArrayXd& eta_mid, double,
                       const Eigen::VectorXd&) const override {
    return Eigen::ArrayXd::Ones(eta_mid.size());
  }
  double HigherDay(double eta_mid, double delta, double latent_sd, double noise_share,
                   const Eigen::VectorXd& shape) const override {
    const double noise = (shape.size() > 0 ? std::exp(shape(0)) : fixed_scale_) * noise_share;
    return noise_.HigherDay(eta_mid + delta / 2, eta_mid - delta / 2, latent_sd,
                            noise * half_ratio_, noise / half_ratio_);
  }

 private:
  StudentTNoise noise_;
  double fixed_scale_;
  double half_ratio_;  // of the noise on over the noise halfway
};

constexpr int kNone = -1;

// Every score meets the same shape parameters.
std::vector<std::vector<int>> SameShape(const Regression& regression,
                                        const std::vector<int>& shape) {
  return std::vector<std::vector<int>>(regression.day.size(), shape);
}

void MakeOrdinal(const Record& record, const Regression& regression, FamilyParts& parts,
                 Eigen::VectorXd& start) {
  const int rows = static_cast<int>(regression.day.size());
  std::vector<int> count(static_cast<std::size_t>(std::lround(record.maximum - record.minimum)) +
                         1);
  std::vector<int> level(rows);
  for (int row = 0; row < rows; ++row) {
    level[row] = static_cast<int>(std::lround(regression.score(row) - record.minimum));
    ++count[level[row]];
  }
  auto levels = std::make_unique<LevelPrior>(count);
  // The cut points below and above every score's level; none: -1 and -2 (see CollapsedProblem).
  parts.shape_of_day.resize(rows);
  for (int row = 0; row < rows; ++row) {
    const int group = levels->group_of_level(level[row]);
    parts.shape_of_day[row] = {group > 0 ? group - 1 : -1, group < levels->naturals() ? group : -2};
  }
  parts.likelihood = std::make_unique<OrdinalLikelihood>();
  parts.response = std::make_unique<OrdinalResponse>(*levels);
  start.conservativeResize(start.size() + levels->coordinates());
  start.tail(levels->coordinates()) = levels->Start();
  parts.shape = std::move(levels);
}

}  // namespace

ScoreUnit UnitOf(const Record& record) {
  if (record.family != Family::kStudentT) return {};
  const double range = record.maximum - record.minimum;
  return {range / 4, record.minimum + range / 2};
}

Regression RegressionInUnit(const Record& record, double log_noise_ratio) {
  Regression regression = BuildRegression(record, record.family != Family::kOrdinal);
  const ScoreUnit unit = UnitOf(record);
  regression.score = (regression.score.array() - unit.centre) / unit.unit;
  if (record.arm_variance) {
    regression.log_noise_ratio = log_noise_ratio;
    regression.noise_factor =
        (log_noise_ratio * regression.columns.col(regression.index.effect).array()).exp();
  }
  return regression;
}

CoefficientPrior PriorOf(const Record& record, const ColumnIndex& index,
                         Eigen::Index coefficients) {
  const bool counts =
      record.family == Family::kPoisson || record.family == Family::kNegativeBinomial;
  CoefficientPrior prior;
  prior.mean = Eigen::VectorXd::Zero(coefficients);
  prior.sd = Eigen::VectorXd::Constant(coefficients, 0.5);
  prior.sd(index.effect) = 1;
  if (index.trend >= 0) prior.sd(index.trend) = 1;
  if (index.intercept >= 0) {
    prior.mean(index.intercept) = counts ? std::log(record.typical_daily_count) : 0;
    prior.sd(index.intercept) = record.family == Family::kStudentT ? 2 : 2.5;
  }
  return prior;
}

bool HasFamilyAxis(Family family) {
  return family == Family::kNegativeBinomial || family == Family::kStudentT;
}

OuterAxis FamilyAxis(const Record& record) {
  OuterAxis axis;
  if (record.family == Family::kStudentT) {
    axis.start = std::log(9.0);
    axis.step = 1.1;
    axis.highest = 7;
    return axis;
  }
  // By moments, as if all of the counts' spread over Poisson's were dispersion.
  double sum = 0;
  double square = 0;
  double n = 0;
  for (double y : record.score) {
    if (std::isnan(y)) continue;
    sum += y;
    square += y * y;
    ++n;
  }
  const double mean = n > 0 ? sum / n : 0;
  const double excess = n > 0 ? square / n - mean * mean - mean : 0;
  axis.even = true;
  axis.step = n > 150 ? 0.2 : 0.35;
  axis.start = mean > 0 && excess > 0 ? std::min(2.0, 0.5 * std::sqrt(excess) / mean) : axis.step;
  return axis;
}

double LogPriorOfFamilyAxis(Family family, double value) {
  if (family == Family::kNegativeBinomial) return -0.5 * value * value;
  if (family != Family::kStudentT) return 0;
  const double nu = 1 + std::exp(value);  // Gamma(2, 0.1) restricted to nu > 1
  return std::log(nu) - 0.1 * nu + value;
}

// Of the density of s, s^(power - 1) exp(-s^2 / 2): see ScalePrior.
int ScalePower(const Record& record) { return record.autocorrelation ? 2 : 1; }

bool HasScaleAxis(const Record& record) {
  constexpr int kLongest = 40;
  return record.family == Family::kStudentT &&
         std::count_if(record.score.begin(), record.score.end(),
                       [](double y) { return !std::isnan(y); }) <= kLongest;
}

// exp(-3.5) of the scores' own spread: what lies lower is a perfect fit.
constexpr double kScaleReach = 3.5;

OuterAxis ScaleAxis(const Record& record) {
  const Regression regression = RegressionInUnit(record, 0);
  const double mean = regression.score.mean();
  OuterAxis axis;
  axis.start = 0.5 * std::log(std::max(1e-6, (regression.score.array() - mean).square().mean()));
  axis.step = 0.5;
  axis.lowest = axis.start - kScaleReach;
  axis.highest = axis.start + kScaleReach;
  return axis;
}

double LogPriorOfScaleAxis(const Record& record, double log_scale) {
  return ScalePower(record) * log_scale - 0.5 * std::exp(2 * log_scale);
}

std::unique_ptr<FamilyParts> MakeFamilyParts(const Record& record, const Regression& regression,
                                             double family_axis, double log_scale) {
  auto parts = std::make_unique<FamilyParts>();
  const Eigen::Index coefficients = regression.columns.cols();
  parts->prior = PriorOf(record, regression.index, coefficients);
  parts->shape = std::make_unique<NoShape>();
  parts->shape_of_day = SameShape(regression, {});
  double log_factor = 0;
  int scale_coordinate = kNone;
  double fixed_scale = 1;
  RowVariable row_variable = RowVariable::kLatentSd;
  Eigen::VectorXd start = Eigen::VectorXd::Zero(coefficients);
  const double mean = regression.score.mean();
  switch (record.family) {
    case Family::kGaussian:
      break;  // not of these
    case Family::kBernoulli:
      parts->likelihood = std::make_unique<BernoulliLikelihood>();
      parts->response = std::make_unique<BernoulliResponse>();
      break;
    case Family::kPoisson:
      parts->likelihood = std::make_unique<PoissonLikelihood>();
      parts->response = std::make_unique<CountResponse>(std::numeric_limits<double>::infinity());
      start(regression.index.intercept) = std::log(std::max(0.05, mean));
      break;
    case Family::kNegativeBinomial: {
      // Beyond 1e8 the family is POISSON to nine digits.
      const double phi = 1 / std::max(family_axis * family_axis, 1e-8);
      auto likelihood = std::make_unique<NegativeBinomialLikelihood>(phi);
      for (double y : regression.score) log_factor += likelihood->LogFactor(y);
      parts->likelihood = std::move(likelihood);
      parts->response = std::make_unique<CountResponse>(phi);
      start(regression.index.intercept) = std::log(std::max(0.05, mean));
      break;
    }
    case Family::kStudentT: {
      const double nu = 1 + std::exp(family_axis);
      auto likelihood = std::make_unique<StudentTLikelihood>(nu);
      log_factor = static_cast<double>(regression.day.size()) * likelihood->LogFactor();
      parts->likelihood = std::move(likelihood);
      parts->response =
          std::make_unique<StudentTResponse>(nu, regression.log_noise_ratio, std::exp(log_scale));
      parts->shape_of_day = SameShape(regression, {0});
      row_variable = RowVariable::kAngle;
      start(regression.index.intercept) = mean;
      if (HasScaleAxis(record)) {
        parts->shape = std::make_unique<FixedScale>(log_scale);
        fixed_scale = std::exp(log_scale);
        break;
      }
      parts->shape = std::make_unique<ScalePrior>(ScalePower(record));
      scale_coordinate = 0;
      start.conservativeResize(coefficients + 1);
      start(coefficients) =
          0.5 * std::log(std::max(1e-6, (regression.score.array() - mean).square().mean()));
      break;
    }
    case Family::kOrdinal:
      MakeOrdinal(record, regression, *parts, start);
      break;
  }
  parts->problem = std::make_unique<LatentProblem>(
      LatentProblem{record.autocorrelation,
                    {regression, parts->prior, *parts->likelihood, *parts->shape,
                     parts->shape_of_day, scale_coordinate},
                    *parts->response,
                    row_variable,
                    fixed_scale,
                    log_factor + LogPriorOfFamilyAxis(record.family, family_axis),
                    start});
  return parts;
}

}  // namespace solotrial::inference

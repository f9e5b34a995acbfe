// Coordinates. In units of a quarter of the scale's range the priors of sigma_u and sigma are both
// half-Normal(1), so with sigma_u = s sin(theta), sigma = s cos(theta) the prior of s is
// s exp(-s^2/2) and that of theta is uniform on [0, pi/2]. The likelihood depends on theta through
// sin^2 and cos^2 alone, so it is even and periodic there and the trapezoidal rule over theta
// converges geometrically, boundaries (sigma_u = 0, sigma = 0) included (Trefethen and Weideman,
// SIAM Review 56, 2014). rho is integrated in z = atanh(rho), where the prior's tails are
// exponential; s in log s, for every (theta, z) about its own peak.
//
// The lattice over (theta, z) starts as a scan of the whole domain, then follows the mass: every
// neighbour of a node that matters is evaluated, and the spacing is halved until the answers of
// two successive spacings agree.
#include "engine/inference/gaussian.h"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "engine/inference/correlation_prior.h"
#include "engine/inference/mixture.h"
#include "engine/inference/regression.h"
#include "engine/inference/scale_integral.h"
#include "engine/inference/variance_marginals.h"
#include "engine/inference/whitening.h"

namespace solotrial::inference {
namespace {

constexpr int kCoarseThetaSteps = 4;  // spacing pi/16
constexpr double kCoarseZStep = 0.5;
constexpr int kCoarseZLimit = 16;  // |z| <= 8, |rho| <= 1 - 2e-7
constexpr int kScanFrom = -4;      // the first scan: z from -2 to 3.5
constexpr int kScanTo = 7;
constexpr int kMaxLevel = 6;
constexpr std::size_t kMaxNodes = 6000;
constexpr double kNegligible = 9;  // in log density, against the highest node

struct Node {
  int theta;  // index on the lattice
  int z;
  double log_mass = 0;
  ScaleProblem problem;
  ScaleIntegral scale;
};

// One quadrature node over all three variance parameters.
struct Component {
  double weight;
  const Node* node;
  double variance;  // s^2
};

// What two spacings of the lattice are compared by.
struct Answer {
  double p_any = 0;
  double p_important = 0;
  double p_worse = 0;
  Summary effect;  // mean and sd only
  std::array<Summary, 3> variance_parameters;
};

class GaussianEngine {
 public:
  GaussianEngine(const Record& record, double log_noise_ratio);
  GaussianSlice Compute(const GaussianSlice* warm);

 private:
  double ThetaStep() const { return M_PI_2 / theta_steps_; }
  double ZStep() const { return kCoarseZStep / (1 << level_); }
  int ZLimit() const { return kCoarseZLimit << level_; }
  int& NodeAt(int theta, int z) {
    return table_[static_cast<std::size_t>(theta) * (2 * ZLimit() + 1) + z + ZLimit()];
  }

  void Enqueue(int theta, int z);
  void EvaluateQueue();
  void Flood();
  void Refine();
  void ComputeComponents();
  Answer Summarize() const;
  std::vector<NormalComponent> CoefficientMixture(int column) const;
  std::array<std::vector<WeightedPoint>, 3> VarianceParameters() const;
  void Start(const GaussianSlice& warm);
  void Scan();
  double HigherDay() const;
  GaussianSlice MakeSlice(bool converged) const;

  const Record& record_;
  const double half_ratio_;  // of the noise's sd on over that halfway between on and off
  const Regression regression_;
  const double unit_;    // a quarter of the range
  const double centre_;  // of the scale
  int coefficients_ = 0;
  std::vector<double> prior_sd_;    // of the coefficients, in units
  Eigen::VectorXd noise_variance_;  // by row, relative; empty: 1
  Eigen::MatrixXd rows_by_column_;  // (X * prior sd, y), transposed
  double log_scale_guess_ = 0;

  int level_ = 0;
  int theta_steps_ = kCoarseThetaSteps;
  std::vector<int> table_;  // lattice -> index in nodes_, or -1
  std::vector<Node> nodes_;
  std::vector<Node> queue_;
  WhitenedLanes whitened_;
  std::vector<Component> components_;
};

GaussianEngine::GaussianEngine(const Record& record, double log_noise_ratio)
    : record_(record),
      half_ratio_(std::exp(log_noise_ratio / 2)),
      regression_(BuildRegression(record, /*intercept=*/true)),
      unit_((record.maximum - record.minimum) / 4),
      centre_(record.minimum + (record.maximum - record.minimum) / 2) {
  coefficients_ = static_cast<int>(regression_.columns.cols());
  const Eigen::Index rows = regression_.columns.rows();
  // Priors of MODEL.md, section 3, in units of R/4.
  prior_sd_.assign(coefficients_, 0.5);  // beta_k: R/8
  prior_sd_[regression_.index.intercept] = 2;
  prior_sd_[regression_.index.effect] = 1;
  if (record.trend) prior_sd_[regression_.index.trend] = 1;

  rows_by_column_.resize(coefficients_ + 1, rows);
  for (int c = 0; c < coefficients_; ++c) {
    rows_by_column_.row(c) = regression_.columns.col(c).transpose() * prior_sd_[c];
  }
  if (record.arm_variance) {
    noise_variance_ =
        (4 * std::log(half_ratio_) * regression_.columns.col(regression_.index.effect).array())
            .exp();
  }
  rows_by_column_.row(coefficients_) = (regression_.score.transpose().array() - centre_) / unit_;
}

void GaussianEngine::Enqueue(int theta, int z) {
  Node node;
  node.theta = theta;
  node.z = z;
  NodeAt(theta, z) = static_cast<int>(nodes_.size() + queue_.size());
  queue_.push_back(std::move(node));
}

void GaussianEngine::EvaluateQueue() {
  const int rows = static_cast<int>(regression_.day.size());
  for (std::size_t first = 0; first < queue_.size(); first += kLanes) {
    CovarianceLanes covariance;
    for (int lane = 0; lane < kLanes; ++lane) {
      // The last batch repeats its last node in the lanes left over.
      const Node& node = queue_[std::min(first + lane, queue_.size() - 1)];
      const double sine = std::sin(node.theta * ThetaStep());
      covariance.latent_variance(lane) = sine * sine;
      covariance.noise_variance(lane) = 1 - sine * sine;
      covariance.rho(lane) = std::tanh(node.z * ZStep());
    }
    Whiten(rows_by_column_, regression_.day, noise_variance_, covariance, whitened_);
    for (int lane = 0; lane < kLanes && first + lane < queue_.size(); ++lane) {
      Node& node = queue_[first + lane];
      node.problem =
          MakeScaleProblem(rows, coefficients_, whitened_.gram.data() + lane, kLanes,
                           whitened_.log_determinant(lane), record_.autocorrelation ? 2 : 1);
      node.scale = IntegrateScale(node.problem, log_scale_guess_);
      log_scale_guess_ = node.scale.log_scale;
      node.log_mass = node.scale.log_value;
      if (record_.autocorrelation) node.log_mass += LogPriorOfZ(node.z * ZStep());
    }
  }
  for (Node& node : queue_) nodes_.push_back(std::move(node));
  queue_.clear();
}

void GaussianEngine::Flood() {
  for (;;) {
    double highest = nodes_.front().log_mass;
    for (const Node& node : nodes_) highest = std::max(highest, node.log_mass);
    for (const Node& node : nodes_) {
      if (node.log_mass < highest - kNegligible) continue;
      for (int theta = std::max(0, node.theta - 1); theta <= std::min(theta_steps_, node.theta + 1);
           ++theta) {
        for (int z = std::max(-ZLimit(), node.z - 1); z <= std::min(ZLimit(), node.z + 1); ++z) {
          if (NodeAt(theta, z) < 0) Enqueue(theta, z);
        }
      }
    }
    if (queue_.empty() || nodes_.size() > kMaxNodes) break;
    EvaluateQueue();
  }
  queue_.clear();
}

void GaussianEngine::Refine() {
  ++level_;
  theta_steps_ *= 2;
  table_.assign(static_cast<std::size_t>(theta_steps_ + 1) * (2 * ZLimit() + 1), -1);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].theta *= 2;
    nodes_[i].z *= 2;
    NodeAt(nodes_[i].theta, nodes_[i].z) = static_cast<int>(i);
  }
  Flood();
}

void GaussianEngine::ComputeComponents() {
  double highest = nodes_.front().log_mass;
  for (const Node& node : nodes_) highest = std::max(highest, node.log_mass);
  double total = 0;
  for (const Node& node : nodes_) total += std::exp(node.log_mass - highest);
  components_.clear();
  for (const Node& node : nodes_) {
    double weight = std::exp(node.log_mass - highest) / total;
    // The trapezoidal rule's half weights at the ends of theta.
    if (record_.autocorrelation && (node.theta == 0 || node.theta == theta_steps_)) weight *= 0.5;
    for (const ScaleNode& scale : node.scale.nodes) {
      if (weight * scale.weight > 1e-8) {
        components_.push_back({weight * scale.weight, &node, scale.variance});
      }
    }
  }
}

std::vector<NormalComponent> GaussianEngine::CoefficientMixture(int column) const {
  const double unit = prior_sd_[column] * unit_;
  const double offset = column == regression_.index.intercept ? centre_ : 0;
  std::vector<NormalComponent> mixture;
  mixture.reserve(components_.size());
  for (const Component& c : components_) {
    const ScaleProblem& problem = c.node->problem;
    mixture.push_back({c.weight, offset + unit * CoefficientMean(problem, column, c.variance),
                       unit * std::sqrt(CoefficientVariance(problem, column, c.variance))});
  }
  return mixture;
}

// sigma_u, rho, sigma; without autocorrelation only sigma is filled.
std::array<std::vector<WeightedPoint>, 3> GaussianEngine::VarianceParameters() const {
  std::array<std::vector<WeightedPoint>, 3> points;
  for (std::vector<WeightedPoint>& p : points) p.reserve(components_.size());
  for (const Component& c : components_) {
    const double scale = unit_ * std::sqrt(c.variance);
    if (!record_.autocorrelation) {
      points[2].push_back({scale, c.weight});
      continue;
    }
    const double theta = c.node->theta * ThetaStep();
    points[0].push_back({scale * std::sin(theta), c.weight});
    points[1].push_back({std::tanh(c.node->z * ZStep()), c.weight});
    points[2].push_back({scale * std::cos(theta), c.weight});
  }
  return points;
}

Summary MeanAndSd(const std::vector<WeightedPoint>& points) {
  double total = 0;
  double mean = 0;
  double square = 0;
  for (const WeightedPoint& p : points) {
    total += p.weight;
    mean += p.weight * p.value;
    square += p.weight * p.value * p.value;
  }
  Summary summary;
  if (!(total > 0)) return summary;
  summary.mean = mean / total;
  summary.sd = std::sqrt(std::max(0.0, square / total - summary.mean * summary.mean));
  return summary;
}

Answer GaussianEngine::Summarize() const {
  const double sign = record_.lower_is_better ? -1 : 1;
  const std::vector<NormalComponent> effect = CoefficientMixture(regression_.index.effect);
  Answer answer;
  const double below_zero = MixtureCdf(effect, 0);
  const double below_important = MixtureCdf(effect, sign * record_.minimal_important_difference);
  answer.p_any = sign > 0 ? 1 - below_zero : below_zero;
  answer.p_worse = 1 - answer.p_any;
  answer.p_important = sign > 0 ? 1 - below_important : below_important;
  double total = 0;
  double square = 0;
  for (const NormalComponent& c : effect) {
    total += c.weight;
    answer.effect.mean += c.weight * c.mean;
  }
  answer.effect.mean /= total;
  for (const NormalComponent& c : effect) {
    const double centred = c.mean - answer.effect.mean;
    square += c.weight * (c.sd * c.sd + centred * centred);
  }
  answer.effect.sd = std::sqrt(square / total);
  const auto points = VarianceParameters();
  for (int k = 0; k < 3; ++k) answer.variance_parameters[k] = MeanAndSd(points[k]);
  return answer;
}

double LargestProbabilityChange(const Answer& a, const Answer& b) {
  return std::max({std::abs(a.p_any - b.p_any), std::abs(a.p_important - b.p_important),
                   std::abs(a.p_worse - b.p_worse)});
}

// Whether halving the spacing moved little. The rule converges geometrically (halving the spacing
// at least squares a relative error), so what is left is far smaller than what moved: MODEL.md,
// section 7, has the measured errors.
bool Agree(const Answer& a, const Answer& b) {
  if (LargestProbabilityChange(a, b) > 0.02) return false;
  if (std::abs(a.effect.mean - b.effect.mean) > 0.05 * b.effect.sd) return false;
  if (std::abs(a.effect.sd - b.effect.sd) > 0.05 * b.effect.sd) return false;
  for (int k = 0; k < 3; ++k) {
    const Summary& x = a.variance_parameters[k];
    const Summary& y = b.variance_parameters[k];
    if (std::abs(x.mean - y.mean) > 0.15 * y.sd || std::abs(x.sd - y.sd) > 0.15 * y.sd)
      return false;
  }
  return true;
}

// P(a day on scores higher than a day off): given the variances and delta ~ Normal(m, v) that is
// Phi(m / sqrt(v + 2 sigma_u^2 + sigma_on^2 + sigma_off^2)).
double GaussianEngine::HigherDay() const {
  const int effect = regression_.index.effect;
  const double noises = half_ratio_ * half_ratio_ + 1 / (half_ratio_ * half_ratio_);
  double sum = 0;
  double total = 0;
  for (const Component& c : components_) {
    if (c.weight < 1e-5) continue;
    const double sine = std::sin(c.node->theta * ThetaStep());
    const double spread = c.variance * (2 * sine * sine + noises * (1 - sine * sine));
    const double mean = prior_sd_[effect] * CoefficientMean(c.node->problem, effect, c.variance);
    const double variance = prior_sd_[effect] * prior_sd_[effect] *
                            CoefficientVariance(c.node->problem, effect, c.variance);
    sum += c.weight * 0.5 * std::erfc(-mean / std::sqrt(2 * (variance + spread)));
    total += c.weight;
  }
  return sum / total;
}

GaussianSlice GaussianEngine::MakeSlice(bool converged) const {
  GaussianSlice result;
  result.level = level_;
  result.converged = converged;
  double highest = nodes_.front().log_mass;
  for (const Node& node : nodes_) highest = std::max(highest, node.log_mass);
  for (const Node& node : nodes_) {
    if (node.log_mass > highest - kNegligible) result.lattice.push_back({node.theta, node.z});
  }
  double mass = 0;
  for (const Node& node : nodes_) {
    const bool end = record_.autocorrelation && (node.theta == 0 || node.theta == theta_steps_);
    mass += (end ? 0.5 : 1.0) * std::exp(node.log_mass - highest);
  }
  if (record_.autocorrelation) mass *= ThetaStep() * ZStep();

  Slice& slice = result.slice;
  slice.log_evidence = highest + std::log(mass);
  const double sign = record_.lower_is_better ? -1 : 1;
  double total = 0;
  double square = 0;
  for (const Component& c : components_) {
    total += c.weight;
    square += c.weight * c.weight;
    if (c.node->scale.at_floor) result.at_floor += c.weight;
    if (std::abs(c.node->z) == ZLimit()) slice.edge += c.weight;
  }
  result.at_floor /= total;
  slice.edge /= total;
  slice.effective_draws = total * total / square;
  // E[y | e = 1] - E[y | e = 0] = delta on every day, whatever u.
  for (const NormalComponent& c : CoefficientMixture(regression_.index.effect)) {
    slice.effect.push_back({c.weight / total, c.mean, c.sd, sign * c.mean, sign, 0});
  }
  for (int c = 0; c < coefficients_; ++c) {
    std::vector<NormalComponent> mixture = CoefficientMixture(c);
    for (NormalComponent& component : mixture) component.weight /= total;
    slice.parameters.push_back(std::move(mixture));
  }
  if (record_.autocorrelation) {
    std::vector<VarianceNode> variances;
    for (const Component& c : components_) {
      variances.push_back({c.node->theta, c.node->z, unit_ * std::sqrt(c.variance), c.weight});
    }
    VarianceMarginals marginals = MarginalsBetween(variances, theta_steps_, ZStep());
    slice.latent_sd = std::move(marginals.latent_sd);
    slice.latent_correlation = std::move(marginals.latent_correlation);
    slice.noise_sd = std::move(marginals.noise_sd);
  } else {
    slice.noise_sd = std::move(VarianceParameters()[2]);
    for (WeightedPoint& p : slice.noise_sd) p.weight /= total;
  }
  slice.higher_day = HigherDay();

  for (const Component& c : components_) {
    if (c.weight < 1e-4 * total) continue;
    const double scale = unit_ * std::sqrt(c.variance);
    const double theta = c.node->theta * ThetaStep();
    result.nodes.push_back({c.weight / total, scale * std::sin(theta),
                            std::tanh(c.node->z * ZStep()), scale * std::cos(theta)});
  }
  return result;
}

// The nodes that mattered to a similar record.
void GaussianEngine::Start(const GaussianSlice& warm) {
  level_ = warm.level;
  theta_steps_ = kCoarseThetaSteps << warm.level;
  table_.assign(static_cast<std::size_t>(theta_steps_ + 1) * (2 * ZLimit() + 1), -1);
  for (const auto& [theta, z] : warm.lattice) Enqueue(theta, z);
  EvaluateQueue();
  Flood();
  ComputeComponents();
}

// The whole domain, coarsely.
void GaussianEngine::Scan() {
  table_.assign(static_cast<std::size_t>(theta_steps_ + 1) * (2 * ZLimit() + 1), -1);
  for (int theta = 0; theta <= theta_steps_; ++theta) {
    for (int z = kScanFrom; z <= kScanTo; ++z) Enqueue(theta, z);
  }
  EvaluateQueue();
  Flood();
  ComputeComponents();
}

GaussianSlice GaussianEngine::Compute(const GaussianSlice* warm) {
  // Start from the spread of the scores about their mean; every later search starts from the last.
  const auto scores = rows_by_column_.row(coefficients_);
  if (scores.size() > 1) {
    const double variance = (scores.array() - scores.mean()).square().mean();
    log_scale_guess_ = 0.5 * std::log(std::max(variance, kScaleFloor));
  }

  bool converged = true;
  if (!record_.autocorrelation) {
    table_.assign(static_cast<std::size_t>(theta_steps_ + 1) * (2 * ZLimit() + 1), -1);
    Enqueue(0, 0);  // theta = 0: no latent process, so z does not matter
    EvaluateQueue();
    ComputeComponents();
  } else if (warm != nullptr) {
    Start(*warm);
    converged = warm->converged;
  } else {
    Scan();
    Answer answer = Summarize();
    converged = false;
    while (!converged && level_ < kMaxLevel && nodes_.size() <= kMaxNodes) {
      Refine();
      ComputeComponents();
      const Answer finer = Summarize();
      converged = Agree(answer, finer);
      answer = finer;
    }
  }
  return MakeSlice(converged);
}

}  // namespace

GaussianSlice ComputeGaussianSlice(const Record& record, double log_noise_ratio,
                                   const GaussianSlice* warm) {
  return GaussianEngine(record, log_noise_ratio).Compute(warm);
}

}  // namespace solotrial::inference

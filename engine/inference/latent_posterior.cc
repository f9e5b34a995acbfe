#include "engine/inference/latent_posterior.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

#include "engine/inference/correlation_prior.h"
#include "engine/inference/mixture.h"

namespace solotrial::inference {
namespace {

// The lattice. sigma_u starts at 0 with half weight: the likelihood is even in sigma_u, so the
// trapezoidal rule converges geometrically across 0 (Trefethen and Weideman, 2014).
constexpr double kHighestLatentSd = 6;  // six prior sds
constexpr double kHighestZ = 6;         // |rho| < 1 - 1.2e-5
constexpr double kActive = 6.5;         // neighbours of nodes below e^-6.5 of the highest are left,
constexpr double kForeseen = 7.5;       // and those that a straight line puts below e^-7.5
constexpr int kMaxNodes = 700;
constexpr int kMaxRefinements = 3;

constexpr char kNotFound[] = "The search for the posterior's mode did not settle.";

struct Node {
  double log_weight = 0;  // collapsed density * prior, Laplace's approximation over phi
  Eigen::VectorXd phi;    // the mode
  Eigen::VectorXd sd;     // of the coefficients
  Eigen::VectorXd path;   // d phi / d t: phi's conditional mean as delta moves by t sds
  double slope = 0;       // mean response per unit of delta
  Eigen::VectorXd latent_mode;
  bool good = true;  // Newton's method and the chain's nodes were adequate
};

// How the density of delta, and the response, depart from the Gaussian approximation along the path
// phi + t * path, as polynomials in t without constant term.
struct PathCorrection {
  std::array<double, 4> log_density{};
  std::array<double, 4> log_slope{};
  double slope_factor = 1;  // mean of the response given delta, over its value at the mode
  double slope_cv = 0;      // sd of the response given delta, over its mean
};

constexpr double kPathEnd = 3;

// The polynomial within the path, its tangent beyond.
double Along(const std::array<double, 4>& c, double t) {
  const double inside = std::clamp(t, -kPathEnd, kPathEnd);
  const double value = inside * (c[0] + inside * (c[1] + inside * (c[2] + inside * c[3])));
  const double tangent = c[0] + inside * (2 * c[1] + inside * (3 * c[2] + inside * 4 * c[3]));
  return value + (t - inside) * tangent;
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

// What is left to say where there is no answer: every coefficient keeps its prior; no benefit.
Posterior PriorAlone(const LatentProblem& problem, const char* why) {
  const auto prior = [&](int c) {
    return SummarizeMixture({{1, problem.prior.mean(c), problem.prior.sd(c)}});
  };
  const ColumnIndex& index = problem.regression.index;
  Posterior posterior;
  posterior.effect = prior(index.effect);
  if (index.intercept >= 0) posterior.intercept = prior(index.intercept);
  if (index.trend >= 0) posterior.trend = prior(index.trend);
  for (int c = index.first_covariate; c < problem.prior.mean.size(); ++c) {
    posterior.covariates.push_back(prior(c));
  }
  posterior.benefit.p_any = 0.5;
  posterior.benefit.p_worse = 0.5;
  posterior.diagnostics.method = "prior";
  posterior.diagnostics.reliable = false;
  posterior.diagnostics.problem = why;
  return posterior;
}

class LatentEngine {
 public:
  explicit LatentEngine(const LatentProblem& problem)
      : problem_(problem),
        record_(problem.record),
        effect_(problem.regression.index.effect),
        model_(problem.regression, problem.prior, problem.likelihood, problem.shape,
               problem.shape_of_day) {
    const double root = std::sqrt(static_cast<double>(std::max(1, model_.rows())));
    sd_step_ = std::clamp(4.2 / root, 0.1, 0.5);
    z_step_ = std::clamp(13 * std::pow(root, -1.4), 0.1, 0.6);
  }

  LatentResult Compute();

 private:
  using Key = std::pair<int, int>;  // sigma_u and z, in steps

  struct Answer {
    double p_any = 0;
    double p_important = 0;
    double effect = 0;  // mean
    double latent_sd = 0;
    double z = 0;
  };

  Node Solve(double latent_sd, double z, const Node* neighbour, const Node* beyond);
  void Add(const Key& key, const Node* neighbour, const Node* beyond);
  void Flood();
  bool Refine();
  double Slope(const Eigen::VectorXd& phi, Eigen::ArrayXd* by_latent) const;
  void CorrectPath(const Node& node, double latent_sd, double z);
  void AddComponents(const Node& node, double weight, std::vector<NormalComponent>& effect,
                     std::vector<NormalComponent>& benefit) const;
  double Weight(const Key& key, const Node& node, double highest) const;
  double Highest() const;
  Key HighestKey() const;
  Answer Summarize(int parity) const;

  const LatentProblem& problem_;
  const Record& record_;
  const int effect_;
  CollapsedModel model_;
  double sd_step_;
  double z_step_;
  std::map<Key, Node> nodes_;
  PathCorrection correction_;
  CollapsedValue value_;
};

// Newton's method for the mode of the collapsed posterior at one (sigma_u, rho).
Node LatentEngine::Solve(double latent_sd, double z, const Node* neighbour, const Node* beyond) {
  Node node;
  Eigen::VectorXd phi = neighbour != nullptr ? neighbour->phi : problem_.start;
  if (neighbour != nullptr) {
    Eigen::VectorXd mode = neighbour->latent_mode;
    if (beyond != nullptr) {  // carry on along the line of the last two
      phi += phi - beyond->phi;
      mode += mode - beyond->latent_mode;
    }
    model_.set_mode(mode);
  }
  const double rho = std::tanh(z);
  model_.Place(phi, latent_sd, rho);
  constexpr int kMaxIterations = 60;
  // Half the squared distance to the mode, in posterior sds, at which the quadratic is believed.
  constexpr double kTolerance = 0.02;
  Eigen::LLT<Eigen::MatrixXd> llt;
  Eigen::VectorXd step;
  Eigen::VectorXd last = phi;
  double last_value = -INFINITY;
  node.good = false;
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    model_.Evaluate(phi, value_);
    if (!(value_.log_density > last_value - 1e-3) && iteration > 0) {
      phi = 0.5 * (phi + last);
      model_.Place(phi, latent_sd, rho);
      continue;
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
    if (decrement > 0.5) model_.Place(phi, latent_sd, rho);
  }
  const int size = model_.parameters();
  if (!node.good) {
    // Of no use, but counted against the result, as much as the node it was reached from.
    node.log_weight = neighbour != nullptr ? neighbour->log_weight : 0;
    return node;
  }
  node.phi = phi + step;
  node.log_weight -= llt.matrixLLT().diagonal().array().log().sum();
  const Eigen::MatrixXd covariance = llt.solve(Eigen::MatrixXd::Identity(size, size));
  node.sd = covariance.diagonal().cwiseSqrt();
  node.path = covariance.col(effect_) / node.sd(effect_);
  node.slope = Slope(node.phi, nullptr);
  node.latent_mode = model_.mode();
  if (record_.autocorrelation) {
    node.log_weight += LogPriorOfZ(z) - 0.5 * latent_sd * latent_sd;
  }
  return node;
}

// Mean over the scored days of the response per unit of delta at `phi`, over the latent values that
// the last Evaluate found: three-point Gauss-Hermite. `by_latent`: its derivative by each u_d.
double LatentEngine::Slope(const Eigen::VectorXd& phi, Eigen::ArrayXd* by_latent) const {
  const int rows = model_.rows();
  const double delta = phi(effect_);
  const Eigen::VectorXd shape = phi.tail(model_.parameters() - model_.coefficients());
  const Eigen::ArrayXd eta = (problem_.regression.columns * phi.head(model_.coefficients()) -
                              delta * problem_.regression.columns.col(effect_))
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

void LatentEngine::Add(const Key& key, const Node* neighbour, const Node* beyond) {
  // Without latent process rho has no likelihood: one solution serves the whole row.
  if (key.first == 0) {
    const auto row = nodes_.lower_bound({0, -1000000});
    if (row != nodes_.end() && row->first.first == 0) {
      Node node = row->second;
      node.log_weight +=
          LogPriorOfZ(key.second * z_step_) - LogPriorOfZ(row->first.second * z_step_);
      nodes_.emplace(key, std::move(node));
      return;
    }
  }
  nodes_.emplace(key, Solve(key.first * sd_step_, key.second * z_step_, neighbour, beyond));
}

double LatentEngine::Highest() const {
  double highest = -INFINITY;
  for (const auto& [key, node] : nodes_) {
    if (node.good) highest = std::max(highest, node.log_weight);
  }
  return highest;
}

LatentEngine::Key LatentEngine::HighestKey() const {
  const double highest = Highest();
  for (const auto& [key, node] : nodes_) {
    if (node.good && node.log_weight == highest) return key;
  }
  return nodes_.begin()->first;
}

void LatentEngine::Flood() {
  for (bool grown = true; grown;) {
    grown = false;
    // The highest first, so that the search climbs before it spreads.
    std::vector<std::pair<double, Key>> order;
    for (const auto& [key, node] : nodes_) {
      if (node.good) order.push_back({-node.log_weight, key});
    }
    std::sort(order.begin(), order.end());
    for (const auto& [negative, key] : order) {
      if (-negative < Highest() - kActive) break;
      const Key neighbours[] = {{key.first + 1, key.second},
                                {key.first - 1, key.second},
                                {key.first, key.second + 1},
                                {key.first, key.second - 1}};
      for (const Key& next : neighbours) {
        if (next.first < 0 || next.first * sd_step_ > kHighestLatentSd) continue;
        if (std::abs(next.second * z_step_) > kHighestZ) continue;
        if (nodes_.count(next) > 0 || nodes_.size() > kMaxNodes) continue;
        const auto beyond = nodes_.find({2 * key.first - next.first, 2 * key.second - next.second});
        if (beyond == nodes_.end() || !beyond->second.good) {
          Add(next, &nodes_.at(key), nullptr);
        } else {
          // Where the log weight is concave the line lies above it.
          const double foreseen = -2 * negative - beyond->second.log_weight;
          if (foreseen < Highest() - kForeseen) continue;
          Add(next, &nodes_.at(key), &beyond->second);
        }
        grown = true;
      }
    }
  }
}

// Halves the spacing where it is wide against the posterior. False: nothing to refine.
bool LatentEngine::Refine() {
  const double highest = Highest();
  double total = 0;
  double sum[2] = {0, 0};
  double square[2] = {0, 0};
  for (const auto& [key, node] : nodes_) {
    if (!node.good) continue;
    const double w = Weight(key, node, highest);
    const double at[2] = {key.first * sd_step_, key.second * z_step_};
    total += w;
    for (int k = 0; k < 2; ++k) {
      sum[k] += w * at[k];
      square[k] += w * at[k] * at[k];
    }
  }
  const auto sd = [&](int k) {
    return std::sqrt(std::max(0.0, square[k] / total - sum[k] * sum[k] / (total * total)));
  };
  // At 1.5 sds the trapezoidal rule's error is 2 exp(-2 pi^2 / 2.25) = 3e-4 of a normal density.
  const int by_sd = sd_step_ > 1.5 * sd(0) ? 2 : 1;
  const int by_z = z_step_ > 1.5 * sd(1) ? 2 : 1;
  if (by_sd == 1 && by_z == 1) return false;
  std::map<Key, Node> nodes;
  for (auto& [key, node] : nodes_) {
    nodes.emplace(Key{key.first * by_sd, key.second * by_z}, std::move(node));
  }
  nodes_ = std::move(nodes);
  sd_step_ /= by_sd;
  z_step_ /= by_z;
  return true;
}

// The marginal density of delta along its path, by Laplace's method over the other parameters at
// every point (Tierney and Kadane, JASA 81, 1986), the change of the response along it, and the
// spread of the response given delta. Done once, at the highest node: in units of each node's own
// sd these change little from node to node.
void LatentEngine::CorrectPath(const Node& node, double latent_sd, double z) {
  const int size = model_.parameters();
  const double rho = std::tanh(z);
  std::vector<int> rest;
  for (int i = 0; i < size; ++i) {
    if (i != effect_) rest.push_back(i);
  }
  const int others = size - 1;
  const auto profile = [&](double t, double* log_slope) {
    Eigen::VectorXd phi = node.phi + t * node.path;
    model_.set_mode(node.latent_mode);
    model_.Place(phi, latent_sd, rho);
    model_.Evaluate(phi, value_);
    double log_density = value_.log_density;
    if (others > 0) {
      Eigen::MatrixXd precision(others, others);
      Eigen::VectorXd gradient(others);
      for (int i = 0; i < others; ++i) {
        gradient(i) = value_.gradient(rest[i]);
        for (int j = 0; j < others; ++j) precision(i, j) = value_.precision(rest[i], rest[j]);
      }
      const Eigen::LLT<Eigen::MatrixXd> llt(precision);
      if (llt.info() == Eigen::Success) {
        const Eigen::VectorXd step = llt.solve(gradient);
        log_density += 0.5 * gradient.dot(step) - llt.matrixLLT().diagonal().array().log().sum();
        for (int i = 0; i < others; ++i) phi(rest[i]) += step(i);
      }
    }
    *log_slope = std::log(Slope(phi, nullptr));
    return log_density;
  };
  const double at[] = {-kPathEnd, -kPathEnd / 2, kPathEnd / 2, kPathEnd};
  std::array<double, 4> log_density;
  std::array<double, 4> log_slope;
  double slope_zero = 0;
  const double zero = profile(0, &slope_zero);
  for (int k = 0; k < 4; ++k) {
    log_density[k] = profile(at[k], &log_slope[k]) - zero + 0.5 * at[k] * at[k];
    log_slope[k] -= slope_zero;
  }
  correction_.log_density = Quartic(log_density);
  correction_.log_slope = Quartic(log_slope);

  // The response given delta, through the other parameters and through the latent process. Along
  // each of the axes that make the other parameters independent given delta (the columns of the
  // inverse Cholesky factor of their precision): three-point Gauss-Hermite, its weights corrected
  // by the density itself, so that skewness counts.
  model_.set_mode(node.latent_mode);
  model_.Place(node.phi, latent_sd, rho);
  model_.Evaluate(node.phi, value_);
  const double centre_density = value_.log_density;
  Eigen::ArrayXd by_latent;
  const double centre = Slope(node.phi, &by_latent);
  double variance = model_.LatentVariance(by_latent);
  double shift = 0;
  if (others > 0) {
    Eigen::MatrixXd precision(others, others);
    for (int i = 0; i < others; ++i) {
      for (int j = 0; j < others; ++j) precision(i, j) = value_.precision(rest[i], rest[j]);
    }
    const Eigen::LLT<Eigen::MatrixXd> llt(precision);
    const Eigen::MatrixXd axes = llt.matrixU().solve(Eigen::MatrixXd::Identity(others, others));
    for (int axis = 0; axis < others; ++axis) {
      double weight[2];
      double slope[2];
      for (int side = 0; side < 2; ++side) {
        const double distance = (side == 0 ? -1 : 1) * std::sqrt(3.0);
        Eigen::VectorXd phi = node.phi;
        for (int i = 0; i < others; ++i) phi(rest[i]) += distance * axes(i, axis);
        const double at_density = model_.Smooth(phi);
        // 1.5 is what a Gaussian density loses over sqrt(3) sds.
        weight[side] = std::exp(std::clamp(at_density - centre_density + 1.5, -3.0, 1.5));
        slope[side] = Slope(phi, nullptr);
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
  correction_.slope_factor = std::clamp(1 + shift / centre, 0.5, 2.0);
  correction_.slope_cv = std::sqrt(std::max(0.0, variance)) / (centre * correction_.slope_factor);
}

// The corrected density of delta at one node as narrow normal components: a standard normal is the
// mixture of Normal(t, w^2) over t ~ Normal(0, 1 - w^2), and given x the mean of t is (1 - w^2) x:
// a correction that belongs to x is put on the component at (1 - w^2) x.
void LatentEngine::AddComponents(const Node& node, double weight,
                                 std::vector<NormalComponent>& effect,
                                 std::vector<NormalComponent>& benefit) const {
  constexpr double kWidth = 0.36;
  constexpr double kStep = 0.4;
  constexpr int kSteps = 11;
  constexpr double kShrink = 1 - kWidth * kWidth;
  const double sign = record_.lower_is_better ? -1 : 1;
  const double sd = node.sd(effect_);
  double mass[2 * kSteps + 1];
  double sum = 0;
  for (int k = -kSteps; k <= kSteps; ++k) {
    const double t = k * kStep;
    sum += mass[k + kSteps] =
        std::exp(-0.5 * t * t / kShrink + Along(correction_.log_density, t / kShrink));
  }
  for (int k = -kSteps; k <= kSteps; ++k) {
    const double t = k * kStep;
    const double w = weight * mass[k + kSteps] / sum;
    if (w < 1e-9) continue;
    const double delta = node.phi(effect_) + t * sd;
    const double slope =
        node.slope * correction_.slope_factor * std::exp(Along(correction_.log_slope, t));
    // d B / d t, for the component's own width.
    const double tangent = slope * sd + delta * slope *
                                            (Along(correction_.log_slope, t + 0.01) -
                                             Along(correction_.log_slope, t - 0.01)) /
                                            0.02;
    const double spread = delta * slope * correction_.slope_cv;
    effect.push_back({w, delta, kWidth * sd});
    benefit.push_back({w, sign * delta * slope,
                       std::sqrt(kWidth * kWidth * tangent * tangent + spread * spread)});
  }
}

double LatentEngine::Weight(const Key& key, const Node& node, double highest) const {
  const double half = record_.autocorrelation && key.first == 0 ? 0.5 : 1.0;
  return half * std::exp(node.log_weight - highest);
}

// Over the whole lattice (parity -1), or the half of it where the steps' sum has that parity.
LatentEngine::Answer LatentEngine::Summarize(int parity) const {
  const double highest = Highest();
  const double sign = record_.lower_is_better ? -1 : 1;
  std::vector<NormalComponent> effect;
  std::vector<NormalComponent> benefit;
  Answer answer;
  double total = 0;
  for (const auto& [key, node] : nodes_) {
    if (!node.good) continue;
    if (parity >= 0 && ((key.first + key.second) & 1) != parity) continue;
    const double w = Weight(key, node, highest);
    if (w < 1e-6) continue;
    AddComponents(node, w, effect, benefit);
    total += w;
    answer.effect += w * node.phi(effect_);
    answer.latent_sd += w * key.first * sd_step_;
    answer.z += w * key.second * z_step_;
  }
  if (!(total > 0)) return answer;
  answer.effect /= total;
  answer.latent_sd /= total;
  answer.z /= total;
  const double below = MixtureCdf(effect, 0);
  answer.p_any = sign > 0 ? 1 - below : below;
  answer.p_important = 1 - MixtureCdf(benefit, record_.minimal_important_difference);
  return answer;
}

LatentResult LatentEngine::Compute() {
  bool settled = true;
  double disagreement = 0;
  if (!record_.autocorrelation) {
    Add({0, 0}, nullptr, nullptr);
  } else {
    Add({static_cast<int>(std::lround(0.7 / sd_step_)),
         static_cast<int>(std::lround(0.5 / z_step_))},
        nullptr, nullptr);
  }
  if (!nodes_.begin()->second.good) return {PriorAlone(problem_, kNotFound), {}, {}};
  if (!record_.autocorrelation) {
    CorrectPath(nodes_.begin()->second, 0, 0);
  } else {
    Flood();
    for (int k = 0; k < kMaxRefinements && Refine(); ++k) Flood();
    const Key peak = HighestKey();
    CorrectPath(nodes_.at(peak), peak.first * sd_step_, peak.second * z_step_);
    // The two halves of the lattice, each the same rule with wider spacing, bound the error: that
    // of the whole lattice is about the square of their difference.
    const Answer even = Summarize(0);
    const Answer odd = Summarize(1);
    disagreement =
        std::max(std::abs(even.p_any - odd.p_any), std::abs(even.p_important - odd.p_important));
    settled = disagreement < 0.07;
  }

  const double highest = Highest();
  const Answer answer = Summarize(-1);
  std::vector<NormalComponent> effect;
  std::vector<NormalComponent> benefit;
  std::vector<std::vector<NormalComponent>> parameters(model_.parameters());
  std::map<int, double> by_latent_sd;
  std::map<int, double> by_z;
  double total = 0;
  double square = 0;
  double bad = 0;
  double edge = 0;
  for (const auto& [key, node] : nodes_) {
    const double w = Weight(key, node, highest);
    if (!node.good) {
      bad += w;
      continue;
    }
    if (w < 1e-6) continue;
    AddComponents(node, w, effect, benefit);
    for (int c = 0; c < model_.parameters(); ++c) {
      parameters[c].push_back({w, node.phi(c), node.sd(c)});
    }
    by_latent_sd[key.first] += w;
    by_z[key.second] += w;
    total += w;
    square += w * w;
    if ((key.first + 1) * sd_step_ > kHighestLatentSd ||
        (std::abs(key.second) + 1) * z_step_ > kHighestZ) {
      edge += w;
    }
  }

  LatentResult result;
  Posterior& posterior = result.posterior;
  const ColumnIndex& index = problem_.regression.index;
  posterior.effect = SummarizeMixture(effect);
  if (index.intercept >= 0) posterior.intercept = SummarizeMixture(parameters[index.intercept]);
  if (index.trend >= 0) posterior.trend = SummarizeMixture(parameters[index.trend]);
  for (int c = index.first_covariate; c < model_.coefficients(); ++c) {
    posterior.covariates.push_back(SummarizeMixture(parameters[c]));
  }
  if (record_.autocorrelation) {
    posterior.latent_sd =
        SummarizeLattice(by_latent_sd, sd_step_, /*even=*/true, [](double x) { return x; });
    posterior.latent_correlation =
        SummarizeLattice(by_z, z_step_, /*even=*/false, [](double z) { return std::tanh(z); });
  }
  static_cast<Summary&>(posterior.benefit) = SummarizeMixture(benefit);
  posterior.benefit.p_any = answer.p_any;
  posterior.benefit.p_important = answer.p_important;
  posterior.benefit.p_worse = 1 - answer.p_any;

  Diagnostics& diagnostics = posterior.diagnostics;
  diagnostics.method = "collapsed-laplace-quadrature";
  diagnostics.effective_draws = total * total / square;
  const Benefit& b = posterior.benefit;
  if (!std::isfinite(b.mean + b.sd + b.p_any + b.p_important + posterior.effect.sd)) {
    diagnostics.problem = "The scores are too extreme to compute with.";
  } else if (bad > 0.01 * total) {
    diagnostics.problem = kNotFound;
  } else if (edge > 0.01 * total) {
    diagnostics.problem =
        "The correlation between days is so strong that it cannot be told from a constant level.";
  } else if (!settled) {
    diagnostics.problem = "The numerical integration did not settle.";
  }
  diagnostics.reliable = diagnostics.problem.empty();
  result.effect = std::move(effect);
  for (int c = model_.coefficients(); c < model_.parameters(); ++c) {
    result.shape.push_back(std::move(parameters[c]));
  }
  return result;
}

}  // namespace

LatentResult LatentPosterior(const LatentProblem& problem) {
  if (problem.regression.day.empty()) {
    return {PriorAlone(problem, "No day has a score."), {}, {}};
  }
  return LatentEngine(problem).Compute();
}

}  // namespace solotrial::inference

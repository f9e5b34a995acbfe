#include "engine/inference/day_comparison.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

namespace solotrial::inference {
namespace {

// The average over a normal variable, by the trapezoidal rule: 2 exp(-2 pi^2 / 0.6^2) is nothing,
// and what lies beyond 4.8 sds is 2e-6.
constexpr double kStep = 0.6;
constexpr int kSteps = 8;
constexpr int kPoints = 2 * kSteps + 1;

struct NormalRule {
  std::array<double, kPoints> at;
  std::array<double, kPoints> weight;
};

const NormalRule& Rule() {
  static const NormalRule rule = [] {
    NormalRule r;
    double total = 0;
    for (int i = 0; i < kPoints; ++i) {
      r.at[i] = (i - kSteps) * kStep;
      total += r.weight[i] = std::exp(-0.5 * r.at[i] * r.at[i]);
    }
    for (double& w : r.weight) w /= total;
    return r;
  }();
  return rule;
}

double NormalCdf(double x) { return 0.5 * std::erfc(-x * M_SQRT1_2); }

double BoundedExp(double x) { return std::exp(std::clamp(x, -300.0, 300.0)); }

double Logistic(double x) { return 1 / (1 + BoundedExp(-x)); }

double MeanLogistic(double eta, double latent_sd) {
  double sum = 0;
  for (int i = 0; i < kPoints; ++i) {
    sum += Rule().weight[i] * Logistic(eta + latent_sd * Rule().at[i]);
  }
  return sum;
}

// P(count = k), k = 0 .. size - 1, for the count's mean log-normal about eta.
std::vector<double> CountProbabilities(double eta, double latent_sd, double phi, int size) {
  std::vector<double> probability(size, 0.0);
  const bool poisson = !(phi < 1e7);
  for (int i = 0; i < kPoints; ++i) {
    const double mean = BoundedExp(eta + latent_sd * Rule().at[i]);
    const double share = mean / (mean + phi);
    double p = Rule().weight[i] * std::exp(poisson ? -mean : -phi * std::log1p(mean / phi));
    for (int k = 0; k < size; ++k) {
      probability[k] += p;
      p *= poisson ? mean / (k + 1) : (k + phi) / (k + 1) * share;
    }
  }
  return probability;
}

// For means so large that ties and the counts' own skewness do not matter.
double HigherLargeCount(double eta_1, double eta_0, double latent_sd, double phi) {
  const auto variance = [phi](double mean) { return mean + mean * mean / phi; };
  double sum = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double mean_1 = BoundedExp(eta_1 + latent_sd * Rule().at[i]);
    for (int j = 0; j < kPoints; ++j) {
      const double mean_0 = BoundedExp(eta_0 + latent_sd * Rule().at[j]);
      sum += Rule().weight[i] * Rule().weight[j] *
             NormalCdf((mean_1 - mean_0) / std::sqrt(variance(mean_1) + variance(mean_0)));
    }
  }
  return sum;
}

}  // namespace

double HigherDayBernoulli(double eta_1, double eta_0, double latent_sd) {
  return 0.5 + 0.5 * (MeanLogistic(eta_1, latent_sd) - MeanLogistic(eta_0, latent_sd));
}

double HigherDayCount(double eta_1, double eta_0, double latent_sd, double phi) {
  const double highest = BoundedExp(std::max(eta_1, eta_0) + 3 * latent_sd);
  const double largest = highest + 6 * std::sqrt(highest + highest * highest / phi);
  constexpr double kMostCounts = 400;
  if (largest > kMostCounts) return HigherLargeCount(eta_1, eta_0, latent_sd, phi);
  const int size = 2 + static_cast<int>(largest);
  const std::vector<double> p_1 = CountProbabilities(eta_1, latent_sd, phi, size);
  const std::vector<double> p_0 = CountProbabilities(eta_0, latent_sd, phi, size);
  double higher = 0;
  double below_0 = 0;
  double below_1 = 0;
  for (int k = 0; k < size; ++k) {
    higher += p_1[k] * (below_0 + 0.5 * p_0[k]);
    below_0 += p_0[k];
    below_1 += p_1[k];
  }
  // What lies beyond the counts looked at: higher than what lies within, even among itself.
  return higher + (1 - below_1) * (below_0 + 0.5 * (1 - below_0));
}

double HigherDayOrdinal(double eta_1, double eta_0, double latent_sd,
                        const Eigen::ArrayXd& exp_minus_cuts) {
  const Eigen::Index cuts = exp_minus_cuts.size();
  // P(y > level k) = logistic(eta - c_k).
  Eigen::ArrayXd above[2] = {Eigen::ArrayXd::Zero(cuts), Eigen::ArrayXd::Zero(cuts)};
  const double eta[2] = {eta_0, eta_1};
  for (int arm = 0; arm < 2; ++arm) {
    for (int i = 0; i < kPoints; ++i) {
      const Eigen::ArrayXd odds = exp_minus_cuts * BoundedExp(eta[arm] + latent_sd * Rule().at[i]);
      above[arm] += Rule().weight[i] * odds / (1 + odds);
    }
  }
  double higher = 0;
  for (Eigen::Index level = 0; level <= cuts; ++level) {
    const auto at_least = [&](int arm) { return level == 0 ? 1.0 : above[arm](level - 1); };
    const auto more = [&](int arm) { return level == cuts ? 0.0 : above[arm](level); };
    higher += (at_least(1) - more(1)) * (1 - 0.5 * (at_least(0) + more(0)));
  }
  return higher;
}

double HigherDayGaussian(double eta_1, double eta_0, double latent_sd, double noise_1,
                         double noise_0) {
  return NormalCdf((eta_1 - eta_0) /
                   std::sqrt(2 * latent_sd * latent_sd + noise_1 * noise_1 + noise_0 * noise_0));
}

StudentTNoise::StudentTNoise(double nu) {
  for (int i = 0; i < kQuantiles; ++i) {
    variance_[i] = nu / (2 * boost::math::gamma_p_inv(nu / 2, (i + 0.5) / kQuantiles));
  }
}

double StudentTNoise::HigherDay(double eta_1, double eta_0, double latent_sd, double noise_1,
                                double noise_0) const {
  const double latent = 2 * latent_sd * latent_sd;
  double sum = 0;
  for (double v_1 : variance_) {
    for (double v_0 : variance_) {
      sum += NormalCdf((eta_1 - eta_0) /
                       std::sqrt(latent + noise_1 * noise_1 * v_1 + noise_0 * noise_0 * v_0));
    }
  }
  return sum / (kQuantiles * kQuantiles);
}

}  // namespace solotrial::inference

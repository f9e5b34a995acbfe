#include "engine/inference/pareto.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace solotrial::inference {

double ParetoK(std::vector<double> weights) {
  std::sort(weights.begin(), weights.end());
  const double n = static_cast<double>(weights.size());
  const auto tail = static_cast<std::size_t>(std::ceil(std::min(n / 5, 3 * std::sqrt(n))));
  if (tail < 5) return std::numeric_limits<double>::infinity();
  const double cutoff = weights[weights.size() - tail - 1];
  std::vector<double> x;  // excesses, ascending
  for (std::size_t i = weights.size() - tail; i < weights.size(); ++i) {
    x.push_back(weights[i] - cutoff);
  }
  if (!(x.back() > 1e-12 * std::abs(cutoff))) return -std::numeric_limits<double>::infinity();

  // Zhang and Stephens' estimator: theta averaged over a grid by its profile likelihood.
  const double m = static_cast<double>(tail);
  const int grid = 30 + static_cast<int>(std::sqrt(m));
  constexpr double kPrior = 3;
  const double quartile = std::max(x[static_cast<std::size_t>(m / 4 + 0.5) - 1], 1e-300);
  std::vector<double> theta(grid);
  std::vector<double> log_likelihood(grid);
  const auto mean_log = [&](double b) {
    double sum = 0;
    for (double value : x) sum += std::log1p(-b * value);
    return sum / m;
  };
  for (int j = 0; j < grid; ++j) {
    theta[j] = 1 / x.back() + (1 - std::sqrt(grid / (j + 0.5))) / (kPrior * quartile);
    const double k = mean_log(theta[j]);
    log_likelihood[j] = m * (std::log(-theta[j] / k) - k - 1);
  }
  double mean_theta = 0;
  for (int j = 0; j < grid; ++j) {
    double inverse = 0;
    for (int i = 0; i < grid; ++i) inverse += std::exp(log_likelihood[i] - log_likelihood[j]);
    mean_theta += theta[j] / inverse;
  }
  const double k = mean_log(mean_theta);
  return (m * k + 10 * 0.5) / (m + 10);
}

double EffectiveDraws(const std::vector<double>& weights) {
  double sum = 0;
  double square = 0;
  for (double w : weights) {
    sum += w;
    square += w * w;
  }
  return square > 0 ? sum * sum / square : 0;
}

}  // namespace solotrial::inference

#include "engine/inference/variance_marginals.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

namespace solotrial::inference {
namespace {

// Points gathered in `bins` bins between their ends, each at its mean; weights made to sum to 1.
std::vector<WeightedPoint> Gather(const std::vector<WeightedPoint>& points, int bins) {
  double low = HUGE_VAL;
  double high = -HUGE_VAL;
  double total = 0;
  for (const WeightedPoint& p : points) {
    low = std::min(low, p.value);
    high = std::max(high, p.value);
    total += p.weight;
  }
  const double per_value = high > low ? bins / (high - low) : 0;
  std::vector<WeightedPoint> sums(static_cast<std::size_t>(bins), WeightedPoint{0, 0});
  for (const WeightedPoint& p : points) {
    WeightedPoint& sum =
        sums[std::min(sums.size() - 1, static_cast<std::size_t>((p.value - low) * per_value))];
    sum.value += p.weight * p.value;
    sum.weight += p.weight;
  }
  std::vector<WeightedPoint> gathered;
  for (const WeightedPoint& sum : sums) {
    if (sum.weight > 0) gathered.push_back({sum.value / sum.weight, sum.weight / total});
  }
  return gathered;
}

// As many as SummarizePoints looks at, and as describe the scale at one theta.
constexpr int kPoints = 256;
constexpr int kScalePoints = 24;

}  // namespace

VarianceMarginals MarginalsBetween(const std::vector<VarianceNode>& nodes, int theta_steps,
                                   double z_step) {
  std::map<int, double> by_z;
  std::vector<std::vector<WeightedPoint>> scales(static_cast<std::size_t>(theta_steps) + 1);
  for (const VarianceNode& node : nodes) {
    by_z[node.z] += node.weight;
    scales[static_cast<std::size_t>(node.theta)].push_back({node.scale, node.weight});
  }
  VarianceMarginals marginals;

  const int first_z = by_z.begin()->first;
  std::vector<double> log_mass(static_cast<std::size_t>(by_z.rbegin()->first - first_z) + 1,
                               -HUGE_VAL);
  for (const auto& [z, weight] : by_z) {
    log_mass[static_cast<std::size_t>(z - first_z)] = std::log(weight);
  }
  for (const WeightedPoint& p : InterpolateDensity(log_mass, /*even=*/false)) {
    marginals.latent_correlation.push_back({std::tanh((first_z + p.value) * z_step), p.weight});
  }

  // In theta the density is even at both ends: mirrored beyond pi/2, cut there again.
  log_mass.clear();
  for (int i = 0; i <= theta_steps + 2; ++i) {
    const int theta = i <= theta_steps ? i : 2 * theta_steps - i;
    const bool end = theta == 0 || theta == theta_steps;
    double weight = 0;
    for (const WeightedPoint& p : scales[static_cast<std::size_t>(theta)]) weight += p.weight;
    log_mass.push_back(std::log(weight * (end ? 2 : 1)));
  }
  for (std::vector<WeightedPoint>& scale : scales) {
    if (!scale.empty()) scale = Gather(scale, kScalePoints);
  }
  for (const WeightedPoint& p : InterpolateDensity(log_mass, /*even=*/true)) {
    if (p.value >= theta_steps) continue;
    const double theta = p.value * M_PI_2 / theta_steps;
    const auto before = static_cast<std::size_t>(p.value);
    const double share = p.value - static_cast<double>(before);
    // The scale's distribution, between those of the neighbours.
    for (std::size_t i : {before, before + 1}) {
      const double weight = p.weight * (i == before ? 1 - share : share);
      for (const WeightedPoint& s : scales[i]) {
        marginals.latent_sd.push_back({s.value * std::sin(theta), weight * s.weight});
        marginals.noise_sd.push_back({s.value * std::cos(theta), weight * s.weight});
      }
    }
  }
  for (std::vector<WeightedPoint>* points :
       {&marginals.latent_sd, &marginals.latent_correlation, &marginals.noise_sd}) {
    *points = Gather(*points, kPoints);
  }
  return marginals;
}

}  // namespace solotrial::inference

#include "engine/inference/mixture.h"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <cstddef>
#include <limits>

namespace solotrial::inference {
namespace {

constexpr double kQuantiles[] = {0.025, 0.5, 0.975};

double NormalCdf(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }

double NormalQuantile(double p) { return -M_SQRT2 * boost::math::erfc_inv(2 * p); }

struct Moments {
  double mean = 0;
  double sd = 0;
};

Moments MixtureMoments(const std::vector<NormalComponent>& mixture) {
  double total = 0;
  double mean = 0;
  for (const NormalComponent& c : mixture) {
    total += c.weight;
    mean += c.weight * c.mean;
  }
  mean /= total;
  double variance = 0;
  for (const NormalComponent& c : mixture) {
    variance += c.weight * (c.sd * c.sd + (c.mean - mean) * (c.mean - mean));
  }
  return {mean, std::sqrt(variance / total)};
}

// Merges components whose means agree within 0.1 sd of the mixture and whose sds agree within 10 %.
std::vector<NormalComponent> Merge(const std::vector<NormalComponent>& mixture,
                                   const Moments& moments) {
  constexpr int kMeanBins = 128;
  constexpr int kSdBins = 32;
  struct Bin {
    double weight = 0;
    double mean = 0;    // sum of weight * mean
    double square = 0;  // sum of weight * (sd^2 + (mean - mixture mean)^2)
  };
  std::vector<Bin> bins(kMeanBins * kSdBins);
  for (const NormalComponent& c : mixture) {
    const double centred = c.mean - moments.mean;
    const double at_mean = centred / (0.1 * moments.sd) + kMeanBins / 2.0;
    const double at_sd = -std::log(std::max(c.sd, 1e-300) / moments.sd) / 0.1 + 4;
    const int i = static_cast<int>(std::clamp(at_mean, 0.0, kMeanBins - 1.0));
    const int j = static_cast<int>(std::clamp(at_sd, 0.0, kSdBins - 1.0));
    Bin& bin = bins[i * kSdBins + j];
    bin.weight += c.weight;
    bin.mean += c.weight * centred;
    bin.square += c.weight * (c.sd * c.sd + centred * centred);
  }
  std::vector<NormalComponent> merged;
  for (const Bin& bin : bins) {
    if (!(bin.weight > 0)) continue;
    const double mean = bin.mean / bin.weight;
    const double variance = bin.square / bin.weight - mean * mean;
    merged.push_back({bin.weight, moments.mean + mean, std::sqrt(std::max(variance, 0.0))});
  }
  return merged;
}

// Where the distribution function reaches `p`: a bracketed Newton iteration.
double MixtureQuantile(const std::vector<NormalComponent>& mixture, const Moments& moments,
                       double p) {
  // Chebyshev's inequality: all quantiles here lie within 7 sd of the mean.
  double low = moments.mean - 7 * moments.sd;
  double high = moments.mean + 7 * moments.sd;
  double total = 0;
  for (const NormalComponent& c : mixture) total += c.weight;
  double x = moments.mean + moments.sd * NormalQuantile(p);
  for (int iteration = 0; iteration < 60; ++iteration) {
    double cdf = 0;
    double density = 0;
    for (const NormalComponent& c : mixture) {
      if (c.sd > 0) {
        const double z = (x - c.mean) / c.sd;
        cdf += c.weight * NormalCdf(z);
        density += c.weight * std::exp(-0.5 * z * z) / (c.sd * std::sqrt(2 * M_PI));
      } else {
        cdf += c.weight * (x > c.mean ? 1.0 : x < c.mean ? 0.0 : 0.5);
      }
    }
    const double excess = cdf / total - p;
    if (std::abs(excess) < 1e-6) return x;
    (excess > 0 ? high : low) = x;
    const double step = density > 0 ? excess * total / density : 0;
    x = x - step > low && x - step < high && density > 0 ? x - step : 0.5 * (low + high);
    if (high - low <= 1e-9 * moments.sd) break;
  }
  return x;
}

// What is known of a distribution function.
struct Knot {
  double value;
  double cdf;
};

// Points are gathered in bins between `low` and `high`, their ends. The distribution function at a
// bin's mean is the weight below the bin plus half its own (the trapezoidal rule).
std::vector<Knot> KnotsOf(const std::vector<WeightedPoint>& points, double low, double high) {
  constexpr int kBins = 256;
  struct Bin {
    double weight = 0;
    double value = 0;
  };
  double total = 0;
  for (const WeightedPoint& p : points) total += p.weight;
  std::vector<Bin> bins(kBins);
  for (const WeightedPoint& p : points) {
    const int i = std::min(kBins - 1, static_cast<int>((p.value - low) / (high - low) * kBins));
    bins[i].weight += p.weight / total;
    bins[i].value += p.weight / total * p.value;
  }
  std::vector<Knot> knots;
  double below = 0;
  for (const Bin& bin : bins) {
    if (!(bin.weight > 0)) continue;
    knots.push_back({bin.value / bin.weight, below + 0.5 * bin.weight});
    below += bin.weight;
  }
  return knots;
}

double NormalScore(double p) { return NormalQuantile(std::clamp(p, 1e-12, 1 - 1e-12)); }

// Between two knots the distribution function runs straight where they are close, else its normal
// score: that is nearly straight where knots are few, but not at the end of a half-normal.
bool AreClose(const Knot& left, const Knot& right) {
  return NormalScore(right.cdf) - NormalScore(left.cdf) < 0.7;
}

double CdfBetween(const Knot& left, const Knot& right, double share) {
  if (AreClose(left, right)) return left.cdf + share * (right.cdf - left.cdf);
  const double score = NormalScore(left.cdf);
  return NormalCdf(score + share * (NormalScore(right.cdf) - score));
}

// Its inverse: the share at which the distribution function is `p`.
double ShareBetween(const Knot& left, const Knot& right, double p) {
  if (!(right.cdf > left.cdf)) return 0.5;
  if (AreClose(left, right)) return (p - left.cdf) / (right.cdf - left.cdf);
  const double score = NormalScore(left.cdf);
  return (NormalScore(p) - score) / (NormalScore(right.cdf) - score);
}

}  // namespace

double MixtureCdf(const std::vector<NormalComponent>& mixture, double x) {
  double total = 0;
  double below = 0;
  for (const NormalComponent& c : mixture) {
    total += c.weight;
    if (c.sd > 0) {
      below += c.weight * NormalCdf((x - c.mean) / c.sd);
    } else {
      below += c.weight * (x > c.mean ? 1.0 : x < c.mean ? 0.0 : 0.5);
    }
  }
  return below / total;
}

Summary SummarizeMixture(const std::vector<NormalComponent>& mixture) {
  const Moments moments = MixtureMoments(mixture);
  Summary summary;
  summary.mean = moments.mean;
  summary.sd = moments.sd;
  if (!(moments.sd > 0)) {
    summary.q025 = summary.q500 = summary.q975 = moments.mean;
    return summary;
  }
  const std::vector<NormalComponent> merged = Merge(mixture, moments);
  summary.q025 = MixtureQuantile(merged, moments, kQuantiles[0]);
  summary.q500 = MixtureQuantile(merged, moments, kQuantiles[1]);
  summary.q975 = MixtureQuantile(merged, moments, kQuantiles[2]);
  return summary;
}

Summary SummarizeExp(const std::vector<NormalComponent>& mixture) {
  const Summary logarithm = SummarizeMixture(mixture);
  double total = 0;
  double mean = 0;
  double square = 0;
  for (const NormalComponent& c : mixture) {
    total += c.weight;
    mean += c.weight * std::exp(c.mean + 0.5 * c.sd * c.sd);
    square += c.weight * std::exp(2 * c.mean + 2 * c.sd * c.sd);
  }
  mean /= total;
  return {mean, std::sqrt(std::max(0.0, square / total - mean * mean)), std::exp(logarithm.q025),
          std::exp(logarithm.q500), std::exp(logarithm.q975)};
}

Summary SummarizePoints(const std::vector<WeightedPoint>& points) {
  double total = 0;
  double mean = 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const WeightedPoint& p : points) {
    total += p.weight;
    mean += p.weight * p.value;
    low = std::min(low, p.value);
    high = std::max(high, p.value);
  }
  mean /= total;
  double variance = 0;
  for (const WeightedPoint& p : points) {
    variance += p.weight * (p.value - mean) * (p.value - mean);
  }
  Summary summary;
  summary.mean = mean;
  summary.sd = std::sqrt(variance / total);
  summary.q025 = summary.q500 = summary.q975 = mean;
  if (!(high > low)) return summary;

  const std::vector<Knot> knots = KnotsOf(points, low, high);
  const auto quantile = [&](double p) {
    const auto above =
        std::find_if(knots.begin(), knots.end(), [p](const Knot& knot) { return knot.cdf >= p; });
    if (above == knots.begin()) return knots.front().value;
    if (above == knots.end()) return knots.back().value;
    const Knot& left = *(above - 1);
    const double share = ShareBetween(left, *above, p);
    return left.value + std::clamp(share, 0.0, 1.0) * (above->value - left.value);
  };
  summary.q025 = quantile(kQuantiles[0]);
  summary.q500 = quantile(kQuantiles[1]);
  summary.q975 = quantile(kQuantiles[2]);
  return summary;
}

double PointsCdf(const std::vector<WeightedPoint>& points, double x) {
  if (points.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto [low, high] = std::minmax_element(
      points.begin(), points.end(),
      [](const WeightedPoint& a, const WeightedPoint& b) { return a.value < b.value; });
  if (!(high->value > low->value)) {
    return x > low->value ? 1.0 : x < low->value ? 0.0 : 0.5;
  }
  const std::vector<Knot> knots = KnotsOf(points, low->value, high->value);
  // Before the first knot as between the first two, after the last as between the last two.
  const auto above = std::upper_bound(knots.begin() + 1, knots.end() - 1, x,
                                      [](double v, const Knot& knot) { return v < knot.value; });
  const Knot& left = *(above - 1);
  const double share = (x - left.value) / (above->value - left.value);
  return std::clamp(CdfBetween(left, *above, share), 0.0, 1.0);
}

std::vector<WeightedPoint> InterpolateDensity(const std::vector<double>& log_density, bool even) {
  const int size = static_cast<int>(log_density.size());
  double largest = -std::numeric_limits<double>::infinity();
  for (double value : log_density) largest = std::max(largest, value);
  // Off the ends the density has fallen to nothing that matters.
  const double nothing = largest - 14;
  const auto at = [&](int i) {
    if (even) i = std::abs(i);
    return i < 0 || i >= size ? nothing : std::max(nothing, log_density[i]);
  };
  constexpr int kParts = 12;
  std::vector<WeightedPoint> points;
  points.reserve(static_cast<std::size_t>(size + 1) * kParts);
  for (int i = even ? 0 : -1; i < size; ++i) {
    const double f[4] = {at(i - 1), at(i), at(i + 1), at(i + 2)};
    for (int part = 0; part < kParts; ++part) {
      const double s = (part + 0.5) / kParts;
      const double value = -s * (s - 1) * (s - 2) / 6 * f[0] +
                           (s + 1) * (s - 1) * (s - 2) / 2 * f[1] -
                           (s + 1) * s * (s - 2) / 2 * f[2] + (s + 1) * s * (s - 1) / 6 * f[3];
      points.push_back({i + s, std::exp(value - largest)});
    }
  }
  return points;
}

}  // namespace solotrial::inference

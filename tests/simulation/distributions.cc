#include "tests/simulation/distributions.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace solotrial::simulation {

RandomStream StreamOf(uint64_t seed, uint64_t index) {
  // SplitMix64 of the pair: neighbouring indices give unrelated streams.
  uint64_t z = seed * 0x9e3779b97f4a7c15ULL + index + 1;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return RandomStream(z ^ (z >> 31));
}

double DrawUniform(RandomStream& random) { return random.Uniform() + 0x1p-54; }

double DrawNormal(RandomStream& random) {
  const double radius = std::sqrt(-2 * std::log(DrawUniform(random)));
  return radius * std::cos(2 * M_PI * DrawUniform(random));
}

double DrawLogistic(RandomStream& random) {
  const double u = DrawUniform(random);
  return std::log(u) - std::log1p(-u);
}

// Marsaglia and Tsang, ACM Transactions on Mathematical Software 26 (2000), 363-372; a shape below
// 1 by Gamma(a) = Gamma(a + 1) U^(1/a).
double DrawLogGamma(double shape, RandomStream& random) {
  if (shape < 1) {
    const double u = DrawUniform(random);
    return DrawLogGamma(shape + 1, random) + std::log(u) / shape;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double z = DrawNormal(random);
    const double base = 1 + c * z;
    if (base <= 0) continue;
    const double v = base * base * base;
    if (std::log(DrawUniform(random)) < 0.5 * z * z + d - d * v + d * std::log(v)) {
      return std::log(d) + std::log(v);
    }
  }
}

double DrawStudentT(double degrees_of_freedom, RandomStream& random) {
  const double z = DrawNormal(random);
  const double half = degrees_of_freedom / 2;
  return z * std::exp(0.5 * (std::log(half) - DrawLogGamma(half, random)));
}

namespace {

// Inversion by adding up the probabilities.
double DrawSmallPoisson(double mean, RandomStream& random) {
  double left = DrawUniform(random);
  double probability = std::exp(-mean);
  double k = 0;
  while (left > probability && k < 1000) {
    left -= probability;
    ++k;
    probability *= mean / k;
  }
  return k;
}

// Transformed rejection with squeeze: Hormann, Insurance: Mathematics and Economics 12 (1993),
// 39-45, algorithm PTRS, for means of 10 and more.
double DrawLargePoisson(double mean, RandomStream& random) {
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double squeeze = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = DrawUniform(random) - 0.5;
    const double v = DrawUniform(random);
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <=
        k * std::log(mean) - mean - std::lgamma(k + 1)) {
      return k;
    }
  }
}

}  // namespace

double DrawPoisson(double mean, RandomStream& random) {
  return mean < 10 ? DrawSmallPoisson(mean, random) : DrawLargePoisson(mean, random);
}

// The fourth smallest of five uniforms is Beta(4, 2).
double DrawCorrelation(RandomStream& random) {
  std::array<double, 5> uniforms;
  for (double& u : uniforms) u = DrawUniform(random);
  std::sort(uniforms.begin(), uniforms.end());
  return 2 * uniforms[3] - 1;
}

void StepAutoregression(double correlation, RandomStream& random, double& x) {
  x = correlation * x + std::sqrt(1 - correlation * correlation) * DrawNormal(random);
}

}  // namespace solotrial::simulation

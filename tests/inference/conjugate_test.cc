// Without autocorrelation, and without trend or covariates, the posterior is a one-dimensional
// integral over sigma of formulas that fit on a page.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/inference/inference.h"
#include "tests/inference/records.h"

namespace solotrial::inference {
namespace {

double Phi(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

// y_d = alpha + delta (e_d - 1/2) + Normal(0, sigma): given sigma, two normal equations.
TEST(ConjugateTest, GaussianWithoutAutocorrelation) {
  RecordPlan plan;
  plan.days = 30;
  plan.block_days = 5;
  plan.latent_sd = 0;
  plan.seed = 11;
  Record record = MakeRecord(plan);
  record.autocorrelation = false;
  record.trend = false;
  const std::vector<double> exposure = Exposure(record.assignment, record.kinetics);

  double n = 0, sx = 0, sxx = 0, sy = 0, sxy = 0, syy = 0;
  for (std::size_t d = 0; d < record.score.size(); ++d) {
    if (std::isnan(record.score[d])) continue;
    const double x = exposure[d] - 0.5;
    const double y = record.score[d] - 5;
    n += 1;
    sx += x;
    sxx += x * x;
    sy += y;
    sxy += x * y;
    syy += y * y;
  }
  const double alpha_precision = 1 / (5.0 * 5.0);
  const double delta_precision = 1 / (2.5 * 2.5);
  double total = 0, mean = 0, square = 0, any = 0, important = 0, sigma_mean = 0, sigma_square = 0;
  double intercept = 0;
  for (int k = 1; k < 100000; ++k) {
    const double sigma = k * 1e-4;
    const double w = 1 / (sigma * sigma);
    const double a = n * w + alpha_precision;
    const double b = sx * w;
    const double c = sxx * w + delta_precision;
    const double determinant = a * c - b * b;
    const double alpha = (c * sy * w - b * sxy * w) / determinant;
    const double delta = (a * sxy * w - b * sy * w) / determinant;
    const double sd = std::sqrt(a / determinant);
    const double log_density = -n * std::log(sigma) - 0.5 * std::log(determinant) -
                               0.5 * (syy * w - alpha * sy * w - delta * sxy * w) -
                               0.5 * sigma * sigma / (2.5 * 2.5);
    const double density = std::exp(log_density);
    total += density;
    mean += density * delta;
    intercept += density * alpha;
    square += density * (delta * delta + sd * sd);
    any += density * Phi(-delta / sd);
    important += density * Phi((-delta - 1) / sd);
    sigma_mean += density * sigma;
    sigma_square += density * sigma * sigma;
  }
  const absl::StatusOr<Posterior> posterior = ComputePosterior(record);
  ASSERT_TRUE(posterior.ok()) << posterior.status();
  const double sd = std::sqrt(square / total - mean / total * (mean / total));
  EXPECT_NEAR(posterior->effect.mean, mean / total, 1e-5 * sd);
  EXPECT_NEAR(posterior->effect.sd, sd, 1e-4 * sd);
  EXPECT_NEAR(posterior->benefit.p_any, any / total, 1e-5);
  EXPECT_NEAR(posterior->benefit.p_important, important / total, 1e-5);
  EXPECT_NEAR(posterior->intercept->mean, 5 + intercept / total, 1e-4);
  EXPECT_NEAR(posterior->noise_sd->mean, sigma_mean / total, 1e-4);
  EXPECT_NEAR(posterior->noise_sd->sd,
              std::sqrt(sigma_square / total - sigma_mean / total * (sigma_mean / total)), 1e-3);
  EXPECT_FALSE(posterior->trend.has_value());
  EXPECT_TRUE(posterior->covariates.empty());
}

// Two levels, no autocorrelation: a logistic regression whose intercept has a Beta prior, by a
// plain two-dimensional sum.
TEST(ConjugateTest, OrdinalOfTwoLevelsWithoutAutocorrelation) {
  Record record;
  record.family = Family::kOrdinal;
  record.minimum = 0;
  record.maximum = 1;
  record.lower_is_better = true;
  record.minimal_important_difference = 0.1;
  record.autocorrelation = false;
  record.trend = false;
  for (int d = 0; d < 40; ++d) {
    record.assignment.push_back((d / 5) % 2);
    record.score.push_back(d % 3 == 0 || (d / 5) % 2 == 0 ? 1 : 0);
  }
  record.planned_days = 40;
  double ones[2] = {0, 0};
  double zeros[2] = {0, 0};
  for (int d = 0; d < 40; ++d) {
    (record.score[d] > 0 ? ones : zeros)[record.assignment[d] > 0 ? 1 : 0] += 1;
  }
  // P(y <= 0) at eta = 0 is Beta(a, a); c = logit of it.
  const double a = 1 / (0.8 + 0.35 * 3);
  double total = 0, mean = 0, square = 0, any = 0, important = 0, benefit = 0;
  for (double c = -12; c < 12; c += 0.01) {
    for (double delta = -7; delta < 7; delta += 0.01) {
      const double off = 1 / (1 + std::exp(c + delta / 2));  // P(y = 1) off: logistic(-delta/2 - c)
      const double on = 1 / (1 + std::exp(c - delta / 2));
      const double p = 1 / (1 + std::exp(-c));
      const double w = std::exp(ones[0] * std::log(off) + zeros[0] * std::log(1 - off) +
                                ones[1] * std::log(on) + zeros[1] * std::log(1 - on) +
                                a * std::log(p) + a * std::log(1 - p) - delta * delta / 2);
      total += w;
      mean += w * delta;
      square += w * delta * delta;
      benefit += w * (off - on);
      if (delta < 0) any += w;
      if (off - on >= 0.1) important += w;
    }
  }
  const absl::StatusOr<Posterior> posterior = ComputePosterior(record);
  ASSERT_TRUE(posterior.ok()) << posterior.status();
  const double sd = std::sqrt(square / total - mean / total * (mean / total));
  // A strong effect on few days: the hardest case for Laplace's method, still half of section 8.
  EXPECT_NEAR(posterior->effect.mean, mean / total, 0.025 * sd);
  EXPECT_NEAR(posterior->effect.sd, sd, 0.025 * sd);
  EXPECT_NEAR(posterior->benefit.mean, benefit / total, 0.02 * posterior->benefit.sd);
  EXPECT_NEAR(posterior->benefit.p_any, any / total, 0.003);
  EXPECT_NEAR(posterior->benefit.p_important, important / total, 0.005);
}

}  // namespace
}  // namespace solotrial::inference

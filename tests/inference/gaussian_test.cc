// The GAUSSIAN posterior against references that share no code with the engine.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/inference/inference.h"
#include "tests/inference/records.h"

namespace solotrial::inference {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

double Phi(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

struct Reference {
  double mean = 0, sd = 0, p_any = 0, p_important = 0;
  double latent_sd = 0, latent_sd_sd = 0, correlation = 0, correlation_sd = 0;
  double noise_sd = 0, noise_sd_sd = 0, trend = 0, intercept = 0;
};

// MODEL.md written down naively: the dense covariance of all scores, coefficients integrated by
// their prior covariance, and the midpoint rule over (sigma_u, rho, sigma) in plain coordinates.
Reference BruteForce(const Record& record, int steps) {
  const double range = record.maximum - record.minimum;
  const std::vector<double> exposure = Exposure(record.assignment, record.kinetics);
  std::vector<int> day;
  for (std::size_t d = 0; d < record.score.size(); ++d) {
    if (!std::isnan(record.score[d])) day.push_back(static_cast<int>(d));
  }
  const int n = static_cast<int>(day.size());
  const int p = 3 + static_cast<int>(record.covariates.size());
  Eigen::VectorXd y(n);
  Eigen::MatrixXd x(n, p);
  Eigen::VectorXd prior(p);
  for (int c = 3; c < p; ++c) prior(c) = range / 8;
  prior.head(3) << range / 2, range / 4, range / 4;
  for (int i = 0; i < n; ++i) {
    y(i) = record.score[day[i]] - (record.minimum + record.maximum) / 2;
    x(i, 0) = 1;
    x(i, 1) = exposure[day[i]] - 0.5;
    x(i, 2) = (day[i] + 1 - (record.planned_days + 1) / 2) / record.planned_days;
    for (int c = 3; c < p; ++c) x(i, c) = record.covariates[c - 3][day[i]];
  }
  const Eigen::MatrixXd variance = prior.cwiseAbs2().asDiagonal();
  const Eigen::MatrixXd fixed = x * variance * x.transpose();
  const double mid = record.minimal_important_difference;
  const double sign = record.lower_is_better ? -1 : 1;

  struct Cell {
    double log_weight, mean, sd, latent_sd, rho, noise_sd, trend, intercept;
  };
  std::vector<Cell> cells;
  const double top = range;  // four prior sds
  for (int i = 0; i < steps; ++i) {
    for (int j = 0; j < steps; ++j) {
      for (int k = 0; k < steps; ++k) {
        const double latent_sd = top * (i + 0.5) / steps;
        const double rho = -1 + 2 * (j + 0.5) / steps;
        const double noise_sd = top * (k + 0.5) / steps;
        Eigen::MatrixXd s = fixed;
        for (int a = 0; a < n; ++a) {
          for (int b = 0; b < n; ++b) {
            s(a, b) += latent_sd * latent_sd * std::pow(rho, std::abs(day[a] - day[b]));
          }
          s(a, a) += noise_sd * noise_sd;
        }
        const Eigen::LLT<Eigen::MatrixXd> llt(s);
        const Eigen::VectorXd solved = llt.solve(y);
        double log_weight = -0.5 * y.dot(solved);
        for (int a = 0; a < n; ++a) log_weight -= std::log(llt.matrixL()(a, a));
        const double quarter = range / 4;
        log_weight -= 0.5 * (latent_sd * latent_sd + noise_sd * noise_sd) / (quarter * quarter);
        log_weight += 3 * std::log((1 + rho) / 2) + std::log((1 - rho) / 2);
        const Eigen::VectorXd mean = variance * x.transpose() * solved;
        const Eigen::VectorXd column = x.col(1);
        const double sd = std::sqrt(variance(1, 1) - variance(1, 1) * variance(1, 1) *
                                                         column.dot(llt.solve(column)));
        cells.push_back({log_weight, mean(1), sd, latent_sd, rho, noise_sd, mean(2), mean(0)});
      }
    }
  }
  double highest = cells.front().log_weight;
  for (const Cell& c : cells) highest = std::max(highest, c.log_weight);
  Reference r;
  double total = 0, square = 0, latent = 0, correlation = 0, noise = 0;
  for (const Cell& c : cells) {
    const double w = std::exp(c.log_weight - highest);
    total += w;
    r.mean += w * c.mean;
    square += w * (c.sd * c.sd + c.mean * c.mean);
    r.p_any += w * Phi(sign * c.mean / c.sd);
    r.p_important += w * Phi((sign * c.mean - mid) / c.sd);
    r.latent_sd += w * c.latent_sd;
    latent += w * c.latent_sd * c.latent_sd;
    r.correlation += w * c.rho;
    correlation += w * c.rho * c.rho;
    r.noise_sd += w * c.noise_sd;
    noise += w * c.noise_sd * c.noise_sd;
    r.trend += w * c.trend;
    r.intercept += w * c.intercept;
  }
  for (double* v : {&r.mean, &r.p_any, &r.p_important, &r.latent_sd, &r.correlation, &r.noise_sd,
                    &r.trend, &r.intercept}) {
    *v /= total;
  }
  r.intercept += (record.minimum + record.maximum) / 2;
  r.sd = std::sqrt(square / total - r.mean * r.mean);
  r.latent_sd_sd = std::sqrt(latent / total - r.latent_sd * r.latent_sd);
  r.correlation_sd = std::sqrt(correlation / total - r.correlation * r.correlation);
  r.noise_sd_sd = std::sqrt(noise / total - r.noise_sd * r.noise_sd);
  return r;
}

// Tolerances well inside section 8 of MODEL.md; what is left is mostly the midpoint rule's.
void ExpectMatches(const Record& record, int steps) {
  const Reference reference = BruteForce(record, steps);
  const absl::StatusOr<Posterior> posterior = ComputePosterior(record);
  ASSERT_TRUE(posterior.ok()) << posterior.status();
  EXPECT_NEAR(posterior->effect.mean, reference.mean, 0.01 * reference.sd);
  EXPECT_NEAR(posterior->effect.sd, reference.sd, 0.01 * reference.sd);
  EXPECT_NEAR(posterior->benefit.p_any, reference.p_any, 0.002);
  EXPECT_NEAR(posterior->benefit.p_important, reference.p_important, 0.002);
  EXPECT_NEAR(posterior->benefit.p_worse, 1 - reference.p_any, 0.002);
  EXPECT_NEAR(posterior->latent_sd->mean, reference.latent_sd, 0.02 * reference.latent_sd_sd);
  EXPECT_NEAR(posterior->latent_sd->sd, reference.latent_sd_sd, 0.03 * reference.latent_sd_sd);
  EXPECT_NEAR(posterior->latent_correlation->mean, reference.correlation,
              0.02 * reference.correlation_sd);
  EXPECT_NEAR(posterior->latent_correlation->sd, reference.correlation_sd,
              0.03 * reference.correlation_sd);
  EXPECT_NEAR(posterior->noise_sd->mean, reference.noise_sd, 0.02 * reference.noise_sd_sd);
  EXPECT_NEAR(posterior->noise_sd->sd, reference.noise_sd_sd, 0.03 * reference.noise_sd_sd);
  EXPECT_NEAR(posterior->trend->mean, reference.trend, 0.02 * posterior->trend->sd);
  EXPECT_NEAR(posterior->intercept->mean, reference.intercept, 0.02 * posterior->intercept->sd);
}

TEST(GaussianBruteForceTest, NoScores) {
  RecordPlan plan;
  plan.days = 5;
  plan.missing = 1;
  ExpectMatches(MakeRecord(plan), 48);
}

TEST(GaussianBruteForceTest, ThreeScores) {
  RecordPlan plan;
  plan.days = 3;
  plan.block_days = 2;
  plan.missing = 0;
  ExpectMatches(MakeRecord(plan), 48);
}

TEST(GaussianBruteForceTest, TwelveDaysWithCovariates) {
  RecordPlan plan;
  plan.days = 12;
  plan.block_days = 3;
  plan.covariates = 2;
  plan.seed = 2;
  ExpectMatches(MakeRecord(plan), 48);
}

TEST(GaussianBruteForceTest, SixteenDaysNegativeCorrelation) {
  RecordPlan plan;
  plan.days = 16;
  plan.block_days = 4;
  plan.correlation = -0.6;
  plan.latent_sd = 2;
  plan.noise_sd = 0.5;
  plan.seed = 3;
  ExpectMatches(MakeRecord(plan), 48);
}

TEST(GaussianBruteForceTest, OneArmEmpty) {
  RecordPlan plan;
  plan.days = 10;
  plan.block_days = 100;
  plan.seed = 4;
  ExpectMatches(MakeRecord(plan), 48);
}

TEST(GaussianBruteForceTest, FortyDaysStronglyCorrelated) {
  RecordPlan plan;
  plan.days = 40;
  plan.block_days = 5;
  plan.correlation = 0.9;
  plan.latent_sd = 2;
  plan.effect = -3;
  plan.seed = 5;
  ExpectMatches(MakeRecord(plan), 48);
}

}  // namespace
}  // namespace solotrial::inference

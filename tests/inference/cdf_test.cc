// Fit::Cdf: the distribution function behind the summaries.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/inference/inference.h"
#include "tests/inference/records.h"

namespace solotrial::inference {
namespace {

constexpr Family kFamilies[] = {Family::kGaussian, Family::kStudentT, Family::kBernoulli,
                                Family::kPoisson,  Family::kOrdinal,  Family::kNegativeBinomial};

Fit FitOf(const Record& record) {
  absl::StatusOr<Fit> fit = Fit::Of(record);
  EXPECT_TRUE(fit.ok()) << fit.status();
  return *std::move(fit);
}

void ExpectQuantiles(const Fit& fit, Quantity quantity, const Summary& summary) {
  EXPECT_NEAR(fit.Cdf(quantity, summary.q025), 0.025, 0.002);
  EXPECT_NEAR(fit.Cdf(quantity, summary.q500), 0.5, 0.005);
  EXPECT_NEAR(fit.Cdf(quantity, summary.q975), 0.975, 0.002);
}

TEST(CdfTest, IsWhatTheQuantilesInvert) {
  for (Family family : kFamilies) {
    const Fit fit = FitOf(MakeRecord({.family = family, .days = 56}));
    const Posterior& posterior = fit.posterior();
    SCOPED_TRACE(static_cast<int>(family));
    ExpectQuantiles(fit, Quantity::kEffect, posterior.effect);
    ExpectQuantiles(fit, Quantity::kBenefit, posterior.benefit);
    ExpectQuantiles(fit, Quantity::kLatentSd, *posterior.latent_sd);
    ExpectQuantiles(fit, Quantity::kLatentCorrelation, *posterior.latent_correlation);
    EXPECT_NEAR(fit.Cdf(Quantity::kBenefit, 1), 1 - posterior.benefit.p_important, 1e-9);
    EXPECT_NEAR(fit.Cdf(Quantity::kLatentCorrelation, 1), 1, 1e-4);
  }
}

// Scores without autocorrelation leave sigma_u near 0, where the density is finite: the
// distribution function must not climb in steps of the quadrature.
TEST(CdfTest, OfTheLatentSdStartsStraightAtZero) {
  for (Family family : {Family::kGaussian, Family::kBernoulli, Family::kPoisson}) {
    const Fit fit = FitOf(MakeRecord({.family = family, .days = 42, .latent_sd = 0}));
    SCOPED_TRACE(static_cast<int>(family));
    EXPECT_NEAR(fit.Cdf(Quantity::kLatentSd, 0), 0, 1e-3);
    const double scale = fit.posterior().latent_sd->q500 / 8;
    const double first = fit.Cdf(Quantity::kLatentSd, scale);
    EXPECT_NEAR(fit.Cdf(Quantity::kLatentSd, scale / 2), first / 2, 0.1 * first);
    EXPECT_NEAR(fit.Cdf(Quantity::kLatentSd, 2 * scale), 2 * first, 0.15 * first);
  }
}

TEST(CdfTest, OfWhatTheModelDoesNotHaveIsNotANumber) {
  Record record = MakeRecord({.days = 28});
  record.autocorrelation = false;
  EXPECT_TRUE(std::isnan(FitOf(record).Cdf(Quantity::kLatentSd, 1)));
  Record empty = MakeRecord({.family = Family::kPoisson, .days = 28, .missing = 2});
  EXPECT_TRUE(std::isnan(FitOf(empty).Cdf(Quantity::kEffect, 0)));
}

// A few events in two weeks: the level is known within a factor, so that the benefit is far from
// normal at any given effect. Against a three-dimensional trapezoid.
TEST(CdfTest, TheBenefitOfFewCountsIsAsSkewedAsItShould) {
  Record record = MakeRecord({.family = Family::kPoisson, .days = 14, .block_days = 7});
  record.autocorrelation = false;
  record.kinetics = {};
  record.score = {0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0};
  const Fit fit = FitOf(record);
  EXPECT_TRUE(fit.posterior().diagnostics.reliable);
  const std::vector<double> at = {-8, -4, -2, -1, -0.5, -0.2, 0, 0.2, 0.5, 1, 2, 4};
  std::vector<double> below(at.size(), 0);
  double total = 0;
  for (double alpha = -7; alpha <= 2; alpha += 0.1) {
    for (double delta = -4.55; delta < 4.6; delta += 0.1) {
      for (double gamma = -4.5; gamma <= 4.5; gamma += 0.1) {
        double log_density = -0.5 * (alpha * alpha / 6.25 + delta * delta + gamma * gamma);
        double level = 0;
        for (int d = 0; d < 14; ++d) {
          const double rest = alpha + gamma * (d + 1 - 7.5) / 14;
          const double eta = rest + delta * (record.assignment[d] - 0.5);
          log_density += record.score[d] * eta - std::exp(eta);
          level += std::exp(rest) / 14;
        }
        const double weight = std::exp(log_density);
        const double benefit = -7 * level * 2 * std::sinh(delta / 2);
        total += weight;
        for (std::size_t i = 0; i < at.size(); ++i) {
          below[i] += weight * (benefit < at[i] ? 1 : 0);
        }
      }
    }
  }
  for (std::size_t i = 0; i < at.size(); ++i) {
    EXPECT_NEAR(fit.Cdf(Quantity::kBenefit, at[i]), below[i] / total, 0.015) << at[i];
  }
}

}  // namespace
}  // namespace solotrial::inference

// BERNOULLI, POISSON and NEGATIVE_BINOMIAL where the record gives little or pulls far.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "engine/inference/inference.h"

namespace solotrial::inference {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

class LatentFamily : public testing::TestWithParam<Family> {
 protected:
  // 56 days in blocks of 7, every score `value`.
  Record Constant(double value) const {
    Record record;
    record.family = GetParam();
    record.lower_is_better = true;
    record.minimal_important_difference = 1;
    for (int d = 0; d < 56; ++d) record.assignment.push_back((d / 7) % 2);
    record.score.assign(56, value);
    record.planned_days = 56;
    return record;
  }
};

INSTANTIATE_TEST_SUITE_P(Families, LatentFamily,
                         testing::Values(Family::kBernoulli, Family::kPoisson,
                                         Family::kNegativeBinomial));

Posterior Compute(const Record& record) {
  const absl::StatusOr<Posterior> posterior = ComputePosterior(record);
  EXPECT_TRUE(posterior.ok()) << posterior.status();
  if (!posterior.ok()) return Posterior{};
  const Posterior& p = *posterior;
  for (const Summary& s : {p.effect, static_cast<const Summary&>(p.benefit), *p.intercept}) {
    EXPECT_TRUE(std::isfinite(s.mean) && std::isfinite(s.sd) && std::isfinite(s.q025 + s.q975));
    EXPECT_LE(s.q025, s.q500);
    EXPECT_LE(s.q500, s.q975);
  }
  EXPECT_NEAR(p.benefit.p_any + p.benefit.p_worse, 1, 1e-9);
  EXPECT_EQ(p.diagnostics.reliable, p.diagnostics.problem.empty());
  return p;
}

TEST_P(LatentFamily, NoScoreIsThePriorAndUnreliable) {
  const Posterior p = Compute(Constant(kMissing));
  EXPECT_FALSE(p.diagnostics.reliable);
  EXPECT_EQ(p.benefit.p_any, 0.5);
  EXPECT_EQ(p.effect.sd, 1);
}

TEST_P(LatentFamily, AllScoresEqualDecideNothing) {
  for (double value : {0.0, 1.0}) {
    const Posterior p = Compute(Constant(value));
    EXPECT_TRUE(p.diagnostics.reliable) << p.diagnostics.problem;
    EXPECT_GT(p.benefit.p_any, 0.1);
    EXPECT_LT(p.benefit.p_any, 0.9);
    EXPECT_LT(p.benefit.p_important, 0.6);
  }
}

TEST_P(LatentFamily, OneScore) {
  Record record = Constant(kMissing);
  record.score[10] = 1;
  const Posterior p = Compute(record);
  EXPECT_GT(p.benefit.p_any, 0.2);
  EXPECT_LT(p.benefit.p_any, 0.8);
}

// Every off day 1, every on day 0: the likelihood alone has no finite maximum.
TEST_P(LatentFamily, SeparatedArmsStayFinite) {
  Record record = Constant(0);
  for (int d = 0; d < 56; ++d) record.score[d] = 1 - record.assignment[d];
  const Posterior p = Compute(record);
  EXPECT_TRUE(p.diagnostics.reliable) << p.diagnostics.problem;
  EXPECT_GT(p.benefit.p_any, 0.97);
  EXPECT_LT(p.effect.mean, -1);
  EXPECT_GT(p.effect.mean, -4);
}

TEST_P(LatentFamily, ExchangingTheArmsTurnsTheEffectAround) {
  Record record = Constant(0);
  for (int d = 0; d < 56; ++d) record.score[d] = (d * d) % 5 < 2 ? 1 : 0;
  const Posterior p = Compute(record);
  for (double& a : record.assignment) a = 1 - a;
  const Posterior q = Compute(record);
  EXPECT_NEAR(p.effect.mean, -q.effect.mean, 0.002);
  EXPECT_NEAR(p.benefit.p_any, q.benefit.p_worse, 0.001);
  EXPECT_NEAR(p.benefit.mean, -q.benefit.mean, 0.01 * p.benefit.sd);
}

TEST_P(LatentFamily, SameInputSameBytes) {
  Record record = Constant(0);
  for (int d = 0; d < 56; ++d) record.score[d] = (d * d) % 7 < 3 ? 1 : 0;
  const Posterior a = Compute(record);
  const Posterior b = Compute(record);
  EXPECT_EQ(std::memcmp(&a.benefit, &b.benefit, sizeof(Benefit)), 0);
}

TEST_P(LatentFamily, WithoutAutocorrelationOrTrend) {
  Record record = Constant(0);
  for (int d = 0; d < 56; ++d) record.score[d] = (d * d) % 7 < 3 ? 1 : 0;
  record.autocorrelation = false;
  record.trend = false;
  const Posterior p = Compute(record);
  EXPECT_TRUE(p.diagnostics.reliable) << p.diagnostics.problem;
  EXPECT_FALSE(p.latent_sd.has_value());
  EXPECT_FALSE(p.trend.has_value());
  const bool counts = GetParam() != Family::kBernoulli;
  EXPECT_EQ(p.rate_ratio.has_value(), counts);
  EXPECT_EQ(p.odds_ratio.has_value(), !counts);
  const Summary& ratio = counts ? *p.rate_ratio : *p.odds_ratio;
  EXPECT_NEAR(ratio.q500, std::exp(p.effect.q500), 1e-12);
}

TEST_P(LatentFamily, RefusesScoresOutsideItsDomain) {
  for (double y : {-1.0, 0.5}) {
    Record record = Constant(0);
    record.score[3] = y;
    EXPECT_EQ(ComputePosterior(record).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(CountTest, AMillionADay) {
  for (Family family : {Family::kPoisson, Family::kNegativeBinomial}) {
    Record record;
    record.family = family;
    record.lower_is_better = true;
    record.minimal_important_difference = 1e5;
    record.typical_daily_count = 1e6;
    for (int d = 0; d < 56; ++d) {
      record.assignment.push_back((d / 7) % 2);
      record.score.push_back(std::round(1e6 * (1 + 0.05 * std::sin(d * d))));
    }
    record.planned_days = 56;
    const Posterior p = Compute(record);
    if (p.diagnostics.reliable) {
      EXPECT_NEAR(p.intercept->mean, std::log(1e6), 0.1);
      EXPECT_NEAR(p.effect.mean, 0, 0.1);
    }
  }
}

TEST(CountTest, RefusesATypicalCountOfZero) {
  Record record;
  record.family = Family::kPoisson;
  record.minimal_important_difference = 1;
  record.score = {1};
  record.assignment = {0};
  record.planned_days = 1;
  record.typical_daily_count = 0;
  EXPECT_EQ(ComputePosterior(record).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace solotrial::inference

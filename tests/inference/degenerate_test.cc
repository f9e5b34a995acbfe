// Records that give a posterior little or nothing to work with: never NaN, never a confident wrong
// number, and the honest flag where the model has no answer. And what must not change anything.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "engine/inference/inference.h"
#include "tests/inference/records.h"

namespace solotrial::inference {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

Posterior Compute(const Record& record) {
  const absl::StatusOr<Posterior> posterior = ComputePosterior(record);
  EXPECT_TRUE(posterior.ok()) << posterior.status();
  return posterior.ok() ? *posterior : Posterior{};
}

void ExpectFinite(const Summary& s) {
  EXPECT_TRUE(std::isfinite(s.mean) && std::isfinite(s.sd));
  EXPECT_GE(s.sd, 0);
  EXPECT_LE(s.q025, s.q500);
  EXPECT_LE(s.q500, s.q975);
}

void ExpectSane(const Posterior& p) {
  ExpectFinite(p.effect);
  ExpectFinite(p.benefit);
  for (const auto& s : {p.intercept, p.trend, p.latent_sd, p.latent_correlation, p.noise_sd}) {
    if (s.has_value()) ExpectFinite(*s);
  }
  for (const Summary& s : p.covariates) ExpectFinite(s);
  const Benefit& b = p.benefit;
  for (double probability : {b.p_any, b.p_important, b.p_worse}) {
    EXPECT_GE(probability, 0);
    EXPECT_LE(probability, 1);
  }
  EXPECT_NEAR(b.p_any + b.p_worse, 1, 1e-9);
  EXPECT_EQ(p.diagnostics.reliable, p.diagnostics.problem.empty());
}

class EveryFamily : public testing::TestWithParam<Family> {
 protected:
  Record Make(RecordPlan plan) const {
    plan.family = GetParam();
    return MakeRecord(plan);
  }
};

INSTANTIATE_TEST_SUITE_P(Families, EveryFamily,
                         testing::Values(Family::kGaussian, Family::kOrdinal));

TEST_P(EveryFamily, NoScoreIsThePriorAndUnreliable) {
  RecordPlan plan;
  plan.days = 30;
  plan.missing = 1;
  const Posterior p = Compute(Make(plan));
  ExpectSane(p);
  EXPECT_FALSE(p.diagnostics.reliable);
  EXPECT_NEAR(p.benefit.p_any, 0.5, 1e-6);
}

TEST_P(EveryFamily, ThreeScoresDecideNothing) {
  Record record = Make({});
  for (std::size_t d = 3; d < record.score.size(); ++d) record.score[d] = kMissing;
  record.score[0] = 8;
  record.score[1] = 2;
  record.score[2] = 5;
  const Posterior p = Compute(record);
  ExpectSane(p);
  EXPECT_GT(p.benefit.p_any, 0.1);
  EXPECT_LT(p.benefit.p_any, 0.9);
}

TEST_P(EveryFamily, OneScore) {
  Record record = Make({});
  for (std::size_t d = 1; d < record.score.size(); ++d) record.score[d] = kMissing;
  record.score[0] = 7;
  ExpectSane(Compute(record));
}

TEST_P(EveryFamily, OneDay) {
  RecordPlan plan;
  plan.days = 1;
  plan.missing = 0;
  ExpectSane(Compute(Make(plan)));
}

TEST_P(EveryFamily, OneArmEmptyDecidesNothing) {
  RecordPlan plan;
  plan.block_days = 1000;
  plan.level = 2;
  const Posterior p = Compute(Make(plan));
  ExpectSane(p);
  EXPECT_GT(p.benefit.p_any, 0.2);
  EXPECT_LT(p.benefit.p_any, 0.8);
}

TEST_P(EveryFamily, AllScoresEqual) {
  for (double level : {0.0, 4.0, 10.0}) {
    Record record = Make({});
    for (double& y : record.score) y = level;
    const Posterior p = Compute(record);
    ExpectSane(p);
    // A Gaussian noise of 0 has no posterior; for ORDINAL an unused scale is an answer.
    EXPECT_EQ(p.diagnostics.reliable, GetParam() == Family::kOrdinal);
    if (GetParam() == Family::kOrdinal) {
      EXPECT_GT(p.benefit.p_any, 0.1);
      EXPECT_LT(p.benefit.p_any, 0.9);
    }
  }
}

TEST_P(EveryFamily, PerfectStepAndPerfectTrend) {
  RecordPlan plan;
  plan.onset_half_life_days = plan.offset_half_life_days = 0;
  Record record = Make(plan);
  for (std::size_t d = 0; d < record.score.size(); ++d) {
    record.score[d] = record.assignment[d] > 0 ? 2 : 7;
  }
  const Posterior step = Compute(record);
  ExpectSane(step);
  if (GetParam() == Family::kGaussian) {
    EXPECT_FALSE(step.diagnostics.reliable);
  } else {
    EXPECT_GT(step.benefit.p_any, 0.9);
  }
  for (std::size_t d = 0; d < record.score.size(); ++d) {
    record.score[d] = GetParam() == Family::kGaussian ? 0.1 * static_cast<double>(d)
                                                      : std::floor(static_cast<double>(d) / 8);
  }
  const Posterior trend = Compute(record);
  ExpectSane(trend);
  EXPECT_FALSE(trend.diagnostics.reliable && GetParam() == Family::kGaussian);
}

TEST_P(EveryFamily, AlternatingExtremes) {
  Record record = Make({});
  for (std::size_t d = 0; d < record.score.size(); ++d) record.score[d] = d % 2 == 0 ? 0 : 10;
  ExpectSane(Compute(record));
}

TEST_P(EveryFamily, MostlyMissing) {
  RecordPlan plan;
  plan.missing = 0.9;
  plan.seed = 9;
  ExpectSane(Compute(Make(plan)));
}

TEST_P(EveryFamily, WithoutAutocorrelationOrTrend) {
  Record record = Make({});
  record.trend = false;
  const Posterior with = Compute(record);
  ExpectSane(with);
  EXPECT_FALSE(with.trend.has_value());
  EXPECT_TRUE(with.latent_sd.has_value());
  record.autocorrelation = false;
  const Posterior without = Compute(record);
  ExpectSane(without);
  EXPECT_FALSE(without.latent_sd.has_value());
  EXPECT_FALSE(without.latent_correlation.has_value());
  EXPECT_LT(without.effect.sd, with.effect.sd);
}

TEST_P(EveryFamily, SameInputSameBytes) {
  RecordPlan plan;
  plan.covariates = 2;
  const Record record = Make(plan);
  const Posterior a = Compute(record);
  const Posterior b = Compute(record);
  EXPECT_EQ(std::memcmp(&a.benefit, &b.benefit, sizeof(Benefit)), 0);
  EXPECT_EQ(std::memcmp(&a.effect, &b.effect, sizeof(Summary)), 0);
  EXPECT_EQ(std::memcmp(&*a.latent_sd, &*b.latent_sd, sizeof(Summary)), 0);
  EXPECT_EQ(std::memcmp(a.covariates.data(), b.covariates.data(), 2 * sizeof(Summary)), 0);
}

TEST_P(EveryFamily, FlippingTheDirectionFlipsTheBenefit) {
  Record record = Make({});
  const Posterior lower = Compute(record);
  record.lower_is_better = false;
  const Posterior higher = Compute(record);
  EXPECT_NEAR(lower.effect.mean, higher.effect.mean, 1e-12);
  EXPECT_NEAR(lower.benefit.mean, -higher.benefit.mean, 1e-9);
  EXPECT_NEAR(lower.benefit.p_any, higher.benefit.p_worse, 1e-9);
  EXPECT_NEAR(lower.benefit.q025, -higher.benefit.q975, 1e-4);
}

TEST_P(EveryFamily, MissingDaysAtTheEndChangeNothing) {
  Record record = Make({});
  record.planned_days = 120;
  const Posterior before = Compute(record);
  record.score.resize(110, kMissing);
  record.assignment.resize(110, 0.0);
  const Posterior after = Compute(record);
  EXPECT_EQ(std::memcmp(&before.benefit, &after.benefit, sizeof(Benefit)), 0);
}

TEST_P(EveryFamily, ACovariateOfZerosKeepsItsPrior) {
  Record record = Make({});
  const Posterior without = Compute(record);
  record.covariates.push_back(std::vector<double>(record.score.size(), 0.0));
  const Posterior with = Compute(record);
  const double prior_sd = GetParam() == Family::kGaussian ? 10.0 / 8 : 0.5;
  EXPECT_NEAR(with.covariates[0].mean, 0, 1e-6);
  EXPECT_NEAR(with.covariates[0].sd, prior_sd, 1e-3 * prior_sd);
  EXPECT_NEAR(with.effect.mean, without.effect.mean, 0.002 * without.effect.sd);
  EXPECT_NEAR(with.benefit.p_any, without.benefit.p_any, 0.001);
}

// Exchanging on and off turns the record's effect around: p_any and p_worse change places.
TEST_P(EveryFamily, ExchangingTheArmsTurnsTheEffectAround) {
  RecordPlan plan;
  plan.onset_half_life_days = plan.offset_half_life_days = 0;
  plan.effect = 0;
  Record record = Make(plan);
  const Posterior p = Compute(record);
  for (double& a : record.assignment) a = 1 - a;
  const Posterior q = Compute(record);
  EXPECT_NEAR(p.effect.mean, -q.effect.mean, 1e-3 * p.effect.sd);
  EXPECT_NEAR(p.benefit.p_any, q.benefit.p_worse, 1e-3);
  EXPECT_NEAR(p.benefit.p_important, q.benefit.p_any - (q.benefit.p_any - p.benefit.p_important),
              1e-12);
}

TEST(GaussianInvarianceTest, ShiftAndScaleOfTheScale) {
  const Record record = MakeRecord({});
  const Posterior p = Compute(record);
  Record scaled = record;
  scaled.minimum = 100;
  scaled.maximum = 130;
  scaled.minimal_important_difference *= 3;
  for (double& y : scaled.score) y = 100 + 3 * y;
  const Posterior q = Compute(scaled);
  EXPECT_NEAR(q.benefit.mean, 3 * p.benefit.mean, 1e-9);
  EXPECT_NEAR(q.benefit.q975, 3 * p.benefit.q975, 1e-5);
  EXPECT_NEAR(q.benefit.p_important, p.benefit.p_important, 1e-10);
  EXPECT_NEAR(q.intercept->mean, 100 + 3 * p.intercept->mean, 1e-8);
  EXPECT_NEAR(q.latent_sd->mean, 3 * p.latent_sd->mean, 1e-9);
  EXPECT_NEAR(q.latent_correlation->mean, p.latent_correlation->mean, 1e-10);
}

TEST(OrdinalInvarianceTest, ReversingTheScaleTurnsTheEffectAround) {
  RecordPlan plan;
  plan.family = Family::kOrdinal;
  Record record = MakeRecord(plan);
  const Posterior p = Compute(record);
  for (double& y : record.score) y = 10 - y;
  record.lower_is_better = false;
  const Posterior q = Compute(record);
  EXPECT_NEAR(q.effect.mean, -p.effect.mean, 0.01 * p.effect.sd);
  EXPECT_NEAR(q.benefit.mean, p.benefit.mean, 0.01 * p.benefit.sd);
  EXPECT_NEAR(q.benefit.p_any, p.benefit.p_any, 0.003);
}

// An unremarkable diary, three pairs of 14 days, for which the usual lattice is too wide.
TEST(OrdinalTest, AnOrdinaryDiarySettles) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Record record;
  record.family = Family::kOrdinal;
  record.minimum = 0;
  record.maximum = 10;
  record.lower_is_better = true;
  record.minimal_important_difference = 1;
  record.score = {4,     2, 5,     4, 4, 3, 5, 3, 6, 4, 1,     4, 1, 1, 2, 2,     1, 4, 3, 3, 2, 4,
                  kNone, 6, 4,     2, 4, 1, 6, 5, 5, 8, 5,     2, 7, 6, 4, kNone, 5, 4, 4, 5, 7, 2,
                  4,     4, kNone, 3, 2, 2, 4, 2, 5, 5, kNone, 4, 5, 5, 6, kNone, 3, 8, 6, 9, 6, 4,
                  9,     4, 4,     5, 5, 5, 7, 4, 2, 4, 4,     8, 3, 4, 3, 2,     2, 2};
  for (const double arm : {1, 0, 0, 1, 0, 1})
    record.assignment.insert(record.assignment.end(), 14, arm);
  record.planned_days = 84;
  record.kinetics = {.onset_half_life_days = 3, .offset_half_life_days = 3};
  const Posterior p = Compute(record);
  EXPECT_TRUE(p.diagnostics.reliable) << p.diagnostics.problem;
}

TEST(GaussianDegenerateTest, ScoresFarOutsideTheScale) {
  Record record = MakeRecord({});
  for (double& y : record.score) y = 1e5 + 1e3 * y;
  ExpectSane(Compute(record));
}

TEST_P(EveryFamily, TheLongestRecord) {
  RecordPlan plan;
  plan.days = 3000;
  plan.block_days = 28;
  const Posterior p = Compute(Make(plan));
  ExpectSane(p);
  EXPECT_TRUE(p.diagnostics.reliable) << p.diagnostics.problem;
  EXPECT_GT(p.benefit.p_any, 0.99);
}

TEST(ValidationTest, NamesTheMember) {
  const Record good = MakeRecord({});
  const auto expect = [&](const char* member, auto&& spoil) {
    Record record = good;
    spoil(record);
    const absl::StatusOr<Posterior> posterior = ComputePosterior(record);
    ASSERT_FALSE(posterior.ok()) << member;
    EXPECT_EQ(posterior.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(std::string(posterior.status().message()).rfind(std::string(member) + ":", 0), 0u)
        << posterior.status();
  };
  expect("score", [](Record& r) { r.score.clear(); });
  expect("score", [](Record& r) { r.score[3] = INFINITY; });
  expect("score", [](Record& r) { r.score.resize(3001, 1.0); });
  expect("score", [](Record& r) { r.score[0] = 1e30; });
  expect("score", [](Record& r) {
    r.family = Family::kOrdinal;
    for (double& y : r.score) y = 1;
    r.score[0] = 1.5;
  });
  expect("score", [](Record& r) {
    r.family = Family::kOrdinal;
    for (double& y : r.score) y = 11;
  });
  expect("maximum", [](Record& r) { r.maximum = r.minimum; });
  expect("maximum", [](Record& r) { r.maximum = kMissing; });
  expect("maximum", [](Record& r) {
    r.family = Family::kOrdinal;
    r.maximum = 21;
  });
  expect("minimal_important_difference", [](Record& r) { r.minimal_important_difference = 0; });
  expect("assignment", [](Record& r) { r.assignment.pop_back(); });
  expect("assignment", [](Record& r) { r.assignment[0] = 1.1; });
  expect("assignment", [](Record& r) { r.assignment[0] = kMissing; });
  expect("covariates", [](Record& r) { r.covariates.push_back({1, 2}); });
  expect("covariates",
         [](Record& r) { r.covariates.push_back(std::vector<double>(r.score.size(), kMissing)); });
  expect("covariates",
         [](Record& r) { r.covariates.assign(33, std::vector<double>(r.score.size(), 0.0)); });
  expect("planned_days", [](Record& r) { r.planned_days = 3; });
  expect("kinetics", [](Record& r) { r.kinetics.onset_half_life_days = -1; });
  expect("kinetics", [](Record& r) { r.kinetics.initial_exposure = 2; });
}

// A refit whose days with scores are others must not use what was kept by day (found as an overrun
// of the heap).
TEST(RefitTest, TakesOtherDays) {
  for (const Family family :
       {Family::kGaussian, Family::kBernoulli, Family::kPoisson, Family::kOrdinal}) {
    RecordPlan plan;
    plan.family = family;
    plan.days = 56;
    const Record record = MakeRecord(plan);
    const absl::StatusOr<Fit> fit = Fit::Of(record);
    ASSERT_TRUE(fit.ok());
    Record changed = record;
    for (std::size_t d = 42; d < 56; ++d) changed.score[d] = std::nan("");
    const absl::StatusOr<Posterior> refit = fit->Refit(changed);
    const absl::StatusOr<Posterior> plain = ComputePosterior(changed);
    ASSERT_TRUE(refit.ok() && plain.ok());
    EXPECT_NEAR(refit->benefit.p_any, plain->benefit.p_any, 0.02);
  }
}

}  // namespace
}  // namespace solotrial::inference

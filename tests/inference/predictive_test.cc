#include "engine/inference/predictive.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace solotrial::inference {
namespace {

constexpr std::size_t kDays = 200'000;

// A long record without an effect of any kind, `on` on every day or on none.
Record LongRecord(Family family, double on = 0) {
  Record record;
  record.family = family;
  record.maximum = 10;
  record.score.assign(kDays, std::nan(""));
  record.assignment.assign(kDays, on);
  record.planned_days = kDays;
  return record;
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double Covariance(const std::vector<double>& values, std::size_t lag) {
  const double mean = Mean(values);
  double sum = 0;
  for (std::size_t i = lag; i < values.size(); ++i) {
    sum += (values[i] - mean) * (values[i - lag] - mean);
  }
  return sum / static_cast<double>(values.size() - lag);
}

double Share(const std::vector<double>& values, double value) {
  return static_cast<double>(std::count(values.begin(), values.end(), value)) /
         static_cast<double>(values.size());
}

std::vector<double> Simulated(const Record& record, const PosteriorDraw& draw,
                              std::uint64_t seed = 1) {
  RandomStream random(seed);
  return SimulateScores(record, draw, random);
}

TEST(PredictiveTest, GaussianScoresHaveTheMomentsOfTheModel) {
  PosteriorDraw draw;
  draw.intercept = 50;
  draw.effect = -8;
  draw.latent_sd = 3;
  draw.latent_correlation = 0.6;
  draw.noise_sd = 4;
  draw.noise_sd_ratio = 2.25;  // on 6, off 4 / 1.5
  for (const double on : {0.0, 1.0}) {
    const std::vector<double> scores = Simulated(LongRecord(Family::kGaussian, on), draw);
    const double noise_sd = on == 1 ? 6 : 4 / 1.5;
    EXPECT_NEAR(Mean(scores), on == 1 ? 46 : 54, 0.08);
    EXPECT_NEAR(Covariance(scores, 0), 9 + noise_sd * noise_sd, 0.35);
    EXPECT_NEAR(Covariance(scores, 1), 9 * 0.6, 0.3);
    EXPECT_NEAR(Covariance(scores, 3), 9 * 0.216, 0.3);
  }
}

TEST(PredictiveTest, TheFirstDayIsAsStationaryAsTheLast) {
  PosteriorDraw draw;
  draw.latent_sd = 2;
  draw.latent_correlation = -0.7;
  Record record = LongRecord(Family::kGaussian);
  record.score.resize(1);
  record.assignment.resize(1);
  RandomStream random(5);
  std::vector<double> first;
  for (int i = 0; i < 50'000; ++i) first.push_back(SimulateScores(record, draw, random)[0]);
  EXPECT_NEAR(Mean(first), 0, 0.04);
  EXPECT_NEAR(Covariance(first, 0), 4, 0.1);
}

TEST(PredictiveTest, StudentTScoresHaveTheMomentsAndTailsOfTheModel) {
  PosteriorDraw draw;
  draw.intercept = 5;
  draw.noise_sd = 2;
  draw.degrees_of_freedom = 5;
  const std::vector<double> scores = Simulated(LongRecord(Family::kStudentT), draw);
  EXPECT_NEAR(Mean(scores), 5, 0.03);
  EXPECT_NEAR(Covariance(scores, 0), 4 * 5.0 / 3, 0.2);
  // 2.5706 is the 97.5 % quantile of Student's t with 5 degrees of freedom.
  const auto beyond = std::count_if(scores.begin(), scores.end(), [](double score) {
    return std::abs(score - 5) > 2 * 2.570582;
  });
  EXPECT_NEAR(static_cast<double>(beyond) / kDays, 0.05, 0.002);
}

TEST(PredictiveTest, BernoulliScoresHaveTheProbabilityOfTheModel) {
  PosteriorDraw draw;
  draw.intercept = -1;
  draw.effect = 1;
  const std::vector<double> off = Simulated(LongRecord(Family::kBernoulli, 0), draw);
  const std::vector<double> on = Simulated(LongRecord(Family::kBernoulli, 1), draw);
  EXPECT_NEAR(Mean(off), 1 / (1 + std::exp(1.5)), 0.004);
  EXPECT_NEAR(Mean(on), 1 / (1 + std::exp(0.5)), 0.004);
  EXPECT_NEAR(Share(off, 0) + Share(off, 1), 1, 0);
}

TEST(PredictiveTest, PoissonScoresHaveEqualMeanAndVariance) {
  for (const double mean : {0.2, 4.0, 250.0, 1000.0}) {
    PosteriorDraw draw;
    draw.intercept = std::log(mean);
    const std::vector<double> scores = Simulated(LongRecord(Family::kPoisson), draw);
    EXPECT_NEAR(Mean(scores) / mean, 1, 0.01) << mean;
    EXPECT_NEAR(Covariance(scores, 0) / mean, 1, 0.02) << mean;
    EXPECT_NEAR(Share(scores, 0), std::exp(-mean), 0.004) << mean;
  }
}

TEST(PredictiveTest, NegativeBinomialScoresSpreadMore) {
  for (const double dispersion : {0.5, 1.4}) {  // shape 4 and about 0.5
    PosteriorDraw draw;
    draw.intercept = std::log(6.0);
    draw.dispersion = dispersion;
    const std::vector<double> scores = Simulated(LongRecord(Family::kNegativeBinomial), draw);
    const double variance = 6 + 36 * dispersion * dispersion;
    const double shape = 1 / (dispersion * dispersion);
    EXPECT_NEAR(Mean(scores), 6, 0.08);
    EXPECT_NEAR(Covariance(scores, 0) / variance, 1, 0.04);
    EXPECT_NEAR(Share(scores, 0), std::pow(shape / (shape + 6), shape), 0.004);
  }
}

TEST(PredictiveTest, NegativeBinomialWithoutDispersionIsPoisson) {
  PosteriorDraw draw;
  draw.intercept = 1;
  EXPECT_EQ(Simulated(LongRecord(Family::kNegativeBinomial), draw),
            Simulated(LongRecord(Family::kPoisson), draw));
}

TEST(PredictiveTest, OrdinalScoresFallBetweenTheCutPoints) {
  Record record = LongRecord(Family::kOrdinal, 1);
  record.minimum = 1;
  record.maximum = 4;
  PosteriorDraw draw;
  draw.effect = 1;  // eta 0.5
  draw.cuts = {-1, 0.2, 1.3};
  const std::vector<double> scores = Simulated(record, draw);
  const auto below = [](double cut) { return 1 / (1 + std::exp(0.5 - cut)); };
  EXPECT_NEAR(Share(scores, 1), below(-1), 0.004);
  EXPECT_NEAR(Share(scores, 2), below(0.2) - below(-1), 0.004);
  EXPECT_NEAR(Share(scores, 3), below(1.3) - below(0.2), 0.004);
  EXPECT_NEAR(Share(scores, 4), 1 - below(1.3), 0.004);
}

TEST(PredictiveTest, ThePredictorHasTrendCovariatesAndExposure) {
  Record record;
  record.assignment = {0, 1, 1, 0};
  record.score.assign(4, std::nan(""));
  record.covariates = {{1, 0, 0, 1}, {0.5, -0.5, 2, 0}};
  record.planned_days = 8;
  record.kinetics = {.onset_half_life_days = 1, .offset_half_life_days = 0};
  PosteriorDraw draw;
  draw.intercept = 10;
  draw.effect = 4;
  draw.trend = 16;
  draw.covariates = {3, 2};
  // Exposure 0, 0.5, 0.75, 0; trend (d - 4.5) / 8.
  EXPECT_EQ(Simulated(record, draw), (std::vector<double>{10 - 2 - 7 + 3 + 1, 10 + 0 - 5 + 0 - 1,
                                                          10 + 1 - 3 + 0 + 4, 10 - 2 - 1 + 3 + 0}));
  record.trend = false;
  EXPECT_EQ(Simulated(record, draw)[0], 12);
}

TEST(PredictiveTest, LearnedHalfLivesAreTheDraws) {
  Record record;
  record.assignment = {1, 1};
  record.score.assign(2, std::nan(""));
  record.trend = false;
  record.planned_days = 2;
  record.kinetics = {.onset_half_life_days = 5, .offset_half_life_days = 5, .learn = true};
  PosteriorDraw draw;
  draw.effect = 8;
  draw.onset_half_life_days = 1;
  draw.offset_half_life_days = 1;
  EXPECT_EQ(Simulated(record, draw), (std::vector<double>{0, 2}));
}

TEST(PredictiveTest, LaterDaysGoOnFromTheLastOne) {
  Record record = LongRecord(Family::kGaussian);
  record.score.resize(12);
  record.assignment.resize(12);
  PosteriorDraw draw;
  draw.latent_sd = 2;
  draw.latent_correlation = 0.8;
  draw.latent_last = 5;
  RandomStream random(3);
  std::vector<double> first;
  std::vector<double> second;
  for (int i = 0; i < 50'000; ++i) {
    const std::vector<double> scores = ContinueScores(record, 10, draw, random);
    ASSERT_EQ(scores.size(), 2U);
    first.push_back(scores[0]);
    second.push_back(scores[1]);
  }
  EXPECT_NEAR(Mean(first), 0.8 * 5, 0.03);
  EXPECT_NEAR(Covariance(first, 0), 4 * (1 - 0.64), 0.05);
  EXPECT_NEAR(Mean(second), 0.64 * 5, 0.04);
  EXPECT_NEAR(Covariance(second, 0), 4 * (1 - std::pow(0.8, 4)), 0.08);
}

TEST(PredictiveTest, TheSameSeedGivesTheSameScores) {
  PosteriorDraw draw;
  draw.latent_sd = 1;
  draw.latent_correlation = 0.5;
  draw.noise_sd = 1;
  const Record record = LongRecord(Family::kGaussian);
  EXPECT_EQ(Simulated(record, draw, 7), Simulated(record, draw, 7));
  EXPECT_NE(Simulated(record, draw, 7), Simulated(record, draw, 8));
}

}  // namespace
}  // namespace solotrial::inference

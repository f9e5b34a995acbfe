// Every family's derivatives against central differences of its own log density, and its log
// density against the formula of MODEL.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "engine/inference/families/bernoulli.h"
#include "engine/inference/families/negative_binomial.h"
#include "engine/inference/families/ordinal.h"
#include "engine/inference/families/poisson.h"
#include "engine/inference/families/student_t.h"

namespace solotrial::inference {
namespace {

struct Values {
  double log_density;
  std::vector<double> table;  // as LikelihoodTable, one row
};

// `channel`: eta, then the shape parameters.
Values Evaluate(const Likelihood& likelihood, double score, const std::vector<double>& channel) {
  DayScore day;
  day.score = score;
  for (std::size_t c = 1; c < channel.size(); ++c) {
    day.shape[c - 1] = channel[c];
    day.exp_minus_shape[c - 1] = std::exp(-channel[c]);
  }
  Values values;
  values.table.resize(TableWidth(likelihood.channels()));
  const double exp_eta = std::exp(channel[0]);
  const double factor = likelihood.Evaluate(day, {1, channel.data(), &exp_eta},
                                            /*derivatives=*/true, values.table.data());
  values.log_density = factor + std::log(values.table[0]);
  return values;
}

// What the many-node forms fill is what one node fills.
void ExpectSameOnManyNodes(const Likelihood& likelihood, const DayScore& day) {
  const int width = TableWidth(likelihood.channels());
  for (const int count : {12, 13, 16, 20, 24, 32}) {
    std::vector<double> eta(count);
    std::vector<double> exp_eta(count);
    for (int i = 0; i < count; ++i) {
      eta[i] = -1 + 0.1 * i;
      exp_eta[i] = std::exp(eta[i]);
    }
    std::vector<double> many(static_cast<std::size_t>(count) * width);
    const double factor =
        likelihood.Evaluate(day, {count, eta.data(), exp_eta.data()}, true, many.data());
    for (int i = 0; i < count; ++i) {
      std::vector<double> one(width);
      const double own = likelihood.Evaluate(day, {1, &eta[i], &exp_eta[i]}, true, one.data());
      EXPECT_NEAR(factor + std::log(many[i]), own + std::log(one[0]), 1e-12);
      for (int c = 1; c < width; ++c) {
        EXPECT_NEAR(many[static_cast<std::size_t>(c) * count + i], one[c],
                    1e-12 * (1 + std::abs(one[c])));
      }
    }
  }
}

void ExpectDerivatives(const Likelihood& likelihood, double score,
                       const std::vector<double>& channel) {
  const int channels = likelihood.channels();
  const Values at = Evaluate(likelihood, score, channel);
  constexpr double kStep = 1e-5;
  for (int i = 0; i < channels; ++i) {
    if (std::isinf(channel[i])) continue;
    std::vector<double> up = channel;
    std::vector<double> down = channel;
    up[i] += kStep;
    down[i] -= kStep;
    const Values above = Evaluate(likelihood, score, up);
    const Values below = Evaluate(likelihood, score, down);
    const double first = (above.log_density - below.log_density) / (2 * kStep);
    EXPECT_NEAR(at.table[FirstDerivative(i)], first, 1e-6 * (1 + std::abs(first))) << i;
    for (int j = 0; j < channels; ++j) {
      if (std::isinf(channel[j])) continue;
      const double second =
          (above.table[FirstDerivative(j)] - below.table[FirstDerivative(j)]) / (2 * kStep);
      const int entry = SecondDerivative(channels, std::max(i, j), std::min(i, j));
      EXPECT_NEAR(at.table[entry], second, 1e-6 * (1 + std::abs(second))) << i << ", " << j;
    }
  }
}

TEST(LikelihoodTest, Ordinal) {
  const double inf = std::numeric_limits<double>::infinity();
  const OrdinalLikelihood ordinal;
  for (double eta : {-2.0, 0.3, 4.0}) {
    ExpectDerivatives(ordinal, 0, {eta, -0.5, 0.7});
    ExpectDerivatives(ordinal, 0, {eta, -inf, 0.7});
    ExpectDerivatives(ordinal, 0, {eta, -0.5, inf});
    const auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
    EXPECT_NEAR(Evaluate(ordinal, 0, {eta, -0.5, 0.7}).log_density,
                std::log(logistic(0.7 - eta) - logistic(-0.5 - eta)), 1e-12);
    EXPECT_NEAR(Evaluate(ordinal, 0, {eta, -inf, 0.7}).log_density, std::log(logistic(0.7 - eta)),
                1e-12);
    EXPECT_NEAR(Evaluate(ordinal, 0, {eta, -0.5, inf}).log_density,
                std::log(1 - logistic(-0.5 - eta)), 1e-12);
  }
}

TEST(LikelihoodTest, Bernoulli) {
  const BernoulliLikelihood bernoulli;
  for (double eta : {-3.0, 0.2, 2.0}) {
    for (double y : {0.0, 1.0}) ExpectDerivatives(bernoulli, y, {eta});
    EXPECT_NEAR(Evaluate(bernoulli, 1, {eta}).log_density, -std::log1p(std::exp(-eta)), 1e-14);
    EXPECT_NEAR(Evaluate(bernoulli, 0, {eta}).log_density, -std::log1p(std::exp(eta)), 1e-14);
  }
}

TEST(LikelihoodTest, Poisson) {
  const PoissonLikelihood poisson;
  for (double eta : {-1.0, 1.5}) {
    double sum = 0;
    for (int y = 0; y < 60; ++y) {
      ExpectDerivatives(poisson, y, {eta});
      // Without 1 / y!, which no parameter meets.
      sum += std::exp(Evaluate(poisson, y, {eta}).log_density - std::lgamma(y + 1.0));
    }
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(LikelihoodTest, NegativeBinomial) {
  for (double eta : {-1.0, 1.5}) {
    for (double phi : {0.5, 7.0, 400.0}) {
      const NegativeBinomialLikelihood negative_binomial(phi);
      double sum = 0;
      double mean = 0;
      double square = 0;
      for (int y = 0; y < 2000; ++y) {
        if (y < 20) ExpectDerivatives(negative_binomial, y, {eta});
        const double p = std::exp(Evaluate(negative_binomial, y, {eta}).log_density +
                                  negative_binomial.LogFactor(y) - std::lgamma(y + 1.0));
        sum += p;
        mean += p * y;
        square += p * y * y;
      }
      const double mu = std::exp(eta);
      EXPECT_NEAR(sum, 1, 1e-9);
      EXPECT_NEAR(mean, mu, 1e-8);
      EXPECT_NEAR(square - mean * mean, mu + mu * mu / phi, 1e-6);
    }
  }
}

// Derivatives by a = log s are at fixed v = u / s, so that eta moves with s.
TEST(LikelihoodTest, StudentT) {
  constexpr double kNu = 3.5;
  const StudentTLikelihood student(kNu);
  const auto at = [&](double fixed, double v, double a, std::vector<double>* table) {
    DayScore day;
    day.score = 0.4;
    day.shape[0] = a;
    day.exp_minus_shape[0] = std::exp(-a);
    day.noise_factor = 0.8;
    day.fixed_eta = fixed;
    const double eta = fixed + std::exp(a) * v;
    const double exp_eta = std::exp(eta);
    std::vector<double> scratch(TableWidth(2));
    const double factor = student.Evaluate(day, {1, &eta, &exp_eta}, true, scratch.data());
    const double value = factor + std::log(scratch[0]);
    if (table != nullptr) *table = scratch;
    return value;
  };
  for (double fixed : {-1.0, 0.2, 3.0}) {
    for (double v : {-0.7, 0.0, 1.2}) {
      for (double a : {-0.5, 0.3}) {
        constexpr double kStep = 1e-5;
        std::vector<double> here;
        std::vector<double> up;
        std::vector<double> down;
        const double value = at(fixed, v, a, &here);
        const double sigma = 0.8 * std::exp(a);
        const double r = (0.4 - fixed - std::exp(a) * v) / sigma;
        EXPECT_NEAR(value, -0.5 * (kNu + 1) * std::log1p(r * r / kNu) - std::log(sigma), 1e-12);
        double first = at(fixed, v, a + kStep, &up) - at(fixed, v, a - kStep, &down);
        EXPECT_NEAR(here[FirstDerivative(1)], first / (2 * kStep), 1e-6);
        EXPECT_NEAR(here[SecondDerivative(2, 1, 1)],
                    (up[FirstDerivative(1)] - down[FirstDerivative(1)]) / (2 * kStep), 1e-6);
        EXPECT_NEAR(here[SecondDerivative(2, 1, 0)],
                    (up[FirstDerivative(0)] - down[FirstDerivative(0)]) / (2 * kStep), 1e-6);
        first = at(fixed + kStep, v, a, &up) - at(fixed - kStep, v, a, &down);
        EXPECT_NEAR(here[FirstDerivative(0)], first / (2 * kStep), 1e-6);
        EXPECT_NEAR(here[SecondDerivative(2, 0, 0)],
                    (up[FirstDerivative(0)] - down[FirstDerivative(0)]) / (2 * kStep), 1e-6);
      }
    }
  }
}

TEST(LikelihoodTest, ManyNodes) {
  DayScore day;
  day.score = 1;
  day.shape[0] = -0.5;
  day.shape[1] = 0.7;
  day.exp_minus_shape[0] = std::exp(0.5);
  day.exp_minus_shape[1] = std::exp(-0.7);
  ExpectSameOnManyNodes(OrdinalLikelihood(), day);
  ExpectSameOnManyNodes(BernoulliLikelihood(), day);
  ExpectSameOnManyNodes(PoissonLikelihood(), day);
  ExpectSameOnManyNodes(NegativeBinomialLikelihood(2), day);
  ExpectSameOnManyNodes(StudentTLikelihood(4), day);
}

}  // namespace
}  // namespace solotrial::inference

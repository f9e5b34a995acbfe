// Every family's derivatives against central differences of its own log density, and its log
// density against the formula of MODEL.md.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "engine/inference/families/bernoulli.h"
#include "engine/inference/families/negative_binomial.h"
#include "engine/inference/families/ordinal.h"
#include "engine/inference/families/poisson.h"

namespace solotrial::inference {
namespace {

struct Values {
  double log_density;
  std::vector<double> table;  // as LikelihoodTable, one row
};

Values Evaluate(const Likelihood& likelihood, double score, const std::vector<double>& channel) {
  const int width = TableWidth(likelihood.channels());
  Values values;
  values.table.resize(width);
  LikelihoodTable table(values.table.data(), 1, width);
  NodeArray eta(1);
  NodeArray exp_eta(1);
  eta(0) = channel[0];
  exp_eta(0) = std::exp(channel[0]);
  const double factor = likelihood.Evaluate(score, channel.data() + 1, eta, exp_eta, table);
  values.log_density = factor + std::log(table(0, 0));
  return values;
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
      sum += std::exp(Evaluate(poisson, y, {eta}).log_density);
    }
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(LikelihoodTest, NegativeBinomial) {
  const NegativeBinomialLikelihood negative_binomial;
  for (double eta : {-1.0, 1.5}) {
    for (double log_phi : {-0.7, 2.0, 6.0}) {
      double sum = 0;
      double mean = 0;
      double square = 0;
      for (int y = 0; y < 2000; ++y) {
        if (y < 20) ExpectDerivatives(negative_binomial, y, {eta, log_phi});
        const double p = std::exp(Evaluate(negative_binomial, y, {eta, log_phi}).log_density);
        sum += p;
        mean += p * y;
        square += p * y * y;
      }
      const double mu = std::exp(eta);
      EXPECT_NEAR(sum, 1, 1e-9);
      EXPECT_NEAR(mean, mu, 1e-8);
      EXPECT_NEAR(square - mean * mean, mu + mu * mu / std::exp(log_phi), 1e-6);
    }
  }
}

}  // namespace
}  // namespace solotrial::inference

#include "tests/simulation/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace solotrial::simulation {
namespace {

constexpr int kDraws = 200'000;

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments MomentsOf(const std::function<double(RandomStream&)>& draw) {
  RandomStream random(11);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = draw(random);
    sum += x;
    squares += x * x;
  }
  const double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean};
}

TEST(DistributionsTest, PoissonHasItsMeanAsVariance) {
  for (double mean : {0.05, 3.0, 9.9, 10.1, 250.0, 1e6}) {
    const Moments moments = MomentsOf([&](RandomStream& r) { return DrawPoisson(mean, r); });
    EXPECT_NEAR(moments.mean, mean, 5 * std::sqrt(mean / kDraws));
    EXPECT_NEAR(moments.variance / mean, 1, 0.05);
  }
  RandomStream random(1);
  EXPECT_EQ(DrawPoisson(0, random), 0);
}

TEST(DistributionsTest, GammaHasItsShapeAsMeanAndVariance) {
  for (double shape : {0.2, 1.0, 2.0, 40.0}) {
    const Moments moments =
        MomentsOf([&](RandomStream& r) { return std::exp(DrawLogGamma(shape, r)); });
    EXPECT_NEAR(moments.mean, shape, 5 * std::sqrt(shape / kDraws));
    EXPECT_NEAR(moments.variance / shape, 1, 0.07);
  }
}

TEST(DistributionsTest, TheOthersHaveTheirMoments) {
  const Moments normal = MomentsOf(DrawNormal);
  EXPECT_NEAR(normal.mean, 0, 0.012);
  EXPECT_NEAR(normal.variance, 1, 0.02);
  const Moments logistic = MomentsOf(DrawLogistic);
  EXPECT_NEAR(logistic.mean, 0, 0.02);
  EXPECT_NEAR(logistic.variance, M_PI * M_PI / 3, 0.05);
  const Moments student = MomentsOf([](RandomStream& r) { return DrawStudentT(10, r); });
  EXPECT_NEAR(student.mean, 0, 0.015);
  EXPECT_NEAR(student.variance, 10.0 / 8, 0.03);
  // 2 Beta(4, 2) - 1: mean 1/3, variance 4 * 8 / (36 * 7).
  const Moments correlation = MomentsOf(DrawCorrelation);
  EXPECT_NEAR(correlation.mean, 1.0 / 3, 0.005);
  EXPECT_NEAR(correlation.variance, 32.0 / 252, 0.002);
}

TEST(DistributionsTest, TheAutoregressionIsStationary) {
  double x = 0;
  double product = 0;
  const Moments moments = MomentsOf([&](RandomStream& r) {
    const double before = x;
    StepAutoregression(0.7, r, x);
    product += x * before;
    return x;
  });
  EXPECT_NEAR(moments.variance, 1, 0.03);
  EXPECT_NEAR(product / kDraws, 0.7, 0.03);
}

}  // namespace
}  // namespace solotrial::simulation

#include "engine/inference/node_placement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

namespace solotrial::inference {
namespace {

struct Rule {
  std::vector<double> node;
  std::vector<double> weight;

  double Integrate(const std::function<double(double)>& f) const {
    double sum = 0;
    for (std::size_t i = 0; i < node.size(); ++i) sum += weight[i] * f(node[i]);
    return sum;
  }
};

Rule Graded(const DaySpan& span) {
  const int count = 1 + static_cast<int>(std::ceil(GradedIntervals(span)));
  Rule rule{std::vector<double>(count), std::vector<double>(count)};
  PlaceGraded(span, count, rule.node.data(), rule.weight.data());
  return rule;
}

double NormalDensity(double x, double mean, double sd) {
  const double z = (x - mean) / sd;
  return std::exp(-0.5 * z * z) / (sd * std::sqrt(2 * M_PI));
}

TEST(NodePlacementTest, EvenNodesIntegrateANormal) {
  const DaySpan span{-5, 5, 1, 0, 1};
  EXPECT_TRUE(span.Even());
  Rule rule{std::vector<double>(11), std::vector<double>(11)};
  PlaceEvenly(span, 11, rule.node.data(), rule.weight.data());
  EXPECT_DOUBLE_EQ(rule.node.front(), -5);
  EXPECT_DOUBLE_EQ(rule.node.back(), 5);
  // The cut tails and the trapezoidal rule's 2 exp(-2 pi^2).
  EXPECT_NEAR(rule.Integrate([](double x) { return NormalDensity(x, 0, 1); }), 1, 1e-6);
}

TEST(NodePlacementTest, GradedNodesResolveASharpPeakInAWideSpan) {
  // A peak of sd 0.05, off the centre of what is 100 times as wide, and the wide part itself.
  const DaySpan span{-6, 6, 1.1, 1.3, 1.1 * 0.05};
  EXPECT_FALSE(span.Even());
  const Rule rule = Graded(span);
  EXPECT_LT(rule.node.size(), 40u);  // evenly it would take 219
  EXPECT_NEAR(rule.node.front(), span.low, 1e-9);
  EXPECT_NEAR(rule.node.back(), span.high, 1e-6);
  for (std::size_t i = 1; i < rule.node.size(); ++i) EXPECT_GT(rule.node[i], rule.node[i - 1]);
  const auto mixture = [](double x) {
    return 0.5 * NormalDensity(x, 1.3, 0.05) + 0.5 * NormalDensity(x, 0, 1);
  };
  // 2 exp(-2 pi^2 / 1.1^2) is 2e-7; the grading costs a little of it.
  EXPECT_NEAR(rule.Integrate(mixture), 1, 1e-5);
  EXPECT_NEAR(rule.Integrate([&](double x) { return x * mixture(x); }), 0.65, 1e-5);
}

// The error must not show where the peak lies between nodes: derivatives by parameters depend on
// it.
TEST(NodePlacementTest, TheRuleHardlyNoticesThePeakMoving) {
  const Rule rule = Graded({-6, 6, 1.1, 0.4, 1.1 * 0.05});
  for (double moved = 0.35; moved <= 0.45; moved += 0.01) {
    const double mass = rule.Integrate(
        [&](double x) { return NormalDensity(x, moved, 0.05) * NormalDensity(x, 0, 1); });
    const double variance = 1 + 0.05 * 0.05;
    EXPECT_NEAR(mass / NormalDensity(moved, 0, std::sqrt(variance)), 1, 3e-4) << moved;
  }
}

TEST(NodePlacementTest, APeakOutsideTheSpanNeedsNoNodes) {
  const DaySpan span{-5, 5, 1, 30, 0.1};
  EXPECT_LT(GradedIntervals(span), 25);
  EXPECT_NEAR(Graded(span).Integrate([](double x) { return NormalDensity(x, 0, 1); }), 1, 1e-6);
}

}  // namespace
}  // namespace solotrial::inference

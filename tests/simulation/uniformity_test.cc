#include "tests/simulation/uniformity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/simulation/distributions.h"

namespace solotrial::simulation {
namespace {

double NormalCdf(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }

// `values` normal draws, moved by `shift` sds and stretched, at their standard normal distribution
// function: what a posterior that is wrong by so much gives.
Histogram Shifted(int values, double shift, double stretch, uint64_t seed) {
  RandomStream random(seed);
  Histogram histogram(100);
  for (int i = 0; i < values; ++i) {
    histogram.Add(NormalCdf(shift + stretch * DrawNormal(random)));
  }
  return histogram;
}

TEST(UniformityTest, TheEnvelopeHoldsAsOftenAsItSays) {
  const Envelope envelope = SimultaneousEnvelope(1000, 100, 0.9);
  int outside = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    if (EdgesOutside(Shifted(1000, 0, 1, seed), envelope) > 0) ++outside;
  }
  // The counts are whole numbers: the envelope holds at least as often.
  EXPECT_GT(outside, 50);
  EXPECT_LT(outside, 130);
}

TEST(UniformityTest, UniformValuesPass) {
  const Histogram histogram = Shifted(10'000, 0, 1, 7);
  EXPECT_GT(TestUniform(histogram, 20).p, 0.001);
  EXPECT_EQ(EdgesOutside(histogram, SimultaneousEnvelope(10'000, 100, 0.999)), 0);
  EXPECT_LT(std::abs(LargestDifference(histogram)), 0.02);
}

// What 10,000 people are for.
TEST(UniformityTest, SmallErrorsOfAPosteriorAreSeen) {
  const Envelope envelope = SimultaneousEnvelope(10'000, 100, 0.999);
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_GT(EdgesOutside(Shifted(10'000, 0.08, 1, seed), envelope), 0) << seed;
    EXPECT_GT(EdgesOutside(Shifted(10'000, 0, 1.1, seed), envelope), 0) << seed;
  }
}

TEST(UniformityTest, ChiSquareIsThatOfTheCounts) {
  Histogram histogram(4);
  for (double value : {0.1, 0.1, 0.1, 0.3, 0.6, 0.6, 0.9, 1.0}) histogram.Add(value);
  const ChiSquare test = TestUniform(histogram, 4);
  EXPECT_DOUBLE_EQ(test.statistic, 1.0);  // (1 + 1 + 0 + 0) / 2
  EXPECT_NEAR(test.p, 0.801252, 1e-6);    // R 4.2.2: pchisq(1, 3, lower.tail = FALSE)
}

}  // namespace
}  // namespace solotrial::simulation

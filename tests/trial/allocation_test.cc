#include "engine/trial/allocation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/base/digest.h"

namespace solotrial::trial {
namespace {

Design DesignOf(Randomization randomization, int pairs, int longest_run = 0) {
  return {
      .randomization = randomization, .block_days = 7, .pairs = pairs, .longest_run = longest_run};
}

// The design's set by the definition: every string of 2 * pairs blocks is looked at.
std::vector<Allocation> ByDefinition(const Design& design) {
  const auto blocks = static_cast<size_t>(2 * design.pairs);
  std::vector<Allocation> all;
  for (uint32_t bits = 0; bits < (1U << blocks); ++bits) {
    Allocation order;
    for (size_t i = 0; i < blocks; ++i) order += (bits >> (blocks - 1 - i)) & 1 ? '1' : '0';
    const auto ons = std::count(order.begin(), order.end(), '1');
    bool fits = ons == design.pairs;
    for (size_t i = 0; fits && i < blocks; i += 2) {
      if (design.randomization == Randomization::kPaired) fits = order[i] != order[i + 1];
    }
    for (size_t i = 0; fits && i < blocks; i += 4) {
      if (design.randomization != Randomization::kCounterbalanced) break;
      const Allocation foursome = order.substr(i, 4);
      fits = foursome == "0110" || foursome == "1001";
    }
    if (fits && design.randomization == Randomization::kRestricted) {
      const auto run = static_cast<size_t>(design.longest_run + 1);
      fits = order.find(std::string(run, '0')) == std::string::npos &&
             order.find(std::string(run, '1')) == std::string::npos;
    }
    if (fits) all.push_back(order);
  }
  return all;
}

std::vector<Design> SmallDesigns() {
  return {
      DesignOf(Randomization::kPaired, 1),          DesignOf(Randomization::kPaired, 3),
      DesignOf(Randomization::kPaired, 5),          DesignOf(Randomization::kCounterbalanced, 2),
      DesignOf(Randomization::kCounterbalanced, 4), DesignOf(Randomization::kBalanced, 1),
      DesignOf(Randomization::kBalanced, 4),        DesignOf(Randomization::kRestricted, 3, 1),
      DesignOf(Randomization::kRestricted, 4, 2),   DesignOf(Randomization::kRestricted, 5, 3),
      DesignOf(Randomization::kRestricted, 3, 9)};
}

TEST(AllocationTest, TheSetIsTheDefinitionsSetInOrder) {
  for (const Design& design : SmallDesigns()) {
    const std::vector<Allocation> expected = ByDefinition(design);
    EXPECT_EQ(AllAllocations(design), expected);
    EXPECT_EQ(AllocationCount(design), static_cast<double>(expected.size()));
  }
}

TEST(AllocationTest, KnownSizesOfLargeSets) {
  EXPECT_EQ(AllocationCount(DesignOf(Randomization::kPaired, 70)), std::ldexp(1, 70));
  EXPECT_EQ(AllocationCount(DesignOf(Randomization::kCounterbalanced, 40)), std::ldexp(1, 20));
  // C(70, 35), OEIS A000984.
  EXPECT_NEAR(AllocationCount(DesignOf(Randomization::kBalanced, 35)) / 112186277816662845432.0, 1,
              1e-15);
  EXPECT_EQ(AllocationCount(DesignOf(Randomization::kRestricted, 200, 1)), 2);
}

TEST(AllocationTest, KnowsWhichPrefixesCanBeDrawn) {
  const Design paired = DesignOf(Randomization::kPaired, 2);
  EXPECT_TRUE(CanBeDrawn(paired, ""));
  EXPECT_TRUE(CanBeDrawn(paired, "0110"));
  EXPECT_TRUE(CanBeDrawn(paired, "100"));
  EXPECT_FALSE(CanBeDrawn(paired, "11"));
  EXPECT_FALSE(CanBeDrawn(paired, "01100"));
  EXPECT_FALSE(CanBeDrawn(DesignOf(Randomization::kRestricted, 3, 2), "111"));
  EXPECT_FALSE(CanBeDrawn(DesignOf(Randomization::kBalanced, 2), "000"));
}

// 99.99 % of chi-square: the seeds are fixed, so that the test passes or fails for good.
double ChiSquareLimit(double degrees) {
  return degrees * std::pow(1 - 2 / (9 * degrees) + 3.72 * std::sqrt(2 / (9 * degrees)), 3);
}

double ChiSquare(const std::map<Allocation, int>& counts, size_t set_size, int draws) {
  const double expected = draws / static_cast<double>(set_size);
  double sum = expected * static_cast<double>(set_size - counts.size());
  for (const auto& [order, count] : counts)
    sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(AllocationTest, DrawsAreUniformOverTheSet) {
  for (const Design& design : SmallDesigns()) {
    const std::vector<Allocation> set = ByDefinition(design);
    const int draws = 40 * static_cast<int>(set.size());
    std::map<Allocation, int> counts;
    for (int i = 0; i < draws; ++i) ++counts[DrawAllocation(design, Sha256(std::to_string(i)))];
    for (const auto& [order, count] : counts) {
      EXPECT_TRUE(std::binary_search(set.begin(), set.end(), order)) << order;
    }
    if (set.size() < 2) continue;
    EXPECT_LT(ChiSquare(counts, set.size(), draws),
              ChiSquareLimit(static_cast<double>(set.size() - 1)));
  }
}

TEST(AllocationTest, TheSamplerDrawsFromTheSameSetUniformly) {
  RandomStream random(20260101);
  for (const Design& design : SmallDesigns()) {
    const std::vector<Allocation> set = ByDefinition(design);
    const int draws = 100 * static_cast<int>(set.size());
    const AllocationSampler sampler(design);
    std::map<Allocation, int> counts;
    Allocation order;
    for (int i = 0; i < draws; ++i) {
      sampler.Draw(random, order);
      ASSERT_TRUE(std::binary_search(set.begin(), set.end(), order)) << order;
      ++counts[order];
    }
    if (set.size() < 2) continue;
    EXPECT_LT(ChiSquare(counts, set.size(), draws),
              ChiSquareLimit(static_cast<double>(set.size() - 1)));
  }
}

}  // namespace
}  // namespace solotrial::trial

#include "engine/base/random.h"

#include <gtest/gtest.h>

#include <array>

namespace solotrial {
namespace {

// [rand.predef]: the 10,000th output of a default-seeded mt19937_64 is fixed by the standard.
TEST(RandomStreamTest, IsTheStandardsGenerator) {
  RandomStream stream(5489);
  uint64_t last = 0;
  for (int i = 0; i < 10'000; ++i) last = stream.Next();
  EXPECT_EQ(last, 9981545732273789042U);
}

TEST(RandomStreamTest, BelowIsUniform) {
  RandomStream stream(1);
  std::array<int, 6> counts{};
  constexpr int kDraws = 60'000;
  for (int i = 0; i < kDraws; ++i) ++counts[stream.Below(6)];
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - 10'000.0) * (count - 10'000.0) / 10'000.0;
  EXPECT_LT(chi_square, 20.5);  // 99.9 % of chi-square with 5 degrees of freedom
}

TEST(RandomStreamTest, BelowRejectsTheUnevenRest) {
  RandomStream stream(2);
  const uint64_t bound = (uint64_t{1} << 63) + 1;  // half of all values are rejected
  for (int i = 0; i < 1000; ++i) EXPECT_LT(stream.Below(bound), bound);
}

TEST(RandomStreamTest, UniformStaysBelowOne) {
  RandomStream stream(3);
  for (int i = 0; i < 10'000; ++i) {
    const double value = stream.Uniform();
    EXPECT_GE(value, 0);
    EXPECT_LT(value, 1);
  }
}

TEST(SystemRandomBytesTest, GivesAsManyAsAskedAndNeverTheSame) {
  EXPECT_EQ(SystemRandomBytes(32).size(), 32U);
  EXPECT_NE(SystemRandomBytes(32), SystemRandomBytes(32));
}

}  // namespace
}  // namespace solotrial

#include "clients/cpp/ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace solotrial::client {
namespace {

using testing::MatchesRegex;

TEST(IdsTest, MatchesTheExampleOfRfc9562) {
  // Appendix A.6: 2022-02-22T19:22:22Z, rand_a CC3, rand_b 18C4DC0C0C07398F.
  const std::array<uint8_t, 10> random = {0x0C, 0xC3, 0x18, 0xC4, 0xDC,
                                          0x0C, 0x0C, 0x07, 0x39, 0x8F};
  EXPECT_EQ(FormatUuid7(1645557742000, random), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(IdsTest, HasVersionAndVariantWhateverIsDrawn) {
  constexpr char kVersion7[] =
      "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
  constexpr char kVersion4[] =
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_THAT(*seen.insert(MakeUuid7(1645557742000)).first, MatchesRegex(kVersion7));
    EXPECT_THAT(*seen.insert(MakeUuid4()).first, MatchesRegex(kVersion4));
  }
  EXPECT_EQ(seen.size(), 2000U);
}

TEST(IdsTest, SortsByTime) { EXPECT_LT(MakeUuid7(1645557742000), MakeUuid7(1645557742001)); }

}  // namespace
}  // namespace solotrial::client

#include "engine/base/uuid.h"

#include <gtest/gtest.h>

namespace solotrial {
namespace {

TEST(Uuid7Test, CarriesItsMillisecondAndSortsByIt) {
  const std::string earlier = MakeUuid7(absl::FromUnixMillis(0x0123456789ab));
  const std::string later = MakeUuid7(absl::FromUnixMillis(0x0123456789ac));
  EXPECT_TRUE(IsUuid7(earlier)) << earlier;
  EXPECT_EQ(earlier.substr(0, 13), "01234567-89ab");
  EXPECT_LT(earlier, later);
}

TEST(UuidTest, KnowsItsForm) {
  EXPECT_TRUE(IsUuid(MakeUuid4()));
  EXPECT_FALSE(IsUuid7(MakeUuid4()));
  for (const char* text :
       {"", "0191e6d0-0000-7000-8000-00000000000", "0191E6D0-0000-7000-8000-000000000000",
        "0191e6d0-0000-7000-8000-0000000000000", "0191e6d00000-7000-8000-0000-00000000",
        "g191e6d0-0000-7000-8000-000000000000"}) {
    EXPECT_FALSE(IsUuid(text)) << text;
  }
  EXPECT_FALSE(IsUuid7("0191e6d0-0000-7000-c000-000000000000"));  // not the RFC's variant
}

}  // namespace
}  // namespace solotrial

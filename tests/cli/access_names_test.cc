#include "clients/cli/access_names.h"

#include <gtest/gtest.h>

#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

const std::vector<std::string> kDevices = {"devices/3f2a1b0c-1111-4000-8000-000000000001",
                                           "devices/3f2a9999-2222-4000-8000-000000000002"};

TEST(ChooseNameTest, TakesTheNameTheIdOrABeginningOfIt) {
  EXPECT_EQ(*ChooseName(kDevices, kDevices[0], "device"), kDevices[0]);
  EXPECT_EQ(*ChooseName(kDevices, kDevices[1].substr(8), "device"), kDevices[1]);
  EXPECT_EQ(*ChooseName(kDevices, "3f2a1", "device"), kDevices[0]);
}

TEST(ChooseNameTest, RefusesWhatIsShortAmbiguousOrNotThere) {
  EXPECT_EQ(Describe(ChooseName(kDevices, "3f2a", "device").status()).exit_code, kWrongUsage);
  EXPECT_EQ(Describe(ChooseName(kDevices, "3f2", "device").status()).exit_code, kNotFound);
  EXPECT_EQ(Describe(ChooseName(kDevices, "", "device").status()).exit_code, kNotFound);
  EXPECT_EQ(Describe(ChooseName({}, "3f2a1b0c", "device").status()).exit_code, kNotFound);
}

}  // namespace
}  // namespace solotrial::cli

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

TEST(AccessLinkTest, IsTakenApart) {
  AccessLink link = *ParseAccessLink("solotrial:pair?engine=192.0.2.1:7311&code=K7Q2&pin=ab");
  EXPECT_EQ(link.what, "pair");
  EXPECT_EQ(link.values["engine"], "192.0.2.1:7311");
  EXPECT_EQ(link.values["code"], "K7Q2");
  EXPECT_EQ(link.values["pin"], "ab");
}

TEST(AccessLinkTest, RefusesEverythingElse) {
  for (const char* text :
       {"", "K7Q2-9XMV-4T8P", "https://example.org/?engine=x:1", "solotrial:pair",
        "solotrial:pair?code=K7Q2", "solotrial:pair?engine="}) {
    EXPECT_FALSE(ParseAccessLink(text).ok()) << text;
  }
}

}  // namespace
}  // namespace solotrial::cli

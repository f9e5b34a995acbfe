#include "clients/cpp/address.h"

#include <gtest/gtest.h>

namespace solotrial::client {
namespace {

TEST(AddressTest, KnowsThisMachineAndWhatIsAnAddress) {
  for (const char* address : {"127.0.0.1:7311", "127.1.2.3:1", "localhost:80", "[::1]:7311"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"192.168.1.5:7311", "engine.example:7311", "127.0.0.1.example:1",
                              "0.0.0.0:7311", "[::]:7311"}) {
    EXPECT_TRUE(CheckAddress(address).ok()) << address;
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
  for (const char* address : {"127.0.0.1", "127.0.0.1:", "localhost:http", "", ":1",
                              "dns:///127.0.0.1:1", "unix:/run/x:1", "a b:1", "::1:7311"}) {
    EXPECT_FALSE(CheckAddress(address).ok()) << address;
  }
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
}  // namespace solotrial::client

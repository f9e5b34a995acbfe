#include "engine/access/peer.h"

#include <gtest/gtest.h>

namespace solotrial::access {
namespace {

TEST(PeerTest, AnAddressIsReadFromGrpcsNameOfIt) {
  EXPECT_EQ(PeerAddress("ipv4:192.0.2.1:5000"), "192.0.2.1");
  EXPECT_EQ(PeerAddress("ipv6:[2001:db8::1]:5000"), "2001:db8::1");
  EXPECT_EQ(PeerAddress("ipv6:%5B::1%5D:5000"), "::1");
  EXPECT_EQ(PeerAddress("ipv6:[fe80::1%25eth0]:5000"), "fe80::1");
  for (const char* none : {"", "inproc", "unknown:x", "unix:/run/x", "ipv4:", "ipv4:x:1"}) {
    EXPECT_EQ(PeerAddress(none), "") << none;
  }
}

TEST(PeerTest, KnowsLoopback) {
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"", "128.0.0.1", "::2", "0.0.0.0", "localhost", "127.0.0.1 "}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

TEST(PeerTest, RangesHoldWhatTheySay) {
  const AddressRange ten = *AddressRange::Parse("10.32.0.0/11");
  EXPECT_TRUE(ten.Contains("10.32.0.1"));
  EXPECT_TRUE(ten.Contains("10.63.255.255"));
  EXPECT_FALSE(ten.Contains("10.64.0.0"));
  EXPECT_FALSE(ten.Contains("2001:db8::1"));
  const AddressRange one = *AddressRange::Parse("2001:db8::1");
  EXPECT_TRUE(one.Contains("2001:db8:0::1"));
  EXPECT_FALSE(one.Contains("2001:db8::2"));
  EXPECT_TRUE(AddressRange::Parse("0.0.0.0/0")->Contains("192.0.2.1"));
  for (const char* text :
       {"", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "10.0.0.0/8x"}) {
    EXPECT_FALSE(AddressRange::Parse(text).ok()) << text;
  }
}

TEST(PeerTest, OnlyATrustedProxySaysWhoTheClientIs) {
  const std::vector<AddressRange> proxies = {*AddressRange::Parse("10.0.0.0/8")};
  EXPECT_EQ(ClientAddress("192.0.2.1", "198.51.100.1", proxies), "192.0.2.1");
  EXPECT_EQ(ClientAddress("10.0.0.1", "198.51.100.1", proxies), "198.51.100.1");
  // What the client itself put in front is not believed.
  EXPECT_EQ(ClientAddress("10.0.0.1", "127.0.0.1, 198.51.100.1, 10.0.0.2", proxies),
            "198.51.100.1");
  EXPECT_EQ(ClientAddress("10.0.0.1", "", proxies), "10.0.0.1");
  EXPECT_EQ(ClientAddress("10.0.0.1", "rubbish", proxies), "10.0.0.1");
  EXPECT_EQ(ClientAddress("10.0.0.1", ",,", proxies), "10.0.0.1");
  EXPECT_EQ(ClientAddress("10.0.0.1", "198.51.100.1", {}), "10.0.0.1");
}

TEST(PeerTest, AHostIsAnAddressOrOneThatWasAllowed) {
  for (const char* host : {"127.0.0.1:7311", "[::1]:7311", "localhost:7311", "LOCALHOST",
                           "192.0.2.1", "2001:db8::1", "Trial.example.org:443"}) {
    EXPECT_TRUE(IsHostAllowed(host, {"trial.example.org"})) << host;
  }
  for (const char* host :
       {"", ":7311", "evil.example", "localhost.evil.example:7311", "127.0.0.1.evil.example",
        "trial.example.org.evil.example", "xtrial.example.org", "[::1", "127.1"}) {
    EXPECT_FALSE(IsHostAllowed(host, {"trial.example.org"})) << host;
  }
}

}  // namespace
}  // namespace solotrial::access

#include "engine/access/device.h"

#include <gtest/gtest.h>

namespace solotrial::access {
namespace {

TEST(DeviceTest, ANameIsShortAndCannotSteerATerminal) {
  const std::string umlaut = "\xc3\xa4";
  std::string sixty;
  for (int i = 0; i < 60; ++i) sixty += umlaut;
  EXPECT_TRUE(CheckName("name", "Anna's phone").ok());
  EXPECT_TRUE(CheckName("name", sixty).ok());
  for (const std::string& name : {std::string(), sixty + "x", std::string("a\nb"),
                                  std::string("\x1b[2J"), std::string(1, '\0')}) {
    EXPECT_FALSE(CheckName("name", name).ok());
  }
}

}  // namespace
}  // namespace solotrial::access

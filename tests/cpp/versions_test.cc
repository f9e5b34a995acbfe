#include "clients/cpp/versions.h"

#include <gtest/gtest.h>

#include "clients/cpp/fault.h"

namespace solotrial::client {
namespace {

v1::ServerInfo Info(const std::string& version, int oldest) {
  v1::ServerInfo info;
  info.set_api_version(version);
  info.set_engine_version("9.9.9");
  info.set_oldest_client_level(oldest);
  return info;
}

TEST(VersionsTest, SaysWhichOfTheTwoIsTooOld) {
  EXPECT_TRUE(CheckVersion(Info("v1", 0)).ok());
  EXPECT_TRUE(CheckVersion(Info("v1", v1::API_LEVEL_CURRENT)).ok());
  const std::vector<std::pair<v1::ServerInfo, std::string>> wrong = {
      {Info("v1", v1::API_LEVEL_CURRENT + 1), "this program is too old"},
      {Info("v2", 0), "this program is too old"},
      {Info("v0", 0), "an engine of solotrial"},
      {Info("", 0), "an engine of solotrial"}};
  for (const auto& [info, words] : wrong) {
    const Fault fault = ReadFault(CheckVersion(info));
    EXPECT_EQ(fault.kind, FaultKind::kVersion);
    EXPECT_NE(fault.message.find(words), std::string::npos) << fault.message;
  }
}

}  // namespace
}  // namespace solotrial::client

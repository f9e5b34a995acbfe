#include "clients/cli/settings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace solotrial::cli {
namespace {

using Variables = std::map<std::string, std::string>;

std::function<const char*(const char*)> Environment(const Variables& variables) {
  return [variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

TEST(SettingsTest, DefaultsToTheFolderOfTheHome) {
  const Settings settings = Complete({}, Environment({{"HOME", "/nowhere"}}));
  EXPECT_EQ(settings.data, "/nowhere/.local/share/solotrial");
  EXPECT_EQ(settings.token_file, "/nowhere/.local/share/solotrial/owner.token");
  EXPECT_EQ(settings.engine, "127.0.0.1:7311");
  EXPECT_EQ(Complete({}, Environment({{"HOME", "/a"}, {"XDG_DATA_HOME", "/b"}})).data,
            "/b/solotrial");
}

TEST(SettingsTest, TheCommandLineBeatsTheEnvironment) {
  const Variables variables = {{"HOME", "/nowhere"},
                               {"SOLOTRIAL_DATA", "/env"},
                               {"SOLOTRIAL_ENGINE", "127.0.0.1:1"},
                               {"SOLOTRIAL_TOKEN_FILE", "/env/token"}};
  const Settings from_environment = Complete({}, Environment(variables));
  EXPECT_EQ(from_environment.data, "/env");
  EXPECT_EQ(from_environment.engine, "127.0.0.1:1");
  EXPECT_EQ(from_environment.token_file, "/env/token");
  const Settings typed =
      Complete({"127.0.0.1:2", "/typed", "/typed/token"}, Environment(variables));
  EXPECT_EQ(typed.data, "/typed");
  EXPECT_EQ(typed.engine, "127.0.0.1:2");
  EXPECT_EQ(typed.token_file, "/typed/token");
}

TEST(SettingsTest, FindsARunningEngineByItsAddressFile) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "settings_test_data";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "engine.address") << "127.0.0.1:40123\n";
  Settings settings;
  settings.data = folder;
  EXPECT_EQ(Complete(settings, Environment({})).engine, "127.0.0.1:40123");
  std::filesystem::remove_all(folder);
}

// The token of the engine that was joined goes to that engine and to no other.
TEST(SettingsTest, TakesTheEngineThatWasJoined) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "joined_test";
  const std::filesystem::path joined = JoinedFolder(folder);
  std::filesystem::create_directories(joined);
  std::ofstream(joined / "engine") << "192.0.2.1:7311\n";
  std::ofstream(joined / "certificate.pem") << "PEM\n";
  Settings settings;
  settings.data = folder;
  const Settings found = Complete(settings, Environment({}));
  EXPECT_EQ(found.engine, "192.0.2.1:7311");
  EXPECT_EQ(found.token_file, (joined / "token").string());
  EXPECT_EQ(found.certificate, "PEM\n");
  settings.engine = "192.0.2.2:7311";
  const Settings other = Complete(settings, Environment({}));
  EXPECT_EQ(other.token_file, (folder / "owner.token").string());
  EXPECT_EQ(other.certificate, "");
  std::filesystem::remove_all(folder);
}

TEST(SettingsTest, TakesTheZoneOfTheEnvironmentFirst) {
  EXPECT_EQ(MachineTimeZone(Environment({{"TZ", "Europe/Berlin"}})), "Europe/Berlin");
  EXPECT_EQ(MachineTimeZone(Environment({{"TZ", ":America/New_York"}})), "America/New_York");
  // A POSIX rule is no IANA name: the machine's own name is taken instead, whatever it is.
  EXPECT_NE(MachineTimeZone(Environment({{"TZ", "CET-1CEST"}})), "CET-1CEST");
}

}  // namespace
}  // namespace solotrial::cli

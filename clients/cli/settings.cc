#include "clients/cli/settings.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>

#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

using Environment = std::function<const char*(const char*)>;

std::string Get(const Environment& getenv, const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

std::string WholeFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string DefaultDataFolder(const Environment& getenv) {
  // The same rule as the engine's.
  if (const std::string data = Get(getenv, "XDG_DATA_HOME"); !data.empty()) {
    return data + "/solotrial";
  }
  const std::string home = Get(getenv, "HOME");
  return (home.empty() ? "." : home) + "/.local/share/solotrial";
}

// `Europe/Berlin`, `UTC`: letters, digits and the few marks that zone names have.
bool LooksLikeZone(const std::string& name) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '-' || c == '+';
  };
  if (name.empty() || name[0] == '/' || !std::all_of(name.begin(), name.end(), fits)) return false;
  return name.find('/') != std::string::npos || name == "UTC" || name == "GMT";
}

}  // namespace

std::string JoinedFolder(const std::string& data) { return data + "/joined"; }

Settings Complete(Settings settings, const Environment& getenv) {
  if (settings.data.empty()) settings.data = Get(getenv, "SOLOTRIAL_DATA");
  if (settings.data.empty()) settings.data = DefaultDataFolder(getenv);
  if (settings.engine.empty()) settings.engine = Get(getenv, "SOLOTRIAL_ENGINE");
  if (settings.engine.empty()) settings.engine = FirstLine(settings.data + "/engine.address");
  const std::string joined = JoinedFolder(settings.data);
  const std::string joined_engine = FirstLine(joined + "/engine");
  if (settings.engine.empty()) settings.engine = joined_engine;
  if (settings.engine.empty()) settings.engine = "127.0.0.1:7311";
  // The token and certificate of the engine that was joined are for that engine only.
  const bool is_joined = settings.engine == joined_engine;
  if (settings.token_file.empty()) settings.token_file = Get(getenv, "SOLOTRIAL_TOKEN_FILE");
  if (settings.token_file.empty()) {
    settings.token_file = is_joined ? joined + "/token" : settings.data + "/owner.token";
  }
  if (settings.certificate.empty() && is_joined) {
    settings.certificate = WholeFile(joined + "/certificate.pem");
  }
  settings.outbox = is_joined ? joined + "/outbox.db" : ":memory:";
  settings.now = Get(getenv, "SOLOTRIAL_NOW");
  if (settings.locale.empty()) settings.locale = "en";
  return settings;
}

std::string MachineTimeZone(const Environment& getenv) {
  std::string zone = Get(getenv, "TZ");
  if (!zone.empty() && zone[0] == ':') zone.erase(0, 1);
  if (LooksLikeZone(zone)) return zone;
  zone = FirstLine("/etc/timezone");
  if (LooksLikeZone(zone)) return zone;
  std::array<char, 4096> target{};
  const ssize_t length = readlink("/etc/localtime", target.data(), target.size());
  if (length > 0) {
    const std::string link(target.data(), static_cast<size_t>(length));
    const size_t folder = link.find("zoneinfo/");
    if (folder != std::string::npos) zone = link.substr(folder + 9);
    if (LooksLikeZone(zone)) return zone;
  }
  return "UTC";
}

}  // namespace solotrial::cli

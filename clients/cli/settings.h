// What holds for every command: which engine, which data folder, how to answer.
#ifndef SOLOTRIAL_CLIENTS_CLI_SETTINGS_H_
#define SOLOTRIAL_CLIENTS_CLI_SETTINGS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"

namespace solotrial::cli {

// Empty: not given on the command line.
struct Settings {
  std::string engine;      // HOST:PORT
  std::string data;        // folder of the engine's data
  std::string token_file;  // holds the owner's token
  std::string locale;      // BCP 47, for the engine's sentences
  bool json = false;
};

// Fills what is empty from the environment (`getenv`, which may return nullptr), then from the data
// folder's engine.address, then with defaults.
Settings Complete(Settings settings, const std::function<const char*(const char*)>& getenv);

// Fails unless `address` (HOST:PORT) is on this machine: there is no TLS yet, and the token must
// not travel in the clear.
absl::Status CheckLoopback(const std::string& address);

// The machine's time zone: TZ, /etc/timezone or where /etc/localtime points; `UTC` when none says.
std::string MachineTimeZone(const std::function<const char*(const char*)>& getenv);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_SETTINGS_H_

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
  std::string token_file;  // holds the token
  std::string token;       // itself, of a share link; then no file is read
  // PEM of the certificate that the engine must have; empty: one that this machine trusts. Only for
  // engines that are not on this machine, or whose links had a pin.
  std::string certificate;
  // Where what was recorded is kept until the engine has it; `:memory:` for the engine of this
  // machine, whose data may be encrypted and is here anyway.
  std::string outbox;
  std::string now;     // RFC 3339; empty: the machine's clock
  std::string locale;  // BCP 47, for the engine's sentences
  bool json = false;
};

// Fills what is empty from the environment (`getenv`, which may return nullptr), then from the data
// folder's engine.address, then from what `solotrial join` keeps there, then with defaults.
Settings Complete(Settings settings, const std::function<const char*(const char*)>& getenv);

// Where `solotrial join` keeps what it got, in the data folder: engine, token, certificate.pem.
std::string JoinedFolder(const std::string& data);

// The machine's time zone: TZ, /etc/timezone or where /etc/localtime points; `UTC` when none says.
std::string MachineTimeZone(const std::function<const char*(const char*)>& getenv);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_SETTINGS_H_

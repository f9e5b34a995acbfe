// Where an engine is.
#ifndef SOLOTRIAL_CLIENTS_CPP_ADDRESS_H_
#define SOLOTRIAL_CLIENTS_CPP_ADDRESS_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace solotrial::client {

// Fails unless `address` is HOST:PORT.
absl::Status CheckAddress(const std::string& address);

// Whether `address` is on this machine: anywhere else the token must not travel in the clear.
bool IsLoopback(const std::string& address);

// A link such as `solotrial:pair?engine=...&code=...`, taken apart.
struct AccessLink {
  std::string what;                           // `pair` or `share`
  std::map<std::string, std::string> values;  // `engine`, `code` or `token`, `pin`
};
// Fails for anything that is no such link.
absl::StatusOr<AccessLink> ParseAccessLink(const std::string& text);

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_ADDRESS_H_

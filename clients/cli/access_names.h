// Names of devices, links and so on as people type them, and instants as they read them.
#ifndef SOLOTRIAL_CLIENTS_CLI_ACCESS_NAMES_H_
#define SOLOTRIAL_CLIENTS_CLI_ACCESS_NAMES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"

namespace solotrial::cli {

// The one of `names` (`devices/{uuid}`, ...) that `text` means: all of it, its id, or at least the
// first 4 characters of the id that no other has. `what` is said in errors: `device`.
absl::StatusOr<std::string> ChooseName(const std::vector<std::string>& names,
                                       const std::string& text, const std::string& what);

// The first 8 characters of the id in `name`; empty for an empty name.
std::string ShortId(const std::string& name);

// `2026-03-01 20:15` in this machine's zone; `-` for none.
std::string ReadableTime(const google::protobuf::Timestamp& time);

// A link such as `solotrial:pair?engine=...&code=...`, taken apart.
struct AccessLink {
  std::string what;  // `pair` or `share`
  std::map<std::string, std::string> values;
};
// Fails for anything that is no such link.
absl::StatusOr<AccessLink> ParseAccessLink(const std::string& text);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_ACCESS_NAMES_H_

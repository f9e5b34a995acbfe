// Names of devices, links and so on as people type them, and instants as they read them.
#ifndef SOLOTRIAL_CLIENTS_CLI_ACCESS_NAMES_H_
#define SOLOTRIAL_CLIENTS_CLI_ACCESS_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cpp/address.h"
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

// client::ParseAccessLink of what stood on the command line.
absl::StatusOr<client::AccessLink> TypedAccessLink(const std::string& text);

// client::FetchPinnedCertificate, with what to do where nobody answers.
absl::StatusOr<std::string> FetchCertificate(const std::string& address, const std::string& pin);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_ACCESS_NAMES_H_

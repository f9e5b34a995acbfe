// Whether an engine and this library understand each other.
#ifndef SOLOTRIAL_CLIENTS_CPP_VERSIONS_H_
#define SOLOTRIAL_CLIENTS_CPP_VERSIONS_H_

#include "absl/status/status.h"
#include "solotrial/v1/server_service.pb.h"

namespace solotrial::client {

// FaultKind::kVersion, with a sentence on which of the two is too old, when they do not. An engine
// that is only older within the API is fine: what it lacks is FaultKind::kUnsupported when called.
absl::Status CheckVersion(const v1::ServerInfo& info);

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_VERSIONS_H_

// The JSON form of a protocol: strict reading, canonical writing.
#ifndef SOLOTRIAL_ENGINE_SERVICE_PROTOCOL_JSON_H_
#define SOLOTRIAL_ENGINE_SERVICE_PROTOCOL_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "solotrial/v1/protocol.pb.h"

namespace solotrial::service {

// Largest protocol file that is read, in bytes.
inline constexpr size_t kMaxProtocolBytes = 1 << 20;

// Reads protocol.json. Every unknown key, duplicate key and value of a wrong type is a violation
// with its path in the file's own keys (`measures[0].lowerIsBetter`); what is no JSON at all is one
// violation with line and column. Keys are lowerCamelCase, as protobuf writes them, or the names of
// the proto file.
absl::StatusOr<v1::Protocol> ReadProtocolJson(const std::string& json);

// The canonical bytes of a protocol: its protobuf JSON by RFC 8785 (keys sorted, no white space,
// numbers as ECMAScript prints them). What a trial's digest and commitment cover.
std::string CanonicalProtocolJson(const v1::Protocol& protocol);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_PROTOCOL_JSON_H_

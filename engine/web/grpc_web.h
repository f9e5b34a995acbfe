// The framing of gRPC-Web: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
//
// A request's body is one message behind five bytes (flags, length in big-endian order); an
// answer's is any number of messages and at last the trailers, in a frame with the highest flag.
// The text format is the same in base64.
#ifndef SOLOTRIAL_ENGINE_WEB_GRPC_WEB_H_
#define SOLOTRIAL_ENGINE_WEB_GRPC_WEB_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/web/http.h"

namespace solotrial::web {

enum class WebFormat { kBinary, kText };

// Of a Content-Type; nullopt when it is not gRPC-Web with protobuf messages.
std::optional<WebFormat> FormatOf(const std::string& content_type);
// The Content-Type of an answer in `format`.
std::string ContentTypeOf(WebFormat format);

// The one message in a request's body. INVALID_ARGUMENT for anything but one whole message,
// UNIMPLEMENTED for a compressed one.
absl::StatusOr<std::string> ReadRequestMessage(const std::string& body, WebFormat format);

// A message, or an answer's trailers (`name: value` each), in their frame.
std::string MessageFrame(const std::string& message, WebFormat format);
std::string TrailersFrame(const Headers& trailers, WebFormat format);

// The metadata of a call among a request's headers: all but those that concern HTTP, the browser,
// or who the client is. Values of `-bin` names are decoded. INVALID_ARGUMENT names a header that
// gRPC cannot carry.
absl::StatusOr<Headers> MetadataOf(const Headers& headers);

// Of a grpc-timeout header: at most eight digits and a unit, `250m`. INVALID_ARGUMENT for others.
absl::StatusOr<absl::Duration> ParseTimeout(const std::string& text);

// A grpc-message: bytes other than printable ASCII, and %, as %XX.
std::string PercentEncoded(const std::string& text);

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_GRPC_WEB_H_

#include "engine/web/grpc_web.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "engine/base/fault.h"

namespace solotrial::web {
namespace {

constexpr size_t kPrefixBytes = 5;
constexpr unsigned char kCompressed = 0x01;
constexpr unsigned char kTrailers = 0x80;

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool BeginsWith(const std::string& text, const std::string& begin) {
  return text.compare(0, begin.size(), begin) == 0;
}

// Base64 whose parts may each have been padded, as pieces of a stream are.
std::optional<std::string> DecodeBase64(const std::string& text) {
  std::string bytes;
  size_t begin = 0;
  while (begin < text.size()) {
    size_t end = text.find('=', begin);
    end = end == std::string::npos ? text.size() : begin + (end - begin + 3) / 4 * 4;
    std::string part;
    if (end == begin || end > text.size() ||
        !absl::Base64Unescape(text.substr(begin, end - begin), &part)) {
      return std::nullopt;
    }
    bytes += part;
    begin = end;
  }
  return bytes;
}

std::string Frame(unsigned char flags, const std::string& content, WebFormat format) {
  std::string frame;
  frame.reserve(kPrefixBytes + content.size());
  frame.push_back(static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<char>((content.size() >> shift) & 0xff));
  }
  frame += content;
  return format == WebFormat::kBinary ? frame : absl::Base64Escape(frame);
}

// Headers that are not metadata: those of HTTP itself, of the browser, of proxies, of gRPC-Web, and
// those by which the door says who calls.
bool IsMetadata(const std::string& name) {
  static const char* const kOthers[] = {"accept",
                                        "access-control-",
                                        "cache-control",
                                        "connection",
                                        "content-",
                                        "cookie",
                                        "dnt",
                                        "expect",
                                        "forwarded",
                                        "grpc-",
                                        "host",
                                        "if-",
                                        "keep-alive",
                                        "origin",
                                        "pragma",
                                        "priority",
                                        "proxy-",
                                        "range",
                                        "referer",
                                        "sec-",
                                        "te",
                                        "trailer",
                                        "transfer-",
                                        "upgrade",
                                        "user-agent",
                                        "via",
                                        "x-forwarded-",
                                        "x-grpc-web",
                                        "x-real-ip",
                                        "x-user-agent"};
  return std::none_of(std::begin(kOthers), std::end(kOthers), [&name](const std::string& other) {
    const bool group = other.back() == '-' || other == "accept";
    return group ? BeginsWith(name, other) : name == other;
  });
}

bool IsMetadataName(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool IsPrintable(const std::string& value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

absl::Status NotOneMessage() {
  return InvalidField(
      "request", "must be one gRPC-Web message: flags, length in four bytes, and so many bytes");
}

}  // namespace

std::optional<WebFormat> FormatOf(const std::string& content_type) {
  std::string type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  if (type == "application/grpc-web" || type == "application/grpc-web+proto") {
    return WebFormat::kBinary;
  }
  if (type == "application/grpc-web-text" || type == "application/grpc-web-text+proto") {
    return WebFormat::kText;
  }
  return std::nullopt;
}

std::string ContentTypeOf(WebFormat format) {
  return format == WebFormat::kBinary ? "application/grpc-web+proto"
                                      : "application/grpc-web-text+proto";
}

absl::StatusOr<std::string> ReadRequestMessage(const std::string& body, WebFormat format) {
  if (format == WebFormat::kText) {
    const std::optional<std::string> bytes = DecodeBase64(body);
    if (!bytes.has_value()) return InvalidField("request", "must be base64");
    return ReadRequestMessage(*bytes, WebFormat::kBinary);
  }
  if (body.size() < kPrefixBytes) return NotOneMessage();
  size_t length = 0;
  for (size_t i = 1; i < kPrefixBytes; ++i) length = length << 8 | static_cast<uint8_t>(body[i]);
  const auto flags = static_cast<unsigned char>(body[0]);
  if (flags == kCompressed) {
    return absl::UnimplementedError("messages are taken uncompressed only (grpc-encoding)");
  }
  if (flags != 0 || body.size() - kPrefixBytes != length) return NotOneMessage();
  return body.substr(kPrefixBytes);
}

std::string MessageFrame(const std::string& message, WebFormat format) {
  return Frame(0, message, format);
}

std::string TrailersFrame(const Headers& trailers, WebFormat format) {
  std::string content;
  for (const Header& trailer : trailers) content += trailer.name + ": " + trailer.value + "\r\n";
  return Frame(kTrailers, content, format);
}

absl::StatusOr<Headers> MetadataOf(const Headers& headers) {
  Headers metadata;
  for (const Header& header : headers) {
    if (!IsMetadata(header.name)) continue;
    Header one = header;
    bool valid = IsMetadataName(one.name);
    if (EndsWith(one.name, "-bin")) {
      one.value.erase(one.value.find_last_not_of('=') + 1);  // padding is optional
      while (one.value.size() % 4 != 0) one.value += '=';
      std::string bytes;
      valid = valid && absl::Base64Unescape(one.value, &bytes);
      one.value = std::move(bytes);
    } else {
      valid = valid && IsPrintable(one.value);
    }
    // The name is the client's own, but shown only when it is harmless.
    if (!valid) {
      return InvalidField("headers", "gRPC cannot carry " +
                                         (IsMetadataName(one.name) ? one.name : "one") +
                                         ": names are of a-z, 0-9, -, _ and ., values printable "
                                         "ASCII, or base64 where the name ends in -bin");
    }
    metadata.push_back(std::move(one));
  }
  return metadata;
}

absl::StatusOr<absl::Duration> ParseTimeout(const std::string& text) {
  constexpr size_t kMostDigits = 8;
  int64_t count = 0;
  if (text.size() >= 2 && text.size() <= kMostDigits + 1 && text[0] >= '0' && text[0] <= '9') {
    const char* end = text.data() + text.size() - 1;
    const auto parsed = std::from_chars(text.data(), end, count);
    if (parsed.ec == std::errc() && parsed.ptr == end) {
      switch (text.back()) {
        case 'H':
          return absl::Hours(count);
        case 'M':
          return absl::Minutes(count);
        case 'S':
          return absl::Seconds(count);
        case 'm':
          return absl::Milliseconds(count);
        case 'u':
          return absl::Microseconds(count);
        case 'n':
          return absl::Nanoseconds(count);
        default:
          break;
      }
    }
  }
  return InvalidField("grpc-timeout",
                      "must be at most eight digits and one of H, M, S, m, u, n: 250m");
}

std::string PercentEncoded(const std::string& text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte <= 0x7e && c != '%') {
      encoded.push_back(c);
    } else {
      encoded.push_back('%');
      encoded.push_back(kHex[byte >> 4]);
      encoded.push_back(kHex[byte & 15]);
    }
  }
  return encoded;
}

}  // namespace solotrial::web

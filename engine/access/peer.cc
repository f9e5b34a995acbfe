#include "engine/access/peer.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/base/fault.h"

namespace solotrial::access {
namespace {

constexpr int kBits = 128;
constexpr int kMappedBits = 96;  // what an IPv4 address is preceded by in IPv6

// 16 bytes; IPv4 as ::ffff:a.b.c.d.
std::optional<std::string> Bytes(const std::string& address) {
  std::string bytes(16, '\0');
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = '\xff';
  if (inet_pton(AF_INET, address.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

bool SameBits(const std::string& a, const std::string& b, int bits) {
  const auto whole = static_cast<size_t>(bits / 8);
  if (a.compare(0, whole, b, 0, whole) != 0) return false;
  const int rest = bits % 8;
  if (rest == 0) return true;
  const int mask = 0xff << (8 - rest);
  return ((static_cast<unsigned char>(a[whole]) ^ static_cast<unsigned char>(b[whole])) & mask) ==
         0;
}

bool IsTrusted(const std::string& address, const std::vector<AddressRange>& trusted) {
  return std::any_of(trusted.begin(), trusted.end(),
                     [&](const AddressRange& range) { return range.Contains(address); });
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return text;
}

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The host of `host`, `host:port` or `[address]:port`.
std::string HostOf(const std::string& authority) {
  if (!authority.empty() && authority[0] == '[') {
    const size_t end = authority.find(']');
    return end == std::string::npos ? "" : authority.substr(1, end - 1);
  }
  const size_t colon = authority.find(':');
  // More than one colon without brackets: an address alone.
  if (colon != authority.rfind(':')) return authority;
  return authority.substr(0, colon);
}

}  // namespace

absl::StatusOr<AddressRange> AddressRange::Parse(const std::string& text) {
  const size_t slash = text.find('/');
  const std::string address = text.substr(0, slash);
  const std::optional<std::string> bytes = Bytes(address);
  const bool is_v4 = address.find(':') == std::string::npos;
  int bits = is_v4 ? kBits - kMappedBits : kBits;
  bool valid = bytes.has_value();
  if (slash != std::string::npos) {
    const int most = bits;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + slash + 1, end, bits);
    valid = valid && parsed.ec == std::errc() && parsed.ptr == end && bits >= 0 && bits <= most;
  }
  if (!valid) {
    return InvalidField("trusted_proxies",
                        "must be an address or a range, such as 192.0.2.1 or 10.0.0.0/8");
  }
  AddressRange range;
  range.bytes_ = *bytes;
  range.bits_ = bits + (is_v4 ? kMappedBits : 0);
  return range;
}

bool AddressRange::Contains(const std::string& address) const {
  const std::optional<std::string> bytes = Bytes(address);
  return bytes.has_value() && SameBits(*bytes, bytes_, bits_);
}

std::string PeerAddress(const std::string& peer) {
  const size_t colon = peer.find(':');
  const std::string scheme = peer.substr(0, colon);
  if (colon == std::string::npos || (scheme != "ipv4" && scheme != "ipv6")) return "";
  std::string rest = peer.substr(colon + 1);
  // gRPC writes the brackets of IPv6 in its URIs' encoding.
  for (const auto& [encoded, plain] : {std::pair{"%5B", "["}, std::pair{"%5D", "]"}}) {
    if (const size_t at = rest.find(encoded); at != std::string::npos) rest.replace(at, 3, plain);
  }
  const std::string host = HostOf(rest);
  const std::string address = host.substr(0, host.find('%'));  // without the zone
  return Bytes(address).has_value() ? address : "";
}

bool IsLoopback(const std::string& address) {
  static const std::vector<AddressRange> loopback = {*AddressRange::Parse("127.0.0.0/8"),
                                                     *AddressRange::Parse("::1")};
  return IsTrusted(address, loopback);
}

std::string ClientAddress(const std::string& address, const std::string& forwarded_for,
                          const std::vector<AddressRange>& trusted_proxies) {
  if (!IsTrusted(address, trusted_proxies)) return address;
  std::string rest = forwarded_for;
  while (!rest.empty()) {
    const size_t comma = rest.rfind(',');
    const std::string hop = Trimmed(comma == std::string::npos ? rest : rest.substr(comma + 1));
    if (!Bytes(hop).has_value()) return address;
    if (!IsTrusted(hop, trusted_proxies)) return hop;
    rest = comma == std::string::npos ? "" : rest.substr(0, comma);
  }
  return address;
}

bool IsHostAllowed(const std::string& authority, const std::vector<std::string>& allowed) {
  const std::string host = Lower(HostOf(authority));
  if (host == "localhost" || Bytes(host).has_value()) return true;
  return std::any_of(allowed.begin(), allowed.end(),
                     [&host](const std::string& name) { return Lower(name) == host; });
}

}  // namespace solotrial::access

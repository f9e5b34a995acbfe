// Where a call comes from, and by which name it asked for the engine.
#ifndef SOLOTRIAL_ENGINE_ACCESS_PEER_H_
#define SOLOTRIAL_ENGINE_ACCESS_PEER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace solotrial::access {

// A network address and how many of its leading bits count.
class AddressRange {
 public:
  // `192.0.2.0/24`, `2001:db8::/32`, or an address alone. INVALID_FIELDS for anything else.
  static absl::StatusOr<AddressRange> Parse(const std::string& text);
  // `address` is an IPv4 or IPv6 address as text; false for anything else.
  bool Contains(const std::string& address) const;

 private:
  std::string bytes_;  // 16: IPv4 is mapped into IPv6
  int bits_ = 0;
};

// The address in gRPC's name of a peer (`ipv4:192.0.2.1:5000`, `ipv6:[::1]:5000`, also with %5B):
// `192.0.2.1`, `::1`; empty for a call within the process.
std::string PeerAddress(const std::string& peer);

bool IsLoopback(const std::string& address);

// The client's address: `address`, or where that is one of `trusted_proxies`, the last address in
// `forwarded_for` (X-Forwarded-For) that is no trusted proxy. From anybody else the header counts
// for nothing.
std::string ClientAddress(const std::string& address, const std::string& forwarded_for,
                          const std::vector<AddressRange>& trusted_proxies);

// Whether a request for `authority` (`host`, `host:port`) may be served: a literal address,
// `localhost`, or a host in `allowed`, case aside. A name that somebody else's DNS points here is
// refused, so that a web page cannot reach the engine through its visitor's browser.
bool IsHostAllowed(const std::string& authority, const std::vector<std::string>& allowed);

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_PEER_H_

#include "clients/cpp/address.h"

#include <algorithm>
#include <cctype>

namespace solotrial::client {

absl::Status CheckAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  const bool has_port =
      colon != std::string::npos && colon > 0 && colon + 1 < address.size() &&
      address.size() - colon <= 6 &&
      std::all_of(address.begin() + static_cast<std::ptrdiff_t>(colon) + 1, address.end(),
                  [](unsigned char c) { return std::isdigit(c) != 0; });
  const std::string host = address.substr(0, has_port ? colon : 0);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  // What gRPC would take for an address of another kind (`dns:///...`, `unix:...`) is none here.
  const bool plain = std::all_of(host.begin(), host.end(), [bracketed](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' ||
           (bracketed && (c == ':' || c == '[' || c == ']'));
  });
  if (has_port && plain) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "'" + address + "' is no engine address: write HOST:PORT, for example " + "127.0.0.1:7311.");
}

bool IsLoopback(const std::string& address) {
  const std::string host = address.substr(0, address.rfind(':'));
  const bool dotted = std::all_of(host.begin(), host.end(),
                                  [](unsigned char c) { return std::isdigit(c) != 0 || c == '.'; });
  return host == "localhost" || host == "[::1]" || (dotted && host.rfind("127.", 0) == 0);
}

absl::StatusOr<AccessLink> ParseAccessLink(const std::string& text) {
  const std::string scheme = "solotrial:";
  const size_t query = text.find('?');
  if (text.compare(0, scheme.size(), scheme) != 0 || query == std::string::npos) {
    return absl::InvalidArgumentError(
        "That is no link of solotrial: it begins with solotrial:pair? or "
        "solotrial:share?");
  }
  AccessLink link;
  link.what = text.substr(scheme.size(), query - scheme.size());
  size_t begin = query + 1;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find('&', begin), text.size());
    const std::string pair = text.substr(begin, end - begin);
    const size_t equals = pair.find('=');
    if (equals != std::string::npos) link.values[pair.substr(0, equals)] = pair.substr(equals + 1);
    begin = end + 1;
  }
  if (link.values["engine"].empty()) {
    return absl::InvalidArgumentError(
        "The link does not say where the engine is (engine=HOST:PORT).");
  }
  return link;
}

}  // namespace solotrial::client

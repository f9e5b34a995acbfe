#include "engine/web/http.h"

#include <algorithm>

namespace solotrial::web {

std::optional<std::string> OnlyValue(const Headers& headers, const std::string& name) {
  std::optional<std::string> found;
  for (const Header& header : headers) {
    if (header.name != name) continue;
    if (found.has_value()) return std::nullopt;
    found = header.value;
  }
  return found;
}

std::string JoinedValues(const Headers& headers, const std::string& name) {
  std::string joined;
  for (const Header& header : headers) {
    if (header.name == name) joined += (joined.empty() ? "" : ", ") + header.value;
  }
  return joined;
}

Response TextResponse(int status, const std::string& text) {
  return {{status,
           {{"content-type", "text/plain; charset=utf-8"},
            {"cache-control", "no-store"},
            {"x-content-type-options", "nosniff"},
            {"referrer-policy", "no-referrer"},
            {"content-security-policy", "default-src 'none'; frame-ancestors 'none'"}}},
          text + "\n"};
}

Response MethodNotAllowed(const std::string& allow) {
  Response response = TextResponse(405, "This address takes " + allow + ".");
  response.head.headers.push_back({"allow", allow});
  return response;
}

bool IsHeaderValue(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

}  // namespace solotrial::web

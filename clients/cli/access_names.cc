#include "clients/cli/access_names.h"

#include <algorithm>

#include "absl/time/time.h"
#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

constexpr size_t kLeastCharacters = 4;
constexpr size_t kShownCharacters = 8;

std::string IdOf(const std::string& name) { return name.substr(name.find('/') + 1); }

}  // namespace

absl::StatusOr<std::string> ChooseName(const std::vector<std::string>& names,
                                       const std::string& text, const std::string& what) {
  const std::string typed = IdOf(text);
  std::string found;
  for (const std::string& name : names) {
    const std::string id = IdOf(name);
    if (id == typed) return name;
    if (typed.size() < kLeastCharacters || id.compare(0, typed.size(), typed) != 0) continue;
    if (!found.empty()) {
      return UsageError("More than one " + what + " begins with '" + typed +
                        "': write more of it.");
    }
    found = name;
  }
  if (!found.empty()) return found;
  return MissingError("There is no " + what + " '" + typed + "'.");
}

std::string ShortId(const std::string& name) {
  return name.empty() ? "" : IdOf(name).substr(0, kShownCharacters);
}

std::string ReadableTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "-";
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()),
                          absl::LocalTimeZone());
}

absl::StatusOr<AccessLink> ParseAccessLink(const std::string& text) {
  const std::string scheme = "solotrial:";
  const size_t query = text.find('?');
  if (text.compare(0, scheme.size(), scheme) != 0 || query == std::string::npos) {
    return UsageError(
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
    return UsageError("The link does not say where the engine is (engine=HOST:PORT).");
  }
  return link;
}

}  // namespace solotrial::cli

#include "clients/cli/access_names.h"

#include <algorithm>

#include "absl/time/time.h"
#include "clients/cli/errors.h"
#include "clients/cpp/certificate.h"

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

absl::StatusOr<client::AccessLink> TypedAccessLink(const std::string& text) {
  absl::StatusOr<client::AccessLink> link = client::ParseAccessLink(text);
  if (!link.ok()) return AsUsageError(link.status());
  return link;
}

absl::StatusOr<std::string> FetchCertificate(const std::string& address, const std::string& pin) {
  absl::StatusOr<std::string> certificate = client::FetchPinnedCertificate(address, pin);
  if (absl::IsUnavailable(certificate.status())) {
    return WithHint(certificate.status(),
                    "Is it running, and is this machine in the same network?");
  }
  return certificate;
}

}  // namespace solotrial::cli

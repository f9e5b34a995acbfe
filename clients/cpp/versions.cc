#include "clients/cpp/versions.h"

#include <string>

#include "absl/strings/numbers.h"
#include "clients/cpp/fault.h"

namespace solotrial::client {
namespace {

constexpr int kApiVersion = 1;
constexpr int kApiLevel = v1::API_LEVEL_CURRENT;

absl::Status Mismatch(const v1::ServerInfo& info, const std::string& what) {
  return MakeFault(FaultKind::kVersion, absl::StatusCode::kFailedPrecondition,
                   "The engine" +
                       (info.engine_version().empty() ? "" : " " + info.engine_version()) +
                       " and this program do not understand each other: " + what);
}

// 2 of `v2`; 0 of what is no version.
int NumberOf(const std::string& version) {
  int number = 0;
  if (version.empty() || version[0] != 'v' || !absl::SimpleAtoi(version.substr(1), &number))
    return 0;
  return number;
}

}  // namespace

absl::Status CheckVersion(const v1::ServerInfo& info) {
  const int theirs = NumberOf(info.api_version());
  if (theirs == 0) return Mismatch(info, "is it an engine of solotrial?");
  if (theirs > kApiVersion || (theirs == kApiVersion && info.oldest_client_level() > kApiLevel)) {
    return Mismatch(info, "this program is too old: update it.");
  }
  if (theirs < kApiVersion) return Mismatch(info, "the engine is too old: update the engine.");
  return absl::OkStatus();
}

}  // namespace solotrial::client

#include "engine/access/device.h"

#include <algorithm>

#include "engine/base/fault.h"

namespace solotrial::access {
namespace {

constexpr std::ptrdiff_t kMostCharacters = 60;

}  // namespace

absl::Status CheckName(const std::string& field, const std::string& name) {
  const bool steers =
      std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
  // Bytes that go on a character are not counted.
  const auto characters =
      std::count_if(name.begin(), name.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; });
  if (characters >= 1 && characters <= kMostCharacters && !steers) return absl::OkStatus();
  return InvalidField(field, "must have 1 to 60 characters, all printable");
}

}  // namespace solotrial::access

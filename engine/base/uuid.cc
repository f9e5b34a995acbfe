#include "engine/base/uuid.h"

#include <cstdint>

#include "engine/base/digest.h"
#include "engine/base/random.h"

namespace solotrial {
namespace {

std::string Format(std::string bytes, int version) {
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = Hex(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20, 12);
}

}  // namespace

std::string MakeUuid7(absl::Time now) {
  std::string bytes = SystemRandomBytes(16);
  const auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(now));
  for (size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<char>((milliseconds >> (40 - 8 * i)) & 0xff);
  }
  return Format(std::move(bytes), 7);
}

std::string MakeUuid4() { return Format(SystemRandomBytes(16), 4); }

bool IsUuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (hyphen ? c != '-' : !digit) return false;
  }
  return true;
}

bool IsUuid7(const std::string& text) {
  return IsUuid(text) && text[14] == '7' &&
         (text[19] == '8' || text[19] == '9' || text[19] == 'a' || text[19] == 'b');
}

}  // namespace solotrial

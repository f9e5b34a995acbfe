#include "clients/cpp/ids.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace solotrial::client {
namespace {

std::array<uint8_t, 16> RandomBytes() {
  std::array<uint8_t, 16> bytes{};
  // Fails only on a kernel without the call; an id that is not random would be worse than none.
  if (getentropy(bytes.data(), bytes.size()) != 0) std::abort();
  return bytes;
}

std::string Format(std::array<uint8_t, 16> bytes, int version) {
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0F) | (version << 4));
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3F) | 0x80);
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

}  // namespace

std::string FormatUuid7(int64_t unix_milliseconds, const std::array<uint8_t, 10>& random) {
  std::array<uint8_t, 16> bytes{};
  for (size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<uint8_t>(static_cast<uint64_t>(unix_milliseconds) >> (8 * (5 - i)));
  }
  std::copy(random.begin(), random.end(), bytes.begin() + 6);
  return Format(bytes, 7);
}

std::string MakeUuid7(int64_t unix_milliseconds) {
  const std::array<uint8_t, 16> bytes = RandomBytes();
  std::array<uint8_t, 10> random{};
  std::copy_n(bytes.begin(), random.size(), random.begin());
  return FormatUuid7(unix_milliseconds, random);
}

std::string MakeUuid4() { return Format(RandomBytes(), 4); }

}  // namespace solotrial::client

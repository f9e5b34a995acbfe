#include "engine/base/random.h"

#include <sodium.h>

#include <cmath>

namespace solotrial {

std::string SystemRandomBytes(size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

uint64_t RandomStream::Below(uint64_t bound) {
  // The lowest 2^64 mod bound values are rejected, so that every remainder is equally likely.
  const uint64_t rejected = (0 - bound) % bound;
  while (true) {
    const uint64_t value = Next();
    if (value >= rejected) return value % bound;
  }
}

double RandomStream::Normal() {
  const double radius = std::sqrt(-2 * std::log(OpenUniform()));
  return radius * std::cos(2 * M_PI * Uniform());
}

}  // namespace solotrial

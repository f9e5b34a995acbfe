// Randomness: the operating system's for what must be unpredictable, seeded streams for what must
// be repeatable. There is no global generator.
#ifndef SOLOTRIAL_ENGINE_BASE_RANDOM_H_
#define SOLOTRIAL_ENGINE_BASE_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace solotrial {

// `count` bytes from the operating system's generator. Thread-safe.
std::string SystemRandomBytes(size_t count);

// A repeatable stream of 64-bit numbers: std::mt19937_64, whose output the C++ standard fixes. The
// standard's distributions are not fixed, so the mappings are our own. Not thread-safe.
class RandomStream {
 public:
  explicit RandomStream(uint64_t seed) : engine_(seed) {}

  uint64_t Next() { return engine_(); }
  // Uniform on [0, bound), bound > 0; exact, by rejection.
  uint64_t Below(uint64_t bound);
  // Uniform on [0, 1), 53 bits.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  // Uniform on (0, 1): both ends have a logarithm.
  double OpenUniform() { return Uniform() + 0x1p-54; }
  // Standard normal, by Box and Muller.
  double Normal();

 private:
  std::mt19937_64 engine_;
};

}  // namespace solotrial

#endif  // SOLOTRIAL_ENGINE_BASE_RANDOM_H_

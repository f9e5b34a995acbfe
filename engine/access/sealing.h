// Secrets under a passphrase: a key made of it, and values that only the key opens.
#ifndef SOLOTRIAL_ENGINE_ACCESS_SEALING_H_
#define SOLOTRIAL_ENGINE_ACCESS_SEALING_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace solotrial::access {

// 32 bytes that are overwritten when they go. Immutable.
class Key {
 public:
  // `bytes` must be 32; they are overwritten.
  explicit Key(std::string&& bytes);
  Key(const Key& other) = default;
  Key& operator=(const Key&) = delete;
  ~Key();

  // A new random one.
  static Key Random();

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// How a key is made of a passphrase, by Argon2id (RFC 9106). Kept beside what the key opens.
struct KeyRecipe {
  std::string salt;          // 16 bytes
  int64_t operations = 0;    // passes, 1 to 10
  int64_t memory_bytes = 0;  // 8 KiB to 256 MiB
};

// A new salt with 3 passes over 64 MiB, which takes 0.1 to 0.5 s.
KeyRecipe NewKeyRecipe();

// INVALID_FIELDS (`passphrase`) when it is empty or longer than 1,024 bytes; UNREADABLE_ARCHIVE
// when the recipe, which may come from anybody, is outside the bounds above.
absl::StatusOr<Key> MakeKey(const std::string& passphrase, const KeyRecipe& recipe);

// `plain` encrypted and authenticated by XChaCha20-Poly1305 with a random nonce, which stands
// before it: 40 bytes longer. `context` says what it is and is not part of the result: it opens
// with the same context only.
std::string Seal(const Key& key, const std::string& plain, const std::string& context);

// What was sealed; nullopt when key, context or a byte is another.
std::optional<std::string> OpenSealed(const Key& key, const std::string& sealed,
                                      const std::string& context);

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_SEALING_H_

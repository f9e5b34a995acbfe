#include "engine/access/sealing.h"

#include <sodium.h>

#include <cassert>
#include <utility>

#include "engine/base/fault.h"
#include "engine/base/random.h"

namespace solotrial::access {
namespace {

constexpr size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kMaxPassphraseBytes = 1024;
constexpr int64_t kOperations = 3;
constexpr int64_t kMemoryBytes = int64_t{64} << 20;
constexpr int64_t kMostOperations = 10;
constexpr int64_t kMostMemoryBytes = int64_t{256} << 20;

const unsigned char* Bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

Key::Key(std::string&& bytes) : bytes_(bytes) {
  assert(bytes_.size() == kKeyBytes);
  sodium_memzero(bytes.data(), bytes.size());
}

Key::~Key() { sodium_memzero(bytes_.data(), bytes_.size()); }

Key Key::Random() { return Key(SystemRandomBytes(kKeyBytes)); }

KeyRecipe NewKeyRecipe() {
  return {SystemRandomBytes(crypto_pwhash_SALTBYTES), kOperations, kMemoryBytes};
}

absl::StatusOr<Key> MakeKey(const std::string& passphrase, const KeyRecipe& recipe) {
  if (passphrase.empty() || passphrase.size() > kMaxPassphraseBytes) {
    return InvalidField("passphrase", "must have 1 to 1,024 bytes");
  }
  if (recipe.salt.size() != crypto_pwhash_SALTBYTES ||
      recipe.operations < static_cast<int64_t>(crypto_pwhash_OPSLIMIT_MIN) ||
      recipe.operations > kMostOperations ||
      recipe.memory_bytes < static_cast<int64_t>(crypto_pwhash_MEMLIMIT_MIN) ||
      recipe.memory_bytes > kMostMemoryBytes) {
    return FaultStatus(Reason::kUnreadableArchive,
                       "The key cannot be made: salt, passes or memory are out of bounds.");
  }
  // Chooses the fastest implementation for this machine, once.
  if (sodium_init() < 0) return FaultStatus(Reason::kInternal, "libsodium cannot be used");
  std::string key(kKeyBytes, '\0');
  if (crypto_pwhash(Bytes(key), key.size(), passphrase.data(), passphrase.size(),
                    Bytes(recipe.salt), static_cast<unsigned long long>(recipe.operations),
                    static_cast<size_t>(recipe.memory_bytes), crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return FaultStatus(Reason::kBusy, "There is not enough memory for the key: try again later.");
  }
  return Key(std::move(key));
}

std::string Seal(const Key& key, const std::string& plain, const std::string& context) {
  std::string sealed = SystemRandomBytes(kNonceBytes);
  sealed.resize(kNonceBytes + plain.size() + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(sealed) + kNonceBytes, nullptr, Bytes(plain),
                                             plain.size(), Bytes(context), context.size(), nullptr,
                                             Bytes(sealed), Bytes(key.bytes()));
  return sealed;
}

std::optional<std::string> OpenSealed(const Key& key, const std::string& sealed,
                                      const std::string& context) {
  if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  std::string plain(sealed.size() - kNonceBytes - kTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          Bytes(plain), nullptr, nullptr, Bytes(sealed) + kNonceBytes, sealed.size() - kNonceBytes,
          Bytes(context), context.size(), Bytes(sealed), Bytes(key.bytes())) != 0) {
    return std::nullopt;
  }
  return plain;
}

}  // namespace solotrial::access

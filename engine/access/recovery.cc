#include "engine/access/recovery.h"

#include <sodium.h>

#include <stdexcept>

#include "engine/base/fault.h"

namespace solotrial::access {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr size_t kMemoryBytes = size_t{19} << 20;

}  // namespace

std::string HashPhrase(const Code& phrase) {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(hash.data(), phrase.secret.data(), phrase.secret.size(), kPasses,
                            kMemoryBytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::runtime_error("no memory for a hash");  // becomes INTERNAL
  }
  return hash.c_str();
}

bool PhraseMatches(const Code& phrase, const std::optional<std::string>& hash) {
  // Of a phrase that was thrown away.
  static const std::string nobodys = HashPhrase(MakeLongCode());
  const std::string& compared = hash.has_value() ? *hash : nobodys;
  const bool right =
      crypto_pwhash_str_verify(compared.c_str(), phrase.secret.data(), phrase.secret.size()) == 0;
  return right && hash.has_value();
}

absl::Status PhraseRefused() {
  return FieldFault(Reason::kCodeNotValid, "recovery_phrase",
                    "is not right: six groups of five letters and digits, as it was written down");
}

}  // namespace solotrial::access

// The recovery phrase: what a person keeps on paper, to replace a lost phone and to confirm what a
// thief of the phone would want.
#ifndef SOLOTRIAL_ENGINE_ACCESS_RECOVERY_H_
#define SOLOTRIAL_ENGINE_ACCESS_RECOVERY_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/access/code.h"

namespace solotrial::access {

// How long a confirmation by phrase or by another device holds.
inline constexpr absl::Duration kConfirmationLife = absl::Minutes(10);

// Argon2id of the phrase's secret, with a random salt, in libsodium's text form: 19 MiB and two
// passes, as OWASP's password storage guide has it. Takes tens of milliseconds; not for the
// writer's thread.
std::string HashPhrase(const Code& phrase);

// Whether `phrase` is the one that was hashed. Without a hash it does the same work and is false.
bool PhraseMatches(const Code& phrase, const std::optional<std::string>& hash);

// The answer to every wrong phrase: CODE_NOT_VALID.
absl::Status PhraseRefused();

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_RECOVERY_H_

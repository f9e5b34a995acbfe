// Who is calling, and what that allows.
//
// Pure rules: nothing here reads a file or a database. Every handler gets a Caller; every row that
// the store keeps belongs to a person.
#ifndef SOLOTRIAL_ENGINE_ACCESS_CALLER_H_
#define SOLOTRIAL_ENGINE_ACCESS_CALLER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace solotrial::access {

// Persisted: never renumber. The numbers are those of solotrial.v1.Role.
enum class Role { kAnyone = 1, kOwner = 2 };

// The authenticated origin of a call.
struct Caller {
  Role role = Role::kAnyone;
  std::string person_id;  // UUID; empty for kAnyone
  std::string device_id;  // UUID of the credential's device; empty for kAnyone
};

// What the engine keeps of a credential: never the token itself.
struct Credential {
  std::string token_digest;  // SHA-256 of the token, 32 bytes
  Role role = Role::kOwner;
  std::string person_id;
  std::string device_id;
};

// A new token: 256 random bits as 43 characters of base64url, to be shown once.
std::string MakeToken();

// SHA-256 of `token`: what is stored and looked up. Looking up by digest takes no time that
// depends on how much of a guessed token is right.
std::string TokenDigest(const std::string& token);

// OK when `caller` may call a method that allows `allowed`; UNAUTHENTICATED for a caller without a
// credential, else ROLE_NOT_ALLOWED.
absl::Status CheckRole(const Caller& caller, const std::vector<Role>& allowed);

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_CALLER_H_

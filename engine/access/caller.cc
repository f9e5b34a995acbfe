#include "engine/access/caller.h"

#include <sodium.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/base/random.h"

namespace solotrial::access {

std::string MakeToken() {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  const std::string bytes = SystemRandomBytes(32);
  std::string token(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(token.data(), token.size(),
                    reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), kVariant);
  token.pop_back();  // the terminating zero
  return token;
}

std::string TokenDigest(const std::string& token) { return Sha256(token); }

absl::Status CheckRole(const Caller& caller, const std::vector<Role>& allowed) {
  const auto has = [&allowed](Role role) {
    return std::find(allowed.begin(), allowed.end(), role) != allowed.end();
  };
  if (has(Role::kAnyone) || has(caller.role)) return absl::OkStatus();
  if (caller.role == Role::kAnyone) {
    return FaultStatus(Reason::kUnauthenticated,
                       "a credential is needed: send `authorization: Bearer TOKEN`");
  }
  return FaultStatus(Reason::kRoleNotAllowed, "this credential may not call this method");
}

}  // namespace solotrial::access

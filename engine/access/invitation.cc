#include "engine/access/invitation.h"

#include "engine/base/digest.h"
#include "engine/base/fault.h"

namespace solotrial::access {

ClaimOutcome JudgeClaim(const std::optional<Invitation>& found, const Code& code, absl::Time now) {
  // Compared even where there is nothing to compare with.
  const std::string expected = found.has_value() ? found->digest : std::string(32, '\0');
  const bool right = ConstantTimeEqual(CodeDigest(code), expected);
  if (!found.has_value() || !IsLive(found->create_time, found->expire_time, now)) {
    return ClaimOutcome::kRefused;
  }
  if (right) return ClaimOutcome::kAccepted;
  // 125 bits need no counting, which would only let strangers end an invitation.
  const bool is_short = found->lookup.size() == kShortLookup;
  if (!is_short) return ClaimOutcome::kRefused;
  return found->wrong_tries + 1 < kPairingTries ? ClaimOutcome::kWrongTry : ClaimOutcome::kLastTry;
}

std::string ClaimDigest(const Code& code, const std::string& request_id) {
  return Sha256(CodeDigest(code) + request_id);
}

absl::Status ClaimRefused() {
  return FieldFault(Reason::kCodeNotValid, "code",
                    "is not valid: it may be mistyped, used, older than it may be, or ended by "
                    "five wrong tries; ask for a new one");
}

}  // namespace solotrial::access

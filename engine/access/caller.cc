#include "engine/access/caller.h"

#include <sodium.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/base/random.h"

namespace solotrial::access {
namespace {

// How far a clock may be set back before what was made under it is taken for expired.
constexpr absl::Duration kClockSlack = absl::Minutes(10);

std::string RandomBase64(size_t byte_count) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  const std::string bytes = SystemRandomBytes(byte_count);
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // the terminating zero
  return text;
}

}  // namespace

bool IsLink(Role role) { return role == Role::kShareLink || role == Role::kCalendarLink; }

bool IsScoped(Role role) {
  return role == Role::kHelper || role == Role::kClinician || IsLink(role);
}

const char* RoleName(Role role) {
  switch (role) {
    case Role::kAnyone:
      return "ANYONE";
    case Role::kOwner:
      return "OWNER";
    case Role::kParticipant:
      return "PARTICIPANT";
    case Role::kHelper:
      return "HELPER";
    case Role::kClinician:
      return "CLINICIAN";
    case Role::kShareLink:
      return "SHARE_LINK";
    case Role::kCalendarLink:
      return "CALENDAR_LINK";
  }
  return "";
}

Caller CallerOf(const Credential& credential) {
  return Caller{credential.role,       credential.person_id, credential.device_id,
                credential.trial_id,   credential.local,     credential.confirmed_until,
                credential.expire_time};
}

std::string MakeToken() { return RandomBase64(32); }

std::string MakeLinkToken() { return RandomBase64(16); }

std::string TokenDigest(const std::string& token) { return Sha256(token); }

bool IsLive(absl::Time create_time, absl::Time expire_time, absl::Time now) {
  return now >= create_time - kClockSlack && now < expire_time;
}

absl::Status CheckRole(const Caller& caller, const std::vector<Role>& allowed) {
  const auto has = [&allowed](Role role) {
    return std::find(allowed.begin(), allowed.end(), role) != allowed.end();
  };
  if (has(Role::kAnyone) || has(caller.role)) return absl::OkStatus();
  if (caller.refused) {
    return FaultStatus(Reason::kUnauthenticated,
                       "this credential is not known here, or not any more: pair again, or ask for "
                       "a new link");
  }
  if (caller.role == Role::kAnyone) {
    return FaultStatus(Reason::kUnauthenticated,
                       "a credential is needed: send `authorization: Bearer TOKEN`");
  }
  return FaultStatus(Reason::kRoleNotAllowed, "this credential may not call this method");
}

absl::Status CheckScope(const Caller& caller, const std::string& trial_id) {
  if (!IsScoped(caller.role) || (!trial_id.empty() && caller.trial_id == trial_id)) {
    return absl::OkStatus();
  }
  return FaultStatus(Reason::kTrialNotFound, "There is no such trial of this person.");
}

absl::Status CheckConfirmed(const Caller& caller, absl::Time now) {
  if (caller.local || now < caller.confirmed_until) return absl::OkStatus();
  return FaultStatus(Reason::kConfirmationNeeded,
                     "confirm first that it is you: with the recovery phrase, or on another of "
                     "your devices");
}

}  // namespace solotrial::access

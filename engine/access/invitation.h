// One-time codes that become a device: pairing codes for a person's own devices, invitations for
// others.
#ifndef SOLOTRIAL_ENGINE_ACCESS_INVITATION_H_
#define SOLOTRIAL_ENGINE_ACCESS_INVITATION_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/access/caller.h"
#include "engine/access/code.h"

namespace solotrial::access {

// How long a pairing code lives, and how many wrong secrets it takes.
inline constexpr absl::Duration kPairingLife = absl::Minutes(10);
inline constexpr int kPairingTries = 5;
// How long an invitation lives when nothing else is asked for, and at most.
inline constexpr absl::Duration kInvitationLife = absl::Hours(7 * 24);
inline constexpr absl::Duration kLongestInvitationLife = absl::Hours(30 * 24);
// Codes of one person that wait to be claimed.
inline constexpr int kMostInvitations = 20;

// A code that was made and not yet claimed.
struct Invitation {
  std::string lookup;     // Code::lookup, unique on the engine
  std::string id;         // UUID, to name it without knowing the code
  std::string person_id;  // who made it
  std::string digest;     // CodeDigest
  // kOwner and kParticipant: with `new_person` a person of that role, else a device of `person_id`.
  Role role = Role::kParticipant;
  bool new_person = false;
  std::string trial_id;  // of a scoped role
  absl::Time create_time;
  absl::Time expire_time;
  int wrong_tries = 0;
};

enum class ClaimOutcome {
  kAccepted,
  kRefused,   // there is no such code; nothing to write down
  kWrongTry,  // count it
  kLastTry,   // the code is over: delete it
};

// What a claim with `code` makes of `found`, the invitation of its lookup. All outcomes but
// kAccepted are answered alike, and take the same work.
ClaimOutcome JudgeClaim(const std::optional<Invitation>& found, const Code& code, absl::Time now);

// How long the device that claimed a code may ask again for an answer that was lost.
inline constexpr absl::Duration kClaimRepeatLife = absl::Minutes(10);
// Shorter request ids are no secret.
inline constexpr size_t kLeastClaimRequestId = 16;

// A code that was claimed by a request with an id.
struct Claim {
  std::string digest;  // ClaimDigest
  std::string person_id;
  std::string device_id;
  bool new_person = false;
  absl::Time create_time;
  absl::Time expire_time;
};

// By what a repetition is known: nobody has both who did not claim. Shape: 32 bytes.
std::string ClaimDigest(const Code& code, const std::string& request_id);

// The answer to every claim that is not accepted: CODE_NOT_VALID.
absl::Status ClaimRefused();

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_INVITATION_H_

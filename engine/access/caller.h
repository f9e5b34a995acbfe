// Who is calling, and what that allows.
//
// Pure rules: nothing here reads a file or a database. Every handler gets a Caller; every row that
// the store keeps belongs to a person.
#ifndef SOLOTRIAL_ENGINE_ACCESS_CALLER_H_
#define SOLOTRIAL_ENGINE_ACCESS_CALLER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace solotrial::access {

// Persisted: never renumber. The numbers are those of solotrial.v1.Role.
enum class Role {
  kAnyone = 1,
  kOwner = 2,         // runs the engine, and has trials of their own
  kParticipant = 3,   // has trials of their own
  kHelper = 4,        // prepares one trial of somebody
  kClinician = 5,     // reads one trial of somebody
  kShareLink = 6,     // holds a link to one trial of somebody
  kCalendarLink = 7,  // holds a link to the reminders of one trial of somebody
};

// Whether it is a link and no device: links only show.
bool IsLink(Role role);

// Whether a caller of this role is held to one trial.
bool IsScoped(Role role);

// `OWNER`, `SHARE_LINK`, ...
const char* RoleName(Role role);

// The authenticated origin of a call.
struct Caller {
  Role role = Role::kAnyone;
  // UUID of the person whose trials may be touched; empty for kAnyone. For a helper, a clinician or
  // a link it is the person who invited them.
  std::string person_id;
  std::string device_id;  // UUID of the device or link; empty for kAnyone
  std::string trial_id;   // the one trial of a scoped role; empty for the others
  // The device of the engine's own machine, whose token lies beside the database.
  bool local = false;
  // Until then the person has shown to be more than the holder of the device: see CheckConfirmed.
  absl::Time confirmed_until = absl::InfinitePast();
  absl::Time expire_time = absl::InfiniteFuture();  // of the credential
  // Of kAnyone: a credential was sent that does not hold.
  bool refused = false;
};

// What the engine keeps of a credential: never the token itself.
struct Credential {
  std::string token_digest;  // SHA-256 of the token, 32 bytes
  Role role = Role::kOwner;
  std::string person_id;
  std::string device_id;
  std::string trial_id = "";
  bool local = false;
  absl::Time create_time = absl::UnixEpoch();
  absl::Time expire_time = absl::InfiniteFuture();
  absl::Time last_use_time = absl::UnixEpoch();
  absl::Time confirmed_until = absl::InfinitePast();
  // The device has older credentials, which end when this one is first used.
  bool replaces = false;
};

Caller CallerOf(const Credential& credential);

// A new token: 256 random bits as 43 characters of base64url, to be shown once.
std::string MakeToken();
// A new token of a share link: 128 random bits as 22 characters of base64url.
std::string MakeLinkToken();

// SHA-256 of `token`: what is stored and looked up. Looking up by digest takes no time that
// depends on how much of a guessed token is right.
std::string TokenDigest(const std::string& token);

// Whether what was made at `create_time` holds at `now`: not for an instant from `expire_time` on,
// and not when the clock has been set back to well before it was made.
bool IsLive(absl::Time create_time, absl::Time expire_time, absl::Time now);

// OK when `caller` may call a method that allows `allowed`; UNAUTHENTICATED for a caller without a
// credential, else ROLE_NOT_ALLOWED.
absl::Status CheckRole(const Caller& caller, const std::vector<Role>& allowed);

// TRIAL_NOT_FOUND, as for a trial that does not exist, when `caller` is held to another trial than
// `trial_id`.
absl::Status CheckScope(const Caller& caller, const std::string& trial_id);

// CONFIRMATION_NEEDED unless the caller sits at the engine's own machine or has been confirmed: by
// the recovery phrase or by another device of the person.
absl::Status CheckConfirmed(const Caller& caller, absl::Time now);

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_CALLER_H_

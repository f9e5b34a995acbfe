// A device that holds a credential, and the approval that one device asks of another.
#ifndef SOLOTRIAL_ENGINE_ACCESS_DEVICE_H_
#define SOLOTRIAL_ENGINE_ACCESS_DEVICE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/access/caller.h"

namespace solotrial::access {

// How long a device's token is good for. Clients rotate it once a month; a phone that lay in a
// drawer for a year still comes in.
inline constexpr absl::Duration kTokenLife = absl::Hours(400 * 24);
// How long a helper or clinician may come back.
inline constexpr absl::Duration kScopedTokenLife = absl::Hours(180 * 24);
// Devices of one person, helpers and clinicians included.
inline constexpr int kMostDevices = 50;
// How often the store learns that a device was used.
inline constexpr absl::Duration kLastUsePrecision = absl::Hours(1);

struct Device {
  std::string id;         // UUID
  std::string person_id;  // whose trials it may touch
  Role role = Role::kParticipant;
  std::string trial_id;  // of a scoped role
  bool local = false;    // the engine's own machine
  std::string name;      // as its holder calls it
  absl::Time create_time;
  absl::Time last_use_time;
  absl::Time confirmed_until = absl::InfinitePast();
};

// 1 to 60 characters without control characters, UTF-8; INVALID_FIELDS with `field`.
absl::Status CheckName(const std::string& field, const std::string& name);

// One device asks another of the same person to confirm it.
struct Approval {
  std::string id;         // UUID
  std::string device_id;  // who asks
  std::string number;     // two digits, shown on both
  absl::Time create_time;
  absl::Time expire_time;
};
inline constexpr absl::Duration kApprovalLife = absl::Minutes(10);

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_DEVICE_H_

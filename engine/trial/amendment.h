// What is done to a started trial beside pausing and ending it: its packing list is opened, it is
// unblinded or extended, the person moves to another time zone. Everything is kept with its date
// and reason, and nothing that was lived or recorded before changes.
#ifndef SOLOTRIAL_ENGINE_TRIAL_AMENDMENT_H_
#define SOLOTRIAL_ENGINE_TRIAL_AMENDMENT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/civil_time.h"
#include "engine/trial/allocation.h"
#include "engine/trial/protocol.h"
#include "engine/trial/trial.h"

namespace solotrial::trial {

// When something is done, and why.
struct Occasion {
  Date today;       // the trial's day now
  absl::Time time;  // the instant
  std::string reason;
};

// Pairs that were added since the start.
int ExtraPairs(const Trial& trial);

// The protocol as the trial is lived: with the pairs that were added and the time zone of now.
// `protocol` is the one that was frozen at the start.
Protocol AsLived(Protocol protocol, const Trial& trial);

// The order that `trial.seed` gives: what the frozen `protocol` draws from it, then every extension
// in turn. The n-th extension (from 1) is what a design of its pairs draws from
// SHA-256("solotrial/extension/v1" || seed || n), n as 8 bytes, big endian.
Allocation OrderOf(const Protocol& protocol, const Trial& trial);

// Everything below takes `protocol` as the trial is lived and changes `trial` only on success.

// Adds `pairs` pairs, drawn from the trial's seed. WRONG_STATE when it has ended or its design
// draws the whole order at once; INVALID_FIELDS when it would grow too long.
absl::Status Extend(Trial& trial, const Protocol& protocol, int pairs, const Occasion& occasion);

// WRONG_STATE unless the trial is concealed.
absl::Status Unblind(Trial& trial, const Protocol& protocol, const Occasion& occasion);

// WRONG_STATE unless running or paused; TIME_ZONE_UNAVAILABLE for an unknown zone; INVALID_FIELDS
// for the zone that it has.
absl::Status ChangeTimeZone(Trial& trial, const Protocol& protocol, const std::string& zone,
                            const Occasion& occasion);

// Writes down that the packing list was shown to the device `device`, called `name`: once for each.
// True when it was new.
bool NotePackingList(Trial& trial, const std::string& device, const std::string& name,
                     const Occasion& occasion);

// What seals archives of the trial while it is concealed, opaque here; empty: nothing was set.
std::string ArchiveKey(const Trial& trial);
void SetArchiveKey(Trial& trial, const std::string& key, const Occasion& occasion);

// The amendment of that kind that came last; nullptr when there is none. Into `trial`.
const Amendment* LastOf(const Trial& trial, Amendment::Kind kind);

// The trial is blinded, has not ended, and the person has not been told.
bool IsConcealed(const Protocol& protocol, const Trial& trial, Date today);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_AMENDMENT_H_

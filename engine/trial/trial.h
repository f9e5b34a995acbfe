// A trial: its life from draft to end.
//
// The stored state changes only by what the person does. Whether the last day is over follows from
// the schedule and today's date, so that no timer has to run.
#ifndef SOLOTRIAL_ENGINE_TRIAL_TRIAL_H_
#define SOLOTRIAL_ENGINE_TRIAL_TRIAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/civil_time.h"
#include "engine/trial/allocation.h"
#include "engine/trial/protocol.h"

namespace solotrial::trial {

// A stretch of days that are not scheduled: from `pause_date` to the day before `resume_date`.
struct Pause {
  Date pause_date;
  std::optional<Date> resume_date;  // absent while paused
  std::string reason;
};

// The end of a trial before its last day.
struct Stop {
  Date stop_date;  // the last day that counts
  std::string reason;
};

// What is stored of a trial. `protocol_document` is opaque to every room but service: the JSON of
// the protocol, from the start on its canonical bytes (RFC 8785).
struct Trial {
  // Persisted: never renumber.
  enum class State { kDraft = 1, kRunning = 2, kPaused = 3, kStopped = 4, kImported = 5 };

  std::string id;         // UUID
  std::string person_id;  // UUID of whose trial it is
  State state = State::kDraft;
  std::string protocol_document;
  absl::Time create_time;

  // From the start on.
  std::string protocol_digest;  // SHA-256 of protocol_document, 32 bytes; also when imported
  std::optional<Date> start_date;
  std::string seed;        // 32 bytes; never leaves the engine before the end
  std::string commitment;  // SHA-256(seed || protocol_digest), 32 bytes
  Allocation allocation;
  std::vector<Pause> pauses;  // in order, not overlapping; only the last may be open
  std::optional<Stop> stop;

  int64_t revision = 0;  // set by the store; changes with every update
};

// Everything below takes the trial's valid protocol and `today`, the trial's day now; it returns
// WRONG_STATE when the state does not allow it, and changes `trial` only on success.

// Draws with `seed` (32 bytes), commits, and sets the first day: today to 60 days ahead.
// `protocol_document` holds the canonical bytes.
absl::Status Start(Trial& trial, const Protocol& protocol, const std::string& protocol_document,
                   const std::string& seed, Date start_date, Date today);

// First paused day: today or tomorrow, not before the first day.
absl::Status PauseFrom(Trial& trial, const Protocol& protocol, Date pause_date,
                       const std::string& reason, Date today);

// First scheduled day: today or tomorrow, not before the pause began. On the day of the pause
// itself the pause is as if it had not been.
absl::Status ResumeFrom(Trial& trial, Date resume_date, Date today);

// Ends a running or paused trial; `today` is its last day, or the day before its pause. Of a trial
// whose first day has not come, no day counts.
absl::Status StopOn(Trial& trial, const Protocol& protocol, const std::string& reason, Date today);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_TRIAL_H_

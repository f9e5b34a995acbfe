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
#include "engine/trial/safety.h"

namespace solotrial::trial {

// A stretch of days that are not scheduled: from `pause_date` to the day before `resume_date`.
struct Pause {
  // Persisted: never renumber.
  enum class Cause {
    kPerson = 0,
    kSideEffect = 1,  // the rule of adverse_events.h; to go on, the person acknowledges it
  };
  Date pause_date;
  std::optional<Date> resume_date;  // absent while paused
  std::string reason;
  Cause cause = Cause::kPerson;
};

// Something that was done to a started trial, beside its pauses and its end. Never changed.
struct Amendment {
  // Persisted: never renumber.
  enum class Kind {
    kPackingList = 1,  // shown to the helper's device `text`
    kUnblinding = 2,   // the person was told what they take
    kExtension = 3,    // `pairs` were added
    kTimeZone = 4,     // days are those of the IANA zone `text` from then on
    kArchiveKey = 5,   // `secret` seals archives; opaque to every room but service
  };
  Kind kind = Kind::kPackingList;
  Date date;  // the trial's day then
  absl::Time time;
  std::string reason;  // what the person said
  std::string text;
  int pairs = 0;
  std::string secret;
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
  // By first day, not overlapping; at most one is open, and those after it have not come yet.
  std::vector<Pause> pauses;
  std::optional<Stop> stop;
  std::vector<Amendment> amendments;  // in order
  // Of the marks that count, ascending, each once: days of visits, first days of cycles. Read from
  // the diary by the store, and by nothing else changed.
  std::vector<Date> marks;

  // What a clinician confirmed before the start; it may be void (IsConfirmed).
  std::optional<SafetyConfirmation> safety_confirmation;

  int64_t revision = 0;  // set by the store; changes with every update
};

// Everything below takes the trial's valid protocol and `today`, the trial's day now; it returns
// WRONG_STATE when the state does not allow it, and changes `trial` only on success.

// SAFETY_REFUSED, NEEDS_CLINICIAN and NEEDS_ACKNOWLEDGEMENT as CheckMayStart says. Draws with
// `seed` (32 bytes), commits, and sets the first day: today to 60 days ahead; the first block of a
// blinded trial begins tomorrow at the earliest. `protocol_document` holds the canonical bytes.
absl::Status Start(Trial& trial, const Protocol& protocol, const std::string& protocol_document,
                   const std::string& seed, Date start_date, Date today);

// A clinician takes responsibility for `findings`, which must be those that need one, of a draft.
absl::Status Confirm(Trial& trial, const Protocol& protocol,
                     const std::vector<std::string>& findings, const std::string& clinician,
                     absl::Time now);

// First paused day: today or tomorrow, not before the first day.
absl::Status PauseFrom(Trial& trial, const Protocol& protocol, Date pause_date,
                       const std::string& reason, Date today,
                       Pause::Cause cause = Pause::Cause::kPerson);

// First scheduled day: today or tomorrow, not before the pause began. On the day of the pause
// itself the pause is as if it had not been. Days to be skipped that lie before it are part of the
// pause from then on. NEEDS_ACKNOWLEDGEMENT after a side effect unless `acknowledged`.
absl::Status ResumeFrom(Trial& trial, Date resume_date, Date today, bool acknowledged = false);

// Days that are not scheduled, told beforehand: `days` (1 to 366) from `first_date` on, today to
// the last day. INVALID_FIELDS where they touch another pause.
absl::Status SkipDays(Trial& trial, const Protocol& protocol, Date first_date, int days,
                      const std::string& reason, Date today);

// Ends a running or paused trial; `today` is its last day, or the day before its pause. Of a trial
// whose first day has not come, no day counts.
absl::Status StopOn(Trial& trial, const Protocol& protocol, const std::string& reason, Date today);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_TRIAL_H_

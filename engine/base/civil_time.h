// Civil dates, time zones and clocks.
//
// A trial's days are civil dates in the trial's own zone; a day begins at `day_starts_at`. No code
// outside this file and main.cc asks what time it is: a Clock is passed in.
#ifndef SOLOTRIAL_ENGINE_BASE_CIVIL_TIME_H_
#define SOLOTRIAL_ENGINE_BASE_CIVIL_TIME_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace solotrial {

using Date = absl::CivilDay;

// Years that a date may have.
inline constexpr int kFirstYear = 1900;
inline constexpr int kLastYear = 2200;

// Exactly `YYYY-MM-DD`, a day that exists, from 1900 to 2200; else nullopt.
std::optional<Date> ParseDate(const std::string& text);
// `YYYY-MM-DD`.
std::string FormatDate(Date date);

// Exactly `HH:MM`, 00:00 to 23:59, as minutes after midnight; else nullopt.
std::optional<int> ParseMinutes(const std::string& text);

// The zone of an IANA name. TIME_ZONE_UNAVAILABLE says whether the name is unknown or the machine
// has no time zone data at all.
absl::StatusOr<absl::TimeZone> LoadZone(const std::string& name);

// The trial's day at `instant`: the civil date in `zone`, or the one before it when the local time
// is earlier than `day_starts_at_minutes`.
Date TrialDay(absl::Time instant, absl::TimeZone zone, int day_starts_at_minutes);

// The latest civil date anywhere on Earth at `instant` (UTC+14).
Date LatestDateOnEarth(absl::Time instant);

// Source of the current instant. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  // Set by hand, for tests and rehearsals.
  virtual bool IsManual() const = 0;
};

// The machine's clock.
std::unique_ptr<Clock> MakeSystemClock();

// Time since some instant in the past, by a clock that never goes back: for intervals.
absl::Duration SteadyNow();

// Reads RFC 3339 text, for example `2026-03-01T20:00:00+01:00`, from `path` at every call, so that
// a whole trial can be lived in a minute. Fails when the file cannot be read now; later faults
// keep the last good instant.
absl::StatusOr<std::unique_ptr<Clock>> MakeManualClock(const std::string& path);

}  // namespace solotrial

#endif  // SOLOTRIAL_ENGINE_BASE_CIVIL_TIME_H_

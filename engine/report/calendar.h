// The reminders of a trial as an iCalendar file (RFC 5545) that a calendar program subscribes to.
#ifndef SOLOTRIAL_ENGINE_REPORT_CALENDAR_H_
#define SOLOTRIAL_ENGINE_REPORT_CALENDAR_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/civil_time.h"
#include "engine/report/messages.h"
#include "engine/trial/protocol.h"
#include "engine/trial/trial.h"

namespace solotrial::report {

// When the person is reminded of one thing.
struct ReminderTime {
  enum class Kind { kDose, kScore };
  Kind kind = Kind::kScore;
  std::string slot;  // empty: what has no slot
  int minutes = 0;   // after midnight in the trial's time zone, 0..1439
};

struct CalendarOptions {
  // Where there is none for a slot: DefaultReminderMinutes.
  std::vector<ReminderTime> times;
  Language language = Language::kEnglish;
};

// Minutes after midnight at which `slot`, one of `slots`, is reminded of: by its name (morning,
// noon, afternoon, evening, night and bedtime, in English or German); of another name spread from
// 08:00 to 20:00; without a slot 08:00 for a dose or a night, 20:00 for a score of the day.
int DefaultReminderMinutes(ReminderTime::Kind kind, const std::string& slot,
                           const std::vector<std::string>& slots, trial::RefersTo refers_to);

// The reminders of `trial` on `today`, none before it has been started; `protocol` as it is lived.
// UTF-8, CRLF. One recurring event for every stretch of days that says the same, in the trial's
// time zone of now with its daylight saving; a time before `day_starts_at` lies on the morning
// after. What is to be taken is said as trial::WhatToDo says it: of a blinded trial envelopes, of
// an open one the current and the next block. The titles of the events name no illness and no
// medicine.
//
// The same input gives the same bytes. An event keeps its UID while its stretch begins on the same
// scheduled day; SEQUENCE is the trial's revision; DTSTAMP is the beginning of `today` in UTC.
//
// Thread-safe. TIME_ZONE_UNAVAILABLE where the machine does not know the trial's zone.
absl::StatusOr<std::string> WriteCalendar(const trial::Protocol& protocol,
                                          const trial::Trial& trial, const CalendarOptions& options,
                                          Date today);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_CALENDAR_H_

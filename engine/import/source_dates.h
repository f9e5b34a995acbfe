// Dates as other programs write them. What can be read in two ways is never read in one of them.
#ifndef SOLOTRIAL_ENGINE_IMPORT_SOURCE_DATES_H_
#define SOLOTRIAL_ENGINE_IMPORT_SOURCE_DATES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/civil_time.h"

namespace solotrial::import {

enum class DateOrder { kUnknown, kYearMonthDay, kDayMonthYear, kMonthDayYear };

// Whose clock an instant is taken to.
struct DayZone {
  std::optional<absl::TimeZone> zone;  // absent: a date stays as it is written
  int day_starts_at_minutes = 0;
};

// How the dates of one column are written: what all of `cells` can be read as. kUnknown where the
// day and the month could be either, and where they contradict each other; the years stand first,
// or need no order, for kYearMonthDay.
DateOrder OrderOfDates(const std::vector<std::string>& cells);

// The date that `cell` is. A time of day after it is left out, but that an instant in UTC
// (`2026-03-01T23:30:00Z`) is taken to the day it was in `zone`. The message of an error is for the
// person.
absl::StatusOr<Date> ReadSourceDate(const std::string& cell, DateOrder order, const DayZone& zone);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_SOURCE_DATES_H_

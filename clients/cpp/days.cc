#include "clients/cpp/days.h"

#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"

namespace solotrial::client {
namespace {

constexpr char kDayStartsAt[] = "04:00";

}  // namespace

absl::StatusOr<std::string> DayOf(absl::Time instant, const std::string& time_zone,
                                  const std::string& day_starts_at) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(time_zone, &zone)) {
    return absl::InvalidArgumentError("This machine does not know the time zone '" + time_zone +
                                      "': write a name such as Europe/Berlin.");
  }
  int hour = 0;
  int minute = 0;
  if (day_starts_at.size() != 5 || day_starts_at[2] != ':' ||
      !absl::SimpleAtoi(day_starts_at.substr(0, 2), &hour) ||
      !absl::SimpleAtoi(day_starts_at.substr(3), &minute)) {
    return absl::InvalidArgumentError("'" + day_starts_at + "' is no time of day: write HH:MM.");
  }
  const absl::CivilMinute local = absl::ToCivilMinute(instant, zone);
  absl::CivilDay day(local);
  if (local < absl::CivilMinute(day) + hour * 60 + minute) --day;
  return absl::FormatCivilTime(day);
}

absl::StatusOr<std::string> DayOfTrial(const v1::Trial& trial, absl::Time instant) {
  const v1::Protocol& protocol = trial.protocol();
  const auto& moves = trial.time_zone_changes();
  return DayOf(instant, moves.empty() ? protocol.time_zone() : moves.rbegin()->time_zone(),
               protocol.has_day_starts_at() ? protocol.day_starts_at() : kDayStartsAt);
}

}  // namespace solotrial::client

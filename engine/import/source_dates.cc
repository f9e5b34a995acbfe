#include "engine/import/source_dates.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "engine/import/cells.h"

namespace solotrial::import {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A cell cut into its date and what follows.
struct Parts {
  std::vector<std::string> groups;  // three, or eight digits in one; else empty
  std::string rest;
};

Parts Cut(const std::string& cell) {
  Parts parts;
  parts.groups.emplace_back();
  char mark = '\0';
  size_t at = 0;
  for (; at < cell.size(); ++at) {
    const char c = cell[at];
    if (IsDigit(c)) {
      parts.groups.back() += c;
    } else if ((c == '.' || c == '/' || c == '-') && parts.groups.size() < 3 &&
               (mark == '\0' || mark == c)) {
      mark = c;
      parts.groups.emplace_back();
    } else {
      break;
    }
  }
  const bool ends = at == cell.size() || cell[at] == ' ' || cell[at] == 'T' || cell[at] == ',';
  const bool whole =
      parts.groups.size() == 3 || (parts.groups.size() == 1 && parts.groups[0].size() == 8);
  if (!ends || !whole) return {};
  parts.rest = cell.substr(at);
  return parts;
}

std::optional<Date> DateFrom(const std::string& year, const std::string& month,
                             const std::string& day) {
  if (year.size() != 4 || month.empty() || month.size() > 2 || day.empty() || day.size() > 2) {
    return std::nullopt;
  }
  const auto two = [](const std::string& digits) {
    return digits.size() == 1 ? "0" + digits : digits;
  };
  return ParseDate(year + "-" + two(month) + "-" + two(day));
}

std::optional<Date> ReadAs(const Parts& parts, DateOrder order) {
  const std::vector<std::string>& groups = parts.groups;
  if (groups.size() == 1) {
    const std::string& digits = groups[0];
    return order == DateOrder::kYearMonthDay
               ? DateFrom(digits.substr(0, 4), digits.substr(4, 2), digits.substr(6))
               : std::nullopt;
  }
  if (groups.size() != 3) return std::nullopt;
  switch (order) {
    case DateOrder::kYearMonthDay:
      return DateFrom(groups[0], groups[1], groups[2]);
    case DateOrder::kDayMonthYear:
      return DateFrom(groups[2], groups[1], groups[0]);
    case DateOrder::kMonthDayYear:
      return DateFrom(groups[2], groups[0], groups[1]);
    case DateOrder::kUnknown:
      break;
  }
  return std::nullopt;
}

bool IsUtc(const std::string& rest) {
  const auto ends = [&rest](const std::string& end) {
    return rest.size() > end.size() && rest.compare(rest.size() - end.size(), end.size(), end) == 0;
  };
  return ends("Z") || ends("+00:00") || ends("+00") || ends("+0000");
}

// The instant of an ISO date and time in UTC.
std::optional<absl::Time> InstantOf(Date date, const std::string& rest) {
  if (rest.size() < 6 || rest[3] != ':') return std::nullopt;
  const std::optional<int> minutes = ParseMinutes(rest.substr(1, 5));
  if (!minutes.has_value()) return std::nullopt;
  return absl::FromCivil(absl::CivilMinute(date) + *minutes, absl::UTCTimeZone());
}

}  // namespace

DateOrder OrderOfDates(const std::vector<std::string>& cells) {
  bool day_first = true;
  bool month_first = true;
  bool any = false;
  bool same = true;
  for (const std::string& cell : cells) {
    const Parts parts = Cut(cell);
    // Years first are never in doubt, and what is no date is told elsewhere.
    if (parts.groups.size() != 3 || parts.groups[2].size() != 4) continue;
    const auto day = ReadAs(parts, DateOrder::kDayMonthYear);
    const auto month = ReadAs(parts, DateOrder::kMonthDayYear);
    if (!day.has_value() && !month.has_value()) continue;
    any = true;
    same = same && day == month;
    day_first = day_first && day.has_value();
    month_first = month_first && month.has_value();
  }
  if (!any) return DateOrder::kYearMonthDay;
  if (day_first && (!month_first || same)) return DateOrder::kDayMonthYear;
  if (month_first && !day_first) return DateOrder::kMonthDayYear;
  return DateOrder::kUnknown;
}

absl::StatusOr<Date> ReadSourceDate(const std::string& cell, DateOrder order, const DayZone& zone) {
  const Parts parts = Cut(cell);
  std::optional<Date> date = ReadAs(parts, DateOrder::kYearMonthDay);
  if (!date.has_value()) date = ReadAs(parts, order);
  if (!date.has_value()) {
    const bool other = std::any_of(parts.groups.begin(), parts.groups.end(),
                                   [](const auto& group) { return group.size() == 4; });
    return absl::InvalidArgumentError(
        Shown(cell) +
        (other ? " is no date in the order of the others: say which of day and month stands first"
               : " is no date with a year of four digits"));
  }
  if (zone.zone.has_value() && IsUtc(parts.rest)) {
    if (const auto instant = InstantOf(*date, parts.rest)) {
      return TrialDay(*instant, *zone.zone, zone.day_starts_at_minutes);
    }
  }
  return *date;
}

}  // namespace solotrial::import

#include "clients/cli/dates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

// Monday first, as absl::Weekday counts.
constexpr std::array<const char*, 7> kWeekdays = {"monday", "tuesday",  "wednesday", "thursday",
                                                  "friday", "saturday", "sunday"};
constexpr std::array<const char*, 7> kShortWeekdays = {"Mon", "Tue", "Wed", "Thu",
                                                       "Fri", "Sat", "Sun"};
constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::optional<absl::CivilDay> ParseIsoDate(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return std::nullopt;
  }
  const absl::CivilDay date(std::stoi(text.substr(0, 4)), std::stoi(text.substr(5, 2)),
                            std::stoi(text.substr(8, 2)));
  // The constructor carries the 30th of February over into March: not a day that exists.
  if (FormatIsoDate(date) != text) return std::nullopt;
  return date;
}

std::string FormatIsoDate(absl::CivilDay date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
}

absl::StatusOr<std::string> ResolveDate(const std::string& word, const std::string& today) {
  const std::string lower = LowerCase(word);
  if (ParseIsoDate(lower).has_value()) return lower;
  if (const auto day = ParseIsoDate(today); day.has_value()) {
    if (lower == "today") return today;
    if (lower == "yesterday") return FormatIsoDate(*day - 1);
    const auto found = std::find(kWeekdays.begin(), kWeekdays.end(), lower);
    if (found != kWeekdays.end()) {
      const auto weekday = static_cast<absl::Weekday>(found - kWeekdays.begin());
      return FormatIsoDate(absl::PrevWeekday(*day, weekday));
    }
  }
  return UsageError("'" + word +
                    "' is no date: write YYYY-MM-DD, today, yesterday, or a weekday such as "
                    "monday for the last one before today.");
}

std::string ReadableDate(const std::string& iso) {
  const auto date = ParseIsoDate(iso);
  if (!date.has_value()) return iso;
  return fmt::format("{} {} {} {}", kShortWeekdays[static_cast<size_t>(absl::GetWeekday(*date))],
                     date->day(), kMonths[static_cast<size_t>(date->month() - 1)], date->year());
}

std::string ShortDate(const std::string& iso) {
  const auto date = ParseIsoDate(iso);
  if (!date.has_value()) return iso;
  return fmt::format("{} {}", date->day(), kMonths[static_cast<size_t>(date->month() - 1)]);
}

int DaysBetween(const std::string& first, const std::string& last) {
  const auto a = ParseIsoDate(first);
  const auto b = ParseIsoDate(last);
  if (!a.has_value() || !b.has_value()) return 0;
  return static_cast<int>(*b - *a) + 1;
}

}  // namespace solotrial::cli

#include "engine/import/cells.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "engine/import/text.h"

namespace solotrial::import {
namespace {

// The most letters that something has which is meant as a date or a number.
constexpr int kLettersOfAValue = 3;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Three groups of digits with one kind of `.`, `/` or `-` between them; else empty.
std::vector<std::string> ThreeGroups(const std::string& cell) {
  std::vector<std::string> groups(1);
  char mark = '\0';
  for (const char c : cell) {
    if (IsDigit(c)) {
      groups.back() += c;
    } else if ((c == '.' || c == '/' || c == '-') && (mark == '\0' || mark == c)) {
      mark = c;
      groups.emplace_back();
    } else {
      return {};
    }
  }
  if (groups.size() != 3) return {};
  return groups;
}

std::optional<Date> DateOf(const std::string& year, const std::string& month,
                           const std::string& day) {
  const auto two = [](const std::string& digits) {
    return digits.size() == 1 ? "0" + digits : digits;
  };
  return ParseDate(year + "-" + two(month) + "-" + two(day));
}

// The dates that `cell` could mean in the ways of writing that people use.
std::set<Date> PossibleDates(const std::string& cell) {
  std::set<Date> dates;
  const auto add = [&dates](const std::optional<Date>& date) {
    if (date.has_value()) dates.insert(*date);
  };
  if (cell.size() == 8 && std::all_of(cell.begin(), cell.end(), IsDigit)) {
    add(DateOf(cell.substr(0, 4), cell.substr(4, 2), cell.substr(6)));
    return dates;
  }
  const std::vector<std::string> groups = ThreeGroups(cell);
  if (groups.empty()) return dates;
  add(DateOf(groups[0], groups[1], groups[2]));
  add(DateOf(groups[2], groups[1], groups[0]));
  add(DateOf(groups[2], groups[0], groups[1]));
  return dates;
}

bool HasIsoShape(const std::string& cell) {
  if (cell.size() != 10 || cell[4] != '-' || cell[7] != '-') return false;
  return std::count_if(cell.begin(), cell.end(), IsDigit) == 8;
}

}  // namespace

bool IsMissingMarker(const std::string& cell) {
  static constexpr std::array kMarkers = {"na",  "n/a", "n.a.", "#n/a", "nan", "null", "none",
                                          "nil", "-",   "--",   ".",    "?",   "k.a.", "missing"};
  const std::string lower = absl::AsciiStrToLower(cell);
  return std::find(kMarkers.begin(), kMarkers.end(), lower) != kMarkers.end();
}

std::string Shown(const std::string& cell) {
  // "28 Feb 2026", "1e999", "0x10", but not "slept 4 hours".
  const auto letters = std::count_if(cell.begin(), cell.end(), [](char c) {
    return absl::ascii_isalpha(static_cast<unsigned char>(c)) ||
           !absl::ascii_isascii(static_cast<unsigned char>(c));
  });
  const bool has_digit = std::any_of(cell.begin(), cell.end(), IsDigit);
  if ((has_digit && letters <= kLettersOfAValue) || IsMissingMarker(cell)) return Quoted(cell);
  return "this text";
}

absl::StatusOr<Date> ReadDate(const std::string& cell) {
  if (const std::optional<Date> date = ParseDate(cell)) return *date;
  if (cell.empty()) {
    return absl::InvalidArgumentError("the date is missing; write it like 2026-03-01");
  }
  const std::string is_no_date = Shown(cell) + " is not an ISO 8601 date; write ";
  if (HasIsoShape(cell)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s is not a day that exists between %d and %d", Shown(cell), kFirstYear, kLastYear));
  }
  if (cell.size() > 10 && (cell[10] == 'T' || cell[10] == ' ') && HasIsoShape(cell.substr(0, 10))) {
    return absl::InvalidArgumentError(is_no_date + "the day alone, without a time of day");
  }
  const std::set<Date> dates = PossibleDates(cell);
  if (dates.size() == 1) return absl::InvalidArgumentError(is_no_date + FormatDate(*dates.begin()));
  if (dates.size() > 1) {
    return absl::InvalidArgumentError(is_no_date +
                                      "year-month-day; which number is the day is not clear here");
  }
  return absl::InvalidArgumentError(is_no_date + "it like 2026-03-01");
}

absl::StatusOr<double> NumberReader::Read(const std::string& cell, int line) {
  std::string text = cell;
  const size_t mark = text.find_first_of(".,");
  if (mark != std::string::npos) {
    const char found = text[mark];
    if (text.find_first_of(".,", mark + 1) != std::string::npos) {
      return absl::InvalidArgumentError("it has more than one decimal mark");
    }
    if (found == ',' && separator_ == ',') {
      return absl::InvalidArgumentError(
          "a decimal comma needs a file with semicolons or tabs between the cells");
    }
    text[mark] = '.';
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    return absl::InvalidArgumentError("it is too large or too small for a number");
  }
  if (error != std::errc() || end != text.data() + text.size()) {
    return absl::InvalidArgumentError("");
  }
  if (!std::isfinite(number)) return absl::InvalidArgumentError("a value must be finite");
  if (mark != std::string::npos) {
    if (decimal_mark_ == '\0') {
      decimal_mark_ = cell[mark];
      decimal_mark_line_ = line;
    } else if (decimal_mark_ != cell[mark]) {
      return absl::InvalidArgumentError(
          absl::StrFormat("line %d writes decimals with a %s; keep to one mark", decimal_mark_line_,
                          decimal_mark_ == ',' ? "comma" : "point"));
    }
  }
  return number;
}

std::string NumberText(double number) {
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return std::string(buffer.data(), end);
}

}  // namespace solotrial::import

#include "engine/base/civil_time.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <mutex>
#include <sstream>
#include <utility>

#include "engine/base/fault.h"

namespace solotrial {
namespace {

bool AllDigits(const std::string& text, size_t from, size_t count) {
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                     text.begin() + static_cast<std::ptrdiff_t>(from + count),
                     [](char c) { return c >= '0' && c <= '9'; });
}

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  bool IsManual() const override { return false; }
};

absl::StatusOr<absl::Time> ReadInstant(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  if (!(file && text << file.rdbuf())) {
    return absl::NotFoundError("cannot read the clock file " + path);
  }
  std::string content = text.str();
  while (!content.empty() && (content.back() == '\n' || content.back() == ' ')) content.pop_back();
  absl::Time instant;
  std::string problem;
  if (!absl::ParseTime(absl::RFC3339_full, content, &instant, &problem)) {
    return absl::InvalidArgumentError("the clock file " + path +
                                      " must hold an instant such as 2026-03-01T20:00:00+01:00");
  }
  return instant;
}

class ManualClock final : public Clock {
 public:
  ManualClock(std::string path, absl::Time instant) : path_(std::move(path)), last_(instant) {}

  absl::Time Now() const override {
    const absl::StatusOr<absl::Time> instant = ReadInstant(path_);
    const std::lock_guard lock(mutex_);
    if (instant.ok()) last_ = *instant;
    return last_;
  }
  bool IsManual() const override { return true; }

 private:
  const std::string path_;
  mutable std::mutex mutex_;
  mutable absl::Time last_;  // guarded by mutex_
};

}  // namespace

std::optional<Date> ParseDate(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (!AllDigits(text, 0, 4) || !AllDigits(text, 5, 2) || !AllDigits(text, 8, 2)) {
    return std::nullopt;
  }
  const int year = std::stoi(text.substr(0, 4));
  const int month = std::stoi(text.substr(5, 2));
  const int day = std::stoi(text.substr(8, 2));
  if (year < kFirstYear || year > kLastYear) return std::nullopt;
  const Date date(year, month, day);
  // CivilDay normalises 30 February to 2 March: a date that changed did not exist.
  if (date.month() != month || date.day() != day) return std::nullopt;
  return date;
}

std::string FormatDate(Date date) { return absl::FormatCivilTime(date); }

std::optional<int> ParseMinutes(const std::string& text) {
  if (text.size() != 5 || text[2] != ':' || !AllDigits(text, 0, 2) || !AllDigits(text, 3, 2)) {
    return std::nullopt;
  }
  const int hours = std::stoi(text.substr(0, 2));
  const int minutes = std::stoi(text.substr(3, 2));
  if (hours > 23 || minutes > 59) return std::nullopt;
  return hours * 60 + minutes;
}

absl::StatusOr<absl::TimeZone> LoadZone(const std::string& name) {
  absl::TimeZone zone;
  // `localtime` and absolute paths would make a trial depend on the machine it runs on.
  const bool portable = !name.empty() && name[0] != '/' && name != "localtime" &&
                        name.find("..") == std::string::npos && name.find(':') == std::string::npos;
  if (portable && absl::LoadTimeZone(name, &zone)) return zone;
  absl::TimeZone probe;
  if (!absl::LoadTimeZone("Europe/Berlin", &probe)) {
    return FaultStatus(
        Fault{Reason::kTimeZoneUnavailable,
              {{"time_zone", "this machine has no time zone data: install the package tzdata"}},
              true},
        "this machine has no time zone data");
  }
  return FaultStatus(
      Fault{Reason::kTimeZoneUnavailable,
            {{"time_zone", "unknown time zone; an IANA name such as Europe/Berlin is needed"}},
            false},
      "unknown time zone");
}

Date TrialDay(absl::Time instant, absl::TimeZone zone, int day_starts_at_minutes) {
  // The civil clock is compared, not the instant: a day with a daylight-saving change also begins
  // at day_starts_at on the wall.
  const absl::CivilSecond local = absl::ToCivilSecond(instant, zone);
  const Date date(local);
  const int minutes = local.hour() * 60 + local.minute();
  return minutes < day_starts_at_minutes ? date - 1 : date;
}

Date LatestDateOnEarth(absl::Time instant) {
  return absl::ToCivilDay(instant, absl::FixedTimeZone(14 * 60 * 60));
}

std::unique_ptr<Clock> MakeSystemClock() { return std::make_unique<SystemClock>(); }

absl::Duration SteadyNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

absl::StatusOr<std::unique_ptr<Clock>> MakeManualClock(const std::string& path) {
  const absl::StatusOr<absl::Time> instant = ReadInstant(path);
  if (!instant.ok()) return instant.status();
  return std::make_unique<ManualClock>(path, *instant);
}

}  // namespace solotrial

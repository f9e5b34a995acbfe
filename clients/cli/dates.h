// Civil dates as people write and read them.
#ifndef SOLOTRIAL_CLIENTS_CLI_DATES_H_
#define SOLOTRIAL_CLIENTS_CLI_DATES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace solotrial::cli {

// Exactly `YYYY-MM-DD`, a day that exists.
std::optional<absl::CivilDay> ParseIsoDate(const std::string& text);
std::string FormatIsoDate(absl::CivilDay date);

// The ISO date that `word` means on `today` (ISO): an ISO date, `today`, `yesterday`, or a weekday
// in English, the last one before today.
absl::StatusOr<std::string> ResolveDate(const std::string& word, const std::string& today);

// `Sun 1 Mar 2026`; text that is no ISO date stays as it is.
std::string ReadableDate(const std::string& iso);
// `1 Mar`.
std::string ShortDate(const std::string& iso);

// Whole days from `first` to `last`, both included; 0 when one is no ISO date.
int DaysBetween(const std::string& first, const std::string& last);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_DATES_H_

// Which day of a trial an instant belongs to.
#ifndef SOLOTRIAL_CLIENTS_CPP_DAYS_H_
#define SOLOTRIAL_CLIENTS_CPP_DAYS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "solotrial/v1/trial.pb.h"

namespace solotrial::client {

// The civil date (ISO 8601) in `time_zone` (IANA), or the one before while the clock there is
// before `day_starts_at` (`HH:MM`): a score at half past midnight belongs to the evening before.
// Fails for a zone that this machine does not know.
absl::StatusOr<std::string> DayOf(absl::Time instant, const std::string& time_zone,
                                  const std::string& day_starts_at);

// The trial's day at `instant`, in the zone that it is lived in now.
absl::StatusOr<std::string> DayOfTrial(const v1::Trial& trial, absl::Time instant);

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_DAYS_H_

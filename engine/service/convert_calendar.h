// When to remind, from the API to the domain.
#ifndef SOLOTRIAL_ENGINE_SERVICE_CONVERT_CALENDAR_H_
#define SOLOTRIAL_ENGINE_SERVICE_CONVERT_CALENDAR_H_

#include "absl/status/statusor.h"
#include "engine/report/calendar.h"
#include "engine/trial/protocol.h"
#include "solotrial/v1/calendar.pb.h"

namespace solotrial::service {

// INVALID_FIELDS, at `calendar...`, when a time is none or a slot is not the protocol's.
absl::StatusOr<report::CalendarOptions> ToDomain(const v1::CalendarSettings& settings,
                                                 const trial::Protocol& protocol);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_CONVERT_CALENDAR_H_

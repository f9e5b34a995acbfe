// What fields of several requests have in common.
#ifndef SOLOTRIAL_ENGINE_SERVICE_REQUEST_FIELDS_H_
#define SOLOTRIAL_ENGINE_SERVICE_REQUEST_FIELDS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/civil_time.h"

namespace solotrial::service {

// The date `text`, `fallback` when it is empty; INVALID_FIELDS with `field` when it is none.
absl::StatusOr<Date> DateOr(const std::string& field, const std::string& text, Date fallback);

// INVALID_FIELDS when it is too long, or required and empty.
absl::Status CheckReason(const std::string& reason, bool required);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_REQUEST_FIELDS_H_

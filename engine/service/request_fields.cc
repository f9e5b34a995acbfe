#include "engine/service/request_fields.h"

#include <optional>

#include "engine/base/fault.h"

namespace solotrial::service {
namespace {

constexpr size_t kMaxReasonBytes = 2000;  // 500 characters of up to 4 bytes

}  // namespace

absl::StatusOr<Date> DateOr(const std::string& field, const std::string& text, Date fallback) {
  if (text.empty()) return fallback;
  const std::optional<Date> date = ParseDate(text);
  if (!date.has_value()) return InvalidField(field, "must be an ISO 8601 date, YYYY-MM-DD");
  return *date;
}

absl::Status CheckReason(const std::string& reason, bool required) {
  if (required && reason.empty()) return InvalidField("reason", "is required, for the record");
  if (reason.size() > kMaxReasonBytes) {
    return InvalidField("reason", "must have at most 500 characters");
  }
  return absl::OkStatus();
}

}  // namespace solotrial::service

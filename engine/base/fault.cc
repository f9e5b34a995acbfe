#include "engine/base/fault.h"

#include <array>
#include <optional>
#include <utility>

#include "absl/strings/cord.h"

namespace solotrial {
namespace {

constexpr char kPayloadUrl[] = "solotrial/fault";

struct ReasonRow {
  Reason reason;
  const char* name;
  absl::StatusCode code;
};

constexpr std::array kReasons = {
    ReasonRow{Reason::kInvalidFields, "INVALID_FIELDS", absl::StatusCode::kInvalidArgument},
    ReasonRow{Reason::kUnauthenticated, "UNAUTHENTICATED", absl::StatusCode::kUnauthenticated},
    ReasonRow{Reason::kRoleNotAllowed, "ROLE_NOT_ALLOWED", absl::StatusCode::kPermissionDenied},
    ReasonRow{Reason::kTrialNotFound, "TRIAL_NOT_FOUND", absl::StatusCode::kNotFound},
    ReasonRow{Reason::kWrongState, "WRONG_STATE", absl::StatusCode::kFailedPrecondition},
    ReasonRow{Reason::kConflict, "CONFLICT", absl::StatusCode::kAborted},
    ReasonRow{Reason::kRequestIdReused, "REQUEST_ID_REUSED", absl::StatusCode::kAlreadyExists},
    ReasonRow{Reason::kEntryIdReused, "ENTRY_ID_REUSED", absl::StatusCode::kAlreadyExists},
    ReasonRow{Reason::kEpochChanged, "EPOCH_CHANGED", absl::StatusCode::kFailedPrecondition},
    ReasonRow{Reason::kDateInFuture, "DATE_IN_FUTURE", absl::StatusCode::kInvalidArgument},
    ReasonRow{Reason::kDateOutsideTrial, "DATE_OUTSIDE_TRIAL", absl::StatusCode::kInvalidArgument},
    ReasonRow{Reason::kValueOutOfRange, "VALUE_OUT_OF_RANGE", absl::StatusCode::kInvalidArgument},
    ReasonRow{Reason::kUnknownId, "UNKNOWN_ID", absl::StatusCode::kInvalidArgument},
    ReasonRow{Reason::kTimeZoneUnavailable, "TIME_ZONE_UNAVAILABLE",
              absl::StatusCode::kInvalidArgument},
    ReasonRow{Reason::kUnreadableDiary, "UNREADABLE_DIARY", absl::StatusCode::kInvalidArgument},
    ReasonRow{Reason::kCodeNotValid, "CODE_NOT_VALID", absl::StatusCode::kPermissionDenied},
    ReasonRow{Reason::kConfirmationNeeded, "CONFIRMATION_NEEDED",
              absl::StatusCode::kPermissionDenied},
    ReasonRow{Reason::kAccessNotFound, "ACCESS_NOT_FOUND", absl::StatusCode::kNotFound},
    ReasonRow{Reason::kHelperNeeded, "HELPER_NEEDED", absl::StatusCode::kFailedPrecondition},
    ReasonRow{Reason::kHostNotAllowed, "HOST_NOT_ALLOWED", absl::StatusCode::kPermissionDenied},
    ReasonRow{Reason::kStorageUnavailable, "STORAGE_UNAVAILABLE", absl::StatusCode::kUnavailable},
    ReasonRow{Reason::kBusy, "BUSY", absl::StatusCode::kResourceExhausted},
    ReasonRow{Reason::kPersonDeleted, "PERSON_DELETED", absl::StatusCode::kUnauthenticated},
    ReasonRow{Reason::kEngineLocked, "ENGINE_LOCKED", absl::StatusCode::kFailedPrecondition},
    ReasonRow{Reason::kWrongPassphrase, "WRONG_PASSPHRASE", absl::StatusCode::kPermissionDenied},
    ReasonRow{Reason::kUnreadableArchive, "UNREADABLE_ARCHIVE", absl::StatusCode::kInvalidArgument},
    ReasonRow{Reason::kSafetyRefused, "SAFETY_REFUSED", absl::StatusCode::kFailedPrecondition},
    ReasonRow{Reason::kNeedsClinician, "NEEDS_CLINICIAN", absl::StatusCode::kFailedPrecondition},
    ReasonRow{Reason::kNeedsAcknowledgement, "NEEDS_ACKNOWLEDGEMENT",
              absl::StatusCode::kFailedPrecondition},
    ReasonRow{Reason::kInternal, "INTERNAL", absl::StatusCode::kInternal},
};

const ReasonRow& RowOf(Reason reason) {
  for (const ReasonRow& row : kReasons) {
    if (row.reason == reason) return row;
  }
  return kReasons.back();
}

// The payload is a list of strings, each preceded by its length: reason, retryable, then field and
// description of every violation.
void Put(std::string& out, const std::string& text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

std::optional<std::string> Take(const std::string& in, size_t& position) {
  const size_t colon = in.find(':', position);
  if (colon == std::string::npos) return std::nullopt;
  const size_t length = std::stoul(in.substr(position, colon - position));
  position = colon + 1 + length;
  return in.substr(colon + 1, length);
}

std::string Encode(const Fault& fault) {
  std::string out;
  Put(out, RowOf(fault.reason).name);
  Put(out, fault.retryable ? "1" : "0");
  for (const Violation& violation : fault.violations) {
    Put(out, violation.field);
    Put(out, violation.description);
  }
  return out;
}

Fault Decode(const std::string& in) {
  Fault fault;
  size_t position = 0;
  const std::string name = Take(in, position).value_or("");
  for (const ReasonRow& row : kReasons) {
    if (name == row.name) fault.reason = row.reason;
  }
  fault.retryable = Take(in, position) == "1";
  while (std::optional<std::string> field = Take(in, position)) {
    fault.violations.push_back({*std::move(field), Take(in, position).value_or("")});
  }
  return fault;
}

// Whether the same request can succeed later, by its reason alone.
bool IsRetryable(Reason reason) {
  return reason == Reason::kConflict || reason == Reason::kStorageUnavailable ||
         reason == Reason::kBusy || reason == Reason::kDateInFuture;
}

}  // namespace

const char* ReasonName(Reason reason) { return RowOf(reason).name; }

absl::Status FaultStatus(Fault fault, const std::string& message) {
  absl::Status status(RowOf(fault.reason).code, message);
  status.SetPayload(kPayloadUrl, absl::Cord(Encode(fault)));
  return status;
}

absl::Status FaultStatus(Reason reason, const std::string& message) {
  return FaultStatus(Fault{reason, {}, IsRetryable(reason)}, message);
}

absl::Status FieldFault(Reason reason, std::string field, std::string description) {
  const std::string message = field + ": " + description;
  return FaultStatus(
      Fault{reason, {{std::move(field), std::move(description)}}, IsRetryable(reason)}, message);
}

absl::Status InvalidFields(std::vector<Violation> violations) {
  if (violations.empty()) return absl::OkStatus();
  std::string message;
  for (const Violation& violation : violations) {
    if (!message.empty()) message += "; ";
    message += violation.field + ": " + violation.description;
  }
  return FaultStatus(Fault{Reason::kInvalidFields, std::move(violations), false}, message);
}

absl::Status InvalidField(std::string field, std::string description) {
  return FieldFault(Reason::kInvalidFields, std::move(field), std::move(description));
}

Fault FaultOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return Fault{};
  return Decode(std::string(*payload));
}

absl::Status WithFieldPrefix(const absl::Status& status, const std::string& prefix) {
  if (status.ok()) return status;
  Fault fault = FaultOf(status);
  if (fault.violations.empty()) return status;
  for (Violation& violation : fault.violations) violation.field = prefix + violation.field;
  if (fault.reason == Reason::kInvalidFields) return InvalidFields(std::move(fault.violations));
  return FaultStatus(std::move(fault), std::string(status.message()));
}

}  // namespace solotrial

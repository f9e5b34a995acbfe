#include "clients/cli/errors.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/strings/cord.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

// Payloads of a status.
constexpr char kUsagePayload[] = "solotrial.cli/usage";
constexpr char kHintPayload[] = "solotrial.cli/hint";

std::optional<std::string> Payload(const absl::Status& status, const char* url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(url);
  if (!payload.has_value()) return std::nullopt;
  return static_cast<std::string>(*payload);
}

int ExitCodeOfReason(const std::string& reason) {
  static const std::map<std::string, int> codes = {
      {"INVALID_FIELDS", kInvalidInput},
      {"UNREADABLE_DIARY", kInvalidInput},
      {"DATE_IN_FUTURE", kInvalidInput},
      {"DATE_OUTSIDE_TRIAL", kInvalidInput},
      {"VALUE_OUT_OF_RANGE", kInvalidInput},
      {"UNKNOWN_ID", kInvalidInput},
      {"TIME_ZONE_UNAVAILABLE", kInvalidInput},
      {"TRIAL_NOT_FOUND", kNotFound},
      {"WRONG_STATE", kWrongState},
      {"CONFLICT", kWrongState},
      {"REQUEST_ID_REUSED", kWrongState},
      {"ENTRY_ID_REUSED", kWrongState},
      {"EPOCH_CHANGED", kWrongState},
      {"UNAUTHENTICATED", kNotAllowed},
      {"ROLE_NOT_ALLOWED", kNotAllowed},
      {"CODE_NOT_VALID", kNotAllowed},
      {"CONFIRMATION_NEEDED", kNotAllowed},
      {"ACCESS_NOT_FOUND", kNotFound},
      {"HOST_NOT_ALLOWED", kNotAllowed},
      {"STORAGE_UNAVAILABLE", kUnreachable},
      {"BUSY", kUnreachable},
      {"PERSON_DELETED", kNotAllowed},
      {"ENGINE_LOCKED", kWrongState},
      {"WRONG_PASSPHRASE", kNotAllowed},
      {"UNREADABLE_ARCHIVE", kInvalidInput},
      {"SAFETY_REFUSED", kWrongState},
      {"NEEDS_CLINICIAN", kWrongState},
      {"NEEDS_ACKNOWLEDGEMENT", kWrongState},
      {"INTERNAL", kInternal},
  };
  const auto found = codes.find(reason);
  return found == codes.end() ? -1 : found->second;
}

int ExitCodeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return kInvalidInput;
    case absl::StatusCode::kNotFound:
      return kNotFound;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return kWrongState;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kUnreachable;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kNotAllowed;
    default:
      return kInternal;
  }
}

std::string KindWord(client::FaultKind kind) {
  switch (kind) {
    case client::FaultKind::kLocal:
      return "client";
    case client::FaultKind::kEngine:
      return "engine";
    case client::FaultKind::kUnreachable:
      return "unreachable";
    case client::FaultKind::kVersion:
      return "version";
    case client::FaultKind::kUnsupported:
      return "unsupported-by-engine";
    case client::FaultKind::kWrongCertificate:
      return "wrong-certificate";
  }
  return "client";
}

// The engine's message lists the violations as well; above a list of them a short line is enough.
std::string Headline(const Fault& fault) {
  const bool one = fault.violations.size() == 1;
  if (fault.reason == "INVALID_FIELDS") {
    return one ? "One field is wrong:" : Count(fault.violations.size(), "field") + " are wrong:";
  }
  if (fault.reason == "UNREADABLE_DIARY") {
    return "The diary has " + Count(fault.violations.size(), "fault") + " (diary_csv:LINE:COLUMN):";
  }
  return fault.message;
}

}  // namespace

absl::Status AsUsageError(absl::Status status) {
  status.SetPayload(kUsagePayload, absl::Cord("1"));
  return status;
}

absl::Status UsageError(const std::string& message) {
  return AsUsageError(absl::InvalidArgumentError(message));
}

absl::Status InputError(const std::string& message) { return absl::InvalidArgumentError(message); }

absl::Status MissingError(const std::string& message) { return absl::NotFoundError(message); }

absl::Status MachineError(const std::string& message) { return absl::InternalError(message); }

absl::Status WithHint(absl::Status status, const std::string& hint) {
  status.SetPayload(kHintPayload, absl::Cord(hint));
  return status;
}

Fault Describe(const absl::Status& status) {
  Fault fault{client::ReadFault(status)};
  const int exit_code = ExitCodeOfReason(fault.reason);
  fault.exit_code = exit_code >= 0 ? exit_code : ExitCodeOf(status.code());
  fault.hint = Payload(status, kHintPayload).value_or("");
  if (Payload(status, kUsagePayload).has_value()) fault.exit_code = kWrongUsage;
  if (fault.message.empty()) fault.message = "The engine gave no reason (" + fault.code + ").";
  return fault;
}

std::string FaultText(const Fault& fault) {
  // One field's fault is the message; no line repeats it.
  if (fault.violations.size() == 1 && fault.reason != "INVALID_FIELDS" &&
      fault.message == fault.violations[0].field + ": " + fault.violations[0].description) {
    return "solotrial: " + Clean(fault.message) + "\n" +
           (fault.hint.empty() ? "" : Clean(fault.hint) + "\n");
  }
  std::string text =
      "solotrial: " + Clean(fault.violations.empty() ? fault.message : Headline(fault)) + "\n";
  for (const client::FieldViolation& violation : fault.violations) {
    const std::string field = violation.field.empty() ? "" : Clean(violation.field) + ": ";
    text += "  " + field + Clean(violation.description) + "\n";
  }
  if (!fault.hint.empty()) text += Clean(fault.hint) + "\n";
  return text;
}

std::string FaultJson(const Fault& fault) {
  nlohmann::ordered_json violations = nlohmann::ordered_json::array();
  for (const client::FieldViolation& violation : fault.violations) {
    violations.push_back({{"field", violation.field}, {"description", violation.description}});
  }
  const nlohmann::ordered_json json = {{"error",
                                        {{"kind", KindWord(fault.kind)},
                                         {"code", fault.code},
                                         {"reason", fault.reason},
                                         {"retryable", fault.retryable},
                                         {"message", fault.message},
                                         {"violations", violations}}}};
  // Bytes that are no UTF-8 are replaced: a message may quote a command line.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace solotrial::cli

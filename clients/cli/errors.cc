#include "clients/cli/errors.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/strings/cord.h"
#include "clients/cli/text.h"
#include "solotrial/v1/errors.pb.h"

namespace solotrial::cli {
namespace {

// Payloads of a status.
constexpr char kUsagePayload[] = "solotrial.cli/usage";
constexpr char kHintPayload[] = "solotrial.cli/hint";
constexpr char kRpcPayload[] = "solotrial.cli/rpc";

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";

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

absl::Status UsageError(const std::string& message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsagePayload, absl::Cord("1"));
  return status;
}

absl::Status InputError(const std::string& message) { return absl::InvalidArgumentError(message); }

absl::Status MissingError(const std::string& message) { return absl::NotFoundError(message); }

absl::Status MachineError(const std::string& message) { return absl::InternalError(message); }

absl::Status RpcError(int code, const std::string& message, const std::string& details) {
  absl::Status status(static_cast<absl::StatusCode>(code), message);
  if (!details.empty()) status.SetPayload(kRpcPayload, absl::Cord(details));
  return status;
}

absl::Status WithHint(absl::Status status, const std::string& hint) {
  status.SetPayload(kHintPayload, absl::Cord(hint));
  return status;
}

Fault Describe(const absl::Status& status) {
  Fault fault;
  fault.exit_code = ExitCodeOf(status.code());
  fault.code = absl::StatusCodeToString(status.code());
  fault.message.assign(status.message().data(), status.message().size());
  fault.hint = Payload(status, kHintPayload).value_or("");
  if (Payload(status, kUsagePayload).has_value()) fault.exit_code = kWrongUsage;

  v1::RpcStatus rpc;
  if (const auto bytes = Payload(status, kRpcPayload);
      bytes.has_value() && rpc.ParseFromString(*bytes)) {
    for (const google::protobuf::Any& detail : rpc.details()) {
      if (detail.type_url() == kErrorInfoUrl) {
        v1::ErrorInfo info;
        if (!info.ParseFromString(detail.value())) continue;
        fault.reason = info.reason();
        const auto retry = info.metadata().find("retry");
        fault.retry = retry != info.metadata().end() && retry->second == "yes";
        const int exit_code = ExitCodeOfReason(fault.reason);
        if (exit_code >= 0) fault.exit_code = exit_code;
      } else if (detail.type_url() == kBadRequestUrl) {
        v1::BadRequest request;
        if (!request.ParseFromString(detail.value())) continue;
        for (const v1::FieldViolation& violation : request.field_violations()) {
          fault.violations.push_back({violation.field(), violation.description()});
        }
      }
    }
  }
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
  for (const FieldFault& violation : fault.violations) {
    const std::string field = violation.field.empty() ? "" : Clean(violation.field) + ": ";
    text += "  " + field + Clean(violation.description) + "\n";
  }
  if (!fault.hint.empty()) text += Clean(fault.hint) + "\n";
  return text;
}

std::string FaultJson(const Fault& fault) {
  nlohmann::ordered_json violations = nlohmann::ordered_json::array();
  for (const FieldFault& violation : fault.violations) {
    violations.push_back({{"field", violation.field}, {"description", violation.description}});
  }
  const nlohmann::ordered_json json = {{"error",
                                        {{"code", fault.code},
                                         {"reason", fault.reason},
                                         {"message", fault.message},
                                         {"violations", violations}}}};
  // Bytes that are no UTF-8 are replaced: a message may quote a command line.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace solotrial::cli

#include "clients/cpp/fault.h"

#include <optional>

#include "absl/strings/cord.h"
#include "solotrial/v1/errors.pb.h"

namespace solotrial::client {
namespace {

// Payloads of a status.
constexpr char kKindPayload[] = "solotrial.client/kind";
constexpr char kDetailsPayload[] = "solotrial.client/details";

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";

std::optional<std::string> Payload(const absl::Status& status, const char* url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(url);
  if (!payload.has_value()) return std::nullopt;
  return static_cast<std::string>(*payload);
}

void ReadDetails(const std::string& bytes, Fault* fault) {
  v1::RpcStatus rpc;
  if (!rpc.ParseFromString(bytes)) return;
  for (const google::protobuf::Any& detail : rpc.details()) {
    if (detail.type_url() == kErrorInfoUrl) {
      v1::ErrorInfo info;
      if (!info.ParseFromString(detail.value())) continue;
      fault->reason = info.reason();
      const auto retry = info.metadata().find("retry");
      fault->retryable = retry != info.metadata().end() && retry->second == "yes";
    } else if (detail.type_url() == kBadRequestUrl) {
      v1::BadRequest request;
      if (!request.ParseFromString(detail.value())) continue;
      for (const v1::FieldViolation& violation : request.field_violations()) {
        fault->violations.push_back({violation.field(), violation.description()});
      }
    }
  }
}

// What an answer without a reason of the engine's own means.
FaultKind KindOfCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return FaultKind::kUnreachable;
    case absl::StatusCode::kUnimplemented:
      return FaultKind::kUnsupported;
    default:
      return FaultKind::kEngine;
  }
}

}  // namespace

absl::Status MakeFault(FaultKind kind, absl::StatusCode code, const std::string& message) {
  absl::Status status(code, message);
  status.SetPayload(kKindPayload, absl::Cord(std::string(1, static_cast<char>(kind))));
  return status;
}

absl::Status FromRpc(int code, const std::string& message, const std::string& details) {
  const auto status_code = static_cast<absl::StatusCode>(code);
  absl::Status status = MakeFault(KindOfCode(status_code), status_code, message);
  if (!details.empty()) status.SetPayload(kDetailsPayload, absl::Cord(details));
  return status;
}

Fault ReadFault(const absl::Status& status) {
  Fault fault;
  fault.code = absl::StatusCodeToString(status.code());
  fault.message.assign(status.message().data(), status.message().size());
  if (const auto kind = Payload(status, kKindPayload); kind.has_value()) {
    fault.kind = static_cast<FaultKind>(kind->front());
  }
  if (const auto details = Payload(status, kDetailsPayload); details.has_value()) {
    ReadDetails(*details, &fault);
    if (!fault.reason.empty()) fault.kind = FaultKind::kEngine;
  }
  if (fault.kind == FaultKind::kUnreachable) fault.retryable = true;
  return fault;
}

}  // namespace solotrial::client

#include "engine/service/wire_error.h"

#include <grpcpp/support/status.h>

#include <string>

#include "engine/base/fault.h"
#include "solotrial/v1/errors.pb.h"

namespace solotrial::service {
namespace {

// gRPC carries the message and the details (in base64) in trailers, which clients cap at 8 KiB; a
// batch of violations beyond this is cut, and ErrorInfo.metadata["violations"] counts them all.
constexpr size_t kMaxMessageBytes = 500;
constexpr size_t kMaxDetailBytes = 3000;

void Pack(const google::protobuf::Message& detail, const std::string& type, v1::RpcStatus& status) {
  google::protobuf::Any& any = *status.add_details();
  any.set_type_url("type.googleapis.com/google.rpc." + type);
  any.set_value(detail.SerializeAsString());
}

std::string Shortened(const std::string& message) {
  if (message.size() <= kMaxMessageBytes) return message;
  size_t end = kMaxMessageBytes;
  while ((message[end] & 0xc0) == 0x80) --end;  // never inside a UTF-8 sequence
  return message.substr(0, end) + " ...";
}

}  // namespace

grpc::Status ToWire(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const Fault fault = FaultOf(status);
  const bool internal = fault.reason == Reason::kInternal;
  const std::string message =
      internal ? "the engine failed at this request" : Shortened(std::string(status.message()));

  v1::RpcStatus wire;
  wire.set_code(internal ? static_cast<int>(grpc::StatusCode::INTERNAL)
                         : static_cast<int>(status.code()));
  wire.set_message(message);
  v1::ErrorInfo info;
  info.set_reason(ReasonName(fault.reason));
  info.set_domain("solotrial");
  (*info.mutable_metadata())["retry"] = fault.retryable ? "yes" : "no";
  v1::BadRequest bad;
  for (const Violation& violation : fault.violations) {
    v1::FieldViolation& row = *bad.add_field_violations();
    row.set_field(violation.field);
    row.set_description(violation.description);
    if (bad.ByteSizeLong() > kMaxDetailBytes) {
      bad.mutable_field_violations()->RemoveLast();
      (*info.mutable_metadata())["violations"] = std::to_string(fault.violations.size());
      break;
    }
  }
  Pack(info, "ErrorInfo", wire);
  if (bad.field_violations_size() > 0) Pack(bad, "BadRequest", wire);
  return {static_cast<grpc::StatusCode>(wire.code()), message, wire.SerializeAsString()};
}

}  // namespace solotrial::service

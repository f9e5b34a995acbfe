// From a room's status to the error that a client sees (errors.proto).
#ifndef SOLOTRIAL_ENGINE_SERVICE_WIRE_ERROR_H_
#define SOLOTRIAL_ENGINE_SERVICE_WIRE_ERROR_H_

#include "absl/status/status.h"

namespace grpc {
class Status;
}

namespace solotrial::service {

// A status without a Fault becomes INTERNAL with a text that says nothing of the request.
grpc::Status ToWire(const absl::Status& status);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_WIRE_ERROR_H_

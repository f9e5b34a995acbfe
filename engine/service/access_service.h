// AccessService over gRPC: every method through the gate.
#ifndef SOLOTRIAL_ENGINE_SERVICE_ACCESS_SERVICE_H_
#define SOLOTRIAL_ENGINE_SERVICE_ACCESS_SERVICE_H_

#include <functional>
#include <memory>

#include "engine/base/civil_time.h"
#include "engine/service/access_handlers.h"

namespace grpc {
class Service;
}

namespace solotrial::service {

class Gate;

// Everything must outlive the service.
std::unique_ptr<grpc::Service> MakeAccessService(Gate& gate, const AccessHandlers& handlers);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_ACCESS_SERVICE_H_

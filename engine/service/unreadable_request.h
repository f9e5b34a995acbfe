// The answer to a request whose bytes are no message of its type.
#ifndef SOLOTRIAL_ENGINE_SERVICE_UNREADABLE_REQUEST_H_
#define SOLOTRIAL_ENGINE_SERVICE_UNREADABLE_REQUEST_H_

#include <memory>

namespace grpc::experimental {
class ServerInterceptorFactoryInterface;
}

namespace solotrial::service {

// gRPC answers bytes that cannot be parsed (a text that is not UTF-8, a cut message) with
// UNIMPLEMENTED and no word of why. The interceptors made here turn that answer into
// INVALID_FIELDS.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> ExplainUnreadableRequests();

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_UNREADABLE_REQUEST_H_

// The services of the API.
#ifndef SOLOTRIAL_ENGINE_SERVICE_SERVICES_H_
#define SOLOTRIAL_ENGINE_SERVICE_SERVICES_H_

#include <vector>

namespace google::protobuf {
class ServiceDescriptor;
}

namespace solotrial::service {

// Every service that the engine serves, but for gRPC's own (health, reflection). The methods of one
// that is missing here answer nobody.
std::vector<const google::protobuf::ServiceDescriptor*> ApiServices();

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_SERVICES_H_

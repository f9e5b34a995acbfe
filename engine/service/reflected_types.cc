#include "engine/service/reflected_types.h"

#include "google/rpc/error_details.pb.h"
#include "grpc/health/v1/health.pb.h"

namespace solotrial::service {

void LinkReflectedTypes() {
  // A static library's object file is linked, and registers its types, when something of it is
  // used.
  google::rpc::ErrorInfo::descriptor();
  grpc::health::v1::HealthCheckRequest::descriptor();
}

}  // namespace solotrial::service

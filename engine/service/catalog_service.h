// CatalogService, over gRPC and as plain functions.
#ifndef SOLOTRIAL_ENGINE_SERVICE_CATALOG_SERVICE_H_
#define SOLOTRIAL_ENGINE_SERVICE_CATALOG_SERVICE_H_

#include <memory>

#include "absl/status/status.h"
#include "solotrial/v1/catalog.pb.h"
#include "solotrial/v1/catalog_service.pb.h"

namespace grpc {
class Service;
}

namespace solotrial::service {

class Gate;

// The gate must outlive the service.
std::unique_ptr<grpc::Service> MakeCatalogService(Gate& gate);

// The methods. Errors are as catalog_service.proto says. Thread-safe.
absl::Status ListCatalog(const v1::ListCatalogRequest& request, v1::Catalog* catalog);
absl::Status DraftProtocol(const v1::DraftProtocolRequest& request, v1::ProtocolDraft* draft);
absl::Status ScreenSafety(const v1::ScreenSafetyRequest& request, v1::SafetyScreen* screen);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_CATALOG_SERVICE_H_

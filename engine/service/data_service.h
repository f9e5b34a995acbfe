// DataService over gRPC.
#ifndef SOLOTRIAL_ENGINE_SERVICE_DATA_SERVICE_H_
#define SOLOTRIAL_ENGINE_SERVICE_DATA_SERVICE_H_

#include <memory>
#include <string>

#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"

namespace grpc {
class Service;
}

namespace solotrial::service {

class Gate;

// Everything must outlive the service. `backups`: see DataHandlers.
std::unique_ptr<grpc::Service> MakeDataService(Gate& gate, store::TrialStore& store,
                                               const Clock& clock, const std::string& backups);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_DATA_SERVICE_H_

// ReportService over gRPC.
#ifndef SOLOTRIAL_ENGINE_SERVICE_REPORT_SERVICE_H_
#define SOLOTRIAL_ENGINE_SERVICE_REPORT_SERVICE_H_

#include <memory>

#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"

namespace grpc {
class Service;
}

namespace solotrial::service {

class Gate;
class PowerKeeper;

// All must outlive the service.
std::unique_ptr<grpc::Service> MakeReportService(Gate& gate, store::TrialStore& store,
                                                 const Clock& clock, PowerKeeper& power);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_REPORT_SERVICE_H_

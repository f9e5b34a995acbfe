#include "engine/service/embedded.h"

#include <grpcpp/support/status.h>

#include <atomic>
#include <exception>

#include "engine/base/fault.h"
#include "engine/service/analysis_handlers.h"
#include "engine/service/catalog_service.h"
#include "engine/service/convert.h"
#include "engine/service/plan_handlers.h"
#include "engine/service/protocol_json.h"
#include "engine/service/qr_code.h"
#include "engine/service/trial_handlers.h"
#include "engine/service/wire_error.h"

namespace solotrial::embedded {
namespace {

// Calls `body`; an exception that escaped a room becomes INTERNAL, as in the gate.
template <typename Body>
grpc::Status Answer(const Body& body) {
  try {
    return service::ToWire(body());
  } catch (const std::exception&) {
    return service::ToWire(FaultStatus(Reason::kInternal, "an exception escaped"));
  }
}

}  // namespace

grpc::Status ReadProtocol(const std::string& json, v1::Protocol* protocol) {
  return Answer([&]() -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(*protocol, service::ReadProtocolJson(json));
    return absl::OkStatus();
  });
}

grpc::Status AnalyzeRecord(const v1::AnalyzeRecordRequest& request, v1::AnalysisResult* result) {
  return Answer([&] { return service::AnalyzeRecord(request, result); });
}

grpc::Status PredictDecision(const v1::PredictDecisionRequest& request,
                             v1::Prediction* prediction) {
  return Answer([&] { return service::PredictRecord(request, {}, prediction); });
}

grpc::Status VerifyOrder(const v1::VerifyOrderRequest& request, v1::OrderVerification* response) {
  return Answer([&] { return service::VerifyOrder(request, response); });
}

grpc::Status PlanTrial(const v1::PlanTrialRequest& request,
                       const std::function<bool(const v1::Plan&)>& progress, v1::Plan* plan) {
  std::atomic<bool> given_up = false;
  return Answer([&] {
    return service::PlanTrial(
        request, [&] { return given_up.load(); },
        [&](const v1::Plan& so_far) {
          if (progress && !progress(so_far)) given_up = true;
        },
        plan);
  });
}

grpc::Status CheckProtocol(const v1::Protocol& protocol) {
  return Answer([&] { return service::ToDomain(protocol, trial::Purpose::kTrial).status(); });
}

grpc::Status ListCatalog(const v1::ListCatalogRequest& request, v1::Catalog* catalog) {
  return Answer([&] { return service::ListCatalog(request, catalog); });
}

grpc::Status DraftProtocol(const v1::DraftProtocolRequest& request, v1::ProtocolDraft* draft) {
  return Answer([&] { return service::DraftProtocol(request, draft); });
}

grpc::Status ScreenSafety(const v1::ScreenSafetyRequest& request, v1::SafetyScreen* screen) {
  return Answer([&] { return service::ScreenSafety(request, screen); });
}

std::string QrCode(const std::string& text) { return service::QrCode(text); }

}  // namespace solotrial::embedded

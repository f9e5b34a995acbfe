// The engine inside another process: the one engine header that a client may include.
//
// Everything here answers exactly as the services do over a connection, errors included (details as
// in errors.proto), so that a client needs one code path. Thread-safe.
#ifndef SOLOTRIAL_ENGINE_SERVICE_EMBEDDED_H_
#define SOLOTRIAL_ENGINE_SERVICE_EMBEDDED_H_

#include <functional>
#include <string>

#include "solotrial/v1/analysis.pb.h"
#include "solotrial/v1/analysis_service.pb.h"
#include "solotrial/v1/catalog.pb.h"
#include "solotrial/v1/catalog_service.pb.h"
#include "solotrial/v1/plan_service.pb.h"
#include "solotrial/v1/protocol.pb.h"
#include "solotrial/v1/trial_service.pb.h"

namespace grpc {
class Status;
}

namespace solotrial::embedded {

// Reads the JSON form of a protocol (protocol.json): strictly, with every unknown or duplicate key,
// wrong type and number out of range named with its path. Checks the form only; whether the
// protocol makes sense is for the services to say.
grpc::Status ReadProtocol(const std::string& json, v1::Protocol* protocol);

// AnalysisService.AnalyzeRecord, in process: no server, no store, no credential.
grpc::Status AnalyzeRecord(const v1::AnalyzeRecordRequest& request, v1::AnalysisResult* result);

// AnalysisService.PredictDecision of a record, in process.
grpc::Status PredictDecision(const v1::PredictDecisionRequest& request, v1::Prediction* prediction);

// TrialService.VerifyOrder, in process.
grpc::Status VerifyOrder(const v1::VerifyOrderRequest& request, v1::OrderVerification* response);

// PlanService.PlanTrial, in process: `progress`, unless empty, gets every message but the last on
// the calling thread, and gives the plan up by returning false.
grpc::Status PlanTrial(const v1::PlanTrialRequest& request,
                       const std::function<bool(const v1::Plan&)>& progress, v1::Plan* plan);

// TrialService.CreateTrial with `validate_only`, in process.
grpc::Status CheckProtocol(const v1::Protocol& protocol);

// CatalogService.ListCatalog, in process.
grpc::Status ListCatalog(const v1::ListCatalogRequest& request, v1::Catalog* catalog);

// CatalogService.DraftProtocol, in process.
grpc::Status DraftProtocol(const v1::DraftProtocolRequest& request, v1::ProtocolDraft* draft);

// CatalogService.ScreenSafety, in process.
grpc::Status ScreenSafety(const v1::ScreenSafetyRequest& request, v1::SafetyScreen* screen);

// `text` as a QR code for terminals with UTF-8; empty when it is too long.
std::string QrCode(const std::string& text);

}  // namespace solotrial::embedded

#endif  // SOLOTRIAL_ENGINE_SERVICE_EMBEDDED_H_

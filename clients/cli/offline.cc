#include "clients/cli/offline.h"

#include <grpcpp/support/status.h>

#include <cassert>

#include "clients/cli/errors.h"
#include "clients/cli/progress.h"
#include "engine/service/embedded.h"

namespace solotrial::cli {
namespace {

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return client::FromRpc(status.error_code(), status.error_message(), status.error_details());
}

}  // namespace

absl::StatusOr<v1::Protocol> ReadProtocol(const std::string& json) {
  v1::Protocol protocol;
  CLIENT_RETURN_IF_ERROR(FromGrpc(embedded::ReadProtocol(json, &protocol)));
  return protocol;
}

absl::Status CheckProtocol(const v1::Protocol& protocol) {
  return FromGrpc(embedded::CheckProtocol(protocol));
}

v1::Catalog ListCatalog(const std::string& locale) {
  v1::ListCatalogRequest request;
  request.set_locale(locale);
  v1::Catalog catalog;
  // The catalogue is part of the program: there is nothing that could fail.
  [[maybe_unused]] const grpc::Status status = embedded::ListCatalog(request, &catalog);
  assert(status.ok());
  return catalog;
}

absl::StatusOr<v1::ProtocolDraft> DraftProtocol(const v1::DraftProtocolRequest& request) {
  v1::ProtocolDraft draft;
  CLIENT_RETURN_IF_ERROR(FromGrpc(embedded::DraftProtocol(request, &draft)));
  return draft;
}

absl::StatusOr<v1::SafetyScreen> ScreenSafety(const v1::Protocol& protocol,
                                              const std::string& locale) {
  v1::ScreenSafetyRequest request;
  *request.mutable_protocol() = protocol;
  request.set_locale(locale);
  v1::SafetyScreen screen;
  CLIENT_RETURN_IF_ERROR(FromGrpc(embedded::ScreenSafety(request, &screen)));
  return screen;
}

absl::StatusOr<v1::AnalysisResult> AnalyzeRecord(const v1::AnalyzeRecordRequest& request) {
  const Progress progress("Analysing");
  v1::AnalysisResult result;
  CLIENT_RETURN_IF_ERROR(FromGrpc(embedded::AnalyzeRecord(request, &result)));
  return result;
}

absl::StatusOr<v1::OrderVerification> VerifyOrder(const v1::VerifyOrderRequest& request) {
  v1::OrderVerification verification;
  CLIENT_RETURN_IF_ERROR(FromGrpc(embedded::VerifyOrder(request, &verification)));
  return verification;
}

absl::StatusOr<v1::Prediction> PredictDecision(const v1::PredictDecisionRequest& request) {
  const Progress progress("Simulating futures");
  v1::Prediction prediction;
  CLIENT_RETURN_IF_ERROR(FromGrpc(embedded::PredictDecision(request, &prediction)));
  return prediction;
}

absl::StatusOr<v1::Plan> PlanTrial(const v1::PlanTrialRequest& request) {
  const Progress progress("Simulating trials");
  v1::Plan plan;
  CLIENT_RETURN_IF_ERROR(FromGrpc(embedded::PlanTrial(request, {}, &plan)));
  return plan;
}

}  // namespace solotrial::cli

// The engine inside this process: for files, without a server.
#ifndef SOLOTRIAL_CLIENTS_CLI_OFFLINE_H_
#define SOLOTRIAL_CLIENTS_CLI_OFFLINE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "solotrial/v1/analysis_service.pb.h"
#include "solotrial/v1/catalog_service.pb.h"
#include "solotrial/v1/plan_service.pb.h"
#include "solotrial/v1/protocol.pb.h"
#include "solotrial/v1/trial_service.pb.h"

namespace solotrial::cli {

// The form of protocol.json only.
absl::StatusOr<v1::Protocol> ReadProtocol(const std::string& json);

// Whether it makes sense as a trial to be run here.
absl::Status CheckProtocol(const v1::Protocol& protocol);

// The engine's catalogue; `locale` as in ListCatalogRequest.
v1::Catalog ListCatalog(const std::string& locale);

absl::StatusOr<v1::ProtocolDraft> DraftProtocol(const v1::DraftProtocolRequest& request);

// What stands in the way of starting a trial with it.
absl::StatusOr<v1::SafetyScreen> ScreenSafety(const v1::Protocol& protocol,
                                              const std::string& locale);

absl::StatusOr<v1::AnalysisResult> AnalyzeRecord(const v1::AnalyzeRecordRequest& request);

absl::StatusOr<v1::OrderVerification> VerifyOrder(const v1::VerifyOrderRequest& request);

absl::StatusOr<v1::Prediction> PredictDecision(const v1::PredictDecisionRequest& request);

absl::StatusOr<v1::Plan> PlanTrial(const v1::PlanTrialRequest& request);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_OFFLINE_H_

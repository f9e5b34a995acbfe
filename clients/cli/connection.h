// The connection to a running engine. No gRPC header is needed to use it.
#ifndef SOLOTRIAL_CLIENTS_CLI_CONNECTION_H_
#define SOLOTRIAL_CLIENTS_CLI_CONNECTION_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/settings.h"
#include "clients/cpp/sync.h"
#include "solotrial/v1/access_service.pb.h"
#include "solotrial/v1/analysis_service.pb.h"
#include "solotrial/v1/data_service.pb.h"
#include "solotrial/v1/diary_service.pb.h"
#include "solotrial/v1/report_service.pb.h"
#include "solotrial/v1/server_service.pb.h"
#include "solotrial/v1/trial_service.pb.h"

namespace solotrial::cli {

// client::Channel with what a person at a terminal needs besides: progress, and errors that say
// what to do. Not thread-safe.
class Connection {
 public:
  // Does not connect yet. To this machine in the clear, where the settings name no certificate;
  // anywhere else with TLS.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Settings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  absl::StatusOr<v1::ServerInfo> GetServerInfo();

  // client::Sync, in the language of the settings.
  absl::StatusOr<client::SyncReport> Sync(client::Outbox& outbox, const std::string& trial);

  // Calls `method` of AccessService.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Access(const std::string& method, const Request& request) {
    Response response;
    absl::Status status = CallAccess(method, request, &response);
    if (!status.ok()) return status;
    return response;
  }

  absl::StatusOr<v1::Trial> CreateTrial(const v1::CreateTrialRequest& request);
  absl::StatusOr<v1::Trial> GetTrial(const v1::GetTrialRequest& request);
  absl::StatusOr<v1::ListTrialsResponse> ListTrials(const v1::ListTrialsRequest& request);
  absl::StatusOr<v1::Trial> UpdateTrial(const v1::UpdateTrialRequest& request);
  absl::StatusOr<v1::Trial> ConfirmSafety(const v1::ConfirmSafetyRequest& request);
  absl::StatusOr<v1::Trial> StartTrial(const v1::StartTrialRequest& request);
  absl::StatusOr<v1::Today> GetToday(const v1::GetTodayRequest& request);
  absl::StatusOr<v1::Schedule> GetSchedule(const v1::GetScheduleRequest& request);
  absl::StatusOr<v1::Trial> PauseTrial(const v1::PauseTrialRequest& request);
  absl::StatusOr<v1::Trial> ResumeTrial(const v1::ResumeTrialRequest& request);
  absl::StatusOr<v1::Trial> StopTrial(const v1::StopTrialRequest& request);
  absl::StatusOr<v1::Trial> SkipDays(const v1::SkipDaysRequest& request);
  absl::StatusOr<v1::Trial> ExtendTrial(const v1::ExtendTrialRequest& request);
  absl::StatusOr<v1::Trial> ChangeTimeZone(const v1::ChangeTimeZoneRequest& request);
  absl::StatusOr<v1::Trial> UnblindTrial(const v1::UnblindTrialRequest& request);
  absl::StatusOr<v1::PackingList> GetPackingList(const v1::GetPackingListRequest& request);
  absl::StatusOr<v1::ImportPreview> PreviewImport(const v1::PreviewImportRequest& request);
  absl::StatusOr<v1::Trial> ImportTrial(const v1::ImportTrialRequest& request);
  absl::StatusOr<v1::ExportDiaryResponse> ExportDiary(const v1::ExportDiaryRequest& request);
  absl::Status DeleteTrial(const v1::DeleteTrialRequest& request);

  absl::StatusOr<v1::ExportArchiveResponse> ExportArchive(const v1::ExportArchiveRequest& request);
  absl::StatusOr<v1::ImportArchiveResponse> ImportArchive(const v1::ImportArchiveRequest& request);
  absl::Status DeleteEverything(const v1::DeleteEverythingRequest& request);
  absl::Status Unlock(const v1::UnlockRequest& request);

  absl::StatusOr<v1::RecordEntriesResponse> RecordEntries(const v1::RecordEntriesRequest& request);
  absl::StatusOr<v1::ListEntriesResponse> ListEntries(const v1::ListEntriesRequest& request);
  absl::StatusOr<v1::ListChangesResponse> ListChanges(const v1::ListChangesRequest& request);

  absl::StatusOr<v1::Analysis> Analyze(const v1::AnalyzeRequest& request);
  absl::StatusOr<v1::TrialSummary> GetSummary(const v1::GetSummaryRequest& request);
  absl::StatusOr<v1::RenderedDocument> RenderSummary(const v1::RenderSummaryRequest& request);
  absl::StatusOr<v1::RenderedDocument> RenderProtocol(const v1::RenderProtocolRequest& request);
  absl::StatusOr<v1::RenderedDocument> ExportTable(const v1::ExportTableRequest& request);
  absl::StatusOr<v1::RenderedDocument> ExportFhir(const v1::ExportFhirRequest& request);
  absl::StatusOr<v1::RenderedDocument> GetCalendar(const v1::GetCalendarRequest& request);

  absl::StatusOr<v1::Prediction> PredictDecision(const v1::PredictDecisionRequest& request);
  // Calls `show` for every answer until it returns false, the engine ends the stream, or the
  // person presses Ctrl-C; none of these is an error.
  absl::Status WatchAnalysis(const v1::WatchAnalysisRequest& request,
                             const std::function<bool(const v1::Analysis&)>& show);

 private:
  class Impl;
  explicit Connection(std::unique_ptr<Impl> impl);

  absl::Status CallAccess(const std::string& method, const google::protobuf::Message& request,
                          google::protobuf::Message* response);

  std::unique_ptr<Impl> impl_;
};

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_CONNECTION_H_

#include "clients/cli/connection.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

#include "clients/cli/errors.h"
#include "clients/cli/progress.h"
#include "clients/cpp/address.h"
#include "clients/cpp/channel.h"
#include "solotrial/v1/analysis_service.grpc.pb.h"

namespace solotrial::cli {
namespace {

using client::FaultKind;

// A watch that lives longer is opened again.
constexpr absl::Duration kWatchDeadline = absl::Hours(24);

std::atomic<bool> interrupted{false};

}  // namespace

class Connection::Impl {
 public:
  struct Token {
    std::string text;
    std::string problem;  // why there is none
  };
  static Token ReadToken(const Settings& settings) {
    Token token{settings.token, ""};
    if (token.text.empty()) {
      std::ifstream file(settings.token_file);
      if (!file) token.problem = std::strerror(errno);
      std::getline(file, token.text);
    }
    while (!token.text.empty() &&
           std::isspace(static_cast<unsigned char>(token.text.back())) != 0) {
      token.text.pop_back();
    }
    for (const char c : token.text) {
      if (c < '!' || c > '~') token.text.clear();
    }
    if (token.text.empty() && token.problem.empty()) token.problem = "it holds no token";
    return token;
  }

  Impl(const Settings& settings, Token token, std::unique_ptr<client::Channel> channel)
      : settings_(settings), token_(std::move(token)), channel_(std::move(channel)) {}

  template <typename Answer>
  absl::StatusOr<Answer> Call(const std::string& method, const google::protobuf::Message& request,
                              const char* label) {
    Answer answer;
    CLIENT_RETURN_IF_ERROR(CallInto(method, request, &answer, label));
    return answer;
  }

  absl::Status CallInto(const std::string& method, const google::protobuf::Message& request,
                        google::protobuf::Message* answer, const char* label) {
    const Progress progress(label);
    return Explain(channel_->CallInto(method, request, answer));
  }

  absl::StatusOr<client::SyncReport> Sync(client::Outbox& outbox, const std::string& trial) {
    const Progress progress("Exchanging entries");
    absl::StatusOr<client::SyncReport> report =
        client::Sync(*channel_, outbox, trial, settings_.locale);
    if (!report.ok()) return Explain(report.status());
    return report;
  }

  // Whether the stream is to be opened again.
  absl::StatusOr<bool> Watch(const v1::WatchAnalysisRequest& request,
                             const std::function<bool(const v1::Analysis&)>& show) {
    grpc::ClientContext context;
    channel_->Prepare(context, kWatchDeadline);
    v1::AnalysisService::Stub stub(channel_->grpc());
    const auto reader = stub.WatchAnalysis(&context, request);
    // A blocked read does not notice a signal: a second thread looks for one and cancels.
    std::atomic<bool> over{false};
    std::thread watcher([&] {
      while (!over && !interrupted) std::this_thread::sleep_for(std::chrono::milliseconds(50));
      if (interrupted) context.TryCancel();
    });
    bool wanted = true;
    bool answered = false;
    v1::Analysis analysis;
    while (wanted && reader->Read(&analysis)) {
      answered = true;
      wanted = show(analysis);
    }
    if (!wanted) context.TryCancel();
    const grpc::Status status = reader->Finish();
    over = true;
    watcher.join();
    if (status.ok() || !wanted || interrupted) return false;
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return true;
    // The engine lets connections go after a day.
    if (answered && status.error_code() == grpc::StatusCode::UNAVAILABLE) return true;
    return Explain(client::Channel::Explain(status));
  }

 private:
  // What a person can do about it.
  absl::Status Explain(const absl::Status& error) const {
    const client::Fault fault = client::ReadFault(error);
    if (fault.kind == FaultKind::kUnreachable) {
      if (absl::IsDeadlineExceeded(error)) {
        return MakeFault(fault.kind, error.code(),
                         "The engine at " + settings_.engine + " did not answer in time.");
      }
      return WithHint(MakeFault(fault.kind, error.code(),
                                "The engine at " + settings_.engine + " cannot be reached."),
                      // One that was joined has its data elsewhere.
                      client::IsLoopback(settings_.engine) && settings_.certificate.empty()
                          ? "Start it with: solotrial-engine --data " + settings_.data
                          : "Is it running, and is this machine in the same network?");
    }
    if (fault.kind == FaultKind::kUnsupported) {
      return WithHint(error, "The engine at " + settings_.engine +
                                 " does not know this call: it may be of another version.");
    }
    if (fault.reason == "PERSON_DELETED") {
      return WithHint(error, "To begin anew, start the engine again.");
    }
    if (fault.reason == "CONFIRMATION_NEEDED") {
      return WithHint(error,
                      "solotrial confirm asks for the phrase, solotrial confirm --ask "
                      "another device.");
    }
    if (absl::IsUnauthenticated(error) && token_.text.empty()) {
      return WithHint(error, "The owner's token was not sent: " + settings_.token_file + ": " +
                                 token_.problem + ".");
    }
    if (absl::IsUnauthenticated(error)) {
      return WithHint(error, "The token was read from " + settings_.token_file +
                                 ". Is that the data folder of the engine at " + settings_.engine +
                                 "?");
    }
    return error;
  }

  const Settings settings_;
  const Token token_;
  const std::unique_ptr<client::Channel> channel_;
};

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Settings& settings) {
  Impl::Token token = Impl::ReadToken(settings);
  absl::StatusOr<std::unique_ptr<client::Channel>> channel =
      client::Channel::Open({settings.engine, token.text, settings.certificate});
  if (!channel.ok()) return AsUsageError(channel.status());
  return std::unique_ptr<Connection>(
      new Connection(std::make_unique<Impl>(settings, std::move(token), *std::move(channel))));
}

absl::StatusOr<v1::ServerInfo> Connection::GetServerInfo() {
  return impl_->Call<v1::ServerInfo>("ServerService/GetServerInfo", v1::GetServerInfoRequest(),
                                     "Asking the engine");
}

absl::Status Connection::CallAccess(const std::string& method,
                                    const google::protobuf::Message& request,
                                    google::protobuf::Message* response) {
  return impl_->CallInto("AccessService/" + method, request, response, "Asking the engine");
}

absl::StatusOr<client::SyncReport> Connection::Sync(client::Outbox& outbox,
                                                    const std::string& trial) {
  return impl_->Sync(outbox, trial);
}

absl::StatusOr<v1::Trial> Connection::CreateTrial(const v1::CreateTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/CreateTrial", request, "Creating the trial");
}

absl::StatusOr<v1::Trial> Connection::GetTrial(const v1::GetTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/GetTrial", request, "Asking the engine");
}

absl::StatusOr<v1::ListTrialsResponse> Connection::ListTrials(
    const v1::ListTrialsRequest& request) {
  return impl_->Call<v1::ListTrialsResponse>("TrialService/ListTrials", request,
                                             "Asking the engine");
}

absl::StatusOr<v1::Trial> Connection::UpdateTrial(const v1::UpdateTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/UpdateTrial", request, "Changing the draft");
}

absl::StatusOr<v1::Trial> Connection::ConfirmSafety(const v1::ConfirmSafetyRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/ConfirmSafety", request, "Confirming");
}

absl::StatusOr<v1::Trial> Connection::StartTrial(const v1::StartTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/StartTrial", request, "Starting the trial");
}

absl::StatusOr<v1::Today> Connection::GetToday(const v1::GetTodayRequest& request) {
  return impl_->Call<v1::Today>("TrialService/GetToday", request, "Asking the engine");
}

absl::StatusOr<v1::Schedule> Connection::GetSchedule(const v1::GetScheduleRequest& request) {
  return impl_->Call<v1::Schedule>("TrialService/GetSchedule", request, "Asking the engine");
}

absl::StatusOr<v1::Trial> Connection::PauseTrial(const v1::PauseTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/PauseTrial", request, "Pausing the trial");
}

absl::StatusOr<v1::Trial> Connection::ResumeTrial(const v1::ResumeTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/ResumeTrial", request, "Resuming the trial");
}

absl::StatusOr<v1::Trial> Connection::StopTrial(const v1::StopTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/StopTrial", request, "Stopping the trial");
}

absl::StatusOr<v1::Trial> Connection::SkipDays(const v1::SkipDaysRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/SkipDays", request, "Moving the schedule");
}

absl::StatusOr<v1::Trial> Connection::ExtendTrial(const v1::ExtendTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/ExtendTrial", request, "Extending the trial");
}

absl::StatusOr<v1::Trial> Connection::ChangeTimeZone(const v1::ChangeTimeZoneRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/ChangeTimeZone", request, "Changing the time zone");
}

absl::StatusOr<v1::Trial> Connection::UnblindTrial(const v1::UnblindTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/UnblindTrial", request, "Unblinding");
}

absl::StatusOr<v1::PackingList> Connection::GetPackingList(
    const v1::GetPackingListRequest& request) {
  return impl_->Call<v1::PackingList>("TrialService/GetPackingList", request,
                                      "Asking for the packing list");
}

absl::StatusOr<v1::ImportPreview> Connection::PreviewImport(
    const v1::PreviewImportRequest& request) {
  return impl_->Call<v1::ImportPreview>("TrialService/PreviewImport", request, "Reading the file");
}

absl::StatusOr<v1::Trial> Connection::ImportTrial(const v1::ImportTrialRequest& request) {
  return impl_->Call<v1::Trial>("TrialService/ImportTrial", request, "Importing the diary");
}

absl::StatusOr<v1::ExportDiaryResponse> Connection::ExportDiary(
    const v1::ExportDiaryRequest& request) {
  return impl_->Call<v1::ExportDiaryResponse>("TrialService/ExportDiary", request,
                                              "Exporting the diary");
}

absl::Status Connection::DeleteTrial(const v1::DeleteTrialRequest& request) {
  return impl_
      ->Call<google::protobuf::Empty>("TrialService/DeleteTrial", request, "Deleting the trial")
      .status();
}

absl::StatusOr<v1::TrialSummary> Connection::GetSummary(const v1::GetSummaryRequest& request) {
  return impl_->Call<v1::TrialSummary>("ReportService/GetSummary", request, "Making the summary");
}

absl::StatusOr<v1::RenderedDocument> Connection::RenderSummary(
    const v1::RenderSummaryRequest& request) {
  return impl_->Call<v1::RenderedDocument>("ReportService/RenderSummary", request,
                                           "Making the summary");
}

absl::StatusOr<v1::RenderedDocument> Connection::ExportTable(
    const v1::ExportTableRequest& request) {
  return impl_->Call<v1::RenderedDocument>("ReportService/ExportTable", request,
                                           "Writing the tables");
}

absl::StatusOr<v1::RenderedDocument> Connection::ExportFhir(const v1::ExportFhirRequest& request) {
  return impl_->Call<v1::RenderedDocument>("ReportService/ExportFhir", request,
                                           "Writing the FHIR bundle");
}

absl::StatusOr<v1::RenderedDocument> Connection::GetCalendar(
    const v1::GetCalendarRequest& request) {
  return impl_->Call<v1::RenderedDocument>("ReportService/GetCalendar", request,
                                           "Writing the calendar");
}

absl::StatusOr<v1::RenderedDocument> Connection::RenderProtocol(
    const v1::RenderProtocolRequest& request) {
  return impl_->Call<v1::RenderedDocument>("ReportService/RenderProtocol", request,
                                           "Making the protocol");
}

absl::StatusOr<v1::ExportArchiveResponse> Connection::ExportArchive(
    const v1::ExportArchiveRequest& request) {
  return impl_->Call<v1::ExportArchiveResponse>("DataService/ExportArchive", request,
                                                "Making the archive");
}

absl::StatusOr<v1::ImportArchiveResponse> Connection::ImportArchive(
    const v1::ImportArchiveRequest& request) {
  return impl_->Call<v1::ImportArchiveResponse>("DataService/ImportArchive", request,
                                                "Bringing in the archive");
}

absl::Status Connection::DeleteEverything(const v1::DeleteEverythingRequest& request) {
  return impl_
      ->Call<google::protobuf::Empty>("DataService/DeleteEverything", request,
                                      "Deleting everything")
      .status();
}

absl::Status Connection::Unlock(const v1::UnlockRequest& request) {
  return impl_->Call<google::protobuf::Empty>("DataService/Unlock", request, "Unlocking").status();
}

absl::StatusOr<v1::RecordEntriesResponse> Connection::RecordEntries(
    const v1::RecordEntriesRequest& request) {
  return impl_->Call<v1::RecordEntriesResponse>("DiaryService/RecordEntries", request, "Recording");
}

absl::StatusOr<v1::ListEntriesResponse> Connection::ListEntries(
    const v1::ListEntriesRequest& request) {
  return impl_->Call<v1::ListEntriesResponse>("DiaryService/ListEntries", request,
                                              "Reading the diary");
}

absl::StatusOr<v1::ListChangesResponse> Connection::ListChanges(
    const v1::ListChangesRequest& request) {
  return impl_->Call<v1::ListChangesResponse>("DiaryService/ListChanges", request,
                                              "Reading the diary");
}

absl::StatusOr<v1::Analysis> Connection::Analyze(const v1::AnalyzeRequest& request) {
  return impl_->Call<v1::Analysis>("AnalysisService/Analyze", request, "Analysing");
}

absl::StatusOr<v1::Prediction> Connection::PredictDecision(
    const v1::PredictDecisionRequest& request) {
  return impl_->Call<v1::Prediction>("AnalysisService/PredictDecision", request,
                                     "Simulating futures");
}

absl::Status Connection::WatchAnalysis(const v1::WatchAnalysisRequest& request,
                                       const std::function<bool(const v1::Analysis&)>& show) {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = true; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  while (true) {
    CLIENT_ASSIGN_OR_RETURN(const bool again, impl_->Watch(request, show));
    if (!again) return absl::OkStatus();
  }
}

}  // namespace solotrial::cli

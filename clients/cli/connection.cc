#include "clients/cli/connection.h"

#include <fmt/format.h>
#include <grpcpp/generic/generic_stub.h>
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
#include "clients/cli/files.h"
#include "clients/cli/progress.h"
#include "solotrial/v1/analysis_service.grpc.pb.h"
#include "solotrial/v1/data_service.grpc.pb.h"
#include "solotrial/v1/diary_service.grpc.pb.h"
#include "solotrial/v1/report_service.grpc.pb.h"
#include "solotrial/v1/server_service.grpc.pb.h"
#include "solotrial/v1/trial_service.grpc.pb.h"

namespace solotrial::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kDeadline{10};
constexpr seconds kLongDeadline{120};
constexpr seconds kPredictionDeadline{900};
// A watch that lives longer is opened again.
constexpr std::chrono::hours kWatchDeadline{24};

// Certificates that this machine trusts, where Debian and its kin keep them.
constexpr char kTrustedRoots[] = "/etc/ssl/certs/ca-certificates.crt";
constexpr size_t kMaxRootsBytes = 4 << 20;
// As in engine/service/certificate.h.
constexpr char kOwnCertificateHost[] = "engine.solotrial.internal";

// An export of 3,000 days with notes is larger than gRPC's default of 4 MiB.
constexpr int kMaxAnswerBytes = 64 << 20;

constexpr milliseconds kPauses[] = {milliseconds(100), milliseconds(300), milliseconds(700)};

std::atomic<bool> interrupted{false};

enum class Repeat { kNever, kWhenUnavailable };

struct CallOptions {
  const char* label;
  seconds deadline = kDeadline;
  Repeat repeat = Repeat::kNever;
};

bool MayRepeat(const grpc::Status& status) {
  if (status.ok()) return false;
  const Fault fault =
      Describe(RpcError(status.error_code(), status.error_message(), status.error_details()));
  if (fault.reason == "BUSY") return true;
  return status.error_code() == grpc::StatusCode::UNAVAILABLE && fault.reason.empty();
}

}  // namespace

class Connection::Impl {
 public:
  explicit Impl(const Settings& settings) : settings_(settings) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
    // The token is for this machine: never through a proxy that the environment names.
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    // Not GRPC_ARG_MIN_RECONNECT_BACKOFF_MS: it is also the time that a connection has to come up.
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
    channel_ = grpc::CreateCustomChannel(settings.engine, Credentials(arguments), arguments);
    trials_ = v1::TrialService::NewStub(channel_);
    diary_ = v1::DiaryService::NewStub(channel_);
    analysis_ = v1::AnalysisService::NewStub(channel_);
    data_ = v1::DataService::NewStub(channel_);
    reports_ = v1::ReportService::NewStub(channel_);
    server_ = v1::ServerService::NewStub(channel_);
    ReadToken();
  }

  template <typename Stub, typename Request, typename Answer>
  absl::StatusOr<Answer> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Answer*),
                              const Request& request, const CallOptions& options) {
    const Progress progress(options.label);
    for (const milliseconds* pause = std::begin(kPauses);; ++pause) {
      grpc::ClientContext context;
      Prepare(context, options.deadline);
      Answer answer;
      const grpc::Status status = (stub.*method)(&context, request, &answer);
      if (status.ok()) return answer;
      if (options.repeat == Repeat::kNever || pause == std::end(kPauses) || !MayRepeat(status)) {
        return Explain(status);
      }
      std::this_thread::sleep_for(*pause);
    }
  }

  absl::Status CallByName(const std::string& path, const google::protobuf::Message& request,
                          google::protobuf::Message* response) {
    const Progress progress("Asking the engine");
    grpc::ClientContext context;
    Prepare(context, kDeadline);
    grpc::CompletionQueue queue;
    const grpc::Slice bytes(request.SerializeAsString());
    const auto call = grpc::GenericStub(channel_).PrepareUnaryCall(
        &context, path, grpc::ByteBuffer(&bytes, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
    if (!status.ok()) return Explain(status);
    grpc::Slice whole;
    if (!answer.DumpToSingleSlice(&whole).ok() ||
        !response->ParseFromArray(whole.begin(), static_cast<int>(whole.size()))) {
      return MachineError("The engine's answer cannot be read.");
    }
    return absl::OkStatus();
  }

  // Whether the stream is to be opened again.
  absl::StatusOr<bool> Watch(const v1::WatchAnalysisRequest& request,
                             const std::function<bool(const v1::Analysis&)>& show) {
    grpc::ClientContext context;
    Prepare(context, kWatchDeadline);
    const auto reader = analysis_->WatchAnalysis(&context, request);
    // A blocked read does not notice a signal: a second thread looks for one and cancels.
    std::atomic<bool> over{false};
    std::thread watcher([&] {
      while (!over && !interrupted) std::this_thread::sleep_for(milliseconds(50));
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
    return Explain(status);
  }

  v1::TrialService::Stub& trials() { return *trials_; }
  v1::DiaryService::Stub& diary() { return *diary_; }
  v1::AnalysisService::Stub& analysis() { return *analysis_; }
  v1::DataService::Stub& data() { return *data_; }
  v1::ReportService::Stub& reports() { return *reports_; }
  v1::ServerService::Stub& server() { return *server_; }

 private:
  std::shared_ptr<grpc::ChannelCredentials> Credentials(grpc::ChannelArguments& arguments) const {
    if (settings_.certificate.empty() && IsLoopback(settings_.engine)) {
      return grpc::InsecureChannelCredentials();
    }
    grpc::SslCredentialsOptions ssl;
    if (!settings_.certificate.empty()) {
      // The engine's own, and no other; it is made out to this name whatever the address is.
      ssl.pem_root_certs = settings_.certificate;
      arguments.SetSslTargetNameOverride(kOwnCertificateHost);
    } else if (const auto roots = ReadFile(kTrustedRoots, kMaxRootsBytes); roots.ok()) {
      ssl.pem_root_certs = *roots;
    }
    return grpc::SslCredentials(ssl);
  }

  void ReadToken() {
    token_ = settings_.token;
    if (token_.empty()) {
      std::ifstream file(settings_.token_file);
      if (!file) token_problem_ = std::strerror(errno);
      std::getline(file, token_);
    }
    while (!token_.empty() && std::isspace(static_cast<unsigned char>(token_.back())) != 0) {
      token_.pop_back();
    }
    for (const char c : token_) {
      // Anything else would be no metadata, and gRPC aborts on it.
      if (c < '!' || c > '~') token_.clear();
    }
    if (token_.empty() && token_problem_.empty()) token_problem_ = "it holds no token";
  }

  template <typename Duration>
  void Prepare(grpc::ClientContext& context, Duration deadline) {
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    if (!token_.empty()) context.AddMetadata("authorization", "Bearer " + token_);
  }

  absl::Status Explain(const grpc::Status& status) {
    absl::Status error =
        RpcError(status.error_code(), status.error_message(), status.error_details());
    const bool by_engine = !Describe(error).reason.empty();
    switch (status.error_code()) {
      case grpc::StatusCode::UNAVAILABLE:
        if (by_engine) return error;
        return WithHint(RpcError(status.error_code(),
                                 "The engine at " + settings_.engine + " cannot be reached.", ""),
                        IsLoopback(settings_.engine)
                            ? "Start it with: solotrial-engine --data " + settings_.data
                            : "Is it running, and is this machine in the same network?");
      case grpc::StatusCode::DEADLINE_EXCEEDED:
        return RpcError(status.error_code(),
                        "The engine at " + settings_.engine + " did not answer in time.", "");
      case grpc::StatusCode::UNAUTHENTICATED:
        if (Describe(error).reason == "PERSON_DELETED") {
          return WithHint(error, "To begin anew, start the engine again.");
        }
        if (token_.empty()) {
          return WithHint(error, "The owner's token was not sent: " + settings_.token_file + ": " +
                                     token_problem_ + ".");
        }
        return WithHint(error, "The token was read from " + settings_.token_file +
                                   ". Is that the data folder of the engine at " +
                                   settings_.engine + "?");
      case grpc::StatusCode::PERMISSION_DENIED:
        if (Describe(error).reason != "CONFIRMATION_NEEDED") return error;
        return WithHint(error,
                        "solotrial confirm asks for the phrase, solotrial confirm --ask "
                        "another device.");
      case grpc::StatusCode::UNIMPLEMENTED:
        return WithHint(error, "The engine at " + settings_.engine +
                                   " does not know this call: it may be of another version.");
      default:
        return error;
    }
  }

  const Settings settings_;
  std::string token_;
  std::string token_problem_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::TrialService::Stub> trials_;
  std::unique_ptr<v1::DiaryService::Stub> diary_;
  std::unique_ptr<v1::AnalysisService::Stub> analysis_;
  std::unique_ptr<v1::DataService::Stub> data_;
  std::unique_ptr<v1::ReportService::Stub> reports_;
  std::unique_ptr<v1::ServerService::Stub> server_;
};

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Settings& settings) {
  CLI_RETURN_IF_ERROR(CheckAddress(settings.engine));
  return std::unique_ptr<Connection>(new Connection(std::make_unique<Impl>(settings)));
}

absl::StatusOr<v1::ServerInfo> Connection::GetServerInfo() {
  return impl_->Call(impl_->server(), &v1::ServerService::Stub::GetServerInfo,
                     v1::GetServerInfoRequest(), {.label = "Asking the engine"});
}

absl::Status Connection::CallAccess(const std::string& method,
                                    const google::protobuf::Message& request,
                                    google::protobuf::Message* response) {
  return impl_->CallByName("/solotrial.v1.AccessService/" + method, request, response);
}

absl::StatusOr<v1::Trial> Connection::CreateTrial(const v1::CreateTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::CreateTrial, request,
                     {.label = "Creating the trial", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::Trial> Connection::GetTrial(const v1::GetTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::GetTrial, request,
                     {.label = "Asking the engine"});
}

absl::StatusOr<v1::ListTrialsResponse> Connection::ListTrials(
    const v1::ListTrialsRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::ListTrials, request,
                     {.label = "Asking the engine"});
}

absl::StatusOr<v1::Trial> Connection::UpdateTrial(const v1::UpdateTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::UpdateTrial, request,
                     {.label = "Changing the draft"});
}

absl::StatusOr<v1::Trial> Connection::ConfirmSafety(const v1::ConfirmSafetyRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::ConfirmSafety, request,
                     {.label = "Confirming"});
}

absl::StatusOr<v1::Trial> Connection::StartTrial(const v1::StartTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::StartTrial, request,
                     {.label = "Starting the trial", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::Today> Connection::GetToday(const v1::GetTodayRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::GetToday, request,
                     {.label = "Asking the engine"});
}

absl::StatusOr<v1::Schedule> Connection::GetSchedule(const v1::GetScheduleRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::GetSchedule, request,
                     {.label = "Asking the engine"});
}

absl::StatusOr<v1::Trial> Connection::PauseTrial(const v1::PauseTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::PauseTrial, request,
                     {.label = "Pausing the trial", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::Trial> Connection::ResumeTrial(const v1::ResumeTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::ResumeTrial, request,
                     {.label = "Resuming the trial", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::Trial> Connection::StopTrial(const v1::StopTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::StopTrial, request,
                     {.label = "Stopping the trial", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::Trial> Connection::SkipDays(const v1::SkipDaysRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::SkipDays, request,
                     {.label = "Moving the schedule", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::Trial> Connection::ExtendTrial(const v1::ExtendTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::ExtendTrial, request,
                     {.label = "Extending the trial", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::Trial> Connection::ChangeTimeZone(const v1::ChangeTimeZoneRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::ChangeTimeZone, request,
                     {.label = "Changing the time zone", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::Trial> Connection::UnblindTrial(const v1::UnblindTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::UnblindTrial, request,
                     {.label = "Unblinding", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::PackingList> Connection::GetPackingList(
    const v1::GetPackingListRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::GetPackingList, request,
                     {.label = "Asking for the packing list"});
}

absl::StatusOr<v1::ImportPreview> Connection::PreviewImport(
    const v1::PreviewImportRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::PreviewImport, request,
                     {.label = "Reading the file", .deadline = kLongDeadline});
}

absl::StatusOr<v1::Trial> Connection::ImportTrial(const v1::ImportTrialRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::ImportTrial, request,
                     {.label = "Importing the diary",
                      .deadline = kLongDeadline,
                      .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::ExportDiaryResponse> Connection::ExportDiary(
    const v1::ExportDiaryRequest& request) {
  return impl_->Call(impl_->trials(), &v1::TrialService::Stub::ExportDiary, request,
                     {.label = "Exporting the diary", .deadline = kLongDeadline});
}

absl::Status Connection::DeleteTrial(const v1::DeleteTrialRequest& request) {
  return impl_
      ->Call(impl_->trials(), &v1::TrialService::Stub::DeleteTrial, request,
             {.label = "Deleting the trial"})
      .status();
}

absl::StatusOr<v1::TrialSummary> Connection::GetSummary(const v1::GetSummaryRequest& request) {
  return impl_->Call(impl_->reports(), &v1::ReportService::Stub::GetSummary, request,
                     {.label = "Making the summary", .deadline = kLongDeadline});
}

absl::StatusOr<v1::RenderedDocument> Connection::RenderSummary(
    const v1::RenderSummaryRequest& request) {
  return impl_->Call(impl_->reports(), &v1::ReportService::Stub::RenderSummary, request,
                     {.label = "Making the summary", .deadline = kLongDeadline});
}

absl::StatusOr<v1::RenderedDocument> Connection::ExportTable(
    const v1::ExportTableRequest& request) {
  return impl_->Call(impl_->reports(), &v1::ReportService::Stub::ExportTable, request,
                     {.label = "Writing the tables", .deadline = kLongDeadline});
}

absl::StatusOr<v1::RenderedDocument> Connection::ExportFhir(const v1::ExportFhirRequest& request) {
  return impl_->Call(impl_->reports(), &v1::ReportService::Stub::ExportFhir, request,
                     {.label = "Writing the FHIR bundle", .deadline = kLongDeadline});
}

absl::StatusOr<v1::RenderedDocument> Connection::GetCalendar(
    const v1::GetCalendarRequest& request) {
  return impl_->Call(impl_->reports(), &v1::ReportService::Stub::GetCalendar, request,
                     {.label = "Writing the calendar", .deadline = kLongDeadline});
}

absl::StatusOr<v1::RenderedDocument> Connection::RenderProtocol(
    const v1::RenderProtocolRequest& request) {
  return impl_->Call(impl_->reports(), &v1::ReportService::Stub::RenderProtocol, request,
                     {.label = "Making the protocol", .deadline = kLongDeadline});
}

absl::StatusOr<v1::ExportArchiveResponse> Connection::ExportArchive(
    const v1::ExportArchiveRequest& request) {
  return impl_->Call(impl_->data(), &v1::DataService::Stub::ExportArchive, request,
                     {.label = "Making the archive", .deadline = kLongDeadline});
}

absl::StatusOr<v1::ImportArchiveResponse> Connection::ImportArchive(
    const v1::ImportArchiveRequest& request) {
  return impl_->Call(impl_->data(), &v1::DataService::Stub::ImportArchive, request,
                     {.label = "Bringing in the archive",
                      .deadline = kLongDeadline,
                      .repeat = Repeat::kWhenUnavailable});
}

absl::Status Connection::DeleteEverything(const v1::DeleteEverythingRequest& request) {
  return impl_
      ->Call(impl_->data(), &v1::DataService::Stub::DeleteEverything, request,
             {.label = "Deleting everything", .deadline = kLongDeadline})
      .status();
}

absl::Status Connection::Unlock(const v1::UnlockRequest& request) {
  return impl_->Call(impl_->data(), &v1::DataService::Stub::Unlock, request, {.label = "Unlocking"})
      .status();
}

absl::StatusOr<v1::RecordEntriesResponse> Connection::RecordEntries(
    const v1::RecordEntriesRequest& request) {
  return impl_->Call(impl_->diary(), &v1::DiaryService::Stub::RecordEntries, request,
                     {.label = "Recording", .repeat = Repeat::kWhenUnavailable});
}

absl::StatusOr<v1::ListEntriesResponse> Connection::ListEntries(
    const v1::ListEntriesRequest& request) {
  return impl_->Call(impl_->diary(), &v1::DiaryService::Stub::ListEntries, request,
                     {.label = "Reading the diary"});
}

absl::StatusOr<v1::ListChangesResponse> Connection::ListChanges(
    const v1::ListChangesRequest& request) {
  return impl_->Call(impl_->diary(), &v1::DiaryService::Stub::ListChanges, request,
                     {.label = "Reading the diary"});
}

absl::StatusOr<v1::Analysis> Connection::Analyze(const v1::AnalyzeRequest& request) {
  return impl_->Call(impl_->analysis(), &v1::AnalysisService::Stub::Analyze, request,
                     {.label = "Analysing", .deadline = kLongDeadline});
}

absl::StatusOr<v1::Prediction> Connection::PredictDecision(
    const v1::PredictDecisionRequest& request) {
  return impl_->Call(impl_->analysis(), &v1::AnalysisService::Stub::PredictDecision, request,
                     {.label = "Simulating futures", .deadline = kPredictionDeadline});
}

absl::Status Connection::WatchAnalysis(const v1::WatchAnalysisRequest& request,
                                       const std::function<bool(const v1::Analysis&)>& show) {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = true; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  while (true) {
    CLI_ASSIGN_OR_RETURN(const bool again, impl_->Watch(request, show));
    if (!again) return absl::OkStatus();
  }
}

}  // namespace solotrial::cli

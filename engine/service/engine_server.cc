#include "engine/service/engine_server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/server_interceptor.h>

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

#include "engine/inference/inference.h"
#include "engine/service/analysis_handlers.h"
#include "engine/service/analysis_watch.h"
#include "engine/service/change_hub.h"
#include "engine/service/convert.h"
#include "engine/service/diary_handlers.h"
#include "engine/service/gate.h"
#include "engine/service/trial_handlers.h"
#include "engine/service/unreadable_request.h"
#include "engine/service/worker_pool.h"
#include "solotrial/v1/analysis_service.grpc.pb.h"
#include "solotrial/v1/diary_service.grpc.pb.h"
#include "solotrial/v1/server_service.grpc.pb.h"
#include "solotrial/v1/trial_service.grpc.pb.h"

namespace solotrial::service {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

constexpr int kWorkers = 3;
constexpr size_t kMostQueued = 4096;
constexpr int kMaxMessageBytes = 4 << 20;
constexpr auto kShutdownGrace = std::chrono::seconds(2);

// A member function of `handlers` as a handler.
template <typename Handlers, typename Transaction, typename Request, typename Response>
Handler<Transaction, Request, Response> Bind(
    const Handlers& handlers, absl::Status (Handlers::*method)(const access::Caller&, Transaction&,
                                                               const Request&, Response*) const) {
  return [&handlers, method](const access::Caller& caller, Transaction& transaction,
                             const Request& request, Response* response) {
    return (handlers.*method)(caller, transaction, request, response);
  };
}

class TrialServiceImpl final : public v1::TrialService::CallbackService {
 public:
  TrialServiceImpl(Gate& gate, const Clock& clock) : gate_(gate), handlers_(clock) {}

  ServerUnaryReactor* CreateTrial(CallbackServerContext* context,
                                  const v1::CreateTrialRequest* request,
                                  v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.CreateTrial", request, response,
                       Bind(handlers_, &TrialHandlers::CreateTrial));
  }
  ServerUnaryReactor* UpdateTrial(CallbackServerContext* context,
                                  const v1::UpdateTrialRequest* request,
                                  v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.UpdateTrial", request, response,
                       Bind(handlers_, &TrialHandlers::UpdateTrial));
  }
  ServerUnaryReactor* DeleteTrial(CallbackServerContext* context,
                                  const v1::DeleteTrialRequest* request,
                                  google::protobuf::Empty* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.DeleteTrial", request, response,
                       Bind(handlers_, &TrialHandlers::DeleteTrial));
  }
  ServerUnaryReactor* GetTrial(CallbackServerContext* context, const v1::GetTrialRequest* request,
                               v1::Trial* response) override {
    return gate_.Read(context, "solotrial.v1.TrialService.GetTrial", request, response,
                      Bind(handlers_, &TrialHandlers::GetTrial));
  }
  ServerUnaryReactor* ListTrials(CallbackServerContext* context,
                                 const v1::ListTrialsRequest* request,
                                 v1::ListTrialsResponse* response) override {
    return gate_.Read(context, "solotrial.v1.TrialService.ListTrials", request, response,
                      Bind(handlers_, &TrialHandlers::ListTrials));
  }
  ServerUnaryReactor* StartTrial(CallbackServerContext* context,
                                 const v1::StartTrialRequest* request,
                                 v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.StartTrial", request, response,
                       Bind(handlers_, &TrialHandlers::StartTrial));
  }
  ServerUnaryReactor* GetToday(CallbackServerContext* context, const v1::GetTodayRequest* request,
                               v1::Today* response) override {
    return gate_.Read(context, "solotrial.v1.TrialService.GetToday", request, response,
                      Bind(handlers_, &TrialHandlers::GetToday));
  }
  ServerUnaryReactor* GetSchedule(CallbackServerContext* context,
                                  const v1::GetScheduleRequest* request,
                                  v1::Schedule* response) override {
    return gate_.Read(context, "solotrial.v1.TrialService.GetSchedule", request, response,
                      Bind(handlers_, &TrialHandlers::GetSchedule));
  }
  ServerUnaryReactor* PauseTrial(CallbackServerContext* context,
                                 const v1::PauseTrialRequest* request,
                                 v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.PauseTrial", request, response,
                       Bind(handlers_, &TrialHandlers::PauseTrial));
  }
  ServerUnaryReactor* ResumeTrial(CallbackServerContext* context,
                                  const v1::ResumeTrialRequest* request,
                                  v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.ResumeTrial", request, response,
                       Bind(handlers_, &TrialHandlers::ResumeTrial));
  }
  ServerUnaryReactor* StopTrial(CallbackServerContext* context, const v1::StopTrialRequest* request,
                                v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.StopTrial", request, response,
                       Bind(handlers_, &TrialHandlers::StopTrial));
  }
  ServerUnaryReactor* ImportTrial(CallbackServerContext* context,
                                  const v1::ImportTrialRequest* request,
                                  v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.ImportTrial", request, response,
                       Bind(handlers_, &TrialHandlers::ImportTrial));
  }
  ServerUnaryReactor* ExportDiary(CallbackServerContext* context,
                                  const v1::ExportDiaryRequest* request,
                                  v1::ExportDiaryResponse* response) override {
    return gate_.Read(context, "solotrial.v1.TrialService.ExportDiary", request, response,
                      Bind(handlers_, &TrialHandlers::ExportDiary));
  }

 private:
  Gate& gate_;
  const TrialHandlers handlers_;
};

class DiaryServiceImpl final : public v1::DiaryService::CallbackService {
 public:
  DiaryServiceImpl(Gate& gate, const Clock& clock, const std::string& epoch)
      : gate_(gate), handlers_(clock, epoch) {}

  ServerUnaryReactor* RecordEntries(CallbackServerContext* context,
                                    const v1::RecordEntriesRequest* request,
                                    v1::RecordEntriesResponse* response) override {
    return gate_.Write(context, "solotrial.v1.DiaryService.RecordEntries", request, response,
                       Bind(handlers_, &DiaryHandlers::RecordEntries));
  }
  ServerUnaryReactor* ListEntries(CallbackServerContext* context,
                                  const v1::ListEntriesRequest* request,
                                  v1::ListEntriesResponse* response) override {
    return gate_.Read(context, "solotrial.v1.DiaryService.ListEntries", request, response,
                      Bind(handlers_, &DiaryHandlers::ListEntries));
  }
  ServerUnaryReactor* ListChanges(CallbackServerContext* context,
                                  const v1::ListChangesRequest* request,
                                  v1::ListChangesResponse* response) override {
    return gate_.Read(context, "solotrial.v1.DiaryService.ListChanges", request, response,
                      Bind(handlers_, &DiaryHandlers::ListChanges));
  }

 private:
  Gate& gate_;
  const DiaryHandlers handlers_;
};

// A stream that was refused.
class RefusedWatch final : public grpc::ServerWriteReactor<v1::Analysis> {
 public:
  explicit RefusedWatch(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

class AnalysisServiceImpl final : public v1::AnalysisService::CallbackService {
 public:
  AnalysisServiceImpl(Gate& gate, store::TrialStore& store, WorkerPool& workers, ChangeHub& changes,
                      const Clock& clock)
      : gate_(gate), workers_(workers), changes_(changes), handlers_(store, clock) {}

  ServerUnaryReactor* Analyze(CallbackServerContext* context, const v1::AnalyzeRequest* request,
                              v1::Analysis* response) override {
    return gate_.Work<v1::AnalyzeRequest, v1::Analysis>(
        context, "solotrial.v1.AnalysisService.Analyze", request, response,
        [this](const access::Caller& caller, const v1::AnalyzeRequest& in, v1::Analysis* out) {
          return handlers_.Analyze(caller, in, out);
        });
  }
  grpc::ServerWriteReactor<v1::Analysis>* WatchAnalysis(
      CallbackServerContext* context, const v1::WatchAnalysisRequest* request) override {
    absl::StatusOr<access::Caller> caller =
        gate_.Admit(*context, "solotrial.v1.AnalysisService.WatchAnalysis");
    if (!caller.ok()) return new RefusedWatch(ToWire(caller.status()));
    auto* watch = new AnalysisWatch(handlers_, workers_, changes_, *std::move(caller), *request);
    watch->Begin();
    return watch;
  }
  ServerUnaryReactor* AnalyzeRecord(CallbackServerContext* context,
                                    const v1::AnalyzeRecordRequest* request,
                                    v1::AnalysisResult* response) override {
    return gate_.Work<v1::AnalyzeRecordRequest, v1::AnalysisResult>(
        context, "solotrial.v1.AnalysisService.AnalyzeRecord", request, response,
        [](const access::Caller&, const v1::AnalyzeRecordRequest& in, v1::AnalysisResult* out) {
          return service::AnalyzeRecord(in, out);
        });
  }
  ServerUnaryReactor* PredictDecision(CallbackServerContext* context,
                                      const v1::PredictDecisionRequest* request,
                                      v1::Prediction* response) override {
    return gate_.Work<v1::PredictDecisionRequest, v1::Prediction>(
        context, "solotrial.v1.AnalysisService.PredictDecision", request, response,
        [this, context](const access::Caller& caller, const v1::PredictDecisionRequest& in,
                        v1::Prediction* out) {
          return handlers_.PredictDecision(
              caller, in, [context] { return context->IsCancelled(); }, out);
        });
  }

 private:
  Gate& gate_;
  WorkerPool& workers_;
  ChangeHub& changes_;
  const AnalysisHandlers handlers_;
};

class ServerServiceImpl final : public v1::ServerService::CallbackService {
 public:
  ServerServiceImpl(Gate& gate, store::TrialStore& store, const Clock& clock)
      : gate_(gate), store_(store), clock_(clock) {}

  ServerUnaryReactor* GetServerInfo(CallbackServerContext* context,
                                    const v1::GetServerInfoRequest* request,
                                    v1::ServerInfo* response) override {
    return gate_.Work<v1::GetServerInfoRequest, v1::ServerInfo>(
        context, "solotrial.v1.ServerService.GetServerInfo", request, response,
        [this](const access::Caller&, const v1::GetServerInfoRequest&, v1::ServerInfo* out) {
          out->set_engine_version(SOLOTRIAL_VERSION);
          out->set_api_version("v1");
          out->set_model_version(inference::kModelVersion);
          out->set_schema_version(store_.SchemaVersion());
          out->set_store_epoch(store_.Epoch());
          out->add_capabilities("learned-half-lives");
          out->set_manual_clock(clock_.IsManual());
          *out->mutable_server_time() = ToProto(clock_.Now());
          return absl::OkStatus();
        });
  }

 private:
  Gate& gate_;
  store::TrialStore& store_;
  const Clock& clock_;
};

bool IsLoopback(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return false;
  const std::string host = address.substr(0, colon);
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

class RunningServer final : public EngineServer {
 public:
  RunningServer(store::TrialStore& store, const Clock& clock)
      : gate_(store, workers_, changes_, clock),
        trials_(gate_, clock),
        diary_(gate_, clock, store.Epoch()),
        analysis_(gate_, store, workers_, changes_, clock),
        info_(gate_, store, clock) {}

  ~RunningServer() override {
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now() + kShutdownGrace);
    server_->Wait();
  }

  absl::Status Listen(const std::string& address) {
    SOLOTRIAL_RETURN_IF_ERROR(gate_.LoadRoles());
    if (!address.empty() && !IsLoopback(address)) {
      return absl::InvalidArgumentError(
          "cannot listen on " + address +
          ": only 127.0.0.1, [::1] or localhost, as host:port; this engine has no transport "
          "security yet");
    }
    // protobuf writes to standard error what a stranger's bytes lack; the caller is told instead.
    google::protobuf::SetLogHandler(nullptr);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a port in use is an error
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 256);
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>>
        interceptors;
    interceptors.push_back(ExplainUnreadableRequests());
    builder.experimental().SetInterceptorCreators(std::move(interceptors));
    int port = 0;
    if (!address.empty()) {
      builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
    }
    for (grpc::Service* service :
         std::initializer_list<grpc::Service*>{&trials_, &diary_, &analysis_, &info_}) {
      builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || (!address.empty() && port == 0)) {
      return absl::UnavailableError("cannot listen on " + address +
                                    ": the port is in use or not allowed; choose another with "
                                    "--listen HOST:PORT");
    }
    if (!address.empty()) {
      address_ = address.substr(0, address.rfind(':') + 1) + std::to_string(port);
    }
    return absl::OkStatus();
  }

  std::string address() const override { return address_; }

  std::shared_ptr<grpc::Channel> InProcessChannel() override {
    return server_->InProcessChannel(grpc::ChannelArguments());
  }

 private:
  // Destroyed in reverse: first the server, then the workers with what is queued, then the rest.
  ChangeHub changes_;
  WorkerPool workers_{kWorkers, kMostQueued};
  Gate gate_;
  TrialServiceImpl trials_;
  DiaryServiceImpl diary_;
  AnalysisServiceImpl analysis_;
  ServerServiceImpl info_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EngineServer>> EngineServer::Start(const Options& options,
                                                                  store::TrialStore& store,
                                                                  const Clock& clock) {
  auto server = std::make_unique<RunningServer>(store, clock);
  SOLOTRIAL_RETURN_IF_ERROR(server->Listen(options.listen_address));
  return server;
}

}  // namespace solotrial::service

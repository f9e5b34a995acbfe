#include "engine/service/engine_server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/server_interceptor.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/inference/inference.h"
#include "engine/service/access_handlers.h"
#include "engine/service/access_service.h"
#include "engine/service/admission.h"
#include "engine/service/analysis_handlers.h"
#include "engine/service/analysis_watch.h"
#include "engine/service/catalog_service.h"
#include "engine/service/change_hub.h"
#include "engine/service/convert.h"
#include "engine/service/data_service.h"
#include "engine/service/diary_handlers.h"
#include "engine/service/gate.h"
#include "engine/service/listener.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/metrics.h"
#include "engine/service/plan_stream.h"
#include "engine/service/power_keeper.h"
#include "engine/service/reflected_types.h"
#include "engine/service/report_service.h"
#include "engine/service/trial_handlers.h"
#include "engine/service/unreadable_request.h"
#include "engine/service/worker_pool.h"
#include "solotrial/v1/analysis_service.grpc.pb.h"
#include "solotrial/v1/diary_service.grpc.pb.h"
#include "solotrial/v1/plan_service.grpc.pb.h"
#include "solotrial/v1/server_service.grpc.pb.h"
#include "solotrial/v1/trial_service.grpc.pb.h"

namespace solotrial::service {
namespace {

// Raised only with an answer that clients made before could misread.
constexpr int kOldestClientLevel = 1;

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

constexpr int kWorkers = 3;
constexpr size_t kMostQueued = 4096;
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
  TrialServiceImpl(Gate& gate, store::TrialStore& store, const Clock& clock, PowerKeeper& power)
      : gate_(gate), store_(store), handlers_(clock), power_(power) {}

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
    return gate_.Write<v1::StartTrialRequest, v1::Trial>(
        context, "solotrial.v1.TrialService.StartTrial", request, response,
        [this](const access::Caller& caller, store::WriteTransaction& transaction,
               const v1::StartTrialRequest& in, v1::Trial* out) -> absl::Status {
          SOLOTRIAL_RETURN_IF_ERROR(handlers_.StartTrial(caller, transaction, in, out));
          SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, TrialId(out->name()));
          power_.Later(caller.person_id, id, out->protocol());
          return absl::OkStatus();
        });
  }
  ServerUnaryReactor* ConfirmSafety(CallbackServerContext* context,
                                    const v1::ConfirmSafetyRequest* request,
                                    v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.ConfirmSafety", request, response,
                       Bind(handlers_, &TrialHandlers::ConfirmSafety));
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
  ServerUnaryReactor* SkipDays(CallbackServerContext* context, const v1::SkipDaysRequest* request,
                               v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.SkipDays", request, response,
                       Bind(handlers_, &TrialHandlers::SkipDays));
  }
  ServerUnaryReactor* ExtendTrial(CallbackServerContext* context,
                                  const v1::ExtendTrialRequest* request,
                                  v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.ExtendTrial", request, response,
                       Bind(handlers_, &TrialHandlers::ExtendTrial));
  }
  ServerUnaryReactor* ChangeTimeZone(CallbackServerContext* context,
                                     const v1::ChangeTimeZoneRequest* request,
                                     v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.ChangeTimeZone", request, response,
                       Bind(handlers_, &TrialHandlers::ChangeTimeZone));
  }
  ServerUnaryReactor* UnblindTrial(CallbackServerContext* context,
                                   const v1::UnblindTrialRequest* request,
                                   v1::Trial* response) override {
    return gate_.Write(context, "solotrial.v1.TrialService.UnblindTrial", request, response,
                       Bind(handlers_, &TrialHandlers::UnblindTrial));
  }
  ServerUnaryReactor* GetPackingList(CallbackServerContext* context,
                                     const v1::GetPackingListRequest* request,
                                     v1::PackingList* response) override {
    return gate_.Work<v1::GetPackingListRequest, v1::PackingList>(
        context, "solotrial.v1.TrialService.GetPackingList", request, response,
        [this](const access::Caller& caller, const v1::GetPackingListRequest& in,
               v1::PackingList* out) { return handlers_.GetPackingList(caller, store_, in, out); });
  }
  ServerUnaryReactor* VerifyOrder(CallbackServerContext* context,
                                  const v1::VerifyOrderRequest* request,
                                  v1::OrderVerification* response) override {
    return gate_.Work<v1::VerifyOrderRequest, v1::OrderVerification>(
        context, "solotrial.v1.TrialService.VerifyOrder", request, response,
        [](const access::Caller&, const v1::VerifyOrderRequest& in, v1::OrderVerification* out) {
          return service::VerifyOrder(in, out);
        });
  }
  ServerUnaryReactor* PreviewImport(CallbackServerContext* context,
                                    const v1::PreviewImportRequest* request,
                                    v1::ImportPreview* response) override {
    return gate_.Work<v1::PreviewImportRequest, v1::ImportPreview>(
        context, "solotrial.v1.TrialService.PreviewImport", request, response,
        [](const access::Caller&, const v1::PreviewImportRequest& in, v1::ImportPreview* out) {
          return service::PreviewImport(in, out);
        });
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
  store::TrialStore& store_;
  const TrialHandlers handlers_;
  PowerKeeper& power_;
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
template <typename Message>
class RefusedStream final : public grpc::ServerWriteReactor<Message> {
 public:
  explicit RefusedStream(const grpc::Status& status) { this->Finish(status); }
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
    const char* method = "solotrial.v1.AnalysisService.WatchAnalysis";
    const absl::StatusOr<Admission::Entry> entry = gate_.Admit(*context, method, *request);
    if (!entry.ok()) return new RefusedStream<v1::Analysis>(ToWire(entry.status()));
    // The request lives as long as the call, and so does the watch.
    const auto still_admitted = [this, entry = *entry, method, request] {
      return gate_.AdmitAgain(entry, method, *request);
    };
    auto* watch =
        new AnalysisWatch(handlers_, workers_, changes_, entry->caller, still_admitted, *request);
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

class PlanServiceImpl final : public v1::PlanService::CallbackService {
 public:
  explicit PlanServiceImpl(Gate& gate) : gate_(gate) {}

  grpc::ServerWriteReactor<v1::Plan>* PlanTrial(CallbackServerContext* context,
                                                const v1::PlanTrialRequest* request) override {
    const absl::StatusOr<Admission::Entry> entry =
        gate_.Admit(*context, "solotrial.v1.PlanService.PlanTrial", *request);
    if (!entry.ok()) return new RefusedStream<v1::Plan>(ToWire(entry.status()));
    return runner_.Answer(*request);
  }

 private:
  Gate& gate_;
  PlanRunner runner_;
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
          out->set_api_level(v1::API_LEVEL_CURRENT);
          out->set_oldest_client_level(kOldestClientLevel);
          out->set_model_version(inference::kModelVersion);
          out->set_schema_version(store_.SchemaVersion());
          out->set_store_epoch(store_.Epoch());
          out->add_capabilities("learned-half-lives");
          out->set_manual_clock(clock_.IsManual());
          out->set_locked(store_.IsLocked());
          *out->mutable_server_time() = ToProto(clock_.Now());
          return absl::OkStatus();
        });
  }

 private:
  Gate& gate_;
  store::TrialStore& store_;
  const Clock& clock_;
};

class RunningServer final : public EngineServer {
 public:
  RunningServer(const Options& options, std::vector<access::AddressRange> trusted_proxies,
                store::TrialStore& store, const Clock& clock)
      : store_(store),
        listener_(options),
        admission_(store, clock,
                   {.allowed_hosts = listener_.AllowedHosts(),
                    .trusted_proxies = std::move(trusted_proxies),
                    .strangers = options.stranger_rate,
                    .devices = options.device_rate,
                    .steady_now = options.steady_now}),
        gate_(store, workers_, changes_, clock, admission_),
        shared_analysis_(store, clock),
        access_handlers_(store, clock, shared_analysis_, [this] { return EndpointForLinks(); }),
        power_(store, options.power_trials),
        trials_(gate_, store, clock, power_),
        diary_(gate_, clock, store.Epoch()),
        analysis_(gate_, store, workers_, changes_, clock),
        plans_(gate_),
        info_(gate_, store, clock),
        access_(MakeAccessService(gate_, access_handlers_)),
        data_(MakeDataService(gate_, store, clock, options.backup_directory)),
        catalog_(MakeCatalogService(gate_)),
        reports_(MakeReportService(gate_, store, clock, power_)) {}

  ~RunningServer() override {
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now() + kShutdownGrace);
    server_->Wait();
  }

  absl::Status Listen(const std::string& metrics_address) {
    if (!metrics_address.empty()) SOLOTRIAL_RETURN_IF_ERROR(metrics_.Serve(metrics_address));
    SOLOTRIAL_RETURN_IF_ERROR(admission_.LoadRules());
    // protobuf writes to standard error what a stranger's bytes lack; the caller is told instead.
    google::protobuf::SetLogHandler(nullptr);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    LinkReflectedTypes();
    grpc::ServerBuilder builder;
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>>
        interceptors;
    interceptors.push_back(ExplainUnreadableRequests());
    interceptors.push_back(metrics_.CountCalls());
    builder.experimental().SetInterceptorCreators(std::move(interceptors));
    SOLOTRIAL_RETURN_IF_ERROR(listener_.AddTo(builder));
    for (grpc::Service* service : std::initializer_list<grpc::Service*>{
             &trials_, &diary_, &analysis_, &plans_, &info_, access_.get(), data_.get(),
             catalog_.get(), reports_.get()}) {
      builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    return listener_.Started(server_ != nullptr);
  }

  std::string address() const override { return listener_.local_address(); }
  std::string remote_address() const override { return listener_.remote_address(); }

  absl::StatusOr<std::optional<FirstPairing>> OfferFirstPairing() override {
    // Whose devices there are is not known yet.
    if (store_.IsLocked()) return std::nullopt;
    std::optional<access::Credential> owner;
    bool alone = false;
    SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& t) -> absl::Status {
      SOLOTRIAL_ASSIGN_OR_RETURN(owner, t.FindOwner());
      if (!owner.has_value()) return absl::OkStatus();
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto devices, t.ListDevices(owner->person_id));
      alone = devices.size() == 1;
      return absl::OkStatus();
    }));
    if (!alone) return std::nullopt;
    v1::PairingCode code;
    SOLOTRIAL_RETURN_IF_ERROR(
        access_handlers_.CreatePairingCode(access::CallerOf(*owner), {}, &code));
    return FirstPairing{code.code(), code.link(), code.web_link()};
  }

  std::shared_ptr<grpc::Channel> InProcessChannel() override {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);  // the engine's own answers
    return server_->InProcessChannel(arguments);
  }

  bool IsHostAllowed(const std::string& authority) const override {
    return admission_.IsHostAllowed(authority);
  }
  std::string ClientAddress(const std::string& peer,
                            const std::string& forwarded_for) const override {
    return admission_.ClientAddress(peer, forwarded_for);
  }
  void SetWebUrl(const std::string& url, bool has_app) override {
    const std::lock_guard lock(mutex_);
    web_url_ = url;
    has_app_ = has_app;
  }

 private:
  Endpoint EndpointForLinks() const {
    Endpoint endpoint = listener_.endpoint();
    const std::lock_guard lock(mutex_);
    endpoint.web_url = web_url_;
    endpoint.has_app = has_app_;
    return endpoint;
  }

  mutable std::mutex mutex_;
  std::string web_url_;   // guarded by mutex_
  bool has_app_ = false;  // guarded by mutex_
  store::TrialStore& store_;
  Listener listener_;
  // Destroyed in reverse: first the server, then the workers with what is queued, then the rest.
  ChangeHub changes_;
  WorkerPool workers_{kWorkers, kMostQueued};
  Metrics metrics_{store_, [this] { return workers_.queued(); }};
  Admission admission_;
  Gate gate_;
  const AnalysisHandlers shared_analysis_;
  const AccessHandlers access_handlers_;
  PowerKeeper power_;
  TrialServiceImpl trials_;
  DiaryServiceImpl diary_;
  AnalysisServiceImpl analysis_;
  PlanServiceImpl plans_;
  ServerServiceImpl info_;
  const std::unique_ptr<grpc::Service> access_;
  const std::unique_ptr<grpc::Service> data_;
  const std::unique_ptr<grpc::Service> catalog_;
  const std::unique_ptr<grpc::Service> reports_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EngineServer>> EngineServer::Start(const Options& options,
                                                                  store::TrialStore& store,
                                                                  const Clock& clock) {
  std::vector<access::AddressRange> trusted_proxies;
  for (const std::string& text : options.trusted_proxies) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const access::AddressRange range, access::AddressRange::Parse(text));
    trusted_proxies.push_back(range);
  }
  auto server = std::make_unique<RunningServer>(options, std::move(trusted_proxies), store, clock);
  SOLOTRIAL_RETURN_IF_ERROR(server->Listen(options.metrics_address));
  return server;
}

}  // namespace solotrial::service

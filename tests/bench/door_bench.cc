// The same calls over gRPC and through the HTTP door (gRPC-Web over HTTP/1.1), both over loopback
// TCP to one engine, one call at a time on a connection that is kept.
#include <benchmark/benchmark.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "engine/base/civil_time.h"
#include "engine/service/embedded.h"
#include "engine/service/engine_server.h"
#include "engine/store/sqlite_trial_store.h"
#include "engine/web/grpc_web.h"
#include "engine/web/http_door.h"
#include "solotrial/v1/trial_service.grpc.pb.h"
#include "tests/web/http_client.h"

namespace solotrial {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "door_bench: %s\n", what);
  std::abort();
}

class Engine {
 public:
  static Engine& Get() {
    static Engine engine;
    return engine;
  }
  std::string address() const { return server_->address(); }
  std::string door_address() const { return door_->address(); }
  const std::string& token() const { return token_; }
  const std::string& trial() const { return trial_; }

 private:
  Engine() : clock_(MakeSystemClock()) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "solotrial-bench-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    auto store = store::OpenSqliteTrialStore(directory_ + "/solotrial.db");
    Require(store.ok(), "cannot open the store");
    store_ = *std::move(store);
    Require(service::EnsureOwner(*store_, directory_ + "/token", clock_->Now()).ok(), "no owner");
    std::ifstream(directory_ + "/token") >> token_;
    auto server = service::EngineServer::Start({.listen_address = "127.0.0.1:0"}, *store_, *clock_);
    Require(server.ok(), "cannot start");
    server_ = *std::move(server);
    auto door = web::HttpDoor::Start({.listen_address = "127.0.0.1:0"}, *server_);
    Require(door.ok(), "cannot open the door");
    door_ = *std::move(door);
    MakeTrial();
  }
  ~Engine() {
    door_.reset();
    server_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void MakeTrial() {
    v1::CreateTrialRequest create;
    Require(embedded::ReadProtocol(
                R"({"design": {"randomization": "PAIRED", "blockDays": 14, "pairs": 3},
                    "measures": [{"id": "y", "family": "ORDINAL", "minimum": 0, "maximum": 10,
                                  "lowerIsBetter": true, "minimalImportantDifference": 1}],
                    "intervention": {"name": "melatonin", "onInstruction": "Take it."},
                    "title": "A bench", "timeZone": "Europe/Berlin"})",
                create.mutable_protocol())
                .ok(),
            "no protocol");
    const auto stub = v1::TrialService::NewStub(server_->InProcessChannel());
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token_);
    v1::Trial trial;
    const grpc::Status status = stub->CreateTrial(&context, create, &trial);
    Require(status.ok(), status.error_message().c_str());
    trial_ = trial.name();
  }

  std::unique_ptr<Clock> clock_;
  std::string directory_;
  std::string token_;
  std::string trial_;
  std::unique_ptr<store::TrialStore> store_;
  std::unique_ptr<service::EngineServer> server_;
  std::unique_ptr<web::HttpDoor> door_;
};

void GetTrialOverGrpc(benchmark::State& state) {
  Engine& engine = Engine::Get();
  const auto stub = v1::TrialService::NewStub(
      grpc::CreateChannel(engine.address(), grpc::InsecureChannelCredentials()));
  v1::GetTrialRequest request;
  request.set_name(engine.trial());
  for (auto _ : state) {
    v1::Trial trial;
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + engine.token());
    if (!stub->GetTrial(&context, request, &trial).ok()) state.SkipWithError("failed");
  }
}
BENCHMARK(GetTrialOverGrpc)->UseRealTime()->Unit(benchmark::kMicrosecond);

void GetTrialThroughDoor(benchmark::State& state) {
  Engine& engine = Engine::Get();
  web::HttpClient client(engine.door_address());
  v1::GetTrialRequest request;
  request.set_name(engine.trial());
  for (auto _ : state) {
    const web::HttpReply reply = client.Ask(
        "POST", "/solotrial.v1.TrialService/GetTrial",
        {"content-type: application/grpc-web+proto", "authorization: Bearer " + engine.token()},
        web::MessageFrame(request.SerializeAsString(), web::WebFormat::kBinary));
    v1::Trial trial;
    if (reply.body.find("grpc-status: 0") == std::string::npos) state.SkipWithError("failed");
    trial.ParseFromArray(reply.body.data() + 5, static_cast<int>(reply.body.size()) - 5 - 21);
    benchmark::DoNotOptimize(trial);
  }
}
BENCHMARK(GetTrialThroughDoor)->UseRealTime()->Unit(benchmark::kMicrosecond);

void FrontPage(benchmark::State& state) {
  web::HttpClient client(Engine::Get().door_address());
  for (auto _ : state) {
    if (client.Ask("GET", "/").status != 200) state.SkipWithError("failed");
  }
}
BENCHMARK(FrontPage)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace solotrial

BENCHMARK_MAIN();

// Whole calls against a whole engine: over loopback TCP, on a SQLite file in the temporary
// directory ($TMPDIR), every acknowledgement durable.
#include <benchmark/benchmark.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_format.h"
#include "engine/base/civil_time.h"
#include "engine/base/uuid.h"
#include "engine/service/embedded.h"
#include "engine/service/engine_server.h"
#include "engine/store/sqlite_trial_store.h"
#include "solotrial/v1/analysis_service.grpc.pb.h"
#include "solotrial/v1/diary_service.grpc.pb.h"
#include "solotrial/v1/trial_service.grpc.pb.h"

namespace solotrial {
namespace {

std::string FileContent(const std::string& path) {
  std::ifstream file(std::string(SOLOTRIAL_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void Require(bool condition, const char* what) {
  if (condition) return;
  fprintf(stderr, "service_bench: %s\n", what);
  abort();
}

// One engine for all benchmarks, with one started trial.
class Engine {
 public:
  static Engine& Get() {
    static Engine engine;
    return engine;
  }

  std::shared_ptr<grpc::Channel> NewChannel() const {
    // Channels with equal arguments share a connection: the number makes each its own.
    static std::atomic<int> serial{0};
    grpc::ChannelArguments arguments;
    arguments.SetInt("solotrial.bench", ++serial);
    return grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(),
                                     arguments);
  }
  void Authorize(grpc::ClientContext& context) const {
    context.AddMetadata("authorization", "Bearer " + token_);
  }
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
    StartTrial();
  }
  ~Engine() {
    server_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void StartTrial() {
    const auto stub = v1::TrialService::NewStub(NewChannel());
    v1::CreateTrialRequest create;
    Require(
        embedded::ReadProtocol(FileContent("engine/demo/magnesium.json"), create.mutable_protocol())
            .ok(),
        "no protocol");
    // What the bench starts is not to be screened.
    create.mutable_protocol()->clear_symptom();
    create.mutable_protocol()->mutable_intervention()->Clear();
    create.mutable_protocol()->mutable_intervention()->set_name("melatonin");
    create.mutable_protocol()->mutable_intervention()->set_on_instruction("Take it.");
    v1::Trial trial;
    grpc::ClientContext create_context;
    Authorize(create_context);
    Require(stub->CreateTrial(&create_context, create, &trial).ok(), "cannot create a trial");
    v1::StartTrialRequest start;
    start.set_name(trial.name());
    grpc::ClientContext start_context;
    Authorize(start_context);
    Require(stub->StartTrial(&start_context, start, &trial).ok(), "cannot start a trial");
    trial_ = trial.name();
    start_date_ = trial.start_date();
  }

 public:
  std::string start_date_;

 private:
  std::unique_ptr<Clock> clock_;
  std::string directory_;
  std::string token_;
  std::string trial_;
  std::unique_ptr<store::TrialStore> store_;
  std::unique_ptr<service::EngineServer> server_;
};

// One note a call, from `threads` clients with a connection each.
void RecordEntries(benchmark::State& state) {
  Engine& engine = Engine::Get();
  const auto stub = v1::DiaryService::NewStub(engine.NewChannel());
  v1::RecordEntriesRequest request;
  request.set_trial(engine.trial());
  v1::Entry& entry = *request.add_entries();
  entry.set_date(engine.start_date_);
  entry.mutable_client_time()->set_seconds(1);
  entry.mutable_note()->set_text("a note of some thirty characters");
  for (auto _ : state) {
    entry.set_id(MakeUuid7(absl::Now()));
    v1::RecordEntriesResponse response;
    grpc::ClientContext context;
    engine.Authorize(context);
    const grpc::Status status = stub->RecordEntries(&context, request, &response);
    if (!status.ok() || !response.results(0).accepted()) state.SkipWithError("not accepted");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(RecordEntries)->Threads(1)->Threads(16)->Threads(64)->UseRealTime();

void GetSchedule(benchmark::State& state) {
  Engine& engine = Engine::Get();
  const auto stub = v1::TrialService::NewStub(engine.NewChannel());
  v1::GetScheduleRequest request;
  request.set_name(engine.trial());
  for (auto _ : state) {
    v1::Schedule response;
    grpc::ClientContext context;
    engine.Authorize(context);
    if (!stub->GetSchedule(&context, request, &response).ok()) state.SkipWithError("failed");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(GetSchedule)->Threads(1)->Threads(16)->UseRealTime();

// The real record of the demonstration, 70 GAUSSIAN days: reading, analysis, 100,000 drawn orders.
void AnalyzeDemoRecord(benchmark::State& state) {
  v1::AnalyzeRecordRequest request;
  Require(
      embedded::ReadProtocol(FileContent("engine/demo/melatonin.json"), request.mutable_protocol())
          .ok(),
      "no protocol");
  request.set_diary_csv(FileContent("engine/demo/melatonin.csv"));
  for (auto _ : state) {
    v1::AnalysisResult result;
    Require(embedded::AnalyzeRecord(request, &result).ok(), "cannot analyse");
  }
}
BENCHMARK(AnalyzeDemoRecord)->Unit(benchmark::kMillisecond);

// 84 days in 6 blocks, 64 orders: what a usual trial costs from CSV to verdict.
void AnalyzeRecord84Days(benchmark::State& state, const char* family) {
  v1::AnalyzeRecordRequest request;
  const std::string protocol = absl::StrFormat(
      R"({"design": {"randomization": "PAIRED", "blockDays": 14, "pairs": 3},
          "measures": [{"id": "y", "family": "%s", "minimum": 0, "maximum": 10,
                        "lowerIsBetter": true, "minimalImportantDifference": 1}],
          "kinetics": {"onsetHalfLifeDays": 3, "offsetHalfLifeDays": 4}})",
      family);
  Require(embedded::ReadProtocol(protocol, request.mutable_protocol()).ok(), "no protocol");
  std::string csv = "date,on,y\n";
  for (int day = 0; day < 84; ++day) {
    const bool on = std::string("100110")[static_cast<size_t>(day / 14)] == '1';
    csv += FormatDate(Date(2026, 1, 1) + day) + (on ? ",1," : ",0,") +
           std::to_string((day * 7 + day / 5) % 7 + (on ? 0 : 2)) + "\n";
  }
  request.set_diary_csv(csv);
  for (auto _ : state) {
    v1::AnalysisResult result;
    Require(embedded::AnalyzeRecord(request, &result).ok(), "cannot analyse");
  }
}
BENCHMARK_CAPTURE(AnalyzeRecord84Days, gaussian, "GAUSSIAN")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(AnalyzeRecord84Days, ordinal, "ORDINAL")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace solotrial

BENCHMARK_MAIN();

// Bounded load over loopback, on a SQLite file in $TMPDIR, every acknowledgement durable:
//   load_bench record      64 clients, one entry a call, against a bare loop of group commits; then
//                          half that load, and reads beside it
//   load_bench memory      a million entries, resident memory on the way
//   load_bench people      10,000 people with a year of data each in one file, against one alone
// Prints figures; nothing timed decides a test.
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "engine/base/civil_time.h"
#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/service/engine_server.h"
#include "engine/store/sqlite_trial_store.h"
#include "solotrial/v1/analysis_service.grpc.pb.h"
#include "solotrial/v1/diary_service.grpc.pb.h"
#include "solotrial/v1/trial_service.grpc.pb.h"

namespace solotrial {
namespace {

using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

constexpr int kClients = 64;

void Require(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "load_bench: %s\n", what.c_str());
  abort();
}

void Require(const absl::Status& status) { Require(status.ok(), status.ToString()); }

class Engine {
 public:
  // `now`: what the engine takes for today.
  explicit Engine(absl::Time now) : clock_(now) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "solotrial-load-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    auto store = store::OpenSqliteTrialStore(database());
    Require(store.status());
    store_ = *std::move(store);
    Require(service::EnsureOwner(*store_, directory_ + "/token", now));
    std::ifstream(directory_ + "/token") >> token_;
    auto server = service::EngineServer::Start({.listen_address = "127.0.0.1:0"}, *store_, clock_);
    Require(server.status());
    server_ = *std::move(server);
  }
  ~Engine() {
    server_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  std::string database() const { return directory_ + "/solotrial.db"; }
  store::TrialStore& store() { return *store_; }
  void SetNow(absl::Time now) { clock_.now = now; }

  std::shared_ptr<grpc::Channel> NewChannel() const {
    // Channels with equal arguments share a connection: the number makes each its own.
    static std::atomic<int> serial{0};
    grpc::ChannelArguments arguments;
    arguments.SetInt("solotrial.bench", ++serial);
    return grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(),
                                     arguments);
  }
  template <typename Stub, typename Request, typename Response>
  void Call(Stub& stub,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
            const Request& request, Response* response) const {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token_);
    const grpc::Status status = (stub.*method)(&context, request, response);
    Require(status.ok(), status.error_message());
  }

  // A started trial of the owner: 6 pairs of 28 days, one score a day.
  v1::Trial StartTrial() const {
    const auto trials = v1::TrialService::NewStub(NewChannel());
    v1::CreateTrialRequest create;
    v1::Protocol& protocol = *create.mutable_protocol();
    protocol.set_title("load");
    protocol.mutable_design()->set_randomization(v1::Design::PAIRED);
    protocol.mutable_design()->set_block_days(28);
    protocol.mutable_design()->set_pairs(6);
    v1::Measure& measure = *protocol.add_measures();
    measure.set_id("legs");
    measure.set_family(v1::Measure::GAUSSIAN);
    measure.set_minimum(0);
    measure.set_maximum(10);
    measure.set_lower_is_better(true);
    measure.set_minimal_important_difference(1);
    protocol.mutable_intervention()->set_name("melatonin");
    protocol.mutable_intervention()->set_on_instruction("Take it.");
    protocol.set_time_zone("UTC");
    v1::Trial trial;
    Call(*trials, &v1::TrialService::Stub::CreateTrial, create, &trial);
    v1::StartTrialRequest start;
    start.set_name(trial.name());
    Call(*trials, &v1::TrialService::Stub::StartTrial, start, &trial);
    return trial;
  }

 private:
  struct SettableClock final : Clock {
    explicit SettableClock(absl::Time at) : now(at) {}
    absl::Time Now() const override { return now; }
    bool IsManual() const override { return true; }
    absl::Time now;
  };

  SettableClock clock_;
  std::string directory_;
  std::string token_;
  std::unique_ptr<store::TrialStore> store_;
  std::unique_ptr<service::EngineServer> server_;
};

double Quantile(std::vector<double> values, double p) {
  Require(!values.empty(), "nothing was measured");
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<size_t>(p * static_cast<double>(values.size())))];
}

trial::Entry MakeEntry(int64_t n, Date first) {
  trial::Entry entry;
  entry.id = MakeUuid7(absl::Now());
  entry.date = first + n % 336;
  entry.client_time = absl::FromUnixSeconds(1'767'268'800 + n);
  entry.device = "phone";
  entry.subject = "legs";
  entry.value = static_cast<double>((n * 7 + n / 5) % 7 + 1);
  entry.record_time = entry.client_time;
  return entry;
}

void Check(sqlite3* database, int code) {
  Require(code == SQLITE_OK || code == SQLITE_DONE, sqlite3_errmsg(database));
}

// Rows per second of 64 rows to a commit with bare SQLite, on a copy of the engine's tables.
double BareCommits(Engine& engine, const std::string& person, const std::string& trial,
                   Seconds length) {
  sqlite3* database = nullptr;
  Check(database, sqlite3_open(engine.database().c_str(), &database));
  Check(database, sqlite3_exec(database,
                               "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA "
                               "secure_delete = ON",
                               nullptr, nullptr, nullptr));
  sqlite3_stmt* insert = nullptr;
  Check(database, sqlite3_prepare_v2(
                      database,
                      "INSERT INTO entry (person_id, trial_id, entry_id, sequence, record_time, "
                      "kind, date, slot, client_time, utc_offset_minutes, device, supersedes, "
                      "subject, value, text) VALUES (?, ?, ?, ?, 1, 1, '2026-01-01', '', 1, 0, "
                      "'phone', '', 'legs', 3.0, '')",
                      -1, &insert, nullptr));
  int64_t n = 0;
  const auto begin = SteadyClock::now();
  while (SteadyClock::now() - begin < length) {
    Check(database, sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
    for (int i = 0; i < kClients; ++i) {
      const std::string id = MakeUuid7(absl::Now());
      sqlite3_bind_text(insert, 1, person.c_str(), -1, SQLITE_STATIC);
      sqlite3_bind_text(insert, 2, trial.c_str(), -1, SQLITE_STATIC);
      sqlite3_bind_text(insert, 3, id.c_str(), -1, SQLITE_STATIC);
      sqlite3_bind_int64(insert, 4, ++n);
      Check(database, sqlite3_step(insert));
      sqlite3_reset(insert);
    }
    Check(database, sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr));
  }
  const Seconds took = SteadyClock::now() - begin;
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return static_cast<double>(n) / took.count();
}

struct Load {
  double per_second = 0;
  std::vector<double> milliseconds;
};

// `clients` connections, each recording one entry a call; `rate` calls a second in all, 0: as many
// as they can. A call's time counts from when it was due.
Load RecordFor(Engine& engine, const v1::Trial& trial, int clients, double rate, Seconds length) {
  std::vector<std::vector<double>> times(static_cast<size_t>(clients));
  std::vector<std::thread> threads;
  const auto begin = SteadyClock::now();
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      const auto stub = v1::DiaryService::NewStub(engine.NewChannel());
      v1::RecordEntriesRequest request;
      request.set_trial(trial.name());
      v1::Entry& entry = *request.add_entries();
      entry.set_date(trial.start_date());
      entry.mutable_client_time()->set_seconds(1);
      entry.mutable_score()->set_measure_id("legs");
      entry.mutable_score()->set_value(3);
      const Seconds gap(rate == 0 ? 0 : clients / rate);
      auto due = begin + std::chrono::duration_cast<SteadyClock::duration>(gap * client / clients);
      while (SteadyClock::now() - begin < length) {
        if (rate != 0) std::this_thread::sleep_until(due);
        const auto from = rate == 0 ? SteadyClock::now() : due;
        entry.set_id(MakeUuid7(absl::Now()));
        v1::RecordEntriesResponse response;
        engine.Call(*stub, &v1::DiaryService::Stub::RecordEntries, request, &response);
        Require(response.results(0).accepted(), "an entry was not accepted");
        const std::chrono::duration<double, std::milli> took = SteadyClock::now() - from;
        times[static_cast<size_t>(client)].push_back(took.count());
        due += std::chrono::duration_cast<SteadyClock::duration>(gap);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Seconds took = SteadyClock::now() - begin;
  Load load;
  for (const std::vector<double>& part : times) {
    load.milliseconds.insert(load.milliseconds.end(), part.begin(), part.end());
  }
  load.per_second = static_cast<double>(load.milliseconds.size()) / took.count();
  return load;
}

// Milliseconds of GetSchedule, one call after the other.
std::vector<double> ReadFor(Engine& engine, const std::string& trial, Seconds length) {
  const auto stub = v1::TrialService::NewStub(engine.NewChannel());
  v1::GetScheduleRequest request;
  request.set_name(trial);
  std::vector<double> times;
  const auto begin = SteadyClock::now();
  while (SteadyClock::now() - begin < length) {
    const auto from = SteadyClock::now();
    v1::Schedule response;
    engine.Call(*stub, &v1::TrialService::Stub::GetSchedule, request, &response);
    const std::chrono::duration<double, std::milli> took = SteadyClock::now() - from;
    times.push_back(took.count());
  }
  return times;
}

std::string OwnerOf(store::TrialStore& store) {
  std::string person;
  Require(store.Read([&person](store::ReadTransaction& t) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto owner, t.FindOwner());
    person = owner->person_id;
    return absl::OkStatus();
  }));
  return person;
}

void MeasureRecording() {
  constexpr Seconds kLength(8);
  Engine engine(absl::Now());
  const v1::Trial trial = engine.StartTrial();
  const v1::Trial read = engine.StartTrial();
  const v1::Trial bare_trial = engine.StartTrial();
  const double bare =
      BareCommits(engine, OwnerOf(engine.store()), bare_trial.name().substr(7), kLength / 2);
  const Load full = RecordFor(engine, trial, kClients, 0, kLength);
  const double bare_after = BareCommits(engine, OwnerOf(engine.store()),
                                        engine.StartTrial().name().substr(7), kLength / 2);
  std::printf("bare loop of group commits of %d rows: %.0f and %.0f rows/s\n", kClients, bare,
              bare_after);
  std::printf(
      "RecordEntries, %d clients: %.0f calls/s, p50 %.1f ms, p99 %.1f ms; %.0f %% of bare\n",
      kClients, full.per_second, Quantile(full.milliseconds, 0.5),
      Quantile(full.milliseconds, 0.99), 200 * full.per_second / (bare + bare_after));
  const Load half = RecordFor(engine, trial, kClients, full.per_second / 2, kLength);
  std::printf("at half that load: %.0f calls/s, p50 %.1f ms, p99 %.1f ms\n", half.per_second,
              Quantile(half.milliseconds, 0.5), Quantile(half.milliseconds, 0.99));
  const std::vector<double> alone = ReadFor(engine, read.name(), kLength / 2);
  auto writes = std::async(std::launch::async, [&] {
    return RecordFor(engine, trial, kClients, full.per_second / 2, kLength);
  });
  const std::vector<double> beside = ReadFor(engine, read.name(), kLength / 2);
  writes.get();
  std::printf("GetSchedule: p50 %.3f ms alone, %.3f ms beside writes at half load\n",
              Quantile(alone, 0.5), Quantile(beside, 0.5));
}

int64_t ResidentKilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::atoll(line.c_str() + 6);
  }
  return 0;
}

void MeasureMemory() {
  Engine engine(absl::Now());
  const std::string person = OwnerOf(engine.store());
  constexpr int kTrials = 200;
  std::vector<std::string> trials;
  for (int i = 0; i < kTrials; ++i) trials.push_back(engine.StartTrial().name().substr(7));
  for (int64_t n = 0; n < 1'000'000;) {
    if (n % 100'000 == 0) {
      std::printf("%7lld entries: %lld kB resident\n", static_cast<long long>(n),
                  static_cast<long long>(ResidentKilobytes()));
    }
    // 100 entries to a write, as a phone that was offline sends them.
    Require(engine.store().WriteAndWait([&](store::WriteTransaction& t) {
      for (int i = 0; i < 100; ++i, ++n) {
        trial::Entry entry = MakeEntry(n, Date(2026, 1, 1));
        SOLOTRIAL_RETURN_IF_ERROR(
            t.AppendEntry(person, trials[static_cast<size_t>(n / 100 % kTrials)], entry));
      }
      return absl::OkStatus();
    }));
  }
  std::printf("1000000 entries: %lld kB resident\n", static_cast<long long>(ResidentKilobytes()));
}

// Median milliseconds of GetToday and Analyze of a trial with a year of data.
void MeasureOnePerson(const char* what, Engine& engine, const v1::Trial& trial) {
  const auto trials = v1::TrialService::NewStub(engine.NewChannel());
  const auto analysis = v1::AnalysisService::NewStub(engine.NewChannel());
  std::vector<double> today;
  std::vector<double> analyze;
  const auto timed = [](std::vector<double>& times, const auto& call) {
    const auto from = SteadyClock::now();
    call();
    const std::chrono::duration<double, std::milli> took = SteadyClock::now() - from;
    times.push_back(took.count());
  };
  for (int i = 0; i < 300; ++i) {
    timed(today, [&] {
      v1::GetTodayRequest request;
      request.set_name(trial.name());
      v1::Today response;
      engine.Call(*trials, &v1::TrialService::Stub::GetToday, request, &response);
    });
  }
  for (int i = 0; i < 15; ++i) {
    timed(analyze, [&] {
      v1::AnalyzeRequest request;
      request.set_trial(trial.name());
      v1::Analysis response;
      engine.Call(*analysis, &v1::AnalysisService::Stub::Analyze, request, &response);
      Require(response.has_result(), "no result");
    });
  }
  std::printf("%-40s GetToday p50 %.3f ms, Analyze p50 %.1f ms\n", what, Quantile(today, 0.5),
              Quantile(analyze, 0.5));
}

void MeasurePeople() {
  constexpr int kPeople = 10'000;
  const absl::Time start = absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone());
  Engine engine(start);
  const v1::Trial trial = engine.StartTrial();
  const std::string trial_id = trial.name().substr(7);
  const std::string owner = OwnerOf(engine.store());
  const auto write_year = [](store::WriteTransaction& t, const std::string& person,
                             const std::string& id) -> absl::Status {
    for (int64_t day = 0; day < 336; ++day) {
      trial::Entry entry = MakeEntry(day, Date(2026, 1, 1));
      SOLOTRIAL_RETURN_IF_ERROR(t.AppendEntry(person, id, entry));
    }
    return absl::OkStatus();
  };
  Require(engine.store().WriteAndWait(
      [&](store::WriteTransaction& t) { return write_year(t, owner, trial_id); }));
  engine.SetNow(start + absl::Hours(24 * 400));
  MeasureOnePerson("one person with a year of data:", engine, trial);
  trial::Trial row;
  Require(engine.store().Read([&](store::ReadTransaction& t) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(row, t.GetTrial(owner, trial_id));
    return absl::OkStatus();
  }));
  for (int i = 0; i < kPeople; i += 10) {
    Require(engine.store().WriteAndWait([&](store::WriteTransaction& t) {
      for (int j = 0; j < 10; ++j) {
        trial::Trial copy = row;
        copy.id = MakeUuid4();
        copy.person_id = MakeUuid4();
        SOLOTRIAL_RETURN_IF_ERROR(
            t.InsertPerson(copy.person_id, access::Role::kParticipant, start));
        SOLOTRIAL_RETURN_IF_ERROR(t.InsertTrial(copy));
        SOLOTRIAL_RETURN_IF_ERROR(write_year(t, copy.person_id, copy.id));
      }
      return absl::OkStatus();
    }));
  }
  std::printf("%d people, %d entries, %.0f MB\n", kPeople + 1, (kPeople + 1) * 336,
              static_cast<double>(std::filesystem::file_size(engine.database())) / 1e6);
  MeasureOnePerson("the same among 10,000 others:", engine, trial);
}

}  // namespace
}  // namespace solotrial

int main(int argc, char** argv) {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::string what = argc == 2 ? argv[1] : "";
  if (what == "record") {
    solotrial::MeasureRecording();
  } else if (what == "memory") {
    solotrial::MeasureMemory();
  } else if (what == "people") {
    solotrial::MeasurePeople();
  } else {
    std::fprintf(stderr, "load_bench record | memory | people\n");
    return 2;
  }
  return 0;
}

// What durable writing and reading cost.
//
//   BM_StoreWrites/S      one entry per write, from S submitters at once that each wait for their
//                         acknowledgement before the next; through the store
//   BM_BareCommits/S      the floor: the same rows with bare SQLite on one thread, S to a commit
//   BM_StoreReads         50 entries in a snapshot
//   BM_Encrypted...       the same with encryption at rest
//   BM_StoreOpens         opening and closing a file with a year's diary
//
// Items are entries. Writes are measured in real time: they wait for the disk, on which the figures
// depend more than on the machine. Run on the disk that is to be measured (TMPDIR).
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/store/backup.h"
#include "engine/store/encryption.h"
#include "engine/store/sqlite_trial_store.h"
#include "engine/store/trial_store.h"

namespace solotrial::store {
namespace {

const char kPerson[] = "a0000000-0000-4000-8000-000000000001";
const char kTrial[] = "50000000-0000-4000-8000-000000000011";

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << '\n';
  std::abort();
}

class Directory {
 public:
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "solotrial-bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string Database() const { return path_ / "trial.db"; }

 private:
  std::filesystem::path path_;
};

std::unique_ptr<TrialStore> OpenWithTrial(const std::string& path) {
  auto store = OpenSqliteTrialStore(path);
  Require(store.status());
  Require((*store)->WriteAndWait([](WriteTransaction& transaction) {
    const absl::Time now = absl::FromUnixSeconds(1'767'268'800);
    SOLOTRIAL_RETURN_IF_ERROR(transaction.PutOwner(
        {.token_digest = std::string(32, 't'), .person_id = kPerson, .device_id = "phone"}, now));
    trial::Trial trial;
    trial.id = kTrial;
    trial.person_id = kPerson;
    trial.create_time = now;
    return transaction.InsertTrial(trial);
  }));
  return *std::move(store);
}

std::string EntryId(int64_t n) { return absl::StrFormat("00000000-0000-7000-8000-%012x", n); }

trial::Entry MakeEntry(int64_t n) {
  trial::Entry entry;
  entry.id = EntryId(n);
  entry.date = Date(2026, 1, 1) + n % 365;
  entry.slot = "evening";
  entry.client_time = absl::FromUnixSeconds(1'767'268'800 + n);
  entry.device = "d0000000-0000-4000-8000-000000000003";
  entry.kind = trial::Entry::Kind::kScore;
  entry.subject = "sleep";
  entry.value = static_cast<double>(n % 11);
  entry.record_time = entry.client_time;
  return entry;
}

std::function<absl::Status(WriteTransaction&)> Appending(int64_t n) {
  return [n](WriteTransaction& transaction) {
    trial::Entry entry = MakeEntry(n);
    return transaction.AppendEntry(kPerson, kTrial, entry);
  };
}

// Submitters that each have one write under way, without a thread of their own: as in a server, the
// acknowledgement of one write starts the next.
class Submitters {
 public:
  Submitters(TrialStore& store, std::atomic<int64_t>& next, int64_t writes)
      : store_(store), next_(next), to_start_(writes), to_finish_(writes) {}

  void Run(int submitters) {
    for (int i = 0; i < submitters; ++i) Start();
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [this] { return to_finish_ == 0; });
  }

 private:
  void Start() {
    if (to_start_.fetch_sub(1) <= 0) return;
    store_.Write(Appending(next_.fetch_add(1)), [this](const absl::Status& status) {
      Require(status);
      Start();
      const std::lock_guard lock(mutex_);
      if (--to_finish_ == 0) finished_.notify_all();
    });
  }

  TrialStore& store_;
  std::atomic<int64_t>& next_;
  std::atomic<int64_t> to_start_;
  std::mutex mutex_;
  std::condition_variable finished_;
  int64_t to_finish_;  // guarded by mutex_
};

void BM_StoreWrites(benchmark::State& state) {
  const Directory directory;
  const std::unique_ptr<TrialStore> store = OpenWithTrial(directory.Database());
  const auto submitters = static_cast<int>(state.range(0));
  const int64_t writes = int64_t{submitters} * 32;
  std::atomic<int64_t> next = 0;
  for (auto _ : state) Submitters(*store, next, writes).Run(submitters);
  state.SetItemsProcessed(state.iterations() * writes);
}
BENCHMARK(BM_StoreWrites)->Arg(1)->Arg(16)->Arg(64)->UseRealTime()->Unit(benchmark::kMillisecond);

// The same over a store that is encrypted.
std::unique_ptr<TrialStore> OpenEncrypted(const std::string& path) {
  OpenWithTrial(path);
  Require(EncryptStore(path, DefaultBackupDirectory(path), "correct horse"));
  auto store = OpenSqliteTrialStore(path);
  Require(store.status());
  Require((*store)->Unlock("correct horse"));
  return *std::move(store);
}

void BM_EncryptedWrites(benchmark::State& state) {
  const Directory directory;
  const std::unique_ptr<TrialStore> store = OpenEncrypted(directory.Database());
  const auto submitters = static_cast<int>(state.range(0));
  const int64_t writes = int64_t{submitters} * 32;
  std::atomic<int64_t> next = 0;
  for (auto _ : state) Submitters(*store, next, writes).Run(submitters);
  state.SetItemsProcessed(state.iterations() * writes);
}
BENCHMARK(BM_EncryptedWrites)->Arg(1)->Arg(64)->UseRealTime()->Unit(benchmark::kMillisecond);

void Check(sqlite3* database, int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  std::cerr << sqlite3_errmsg(database) << '\n';
  std::abort();
}

void BM_BareCommits(benchmark::State& state) {
  const Directory directory;
  OpenWithTrial(directory.Database());  // for the same tables
  sqlite3* database = nullptr;
  Check(database, sqlite3_open(directory.Database().c_str(), &database));
  Check(database, sqlite3_exec(database,
                               "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; "
                               "PRAGMA secure_delete = ON",
                               nullptr, nullptr, nullptr));
  sqlite3_stmt* insert = nullptr;
  Check(database, sqlite3_prepare_v2(
                      database,
                      "INSERT INTO entry (person_id, trial_id, sequence, entry_id, date, slot, "
                      "client_time, utc_offset_minutes, device, supersedes, kind, subject, "
                      "value, text, record_time) VALUES (?, ?, ?, ?, ?, 'evening', ?, 0, "
                      "'d0000000-0000-4000-8000-000000000003', '', 1, 'sleep', ?, '', ?)",
                      -1, &insert, nullptr));
  const int64_t batch = state.range(0);
  constexpr int kCommits = 32;
  int64_t n = 0;
  for (auto _ : state) {
    for (int commit = 0; commit < kCommits; ++commit) {
      Check(database, sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
      for (int64_t i = 0; i < batch; ++i, ++n) {
        const trial::Entry entry = MakeEntry(n);
        const std::string date = FormatDate(entry.date);
        sqlite3_bind_text(insert, 1, kPerson, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 2, kTrial, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 3, n + 1);
        sqlite3_bind_text(insert, 4, entry.id.c_str(), -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 5, date.c_str(), -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 6, absl::ToUnixMicros(entry.client_time));
        sqlite3_bind_double(insert, 7, entry.value);
        sqlite3_bind_int64(insert, 8, absl::ToUnixMicros(entry.record_time));
        Check(database, sqlite3_step(insert));
        sqlite3_reset(insert);
      }
      Check(database, sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr));
    }
  }
  state.SetItemsProcessed(state.iterations() * kCommits * batch);
  sqlite3_finalize(insert);
  sqlite3_close(database);
}
BENCHMARK(BM_BareCommits)->Arg(1)->Arg(16)->Arg(64)->UseRealTime()->Unit(benchmark::kMillisecond);

// A year of five entries a day.
constexpr int kYear = 1825;

void WriteYear(TrialStore& store) {
  Require(store.WriteAndWait([](WriteTransaction& transaction) {
    for (int n = 0; n < kYear; ++n) SOLOTRIAL_RETURN_IF_ERROR(Appending(n)(transaction));
    return absl::OkStatus();
  }));
}

void BM_StoreReads(benchmark::State& state) {
  const Directory directory;
  const std::unique_ptr<TrialStore> store = OpenWithTrial(directory.Database());
  WriteYear(*store);
  int64_t after = 0;
  for (auto _ : state) {
    Require(store->Read([&](ReadTransaction& transaction) {
      SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<trial::Entry> entries,
                                 transaction.ListEntries(kPerson, kTrial, after, 50));
      benchmark::DoNotOptimize(entries.data());
      return absl::OkStatus();
    }));
    after = (after + 50) % (kYear - 50);
  }
  state.SetItemsProcessed(state.iterations() * 50);
}
BENCHMARK(BM_StoreReads)->Unit(benchmark::kMicrosecond);

void BM_EncryptedReads(benchmark::State& state) {
  const Directory directory;
  const std::unique_ptr<TrialStore> store = OpenEncrypted(directory.Database());
  WriteYear(*store);
  int64_t after = 0;
  for (auto _ : state) {
    Require(store->Read([&](ReadTransaction& transaction) {
      SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<trial::Entry> entries,
                                 transaction.ListEntries(kPerson, kTrial, after, 50));
      benchmark::DoNotOptimize(entries.data());
      return absl::OkStatus();
    }));
    after = (after + 50) % (kYear - 50);
  }
  state.SetItemsProcessed(state.iterations() * 50);
}
BENCHMARK(BM_EncryptedReads)->Unit(benchmark::kMicrosecond);

void BM_StoreOpens(benchmark::State& state) {
  const Directory directory;
  WriteYear(*OpenWithTrial(directory.Database()));
  for (auto _ : state) Require(OpenSqliteTrialStore(directory.Database()).status());
}
BENCHMARK(BM_StoreOpens)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace solotrial::store

BENCHMARK_MAIN();

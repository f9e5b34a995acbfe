#include "clients/cpp/outbox.h"

#include <utility>

#include "clients/cpp/days.h"
#include "clients/cpp/entries.h"
#include "clients/cpp/fault.h"
#include "clients/cpp/ids.h"
#include "clients/cpp/sqlite.h"

namespace solotrial::client {
namespace {

constexpr int64_t kFormat = 1;
constexpr int kMaxEntries = 500;
// Engines take requests of up to 4 MiB.
constexpr size_t kMaxBatchBytes = 1 << 20;

// state: pending, not known to be stored; stored, durable in `epoch`; rejected, refused for good.
constexpr char kSchema[] = R"sql(
CREATE TABLE entry (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  trial TEXT NOT NULL,
  date TEXT NOT NULL,
  body BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'rejected')),
  epoch TEXT NOT NULL DEFAULT '',
  rejection BLOB
);
CREATE INDEX entry_state ON entry (trial, state, position);
CREATE INDEX entry_date ON entry (trial, date, position);
CREATE TABLE trial (
  name TEXT PRIMARY KEY,
  body BLOB,
  epoch TEXT NOT NULL DEFAULT '',
  sequence INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE notice (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  trial TEXT NOT NULL,
  text TEXT NOT NULL
);
PRAGMA user_version=1;
)sql";

template <typename T>
T Parsed(const std::string& bytes) {
  T message;
  // What this library wrote itself; SQLite says when the file is damaged.
  if (!message.ParseFromString(bytes)) return {};
  return message;
}

// `entry` without what the engine adds: as any device would send it again.
v1::Entry AsSent(v1::Entry entry) {
  entry.clear_sequence();
  entry.clear_record_time();
  return entry;
}

}  // namespace

Outbox::Outbox(std::unique_ptr<Database> database, OutboxOptions options)
    : database_(std::move(database)), options_(std::move(options)) {}
Outbox::~Outbox() = default;

absl::StatusOr<std::unique_ptr<Outbox>> Outbox::Open(const std::string& path,
                                                     OutboxOptions options) {
  CLIENT_ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Database::Open(path));
  CLIENT_RETURN_IF_ERROR(database->Transact([&] {
    int64_t format = 0;
    CLIENT_RETURN_IF_ERROR(database->Run("PRAGMA user_version", {},
                                         [&](const SqlRow& row) { format = row.Integer(0); }));
    if (format == 0) return database->Execute(kSchema);
    if (format == kFormat) return absl::OkStatus();
    return absl::FailedPreconditionError(path + " was written by a newer version: update.");
  }));
  return std::unique_ptr<Outbox>(new Outbox(std::move(database), std::move(options)));
}

absl::Status Outbox::Follow(const v1::Trial& trial) {
  return database_->Run(
      "INSERT INTO trial (name, body) VALUES (?, ?) "
      "ON CONFLICT (name) DO UPDATE SET body = excluded.body",
      {trial.name(), Blob{trial.SerializeAsString()}});
}

absl::StatusOr<v1::Trial> Outbox::Trial(const std::string& name) {
  std::optional<v1::Trial> trial;
  CLIENT_RETURN_IF_ERROR(
      database_->Run("SELECT body FROM trial WHERE name = ? AND body IS NOT NULL", {name},
                     [&](const SqlRow& row) { trial = Parsed<v1::Trial>(row.Text(0)); }));
  if (trial.has_value()) return *std::move(trial);
  return absl::NotFoundError(name + " is not followed: call Follow with it, or say the date.");
}

absl::StatusOr<std::vector<v1::Trial>> Outbox::Trials() {
  std::vector<v1::Trial> trials;
  CLIENT_RETURN_IF_ERROR(
      database_->Run("SELECT body FROM trial WHERE body IS NOT NULL ORDER BY name", {},
                     [&](const SqlRow& row) { trials.push_back(Parsed<v1::Trial>(row.Text(0))); }));
  return trials;
}

absl::StatusOr<v1::Entry> Outbox::Record(const std::string& trial, v1::Entry entry) {
  const absl::Time now = options_.clock();
  entry.set_id(MakeUuid7(absl::ToUnixMillis(now)));
  if (entry.date().empty()) {
    CLIENT_ASSIGN_OR_RETURN(const v1::Trial followed, Trial(trial));
    CLIENT_ASSIGN_OR_RETURN(*entry.mutable_date(), DayOfTrial(followed, now));
  }
  const int64_t microseconds = absl::ToUnixMicros(now);
  entry.mutable_client_time()->set_seconds(microseconds / 1'000'000);
  entry.mutable_client_time()->set_nanos(static_cast<int>(microseconds % 1'000'000 * 1000));
  entry.set_utc_offset_minutes(options_.time_zone.At(now).offset / 60);
  entry.set_device(options_.device);
  CLIENT_RETURN_IF_ERROR(database_->Transact([&]() -> absl::Status {
    if (entry.supersedes().empty()) {
      CLIENT_ASSIGN_OR_RETURN(*entry.mutable_supersedes(), HeadOf(trial, entry));
    }
    return Insert(trial, entry, "pending", "");
  }));
  return entry;
}

absl::StatusOr<std::vector<v1::Entry>> Outbox::Current(const std::string& trial) {
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Entry> log, Entries(trial, "state <> 'rejected'"));
  return CurrentEntries(log);
}

absl::StatusOr<std::vector<v1::Entry>> Outbox::Pending(const std::string& trial) {
  return Entries(trial, "state = 'pending'");
}

absl::StatusOr<std::vector<Refused>> Outbox::ListRefused(const std::string& trial) {
  std::vector<Refused> refused;
  CLIENT_RETURN_IF_ERROR(
      database_->Run("SELECT body, rejection FROM entry WHERE trial = ? AND rejection IS NOT NULL "
                     "ORDER BY position",
                     {trial}, [&](const SqlRow& row) {
                       refused.push_back({Parsed<v1::Entry>(row.Text(0)),
                                          Parsed<v1::EntryRejection>(row.Text(1))});
                     }));
  return refused;
}

absl::Status Outbox::Discard(const std::string& entry_id) {
  CLIENT_RETURN_IF_ERROR(
      database_->Run("DELETE FROM entry WHERE id = ? AND rejection IS NOT NULL", {entry_id}));
  if (database_->Changes() > 0) return absl::OkStatus();
  return absl::NotFoundError(entry_id + " was not refused: take it back by a retraction.");
}

absl::Status Outbox::Forget(const std::string& trial) {
  return database_->Transact([&] {
    CLIENT_RETURN_IF_ERROR(database_->Run("DELETE FROM entry WHERE trial = ?", {trial}));
    CLIENT_RETURN_IF_ERROR(database_->Run("DELETE FROM trial WHERE name = ?", {trial}));
    return database_->Run("DELETE FROM notice WHERE trial = ?", {trial});
  });
}

absl::StatusOr<std::optional<v1::RecordEntriesRequest>> Outbox::NextBatch(
    const std::string& trial, const std::set<std::string>& skip, const std::string& locale) {
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Entry> pending, Pending(trial));
  v1::RecordEntriesRequest request;
  request.set_trial(trial);
  request.set_locale(locale);
  size_t bytes = 0;
  for (const v1::Entry& entry : pending) {
    if (skip.count(entry.id()) != 0) continue;
    bytes += entry.ByteSizeLong() + 8;
    const bool full = request.entries_size() == kMaxEntries || bytes > kMaxBatchBytes;
    if (full && request.entries_size() > 0) break;
    *request.add_entries() = entry;
  }
  if (request.entries().empty()) return std::nullopt;
  return request;
}

absl::Status Outbox::ApplyResults(const std::string& trial,
                                  const v1::RecordEntriesResponse& answer) {
  return database_->Transact([&]() -> absl::Status {
    for (const v1::Message& notice : answer.notices()) {
      CLIENT_RETURN_IF_ERROR(
          database_->Run("INSERT INTO notice (trial, text) VALUES (?, ?)", {trial, notice.text()}));
    }
    for (const v1::EntryResult& result : answer.results()) {
      if (result.accepted()) {
        CLIENT_RETURN_IF_ERROR(
            database_->Run("UPDATE entry SET state = 'stored', epoch = ?, rejection = NULL "
                           "WHERE trial = ? AND id = ?",
                           {answer.cursor().epoch(), trial, result.entry_id()}));
        continue;
      }
      // A repetition may find stored what an earlier answer rejected; never the other way round.
      CLIENT_RETURN_IF_ERROR(
          database_->Run("UPDATE entry SET state = ?, rejection = ? "
                         "WHERE trial = ? AND id = ? AND state <> 'stored'",
                         {result.rejection().retryable() ? "pending" : "rejected",
                          Blob{result.rejection().SerializeAsString()}, trial, result.entry_id()}));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::ListChangesRequest> Outbox::NextRead(const std::string& trial) {
  v1::ListChangesRequest request;
  request.set_trial(trial);
  CLIENT_RETURN_IF_ERROR(
      database_->Run("SELECT epoch, sequence FROM trial WHERE name = ? AND epoch <> ''", {trial},
                     [&](const SqlRow& row) {
                       request.mutable_cursor()->set_epoch(row.Text(0));
                       request.mutable_cursor()->set_sequence(row.Integer(1));
                     }));
  return request;
}

absl::Status Outbox::ApplyChanges(const std::string& trial, const v1::ListChangesResponse& answer) {
  const v1::Cursor& cursor = answer.cursor();
  return database_->Transact([&]() -> absl::Status {
    for (const v1::Entry& entry : answer.entries()) {
      CLIENT_RETURN_IF_ERROR(Insert(trial, AsSent(entry), "stored", cursor.epoch()));
    }
    CLIENT_RETURN_IF_ERROR(database_->Run(
        "INSERT INTO trial (name, epoch, sequence) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence",
        {trial, cursor.epoch(), static_cast<int64_t>(cursor.sequence())}));
    // What is stored in an epoch that is over may have been lost with it.
    return database_->Run(
        "UPDATE entry SET state = 'pending' WHERE trial = ? AND state = 'stored' AND epoch <> ?",
        {trial, cursor.epoch()});
  });
}

absl::Status Outbox::EpochChanged(const std::string& trial) {
  return database_->Transact([&] {
    CLIENT_RETURN_IF_ERROR(
        database_->Run("UPDATE trial SET epoch = '', sequence = 0 WHERE name = ?", {trial}));
    return database_->Run("UPDATE entry SET state = 'pending' WHERE trial = ? AND state = 'stored'",
                          {trial});
  });
}

absl::StatusOr<std::vector<std::string>> Outbox::TakeNotices(const std::string& trial) {
  std::vector<std::string> notices;
  CLIENT_RETURN_IF_ERROR(database_->Transact([&] {
    CLIENT_RETURN_IF_ERROR(
        database_->Run("SELECT text FROM notice WHERE trial = ? ORDER BY position", {trial},
                       [&](const SqlRow& row) { notices.push_back(row.Text(0)); }));
    return database_->Run("DELETE FROM notice WHERE trial = ?", {trial});
  }));
  return notices;
}

absl::Status Outbox::Insert(const std::string& trial, const v1::Entry& entry,
                            const std::string& state, const std::string& epoch) {
  return database_->Run(
      "INSERT INTO entry (id, trial, date, body, state, epoch) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET state = excluded.state, epoch = excluded.epoch, "
      "rejection = NULL "
      // An id that was used for something else stays refused here.
      "WHERE entry.state <> 'rejected' OR entry.body = excluded.body",
      {entry.id(), trial, entry.date(), Blob{entry.SerializeAsString()}, state, epoch});
}

absl::StatusOr<std::vector<v1::Entry>> Outbox::Entries(const std::string& trial,
                                                       const std::string& condition) {
  std::vector<v1::Entry> entries;
  CLIENT_RETURN_IF_ERROR(database_->Run(
      "SELECT body FROM entry WHERE trial = ? AND " + condition + " ORDER BY position", {trial},
      [&](const SqlRow& row) { entries.push_back(Parsed<v1::Entry>(row.Text(0))); }));
  return entries;
}

// The last word on the same key, if any: what a new one corrects. Also when it was taken back:
// otherwise the new one would depend on clocks to count.
absl::StatusOr<std::string> Outbox::HeadOf(const std::string& trial, const v1::Entry& entry) {
  if (!SharesItsKey(entry)) return "";
  std::vector<v1::Entry> said;
  if (entry.has_guess()) {
    // A block is guessed once, on whatever day.
    CLIENT_ASSIGN_OR_RETURN(said, Entries(trial, "state <> 'rejected'"));
  } else {
    CLIENT_RETURN_IF_ERROR(database_->Run(
        "SELECT body FROM entry WHERE trial = ? AND date = ? AND state <> 'rejected' "
        "ORDER BY position",
        {trial, entry.date()},
        [&](const SqlRow& row) { said.push_back(Parsed<v1::Entry>(row.Text(0))); }));
  }
  const std::map<EntryKey, v1::Entry> heads = Heads(said);
  const auto head = heads.find(KeyOf(entry));
  return head == heads.end() ? "" : head->second.id();
}

}  // namespace solotrial::client

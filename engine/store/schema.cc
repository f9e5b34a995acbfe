#include "engine/store/schema.h"

#include <array>
#include <cstdint>
#include <utility>

#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/store/sqlite_trial_store.h"

namespace solotrial::store {
namespace {

// "nof1" in ASCII; also at the end of the first script.
constexpr int64_t kApplicationId = 0x6e6f6631;

// Every row carries the person it belongs to, and every key begins with that person: a query that
// forgot to name the person would find no index to serve it, and one person's ids mean nothing
// among another's.
constexpr Sql kVersion1 = R"sql(
CREATE TABLE meta (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  epoch TEXT NOT NULL
) STRICT;

CREATE TABLE person (
  person_id TEXT PRIMARY KEY NOT NULL,
  create_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
  token_digest BLOB PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
  device_id TEXT NOT NULL,
  role INTEGER NOT NULL,
  create_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX credential_by_person ON credential (person_id);

CREATE TABLE trial (
  person_id TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
  trial_id TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
  protocol_document TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  protocol_digest BLOB NOT NULL,
  start_date TEXT,
  seed BLOB NOT NULL,
  commitment BLOB NOT NULL,
  allocation TEXT NOT NULL,
  stop_date TEXT,
  stop_reason TEXT CHECK ((stop_reason IS NULL) = (stop_date IS NULL)),
  revision INTEGER NOT NULL,
  PRIMARY KEY (person_id, trial_id)
) STRICT;
CREATE INDEX trial_by_age ON trial (person_id, create_time, trial_id);

CREATE TABLE pause (
  person_id TEXT NOT NULL,
  trial_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  pause_date TEXT NOT NULL,
  resume_date TEXT,
  reason TEXT NOT NULL,
  PRIMARY KEY (person_id, trial_id, number),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Kept in the order of the log, which is the order in which it is read.
CREATE TABLE entry (
  person_id TEXT NOT NULL,
  trial_id TEXT NOT NULL,
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  entry_id TEXT NOT NULL,
  date TEXT NOT NULL,
  slot TEXT NOT NULL,
  client_time INTEGER NOT NULL,
  utc_offset_minutes INTEGER NOT NULL,
  device TEXT NOT NULL,
  supersedes TEXT NOT NULL,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
  subject TEXT NOT NULL,
  value REAL NOT NULL,
  text TEXT NOT NULL,
  record_time INTEGER NOT NULL,
  PRIMARY KEY (person_id, trial_id, sequence),
  UNIQUE (person_id, entry_id),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE imported_day (
  person_id TEXT NOT NULL,
  trial_id TEXT NOT NULL,
  date TEXT NOT NULL,
  on_fraction REAL NOT NULL CHECK (on_fraction BETWEEN 0 AND 1),
  block INTEGER,
  PRIMARY KEY (person_id, trial_id, date),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE look (
  person_id TEXT NOT NULL,
  trial_id TEXT NOT NULL,
  pair INTEGER NOT NULL,
  data_date TEXT NOT NULL,
  recording_may_end INTEGER NOT NULL CHECK (recording_may_end IN (0, 1)),
  decision TEXT NOT NULL,
  data_digest BLOB NOT NULL,
  record_time INTEGER NOT NULL,
  PRIMARY KEY (person_id, trial_id, pair),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- trial_id: the trial that the reply tells about, and with which it goes; NULL: none.
CREATE TABLE reply (
  person_id TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
  request_id TEXT NOT NULL,
  trial_id TEXT,
  request_digest BLOB NOT NULL,
  reply BLOB NOT NULL,
  create_time INTEGER NOT NULL,
  PRIMARY KEY (person_id, request_id),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT;
CREATE INDEX reply_by_trial ON reply (person_id, trial_id);

PRAGMA application_id = 0x6e6f6631;
PRAGMA user_version = 1;
)sql";

constexpr std::array kMigrations = {kVersion1};
static_assert(kMigrations.size() == kSchemaVersion);

absl::Status RunMigrations(Connection& connection, std::span<const Sql> migrations,
                           size_t version) {
  SOLOTRIAL_RETURN_IF_ERROR(connection.Run("BEGIN IMMEDIATE"));
  for (const Sql script : migrations.subspan(version)) {
    SOLOTRIAL_RETURN_IF_ERROR(connection.RunScript(script));
  }
  if (version == 0) {
    SOLOTRIAL_RETURN_IF_ERROR(connection.Prepare("INSERT INTO meta (row, epoch) VALUES (1, ?)")
                                  .BindText(MakeUuid4())
                                  .Run());
  }
  return connection.Run("COMMIT");
}

}  // namespace

std::span<const Sql> Migrations() { return kMigrations; }

absl::Status CheckSchema(Connection& connection, std::span<const Sql> migrations) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t application,
                             connection.ReadInt("PRAGMA application_id"));
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t version, connection.ReadInt("PRAGMA user_version"));
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t objects,
                             connection.ReadInt("SELECT count(*) FROM sqlite_schema"));
  const bool is_new = application == 0 && version == 0 && objects == 0;
  if (is_new) return absl::OkStatus();
  if (application != kApplicationId || version < 1) {
    return PermanentStorageFault(
        "The file is the database of another program: name another. It was not changed.");
  }
  if (version > static_cast<int64_t>(migrations.size())) {
    return PermanentStorageFault("The file was written by a newer engine (schema " +
                                 std::to_string(version) + "; this engine knows up to " +
                                 std::to_string(migrations.size()) +
                                 "): start that engine, or name another file. It was not changed.");
  }
  return absl::OkStatus();
}

absl::Status Migrate(Connection& connection, std::span<const Sql> migrations) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t version, connection.ReadInt("PRAGMA user_version"));
  if (version == static_cast<int64_t>(migrations.size())) return absl::OkStatus();
  absl::Status status = RunMigrations(connection, migrations, static_cast<size_t>(version));
  if (!status.ok()) connection.RollBack();
  return status;
}

absl::StatusOr<std::string> ReadEpoch(Connection& connection) {
  SOLOTRIAL_ASSIGN_OR_RETURN(std::string epoch,
                             connection.ReadText("SELECT epoch FROM meta WHERE row = 1"));
  if (!IsUuid(epoch)) {
    return PermanentStorageFault("The database file has lost its epoch: restore it from a backup.");
  }
  return epoch;
}

}  // namespace solotrial::store

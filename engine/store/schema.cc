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

// Who may do what. A credential was one of the owner's before, of the engine's own machine.
constexpr Sql kVersion2 = R"sql(
-- role: 2 the owner, 3 a participant. audit_count, audit_hash: where the audit log ends.
ALTER TABLE person ADD COLUMN role INTEGER NOT NULL DEFAULT 2 CHECK (role IN (2, 3));
ALTER TABLE person ADD COLUMN recovery_lookup TEXT;
ALTER TABLE person ADD COLUMN recovery_hash TEXT;
ALTER TABLE person ADD COLUMN audit_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN audit_hash BLOB NOT NULL
  DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
CREATE UNIQUE INDEX person_by_recovery ON person (recovery_lookup);

-- trial_id: the only trial that a helper's or clinician's device may see, with which it goes.
CREATE TABLE device (
  person_id TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
  device_id TEXT NOT NULL,
  role INTEGER NOT NULL CHECK (role BETWEEN 2 AND 5),
  trial_id TEXT CHECK ((trial_id IS NOT NULL) = (role IN (4, 5))),
  local INTEGER NOT NULL CHECK (local IN (0, 1)),
  name TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  last_use_time INTEGER NOT NULL,
  confirmed_until INTEGER NOT NULL,
  PRIMARY KEY (person_id, device_id),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX device_by_trial ON device (person_id, trial_id);

-- number: later tokens of a device have greater ones.
CREATE TABLE token (
  token_digest BLOB PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  expire_time INTEGER NOT NULL,
  UNIQUE (person_id, device_id, number),
  FOREIGN KEY (person_id, device_id) REFERENCES device ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO device (person_id, device_id, role, local, name, create_time, last_use_time,
                    confirmed_until)
  SELECT person_id, device_id, role, 1, 'this machine', create_time, create_time, 0
  FROM credential;
INSERT INTO token (token_digest, person_id, device_id, number, create_time, expire_time)
  SELECT token_digest, person_id, device_id, 1, create_time, 9223372036854775807 FROM credential;
DROP TABLE credential;

-- A code that waits to be claimed. lookup: its first characters, which are no secret.
CREATE TABLE invitation (
  lookup TEXT PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
  invitation_id TEXT NOT NULL,
  digest BLOB NOT NULL,
  role INTEGER NOT NULL CHECK (role BETWEEN 2 AND 5),
  new_person INTEGER NOT NULL CHECK (new_person IN (0, 1)),
  trial_id TEXT CHECK ((trial_id IS NOT NULL) = (role IN (4, 5))),
  create_time INTEGER NOT NULL,
  expire_time INTEGER NOT NULL,
  wrong_tries INTEGER NOT NULL,
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invitation_by_person ON invitation (person_id, invitation_id);
CREATE INDEX invitation_by_trial ON invitation (person_id, trial_id);

-- One device asks another of the same person to confirm it.
CREATE TABLE approval (
  person_id TEXT NOT NULL,
  approval_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  number TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  expire_time INTEGER NOT NULL,
  PRIMARY KEY (person_id, approval_id),
  FOREIGN KEY (person_id, device_id) REFERENCES device ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX approval_by_device ON approval (person_id, device_id);

CREATE TABLE share_link (
  person_id TEXT NOT NULL,
  link_id TEXT NOT NULL,
  token_digest BLOB NOT NULL UNIQUE,
  trial_id TEXT NOT NULL,
  label TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  expire_time INTEGER NOT NULL,
  revoke_time INTEGER,
  PRIMARY KEY (person_id, link_id),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX share_link_by_trial ON share_link (person_id, trial_id);

CREATE TABLE share_opening (
  person_id TEXT NOT NULL,
  link_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  open_time INTEGER NOT NULL,
  PRIMARY KEY (person_id, link_id, number),
  FOREIGN KEY (person_id, link_id) REFERENCES share_link ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_event (
  person_id TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number > 0),
  time INTEGER NOT NULL,
  role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 6),
  device_id TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (person_id, number)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 2;
)sql";

// Deletion, and encryption at rest.
constexpr Sql kVersion3 = R"sql(
-- All that is kept of a person who was deleted: enough to tell their devices so.
CREATE TABLE deleted_credential (
  token_digest BLOB PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- A person whose rows are gone and who may still be in the backups that the engine made.
CREATE TABLE pending_erasure (
  person_id TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- One row when what people wrote is encrypted: the data key, wrapped by a key that Argon2id makes
-- of the passphrase.
CREATE TABLE encryption (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  salt BLOB NOT NULL,
  operations INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  wrapped_key BLOB NOT NULL
) STRICT;

-- What people wrote, where it is encrypted; the columns that it stands for then hold '' or 0.
ALTER TABLE trial ADD COLUMN sealed BLOB;
ALTER TABLE pause ADD COLUMN sealed BLOB;
ALTER TABLE entry ADD COLUMN sealed BLOB;
ALTER TABLE imported_day ADD COLUMN sealed BLOB;
ALTER TABLE look ADD COLUMN sealed BLOB;
ALTER TABLE reply ADD COLUMN sealed BLOB;
ALTER TABLE device ADD COLUMN sealed BLOB;
ALTER TABLE share_link ADD COLUMN sealed BLOB;

PRAGMA user_version = 3;
)sql";

// What designing and living with a trial needs.
constexpr Sql kVersion4 = R"sql(
-- More kinds of entries than the first versions knew.
CREATE TABLE new_entry (
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
  kind INTEGER NOT NULL CHECK (kind > 0),
  subject TEXT NOT NULL,
  value REAL NOT NULL,
  text TEXT NOT NULL,
  record_time INTEGER NOT NULL,
  sealed BLOB,
  PRIMARY KEY (person_id, trial_id, sequence),
  UNIQUE (person_id, entry_id),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO new_entry (person_id, trial_id, sequence, entry_id, date, slot, client_time,
                       utc_offset_minutes, device, supersedes, kind, subject, value, text,
                       record_time, sealed)
  SELECT person_id, trial_id, sequence, entry_id, date, slot, client_time, utc_offset_minutes,
         device, supersedes, kind, subject, value, text, record_time, sealed
  FROM entry ORDER BY person_id, trial_id, sequence;
DROP TABLE entry;
ALTER TABLE new_entry RENAME TO entry;

-- What was done to a started trial beside its pauses and its end. kind: trial::Amendment::Kind.
CREATE TABLE amendment (
  person_id TEXT NOT NULL,
  trial_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
  date TEXT NOT NULL,
  time INTEGER NOT NULL,
  sealed BLOB,
  reason TEXT NOT NULL,
  text TEXT NOT NULL,
  pairs INTEGER NOT NULL,
  secret BLOB NOT NULL,
  PRIMARY KEY (person_id, trial_id, number),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What a clinician confirmed about the safety of a trial. sealed: as in version 3.
CREATE TABLE safety_confirmation (
  person_id TEXT NOT NULL,
  trial_id TEXT NOT NULL,
  confirm_time INTEGER NOT NULL,
  sealed BLOB,
  name TEXT NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (person_id, trial_id),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Who paused: 0 the person, 1 the rule about side effects.
ALTER TABLE pause ADD COLUMN cause INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 4;
)sql";

// Blocks by visits and cycles: the few entries that say when they began are read with their trial.
// kind: trial::Entry::Kind, 5 a retraction, 10 a mark.
constexpr Sql kVersion5 = R"sql(
CREATE INDEX entry_of_blocks ON entry (person_id, trial_id, sequence) WHERE kind IN (5, 10);

PRAGMA user_version = 5;
)sql";

// Links that show the reminders of a trial. kind: access::ShareLink::Kind; settings: when to be
// reminded, and in which language, as the service writes it.
constexpr Sql kVersion6 = R"sql(
ALTER TABLE share_link ADD COLUMN kind INTEGER NOT NULL DEFAULT 0 CHECK (kind BETWEEN 0 AND 1);
ALTER TABLE share_link ADD COLUMN settings BLOB NOT NULL DEFAULT x'';

PRAGMA user_version = 6;
)sql";

// What designs could be expected to find: computed from the protocol, kept for being slow. Nothing
// that anybody wrote.
constexpr Sql kVersion7 = R"sql(
CREATE TABLE simulated_power (
  person_id TEXT NOT NULL,
  trial_id TEXT NOT NULL,
  model_version TEXT NOT NULL,
  trials INTEGER NOT NULL,
  right_twice REAL NOT NULL,
  right_difference REAL NOT NULL,
  wrong_nothing REAL NOT NULL,
  PRIMARY KEY (person_id, trial_id),
  FOREIGN KEY (person_id, trial_id) REFERENCES trial ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 7;
)sql";

// Codes that were claimed, for as long as the device may ask again for a lost answer. digest: see
// access::ClaimDigest.
constexpr Sql kVersion8 = R"sql(
CREATE TABLE claim (
  digest BLOB PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  new_person INTEGER NOT NULL CHECK (new_person IN (0, 1)),
  create_time INTEGER NOT NULL,
  expire_time INTEGER NOT NULL,
  FOREIGN KEY (person_id, device_id) REFERENCES device ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_by_device ON claim (person_id, device_id);

PRAGMA user_version = 8;
)sql";

constexpr std::array kMigrations = {kVersion1, kVersion2, kVersion3, kVersion4,
                                    kVersion5, kVersion6, kVersion7, kVersion8};
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

absl::Status ChangeEpoch(Connection& connection) {
  return connection.Prepare("UPDATE meta SET epoch = ? WHERE row = 1").BindText(MakeUuid4()).Run();
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

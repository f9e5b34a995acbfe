#include "engine/store/backup.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "engine/base/fault.h"
#include "engine/store/erasure.h"
#include "engine/store/files.h"
#include "engine/store/lock_file.h"
#include "engine/store/revocation.h"
#include "engine/store/schema.h"
#include "engine/store/sqlite.h"
#include "engine/store/sqlite_transaction.h"

namespace solotrial::store {
namespace {

namespace fs = std::filesystem;

constexpr char kPrefix[] = "solotrial-";
constexpr char kReplaced[] = "replaced-";
constexpr char kDamaged[] = "damaged-";
constexpr char kExtension[] = ".db";
// Of a file that is still being written.
constexpr char kUnfinished[] = ".new";
constexpr int kFirstSchemaWithAudit = 2;
constexpr char kTimeFormat[] = "%E4Y%m%dT%H%M%SZ";

std::string Stamp(absl::Time time) {
  return absl::FormatTime(kTimeFormat, time, absl::UTCTimeZone());
}

std::string BackupPath(const std::string& directory, absl::Time time) {
  return directory + "/" + kPrefix + Stamp(time) + kExtension;
}

bool Exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

absl::Status CheckThere(const std::string& path) {
  if (Exists(path)) return absl::OkStatus();
  return PermanentStorageFault(path + ": there is no such file.");
}

// Whether the check speaks of a page that could not be read, for another reason than damage: it
// says so in a row, as of any fault.
bool IsReadError(const std::string& fault) {
  const std::string marker = "error code=";
  const size_t at = fault.find(marker);
  if (at == std::string::npos) return false;
  const int code = std::atoi(fault.c_str() + at + marker.size());
  return (code & 0xff) != SQLITE_CORRUPT;
}

absl::StatusOr<std::vector<std::string>> FaultsOf(Connection& connection) {
  std::vector<std::string> faults;
  {
    Statement pages = connection.Prepare("PRAGMA integrity_check(20)");
    while (true) {
      SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, pages.Step());
      if (!found) break;
      std::string fault = pages.Text();
      if (IsReadError(fault)) {
        return FaultStatus(Reason::kStorageUnavailable,
                           "The disk reported an error while the database was looked through: "
                           "check it, then try again.");
      }
      if (fault != "ok") faults.push_back("The file is damaged: " + fault);
    }
  }
  if (!faults.empty()) return faults;  // what follows would read the damage
  {
    Statement references = connection.Prepare(
        "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY "
        "1, 2");
    while (true) {
      SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, references.Step());
      if (!found) break;
      const std::string table = references.Text();
      const std::string parent = references.Text();
      faults.push_back(std::to_string(references.Int()) + " rows of " + table +
                       " belong to no row of " + parent + ".");
    }
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(
      const int64_t gaps,
      connection.ReadInt("SELECT count(*) FROM (SELECT 1 FROM entry GROUP BY person_id, trial_id "
                         "HAVING max(sequence) <> count(*))"));
  if (gaps > 0) faults.push_back(std::to_string(gaps) + " logs of entries have lost a row.");
  SOLOTRIAL_RETURN_IF_ERROR(connection.fault());
  return faults;
}

// The persons whose audit log is not the one that was written.
absl::StatusOr<std::vector<std::string>> AuditFaults(Connection& connection) {
  std::vector<std::string> persons;
  {
    Statement statement = connection.Prepare("SELECT person_id FROM person ORDER BY person_id");
    while (true) {
      SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
      if (!found) break;
      persons.push_back(statement.Text());
    }
  }
  std::vector<std::string> faults;
  const Vault vault{std::nullopt};  // audit logs are never encrypted
  SqliteTransaction transaction(connection, vault);
  for (const std::string& person_id : persons) {
    access::AuditCheck check;
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<access::AuditEvent> events,
                               transaction.ListAuditEvents(person_id, 0, -1));
    for (const access::AuditEvent& event : events) check.Add(event);
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto kept, transaction.GetAuditHead(person_id));
    const access::AuditHead head = kept.value_or(access::AuditHead{});
    if (const std::optional<int64_t> broken = check.FirstBroken(head); broken.has_value()) {
      faults.push_back("The audit log of person " + person_id + " was changed at event " +
                       std::to_string(*broken) + ".");
    }
  }
  return faults;
}

absl::StatusOr<DatabaseCheck> CheckOpened(Connection& connection) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckSchema(connection, Migrations()));
  DatabaseCheck check;
  SOLOTRIAL_ASSIGN_OR_RETURN(check.schema_version, connection.ReadInt("PRAGMA user_version"));
  if (check.schema_version == 0) {
    check.faults.emplace_back("The file is empty: no engine has used it yet.");
    return check;
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(check.faults, FaultsOf(connection));
  if (!check.faults.empty()) return check;
  if (check.schema_version >= kFirstSchemaWithAudit) {
    SOLOTRIAL_ASSIGN_OR_RETURN(check.audit_faults, AuditFaults(connection));
  }
  SOLOTRIAL_RETURN_IF_ERROR(ReadEpoch(connection).status());
  SOLOTRIAL_ASSIGN_OR_RETURN(check.people, connection.ReadInt("SELECT count(*) FROM person"));
  SOLOTRIAL_ASSIGN_OR_RETURN(check.trials, connection.ReadInt("SELECT count(*) FROM trial"));
  SOLOTRIAL_ASSIGN_OR_RETURN(check.entries, connection.ReadInt("SELECT count(*) FROM entry"));
  return check;
}

// A sound copy of `database` as it is now, at `target`, still open.
absl::StatusOr<std::unique_ptr<Connection>> CopyChecked(const std::string& database,
                                                        const std::string& target) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckThere(database));
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> source,
                             Connection::Open(database, Connection::Access::kReadOnly));
  SOLOTRIAL_RETURN_IF_ERROR(MakeEmptyFile(target));
  SOLOTRIAL_ASSIGN_OR_RETURN(std::unique_ptr<Connection> copy,
                             Connection::Open(target, Connection::Access::kReadWrite));
  SOLOTRIAL_RETURN_IF_ERROR(source->CopyTo(*copy));
  SOLOTRIAL_ASSIGN_OR_RETURN(const DatabaseCheck check, CheckOpened(*copy));
  if (!check.faults.empty()) {
    return PermanentStorageFault(database + " is not sound, and was not copied. " +
                                 check.faults.front());
  }
  return copy;
}

// Calls `write`, which makes the file `target`.new, and gives that its name; on a failure nothing
// is left of it.
absl::Status Finish(const std::string& target, const std::function<absl::Status()>& write) {
  const std::string fresh = target + kUnfinished;
  absl::Status status = write();
  if (status.ok()) status = MoveFileDurably(fresh, target);
  std::error_code ignored;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(fresh + suffix, ignored);
  return status;
}

absl::StatusOr<LockFile> LockBackups(const std::string& directory) {
  SOLOTRIAL_RETURN_IF_ERROR(MakeDirectory(directory));
  return LockFile::Wait(directory + "/.lock");
}

// What a backup that was broken off left behind. Only with the directory's lock.
void RemoveUnfinished(const std::string& directory) {
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(directory, ignored)) {
    const std::string name = file.path().filename();
    if (name.find(std::string(kExtension) + kUnfinished) != std::string::npos) {
      fs::remove(file.path(), ignored);
    }
  }
}

// Everything in `directory` that AddBackup and RestoreBackup made.
std::vector<std::string> OwnFiles(const std::string& directory) {
  std::vector<std::string> paths;
  for (const Backup& backup : ListBackups(directory)) paths.push_back(backup.path);
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(directory, ignored)) {
    const std::string name = file.path().filename();
    const bool kept = name.rfind(kReplaced, 0) == 0 || name.rfind(kDamaged, 0) == 0;
    if (kept && file.path().extension() == kExtension) paths.push_back(file.path());
  }
  return paths;
}

// What `concerns` says of the backup, once it has been looked through.
absl::StatusOr<bool> LookAt(const std::string& path,
                            const std::function<absl::StatusOr<bool>(Connection&)>& concerns) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> backup,
                             Connection::Open(path, Connection::Access::kReadOnly));
  SOLOTRIAL_ASSIGN_OR_RETURN(const DatabaseCheck check, CheckOpened(*backup));
  if (!check.faults.empty()) return PermanentStorageFault(check.faults.front());
  return concerns(*backup);
}

absl::Status ChangeBackup(const std::string& path,
                          const std::function<absl::Status(Connection&)>& change) {
  return Finish(path, [&]() -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> copy,
                               CopyChecked(path, path + kUnfinished));
    SOLOTRIAL_RETURN_IF_ERROR(Migrate(*copy, Migrations()));
    SOLOTRIAL_RETURN_IF_ERROR(copy->Run("BEGIN IMMEDIATE"));
    SOLOTRIAL_RETURN_IF_ERROR(change(*copy));
    return copy->Run("COMMIT");
  });
}

// Keeps what `database` holds before it is replaced, and leaves no log of it.
absl::StatusOr<std::string> KeepReplaced(const std::string& database, const std::string& directory,
                                         absl::Time now) {
  const std::string kept = directory + "/" + kReplaced + Stamp(now) + kExtension;
  absl::Status sound = WriteBackup(database, kept);
  if (sound.ok()) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection,
                               Connection::Open(database, Connection::Access::kReadWrite));
    if (connection->EmptyLog()) return kept;
    return PermanentStorageFault(
        "Another program has the database open: close it, then try again.");
  }
  if (FaultOf(sound).retryable) return sound;
  // Byte by byte: somebody may still get something out of it.
  const std::string damaged = directory + "/" + kDamaged + Stamp(now) + kExtension;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code error;
    if (!Exists(database + suffix)) continue;
    SOLOTRIAL_RETURN_IF_ERROR(MakeEmptyFile(damaged + suffix));
    fs::copy_file(database + suffix, damaged + suffix, fs::copy_options::overwrite_existing, error);
    if (error) return OpenFault(error.value());
    SOLOTRIAL_RETURN_IF_ERROR(MoveFileDurably(damaged + suffix, damaged + suffix));
  }
  return damaged;
}

// The tokens of persons who were deleted, as far as the file can still be read.
std::vector<std::string> DeletedCredentials(const std::string& database) {
  std::vector<std::string> digests;
  const auto connection = Connection::Open(database, Connection::Access::kReadOnly);
  if (!connection.ok()) return digests;
  Statement statement =
      (*connection)->Prepare("SELECT token_digest FROM deleted_credential ORDER BY token_digest");
  while (true) {
    const absl::StatusOr<bool> found = statement.Step();
    if (!found.ok() || !*found) return digests;
    digests.push_back(statement.Blob());
  }
}

// Makes the database of another time the present one.
absl::Status Renew(Connection& connection, const std::vector<std::string>& deleted_credentials) {
  SOLOTRIAL_RETURN_IF_ERROR(Migrate(connection, Migrations()));
  SOLOTRIAL_RETURN_IF_ERROR(connection.Run("BEGIN IMMEDIATE"));
  for (const std::string& digest : deleted_credentials) {
    SOLOTRIAL_RETURN_IF_ERROR(EraseHolder(connection, digest));
  }
  SOLOTRIAL_RETURN_IF_ERROR(ChangeEpoch(connection));
  return connection.Run("COMMIT");
}

}  // namespace

std::string DefaultBackupDirectory(const std::string& database) {
  return fs::path(database).parent_path() / "backups";
}

absl::StatusOr<DatabaseCheck> CheckDatabase(const std::string& path) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckThere(path));
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection,
                             Connection::Open(path, Connection::Access::kReadOnly));
  return CheckOpened(*connection);
}

absl::Status WriteBackup(const std::string& database, const std::string& target) {
  if (Exists(target)) {
    return PermanentStorageFault(target + " exists already: name another file.");
  }
  return Finish(target, [&] { return CopyChecked(database, target + kUnfinished).status(); });
}

std::vector<Backup> ListBackups(const std::string& directory) {
  std::vector<Backup> backups;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(directory, ignored)) {
    Backup backup{file.path(), {}};
    const std::string format = std::string(kPrefix) + kTimeFormat + kExtension;
    if (absl::ParseTime(format, file.path().filename().string(), absl::UTCTimeZone(), &backup.time,
                        nullptr)) {
      backups.push_back(std::move(backup));
    }
  }
  std::sort(backups.begin(), backups.end(),
            [](const Backup& a, const Backup& b) { return a.time < b.time; });
  return backups;
}

absl::StatusOr<std::string> AddBackup(const std::string& database, const std::string& directory,
                                      absl::Time now, int keep) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const LockFile lock, LockBackups(directory));
  RemoveUnfinished(directory);
  // Two within a second are two all the same.
  while (Exists(BackupPath(directory, now))) now += absl::Seconds(1);
  std::string path = BackupPath(directory, now);
  SOLOTRIAL_RETURN_IF_ERROR(WriteBackup(database, path));
  std::vector<Backup> backups = ListBackups(directory);
  // The one that was just made stays, whatever the clock said when the others were.
  std::erase_if(backups, [&path](const Backup& backup) { return backup.path == path; });
  while (static_cast<int>(backups.size()) >= std::max(keep, 1)) {
    SOLOTRIAL_RETURN_IF_ERROR(RemoveFileDurably(backups.front().path));
    backups.erase(backups.begin());
  }
  return path;
}

absl::Status ChangeBackups(const std::string& directory,
                           const std::function<absl::StatusOr<bool>(Connection&)>& concerns,
                           const std::function<absl::Status(Connection&)>& change) {
  if (!Exists(directory)) return absl::OkStatus();
  SOLOTRIAL_ASSIGN_OR_RETURN(const LockFile lock, LockBackups(directory));
  RemoveUnfinished(directory);
  for (const std::string& path : OwnFiles(directory)) {
    absl::StatusOr<bool> concerned = LookAt(path, concerns);
    // A page that the disk did not give once looks like damage too.
    if (!concerned.ok()) concerned = LookAt(path, concerns);
    if (concerned.ok()) {
      if (*concerned) SOLOTRIAL_RETURN_IF_ERROR(ChangeBackup(path, change));
      continue;
    }
    // What another try may read is kept for it.
    if (FaultOf(concerned.status()).retryable) return concerned.status();
    for (const char* suffix : {"-wal", "-shm", ""}) {
      SOLOTRIAL_RETURN_IF_ERROR(RemoveFileDurably(path + suffix));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Restored> RestoreBackup(const std::string& backup, const std::string& database,
                                       const std::string& directory, absl::Time now) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const LockFile engine_lock, LockFile::Acquire(database + ".lock"));
  SOLOTRIAL_ASSIGN_OR_RETURN(const LockFile backups_lock, LockBackups(directory));
  std::error_code ignored;
  if (fs::equivalent(backup, database, ignored)) {
    return PermanentStorageFault(backup + " is the database itself: name a backup.");
  }
  Restored restored;
  const absl::Status status = Finish(database, [&]() -> absl::Status {
    {
      SOLOTRIAL_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> copy,
                                 CopyChecked(backup, database + kUnfinished));
      SOLOTRIAL_RETURN_IF_ERROR(Renew(*copy, DeletedCredentials(database)));
      if (Exists(database)) {
        // A damaged file is only looked at: to attach it would change it.
        const absl::StatusOr<DatabaseCheck> check = CheckDatabase(database);
        restored.revocations_hold =
            check.ok() && check->faults.empty() && CarryRevocations(*copy, database).ok();
      }
    }
    if (Exists(database)) {
      SOLOTRIAL_ASSIGN_OR_RETURN(restored.kept, KeepReplaced(database, directory, now));
    }
    // A log that is left would be taken for the restored file's.
    SOLOTRIAL_RETURN_IF_ERROR(RemoveFileDurably(database + "-wal"));
    return RemoveFileDurably(database + "-shm");
  });
  if (!status.ok()) return status;
  return restored;
}

}  // namespace solotrial::store

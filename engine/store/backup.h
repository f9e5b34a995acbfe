// Copies of the database that can be trusted, and the way back from one.
//
// A backup is one SQLite file without a log beside it, readable by the engine's user only. It is
// written under another name, looked through, brought to the disk, and only then given its name: a
// file with the name of a backup is whole.
#ifndef SOLOTRIAL_ENGINE_STORE_BACKUP_H_
#define SOLOTRIAL_ENGINE_STORE_BACKUP_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace solotrial::store {

class Connection;

// Where the engine keeps the backups of `database` unless it is told otherwise.
std::string DefaultBackupDirectory(const std::string& database);

// What CheckDatabase found. Nothing of it names anything that a person wrote.
struct DatabaseCheck {
  std::vector<std::string> faults;  // one sentence each; empty: the file is sound
  // The same for audit logs. A file with one can be backed up and restored: the diary in it is
  // whole.
  std::vector<std::string> audit_faults;
  int64_t schema_version = 0;
  int64_t people = 0;
  int64_t trials = 0;
  int64_t entries = 0;
};

// Looks through every page, index and reference of the file at `path`, which an engine may have
// open; changes nothing. An error when it cannot be read at all or is no database of this engine.
absl::StatusOr<DatabaseCheck> CheckDatabase(const std::string& path);

// Writes what `database` holds now to `target`, which must not exist, checked as above. An engine
// may have `database` open and goes on writing meanwhile.
absl::Status WriteBackup(const std::string& database, const std::string& target);

struct Backup {
  std::string path;
  absl::Time time;
};

// The backups in `directory` that AddBackup made, oldest first; none when there is no directory.
std::vector<Backup> ListBackups(const std::string& directory);

// Writes a backup into `directory` (made where there is none), named by `now`, and removes the
// oldest ones beyond `keep` (> 0). The path of the new one. Thread-safe, also between processes:
// one waits for the other.
absl::StatusOr<std::string> AddBackup(const std::string& database, const std::string& directory,
                                      absl::Time now, int keep);

// Runs `change` on every file in `directory` that this engine backed up or kept before a restore
// and for which `concerns`, which may see any schema, says so; each is brought up to this engine's
// schema and replaced as a whole. A file that is too damaged for that is removed: what is to be
// gone might be in it. Thread-safe as AddBackup.
absl::Status ChangeBackups(const std::string& directory,
                           const std::function<absl::StatusOr<bool>(Connection&)>& concerns,
                           const std::function<absl::Status(Connection&)>& change);

struct Restored {
  std::optional<std::string> kept;  // where what was there before is; nullopt: there was nothing
  // Devices and links that were revoked since the backup are so still, see CarryRevocations. False
  // when what was there before could not be read.
  bool revocations_hold = true;
};

// Puts the backup at `backup` in the place of `database`, with a new epoch, brought up to this
// engine's schema; persons who were deleted from `database` since are not brought back. What
// `database` held is kept in `directory` first: as a backup, or as it is when it is damaged. No
// engine may have `database` open. On an error `database` is as it was.
absl::StatusOr<Restored> RestoreBackup(const std::string& backup, const std::string& database,
                                       const std::string& directory, absl::Time now);

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_BACKUP_H_

// The trial store in one SQLite file.
#ifndef SOLOTRIAL_ENGINE_STORE_SQLITE_TRIAL_STORE_H_
#define SOLOTRIAL_ENGINE_STORE_SQLITE_TRIAL_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/store/trial_store.h"

namespace solotrial::store {

// The version of the schema that this engine writes.
inline constexpr int kSchemaVersion = 8;

// Opens, or creates with owner-only mode, the file at `path`, in WAL mode with synchronous=FULL,
// and brings its schema up to date. Errors say in one sentence what is wrong and what can be done:
// the directory cannot be written, the file is corrupt or no solotrial database, it was written by
// a newer engine, another engine has it open, the disk is full.
absl::StatusOr<std::unique_ptr<TrialStore>> OpenSqliteTrialStore(const std::string& path);

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_SQLITE_TRIAL_STORE_H_

// What the database file looks like, and how an older one becomes a present one.
#ifndef SOLOTRIAL_ENGINE_STORE_SCHEMA_H_
#define SOLOTRIAL_ENGINE_STORE_SCHEMA_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/store/sqlite.h"

namespace solotrial::store {

// The scripts that make version 1, 2, ... of the schema out of the version before. Each sets
// user_version. One that has been released is never changed: append another.
std::span<const Sql> Migrations();

// OK when the file is new or was written by an engine that knows at most the versions of
// `migrations`; else one sentence about what it is. Reads only.
absl::Status CheckSchema(Connection& connection, std::span<const Sql> migrations);

// Brings a file that CheckSchema accepted up to date, in one transaction, and gives a new one its
// epoch.
absl::Status Migrate(Connection& connection, std::span<const Sql> migrations);

// Gives the file another epoch: its log is no longer the one that clients have seen.
absl::Status ChangeEpoch(Connection& connection);

// The UUID that the file was given when it was made or restored.
absl::StatusOr<std::string> ReadEpoch(Connection& connection);

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_SCHEMA_H_

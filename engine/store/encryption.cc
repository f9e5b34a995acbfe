#include "engine/store/encryption.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/fault.h"
#include "engine/store/backup.h"
#include "engine/store/lock_file.h"
#include "engine/store/schema.h"
#include "engine/store/sealed_row.h"
#include "engine/store/sqlite.h"
#include "engine/store/vault.h"

namespace solotrial::store {
namespace {

// A table with sealed content: its key's columns, then `sealed`, then the content in the order of
// the functions that bind it (sqlite_transaction.cc, sqlite_access.cc).
struct SealedTable {
  const char* name;
  int key_columns;
  // The key without a row's person is in the order of RowContext.
  Sql select;
  Sql update;  // sealed and the content, then the key
};

constexpr SealedTable kTables[] = {
    {"trial", 2,
     "SELECT person_id, trial_id, sealed, protocol_document, protocol_digest, seed, commitment, "
     "allocation, stop_reason FROM trial ORDER BY person_id, trial_id",
     "UPDATE trial SET sealed = ?, protocol_document = ?, protocol_digest = ?, seed = ?, "
     "commitment = ?, allocation = ?, stop_reason = ? WHERE person_id = ? AND trial_id = ?"},
    {"pause", 3,
     "SELECT person_id, trial_id, number, sealed, reason FROM pause "
     "ORDER BY person_id, trial_id, number",
     "UPDATE pause SET sealed = ?, reason = ? "
     "WHERE person_id = ? AND trial_id = ? AND number = ?"},
    {"amendment", 3,
     "SELECT person_id, trial_id, number, sealed, reason, text, pairs, secret FROM amendment "
     "ORDER BY person_id, trial_id, number",
     "UPDATE amendment SET sealed = ?, reason = ?, text = ?, pairs = ?, secret = ? "
     "WHERE person_id = ? AND trial_id = ? AND number = ?"},
    {"safety_confirmation", 2,
     "SELECT person_id, trial_id, sealed, name, digest FROM safety_confirmation "
     "ORDER BY person_id, trial_id",
     "UPDATE safety_confirmation SET sealed = ?, name = ?, digest = ? "
     "WHERE person_id = ? AND trial_id = ?"},
    {"entry", 3,
     "SELECT person_id, trial_id, entry_id, sealed, date, slot, client_time, utc_offset_minutes, "
     "device, supersedes, subject, value, text FROM entry ORDER BY person_id, trial_id, sequence",
     "UPDATE entry SET sealed = ?, date = ?, slot = ?, client_time = ?, utc_offset_minutes = ?, "
     "device = ?, supersedes = ?, subject = ?, value = ?, text = ? "
     "WHERE person_id = ? AND trial_id = ? AND entry_id = ?"},
    {"imported_day", 3,
     "SELECT person_id, trial_id, date, sealed, on_fraction, block FROM imported_day "
     "ORDER BY person_id, trial_id, date",
     "UPDATE imported_day SET sealed = ?, on_fraction = ?, block = ? "
     "WHERE person_id = ? AND trial_id = ? AND date = ?"},
    {"look", 3,
     "SELECT person_id, trial_id, pair, sealed, recording_may_end, decision, data_digest FROM look "
     "ORDER BY person_id, trial_id, pair",
     "UPDATE look SET sealed = ?, recording_may_end = ?, decision = ?, data_digest = ? "
     "WHERE person_id = ? AND trial_id = ? AND pair = ?"},
    {"reply", 2,
     "SELECT person_id, request_id, sealed, request_digest, reply FROM reply "
     "ORDER BY person_id, request_id",
     "UPDATE reply SET sealed = ?, request_digest = ?, reply = ? "
     "WHERE person_id = ? AND request_id = ?"},
    {"device", 2,
     "SELECT person_id, device_id, sealed, name FROM device ORDER BY person_id, device_id",
     "UPDATE device SET sealed = ?, name = ? WHERE person_id = ? AND device_id = ?"},
    {"share_link", 2,
     "SELECT person_id, link_id, sealed, label FROM share_link ORDER BY person_id, link_id",
     "UPDATE share_link SET sealed = ?, label = ? WHERE person_id = ? AND link_id = ?"},
};

// One column of a key: an integer or a text.
struct KeyPart {
  std::optional<int64_t> number;
  std::string text;
};
// Takes the columns of a key from a Statement's PassTo.
struct KeyReader {
  std::vector<KeyPart> parts;
  void BindInt(int64_t value) { parts.push_back({value, std::to_string(value)}); }
  void BindText(const std::string& value) { parts.push_back({std::nullopt, value}); }
  void BindBlob(const std::string& value) { BindText(value); }
  void BindReal(double /*value*/) { BindText(""); }
  void BindNull() { BindText(""); }
};

struct StoredRow {
  std::vector<KeyPart> key;
  std::string content;  // as a ContentWriter makes it
};

std::string ContextOf(const SealedTable& table, const StoredRow& row) {
  std::string context = RowContext(table.name, {});
  for (const KeyPart& part : row.key) AppendToContext(context, part.text);
  return context;
}

// Every row of the table with its content in the open.
absl::StatusOr<std::vector<StoredRow>> ReadRows(Connection& connection, const SealedTable& table,
                                                int content_columns, const Vault& vault) {
  std::vector<StoredRow> rows;
  Statement statement = connection.Prepare(table.select);
  while (true) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return rows;
    StoredRow row;
    KeyReader key;
    for (int i = 0; i < table.key_columns; ++i) statement.PassTo(key);
    row.key = std::move(key.parts);
    const std::optional<std::string> sealed = statement.OptionalBlob();
    if (sealed.has_value()) {
      std::optional<std::string> content = vault.Open(*sealed, ContextOf(table, row));
      if (!content.has_value()) return DamagedRow();
      row.content = *std::move(content);
    } else {
      ContentWriter content;
      for (int i = 0; i < content_columns; ++i) statement.PassTo(content);
      row.content = content.bytes();
    }
    rows.push_back(std::move(row));
  }
}

int ContentColumns(const SealedTable& table) {
  int parameters = 0;
  for (const char* c = table.update.text; *c != '\0'; ++c) parameters += *c == '?' ? 1 : 0;
  return parameters - table.key_columns - 1;
}

// Writes every row as `to` has it.
absl::Status Recode(Connection& connection, const Vault& from, const Vault& to) {
  for (const SealedTable& table : kTables) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<StoredRow> rows,
                               ReadRows(connection, table, ContentColumns(table), from));
    for (const StoredRow& row : rows) {
      Statement update = connection.Prepare(table.update);
      BindContent(to, update, ContextOf(table, row),
                  [&](auto& out) { ContentReader(connection, row.content).CopyTo(out); });
      for (const KeyPart& part : row.key) {
        if (part.number.has_value()) {
          update.BindInt(*part.number);
        } else {
          update.BindText(part.text);
        }
      }
      SOLOTRIAL_RETURN_IF_ERROR(update.Run());
    }
  }
  return connection.fault();
}

// Runs `change` in a transaction on the database that no engine has open, brought up to date, and
// leaves no log of what it was.
absl::Status ChangeDatabase(const std::string& database,
                            const std::function<absl::Status(Connection&)>& change) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const DatabaseCheck check, CheckDatabase(database));
  if (!check.faults.empty()) {
    return PermanentStorageFault(database + " is not sound: " + check.faults.front());
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection,
                             Connection::Open(database, Connection::Access::kReadWrite));
  SOLOTRIAL_RETURN_IF_ERROR(Migrate(*connection, Migrations()));
  SOLOTRIAL_RETURN_IF_ERROR(connection->Run("BEGIN IMMEDIATE"));
  if (absl::Status status = change(*connection); !status.ok()) {
    connection->RollBack();
    return status;
  }
  SOLOTRIAL_RETURN_IF_ERROR(connection->Run("COMMIT"));
  if (connection->EmptyLog()) return absl::OkStatus();
  return PermanentStorageFault("Another program has the database open: close it, then try again.");
}

absl::StatusOr<bool> Always(Connection& /*connection*/) { return true; }

absl::StatusOr<WrappedKey> NewWrapping(const access::Key& data_key, const std::string& passphrase) {
  const access::KeyRecipe recipe = access::NewKeyRecipe();
  SOLOTRIAL_ASSIGN_OR_RETURN(const access::Key key, access::MakeKey(passphrase, recipe));
  return Wrap(data_key, key, recipe);
}

// The database's data key.
absl::StatusOr<access::Key> OpenKey(const std::string& database, const std::string& passphrase) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckDatabase(database).status());
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection,
                             Connection::Open(database, Connection::Access::kReadOnly));
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::optional<WrappedKey> wrapped, ReadWrappedKey(*connection));
  if (!wrapped.has_value()) {
    return FaultStatus(Reason::kWrongState, "Nothing is encrypted in " + database + ".");
  }
  return Unwrap(*wrapped, passphrase);
}

// Writes everything with the data key `wrapped`; what was encrypted before must have had the same.
absl::Status SealAll(Connection& connection, const access::Key& data_key,
                     const WrappedKey& wrapped) {
  const Vault vault(data_key);
  SOLOTRIAL_RETURN_IF_ERROR(Recode(connection, vault, vault));
  return WriteWrappedKey(connection, wrapped);
}

absl::Status OpenAll(Connection& connection, const access::Key& data_key) {
  const Vault sealed(data_key);
  const Vault open(std::nullopt);
  SOLOTRIAL_RETURN_IF_ERROR(Recode(connection, sealed, open));
  return WriteWrappedKey(connection, std::nullopt);
}

}  // namespace

absl::Status EncryptStore(const std::string& database, const std::string& directory,
                          const std::string& passphrase) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const LockFile lock, LockFile::Acquire(database + ".lock"));
  const absl::StatusOr<access::Key> kept_key = OpenKey(database, passphrase);
  if (!kept_key.ok() && FaultOf(kept_key.status()).reason != Reason::kWrongState) {
    return kept_key.status();
  }
  const access::Key data_key = kept_key.ok() ? *kept_key : access::Key::Random();
  SOLOTRIAL_ASSIGN_OR_RETURN(const WrappedKey wrapped, NewWrapping(data_key, passphrase));
  const auto seal = [&](Connection& connection) { return SealAll(connection, data_key, wrapped); };
  SOLOTRIAL_RETURN_IF_ERROR(ChangeDatabase(database, seal));
  return ChangeBackups(directory, Always, seal);
}

absl::Status DecryptStore(const std::string& database, const std::string& directory,
                          const std::string& passphrase) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const LockFile lock, LockFile::Acquire(database + ".lock"));
  SOLOTRIAL_ASSIGN_OR_RETURN(const access::Key data_key, OpenKey(database, passphrase));
  const auto open = [&](Connection& connection) { return OpenAll(connection, data_key); };
  // The backups first: once the database is open the key is gone.
  SOLOTRIAL_RETURN_IF_ERROR(ChangeBackups(directory, Always, open));
  return ChangeDatabase(database, open);
}

absl::Status ChangePassphrase(const std::string& database, const std::string& directory,
                              const std::string& passphrase, const std::string& new_passphrase) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const LockFile lock, LockFile::Acquire(database + ".lock"));
  SOLOTRIAL_ASSIGN_OR_RETURN(const access::Key data_key, OpenKey(database, passphrase));
  SOLOTRIAL_ASSIGN_OR_RETURN(const WrappedKey wrapped, NewWrapping(data_key, new_passphrase));
  const auto rewrap = [&](Connection& connection) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto present, ReadWrappedKey(connection));
    if (!present.has_value()) return absl::OkStatus();
    return WriteWrappedKey(connection, wrapped);
  };
  SOLOTRIAL_RETURN_IF_ERROR(ChangeDatabase(database, rewrap));
  return ChangeBackups(directory, Always, rewrap);
}

}  // namespace solotrial::store

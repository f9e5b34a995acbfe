// A file of SQLite, as far as the outbox needs it.
#ifndef SOLOTRIAL_CLIENTS_CPP_SQLITE_H_
#define SOLOTRIAL_CLIENTS_CPP_SQLITE_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace solotrial::client {

struct Blob {
  std::string bytes;
};
using SqlValue = std::variant<int64_t, std::string, Blob>;

// The row that a query is at; columns are counted from 0.
class SqlRow {
 public:
  explicit SqlRow(sqlite3_stmt* statement) : statement_(statement) {}
  int64_t Integer(int column) const;
  std::string Text(int column) const;  // also of a blob; empty for NULL
  bool IsNull(int column) const;

 private:
  sqlite3_stmt* statement_;
};

// Not thread-safe; processes may share the file. Errors name the file and what the disk said, never
// a value: kResourceExhausted when there is no room, else kInternal.
class Database {
 public:
  // Opens or makes the file at `path`, readable by this user only. `:memory:`: no file, and gone
  // with this object.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Several statements without parameters.
  absl::Status Execute(const std::string& sql);
  // Runs one statement and shows its rows to `each`.
  absl::Status Run(const std::string& sql, std::initializer_list<SqlValue> values,
                   const std::function<void(const SqlRow&)>& each = nullptr);
  // Rows that the last statement changed.
  int Changes() const;
  // All that `change` does, or nothing where it fails.
  absl::Status Transact(const std::function<absl::Status()>& change);

 private:
  Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  absl::Status Failure() const;

  sqlite3* handle_;
  std::string path_;
};

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_SQLITE_H_

// A thin layer over the C API of SQLite: connections, cached statements, and one mapping from its
// result codes to absl::Status.
//
// No message made here holds a value that was bound or read: SQLite's own messages name tables and
// columns only.
#ifndef SOLOTRIAL_ENGINE_STORE_SQLITE_H_
#define SOLOTRIAL_ENGINE_STORE_SQLITE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/civil_time.h"

namespace solotrial::store {

class Connection;

// SQL text that was there when the program was compiled. Values reach a statement only by Bind.
struct Sql {
  // Implicit, so that a literal can be passed where SQL is expected.
  consteval Sql(const char* sql_text) : text(sql_text) {}  // NOLINT(google-explicit-constructor)
  const char* text;
};

// One execution of a prepared statement, reset when it goes out of scope. Parameters are bound and
// columns are read in their order, each once. Instants are kept as microseconds since 1970 UTC,
// dates as ISO 8601 text, digests and seeds as blobs.
class Statement {
 public:
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  Statement& BindInt(int64_t value);
  Statement& BindReal(double value);
  Statement& BindText(const std::string& value);
  Statement& BindBlob(const std::string& value);
  Statement& BindTime(absl::Time value);
  Statement& BindDate(Date value);
  Statement& BindNull();

  // True when there is a row to read, false at the end.
  absl::StatusOr<bool> Step();
  // Steps once, for a statement without rows.
  absl::Status Run();

  // A value that is not what the column should hold is a fault of the connection: the file is
  // damaged.
  int64_t Int();
  double Real();
  std::string Text();
  std::string Blob();
  absl::Time Time();
  Date ReadDate();
  std::optional<int64_t> OptionalInt();
  std::optional<std::string> OptionalText();
  std::optional<Date> OptionalDate();
  std::optional<std::string> OptionalBlob();
  // Binds the next column, whatever it holds, to `binder`.
  template <typename Binder>
  void PassTo(Binder& binder);
  // An int from `first` to `last` as a value of `Enum`.
  template <typename Enum>
  Enum ReadEnum(Enum first, Enum last) {
    const int64_t value = Int();
    if (value >= static_cast<int64_t>(first) && value <= static_cast<int64_t>(last)) {
      return static_cast<Enum>(value);
    }
    FailDamaged();
    return first;
  }

 private:
  friend class Connection;
  Statement(Connection& connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}

  void Check(int code);
  void FailDamaged();
  bool NextIsNull();

  Connection& connection_;
  sqlite3_stmt* const statement_;  // null when it could not be prepared
  int parameter_ = 0;
  int column_ = 0;
};

// One connection to a database file. Not thread-safe.
//
// A fault other than a violated constraint (disk full, damaged page, ...) sticks: until it is taken
// every statement fails with it. So a caller that overlooks one failure cannot go on outside the
// transaction, which SQLite may already have rolled back by itself.
class Connection {
 public:
  enum class Access { kReadOnly, kReadWrite };

  // `path` is absolute and names an existing file. The settings that SQLite keeps per connection
  // are made here; the journal mode is not, so that opening changes nothing in the file.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& path, Access access);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // A failure shows in the statement's Step.
  Statement Prepare(Sql sql);
  absl::Status Run(Sql sql);
  // The first column of the first row.
  absl::StatusOr<int64_t> ReadInt(Sql sql);
  absl::StatusOr<std::string> ReadText(Sql sql);
  // Several statements at once; for migrations.
  absl::Status RunScript(Sql script);

  // False also after SQLite rolled back by itself.
  bool InTransaction() const { return sqlite3_get_autocommit(database_) == 0; }
  // Ends the transaction, if there still is one, and takes the fault.
  void RollBack();
  // Rows changed by the last INSERT, UPDATE or DELETE, without those of cascades.
  int64_t ChangedRows() const { return sqlite3_changes64(database_); }
  // Moves the whole write-ahead log into the database file and empties it. False when a reader or a
  // fault was in the way; waits for no one.
  bool EmptyLog();
  // Makes `target`'s database an equal of this one as it is now, whatever is written meanwhile.
  // Leaves `target` in rollback-journal mode: one file, without a log beside it.
  absl::Status CopyTo(Connection& target);

  const absl::Status& fault() const { return fault_; }
  void Fail(absl::Status fault);
  // The fault, which ends with this.
  absl::Status TakeFault();

 private:
  friend class Statement;
  explicit Connection(sqlite3* database) : database_(database) {}

  absl::Status StatusOf(int code);

  sqlite3* const database_;
  // By the address of the text, which is that of a literal.
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
  absl::Status fault_;
};

// STORAGE_UNAVAILABLE that trying again does not help.
absl::Status PermanentStorageFault(const std::string& message);
// For a file that is something else.
absl::Status NotADatabase();
// For a row that is not what was written.
absl::Status DamagedRow();

template <typename Binder>
void Statement::PassTo(Binder& binder) {
  switch (sqlite3_column_type(statement_, column_)) {
    case SQLITE_INTEGER:
      binder.BindInt(Int());
      break;
    case SQLITE_FLOAT:
      binder.BindReal(Real());
      break;
    case SQLITE_TEXT:
      binder.BindText(Text());
      break;
    case SQLITE_BLOB:
      binder.BindBlob(Blob());
      break;
    default:
      ++column_;
      binder.BindNull();
  }
}

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_SQLITE_H_

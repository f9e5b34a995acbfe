#include "engine/store/sqlite.h"

#include <cassert>
#include <utility>

#include "engine/base/fault.h"

namespace solotrial::store {
namespace {

// How long a statement waits for a lock of another program, for example of a backup tool. The
// engine's own connections never wait for each other: there is one writer, and readers have
// snapshots.
constexpr int kBusyTimeoutMilliseconds = 5000;

// What SQLite keeps per connection.
//   synchronous: a commit returns only after the log has reached the disk.
//   secure_delete: what is deleted is overwritten with zeros.
//   temp_store: no diary in a temporary file.
//   cell_size_check, trusted_schema: what a damaged or doctored file says is looked at twice.
//   journal_size_limit: a large import does not leave a large log behind.
constexpr Sql kSettings = R"sql(
  PRAGMA foreign_keys = ON;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA cell_size_check = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA wal_autocheckpoint = 1000;
  PRAGMA journal_size_limit = 16777216;
)sql";

bool IsConstraint(int code) { return (code & 0xff) == SQLITE_CONSTRAINT; }

absl::Status MakeStatus(int code, const char* message) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return FaultStatus(Reason::kStorageUnavailable,
                         "The disk that holds the database is full: free some space, then try "
                         "again.");
    case SQLITE_IOERR:
      return FaultStatus(Reason::kStorageUnavailable,
                         "The disk that holds the database reported an error: check it and its "
                         "free space, then try again.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return FaultStatus(Reason::kStorageUnavailable,
                         "Another program has locked the database file: close it, then try "
                         "again.");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return PermanentStorageFault(
          "The database file cannot be written: let the engine's user write the file and its "
          "directory.");
    case SQLITE_CANTOPEN:
      return PermanentStorageFault(
          "The database file cannot be opened: let the engine's user read and write the file and "
          "its directory.");
    case SQLITE_CORRUPT:
      return PermanentStorageFault("The database file is damaged: restore it from a backup.");
    case SQLITE_NOTADB:
      return NotADatabase();
    case SQLITE_NOMEM:
      return FaultStatus(Reason::kStorageUnavailable,
                         "The store ran out of memory: try again later.");
    default:
      return FaultStatus(Reason::kInternal,
                         std::string("The store refused a statement: ") + message);
  }
}

}  // namespace

absl::Status PermanentStorageFault(const std::string& message) {
  return FaultStatus(Fault{Reason::kStorageUnavailable, {}, false}, message);
}

absl::Status DamagedRow() { return MakeStatus(SQLITE_CORRUPT, ""); }

absl::Status NotADatabase() {
  return PermanentStorageFault(
      "The file is no solotrial database: name another, or restore it from a backup. It was not "
      "changed.");
}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  // The code that reset returns is that of the last step, which has been seen.
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Statement::Check(int code) {
  if (code != SQLITE_OK) connection_.Fail(connection_.StatusOf(code));
}

Statement& Statement::BindInt(int64_t value) {
  if (statement_ != nullptr) Check(sqlite3_bind_int64(statement_, ++parameter_, value));
  return *this;
}

Statement& Statement::BindReal(double value) {
  if (statement_ != nullptr) Check(sqlite3_bind_double(statement_, ++parameter_, value));
  return *this;
}

Statement& Statement::BindText(const std::string& value) {
  if (statement_ != nullptr) {
    Check(sqlite3_bind_text64(statement_, ++parameter_, value.data(), value.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  return *this;
}

Statement& Statement::BindBlob(const std::string& value) {
  if (statement_ != nullptr) {
    Check(sqlite3_bind_blob64(statement_, ++parameter_, value.data(), value.size(),
                              SQLITE_TRANSIENT));
  }
  return *this;
}

Statement& Statement::BindTime(absl::Time value) { return BindInt(absl::ToUnixMicros(value)); }

Statement& Statement::BindDate(Date value) { return BindText(FormatDate(value)); }

Statement& Statement::BindNull() {
  if (statement_ != nullptr) Check(sqlite3_bind_null(statement_, ++parameter_));
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  if (!connection_.fault().ok()) return connection_.fault();
  column_ = 0;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  absl::Status status = connection_.StatusOf(code);
  if (!IsConstraint(code)) connection_.Fail(status);
  return status;
}

absl::Status Statement::Run() { return Step().status(); }

int64_t Statement::Int() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_INTEGER) FailDamaged();
  return sqlite3_column_int64(statement_, column_++);
}

double Statement::Real() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_FLOAT) FailDamaged();
  return sqlite3_column_double(statement_, column_++);
}

std::string Statement::Text() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_TEXT) FailDamaged();
  return Blob();
}

std::string Statement::Blob() {
  // The bytes before their number: the order that SQLite asks for.
  const void* bytes = sqlite3_column_blob(statement_, column_);
  const int size = sqlite3_column_bytes(statement_, column_++);
  if (bytes == nullptr || size <= 0) return {};
  return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
}

absl::Time Statement::Time() { return absl::FromUnixMicros(Int()); }

Date Statement::ReadDate() {
  const std::optional<Date> date = ParseDate(Text());
  if (!date.has_value()) FailDamaged();
  return date.value_or(Date());
}

bool Statement::NextIsNull() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) return false;
  ++column_;
  return true;
}

std::optional<int64_t> Statement::OptionalInt() {
  if (NextIsNull()) return std::nullopt;
  return Int();
}

std::optional<std::string> Statement::OptionalText() {
  if (NextIsNull()) return std::nullopt;
  return Text();
}

std::optional<Date> Statement::OptionalDate() {
  if (NextIsNull()) return std::nullopt;
  return ReadDate();
}

std::optional<std::string> Statement::OptionalBlob() {
  if (NextIsNull()) return std::nullopt;
  return Blob();
}

void Statement::FailDamaged() { connection_.Fail(DamagedRow()); }

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& path,
                                                             Access access) {
  const int flags = access == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  // SQLite gives a handle to close even when it could not open the file.
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) return connection->StatusOf(code);
  // Where the file cannot be written SQLite falls back to reading only.
  if (access == Access::kReadWrite && sqlite3_db_readonly(database, "main") != 0) {
    return MakeStatus(SQLITE_READONLY, "");
  }
  sqlite3_busy_timeout(database, kBusyTimeoutMilliseconds);
  SOLOTRIAL_RETURN_IF_ERROR(connection->RunScript(kSettings));
  return connection;
}

Connection::~Connection() {
  for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

absl::Status Connection::StatusOf(int code) {
  return MakeStatus(code, database_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database_));
}

Statement Connection::Prepare(Sql sql) {
  sqlite3_stmt*& statement = statements_[sql.text];
  if (statement == nullptr) {
    const int code =
        sqlite3_prepare_v3(database_, sql.text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) Fail(StatusOf(code));
  }
  assert(statement == nullptr || sqlite3_stmt_busy(statement) == 0);
  return {*this, statement};
}

absl::Status Connection::Run(Sql sql) { return Prepare(sql).Run(); }

absl::StatusOr<int64_t> Connection::ReadInt(Sql sql) {
  Statement statement = Prepare(sql);
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  const int64_t value = found ? statement.Int() : 0;
  if (!fault_.ok()) return fault_;
  return value;
}

absl::StatusOr<std::string> Connection::ReadText(Sql sql) {
  Statement statement = Prepare(sql);
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  std::string value = found ? statement.Text() : "";
  if (!fault_.ok()) return fault_;
  return value;
}

absl::Status Connection::RunScript(Sql script) {
  if (!fault_.ok()) return fault_;
  const int code = sqlite3_exec(database_, script.text, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return absl::OkStatus();
  Fail(StatusOf(code));
  return fault_;
}

void Connection::RollBack() {
  fault_ = absl::OkStatus();
  if (InTransaction()) Run("ROLLBACK").IgnoreError();
  fault_ = absl::OkStatus();
}

bool Connection::EmptyLog() {
  sqlite3_busy_timeout(database_, 0);
  const int code =
      sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(database_, kBusyTimeoutMilliseconds);
  return code == SQLITE_OK;
}

absl::Status Connection::CopyTo(Connection& target) {
  sqlite3_backup* copy = sqlite3_backup_init(target.database_, "main", database_, "main");
  if (copy == nullptr) return target.StatusOf(sqlite3_errcode(target.database_));
  // In one step, so that it is one snapshot; the log lets writers go on.
  const int stepped = sqlite3_backup_step(copy, -1);
  const int finished = sqlite3_backup_finish(copy);
  if (stepped != SQLITE_DONE) return target.StatusOf(stepped);
  if (finished != SQLITE_OK) return target.StatusOf(finished);
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string mode,
                             target.ReadText("PRAGMA journal_mode = DELETE"));
  if (mode == "delete") return absl::OkStatus();
  return FaultStatus(Reason::kStorageUnavailable,
                     "The copy of the database could not be finished: check the disk, then try "
                     "again.");
}

void Connection::Fail(absl::Status fault) {
  // The first one tells most.
  if (fault_.ok()) fault_ = std::move(fault);
}

absl::Status Connection::TakeFault() { return std::exchange(fault_, absl::OkStatus()); }

}  // namespace solotrial::store

#include "clients/cpp/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "clients/cpp/fault.h"

namespace solotrial::client {
namespace {

constexpr char kInMemory[] = ":memory:";
constexpr int kPatienceMilliseconds = 10'000;

int Bind(sqlite3_stmt* statement, int index, const SqlValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  const std::string& bytes = std::get<Blob>(value).bytes;
  return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
}

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

}  // namespace

int64_t SqlRow::Integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string SqlRow::Text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
  return size == 0 ? "" : std::string(static_cast<const char*>(bytes), size);
}

bool SqlRow::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path) {
  if (path != kInMemory) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
      return absl::InternalError(path + " cannot be opened: " + std::strerror(errno));
    }
    close(file);
  }
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  std::unique_ptr<Database> database(new Database(handle, path));
  if (code != SQLITE_OK) return database->Failure();
  sqlite3_busy_timeout(handle, kPatienceMilliseconds);
  // What was shown as kept survives the loss of power.
  CLIENT_RETURN_IF_ERROR(database->Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"));
  return database;
}

Database::~Database() { sqlite3_close_v2(handle_); }

absl::Status Database::Execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return absl::OkStatus();
  }
  return Failure();
}

absl::Status Database::Run(const std::string& sql, std::initializer_list<SqlValue> values,
                           const std::function<void(const SqlRow&)>& each) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
    return Failure();
  }
  const std::unique_ptr<sqlite3_stmt, Finalize> statement(prepared);
  int index = 0;
  for (const SqlValue& value : values) {
    if (Bind(prepared, ++index, value) != SQLITE_OK) return Failure();
  }
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
    if (each) each(SqlRow(prepared));
  }
  return code == SQLITE_DONE ? absl::OkStatus() : Failure();
}

int Database::Changes() const { return sqlite3_changes(handle_); }

absl::Status Database::Transact(const std::function<absl::Status()>& change) {
  CLIENT_RETURN_IF_ERROR(Execute("BEGIN IMMEDIATE"));
  absl::Status status = change();
  if (status.ok()) status = Execute("COMMIT");
  if (!status.ok() && sqlite3_get_autocommit(handle_) == 0) Execute("ROLLBACK").IgnoreError();
  return status;
}

absl::Status Database::Failure() const {
  const std::string message = path_ + ": " + sqlite3_errmsg(handle_);
  return sqlite3_errcode(handle_) == SQLITE_FULL ? absl::ResourceExhaustedError(message)
                                                 : absl::InternalError(message);
}

}  // namespace solotrial::client

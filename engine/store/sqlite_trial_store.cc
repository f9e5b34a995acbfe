#include "engine/store/sqlite_trial_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <future>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/fault.h"
#include "engine/store/files.h"
#include "engine/store/group_commit.h"
#include "engine/store/lock_file.h"
#include "engine/store/schema.h"
#include "engine/store/sqlite.h"
#include "engine/store/sqlite_transaction.h"
#include "engine/store/vault.h"

namespace solotrial::store {
namespace {

// Files up to this size are looked through page by page before they are used: it costs a few
// milliseconds of the start, and one person's diaries of several years fit. In a larger file a
// damaged page is found when it is read.
constexpr int64_t kLargestCheckedBytes = int64_t{4} << 20;

// Readers that are kept for the next read.
constexpr size_t kIdleReaders = 8;

// A connection for reading, with the transaction that is run on it.
struct Reader {
  Reader(std::unique_ptr<Connection> opened, const Vault& vault)
      : connection(std::move(opened)), transaction(*connection, vault) {}

  std::unique_ptr<Connection> connection;
  SqliteTransaction transaction;
};

class SqliteTrialStore final : public TrialStore {
 public:
  SqliteTrialStore(std::string path, LockFile lock, std::unique_ptr<Connection> writer,
                   std::string epoch, std::optional<WrappedKey> wrapped)
      : path_(std::move(path)),
        epoch_(std::move(epoch)),
        vault_(std::move(wrapped)),
        lock_(std::move(lock)),
        writer_(std::move(writer)),
        write_transaction_(*writer_, vault_),
        group_commit_(*writer_, [this] { EraseDeleted(); }) {}

  absl::Status Read(const std::function<absl::Status(ReadTransaction&)>& body) override {
    SOLOTRIAL_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, TakeReader());
    SOLOTRIAL_RETURN_IF_ERROR(reader->connection->Run("BEGIN"));
    absl::Status status = body(reader->transaction);
    // A connection with a fault is not used again.
    if (!reader->connection->fault().ok()) return reader->connection->fault();
    reader->connection->RollBack();
    const std::lock_guard lock(readers_mutex_);
    if (idle_readers_.size() < kIdleReaders) idle_readers_.push_back(std::move(reader));
    return status;
  }

  void Write(std::function<absl::Status(WriteTransaction&)> body,
             std::function<void(absl::Status)> done) override {
    group_commit_.Submit([this, body = std::move(body)] { return body(write_transaction_); },
                         std::move(done));
  }

  absl::Status WriteAndWait(std::function<absl::Status(WriteTransaction&)> body) override {
    // Shared, because set_value may still be at work when get returns.
    const auto outcome = std::make_shared<std::promise<absl::Status>>();
    Write(std::move(body),
          [outcome](absl::Status status) { outcome->set_value(std::move(status)); });
    return outcome->get_future().get();
  }

  bool IsLocked() const override { return !vault_.CheckUnlocked().ok(); }
  absl::Status Unlock(const std::string& passphrase) override { return vault_.Unlock(passphrase); }
  StoreNumbers Numbers() const override {
    return {.writes = group_commit_.writes(),
            .commits = group_commit_.commits(),
            .queued = group_commit_.queued()};
  }
  std::string Epoch() const override { return epoch_; }
  int SchemaVersion() const override { return kSchemaVersion; }

 private:
  absl::StatusOr<std::unique_ptr<Reader>> TakeReader() {
    {
      const std::lock_guard lock(readers_mutex_);
      if (!idle_readers_.empty()) {
        std::unique_ptr<Reader> reader = std::move(idle_readers_.back());
        idle_readers_.pop_back();
        return reader;
      }
    }
    SOLOTRIAL_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                               Connection::Open(path_, Connection::Access::kReadOnly));
    return std::make_unique<Reader>(std::move(connection), vault_);
  }

  // After a deletion the log still holds what the file no longer does. It is emptied before the
  // deletion is acknowledged, or, where a reader needs it, after a later commit, at the latest when
  // the store is closed.
  void EraseDeleted() {
    if (write_transaction_.TakeDeleted()) erase_pending_ = true;
    if (erase_pending_ && writer_->EmptyLog()) erase_pending_ = false;
  }

  // Destroyed from the last to the first: the queue is finished, the readers go before the writer,
  // which as the last connection empties the log, and only then another engine may come.
  const std::string path_;
  const std::string epoch_;
  Vault vault_;
  const LockFile lock_;
  const std::unique_ptr<Connection> writer_;  // used by group_commit_ only

  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<Reader>> idle_readers_;  // guarded by readers_mutex_

  // On the writer's thread only.
  SqliteTransaction write_transaction_;
  bool erase_pending_ = false;

  GroupCommit group_commit_;
};

// The file that `path` leads to, by its one absolute name: two engines that name it differently
// find the same lock.
absl::StatusOr<std::string> ResolvePath(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (path.empty() || error) return PermanentStorageFault("The database needs the path of a file.");
  const std::filesystem::path resolved = std::filesystem::weakly_canonical(absolute, error);
  if (error) return OpenFault(error.value());
  return resolved.string();
}

// Makes the file, readable by its owner only, where there is none; SQLite gives its log the same
// mode. What is there must begin as a database does: SQLite itself takes some very short files for
// empty ones, and would write over them.
absl::Status MakeFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return OpenFault(errno);
  const std::string expected("SQLite format 3\0", 16);
  std::string found(expected.size(), '\0');
  const ssize_t size = read(descriptor, found.data(), found.size());
  const int error = errno;
  close(descriptor);
  if (size < 0) return OpenFault(error);
  if (size > 0 && found != expected) return NotADatabase();
  return absl::OkStatus();
}

absl::Status CheckSmallFile(Connection& connection) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t pages, connection.ReadInt("PRAGMA page_count"));
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t page_size, connection.ReadInt("PRAGMA page_size"));
  if (pages > kLargestCheckedBytes / page_size) return absl::OkStatus();
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string found, connection.ReadText("PRAGMA quick_check(1)"));
  if (found == "ok") return absl::OkStatus();
  return PermanentStorageFault("The database file is damaged: restore it from a backup.");
}

// Everything between opening the file and using it, in the order that leaves a file which is not
// ours untouched.
absl::StatusOr<std::string> PrepareFile(Connection& connection, const std::string& path) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckSchema(connection, Migrations()));
  SOLOTRIAL_RETURN_IF_ERROR(CheckSmallFile(connection));
  // Files that were copied here may be open to others; where a mode cannot be changed, it stays.
  for (const char* suffix : {"", "-wal", "-shm"}) chmod((path + suffix).c_str(), 0600);
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string mode,
                             connection.ReadText("PRAGMA journal_mode = WAL"));
  if (mode != "wal") {
    return PermanentStorageFault(
        "The file system cannot hold the database's write-ahead log: name a file on a local disk.");
  }
  SOLOTRIAL_RETURN_IF_ERROR(Migrate(connection, Migrations()));
  return ReadEpoch(connection);
}

absl::StatusOr<std::unique_ptr<TrialStore>> OpenResolved(const std::string& path) {
  SOLOTRIAL_ASSIGN_OR_RETURN(LockFile lock, LockFile::Acquire(path + ".lock"));
  SOLOTRIAL_RETURN_IF_ERROR(MakeFile(path));
  SOLOTRIAL_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                             Connection::Open(path, Connection::Access::kReadWrite));
  SOLOTRIAL_ASSIGN_OR_RETURN(std::string epoch, PrepareFile(*connection, path));
  SOLOTRIAL_ASSIGN_OR_RETURN(std::optional<WrappedKey> wrapped, ReadWrappedKey(*connection));
  return std::make_unique<SqliteTrialStore>(path, std::move(lock), std::move(connection),
                                            std::move(epoch), std::move(wrapped));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TrialStore>> OpenSqliteTrialStore(const std::string& path) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string resolved, ResolvePath(path));
  auto store = OpenResolved(resolved);
  if (store.ok()) return store;
  const std::string message(store.status().message());
  return FaultStatus(FaultOf(store.status()), resolved + ": " + message);
}

}  // namespace solotrial::store

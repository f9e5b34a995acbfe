// The one door between SQLite and the operating system, watched and made to fail.
#ifndef SOLOTRIAL_TESTS_STORE_FAULT_VFS_H_
#define SOLOTRIAL_TESTS_STORE_FAULT_VFS_H_

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace solotrial::store {

// While one exists, SQLite reaches its files through it. Thread-safe, but not for tests in which
// threads compete: the sleeps between two tries for a lock take no time, so that a busy timeout
// runs out at once. A sync waits for no disk: it notes what the disk would have from then on.
class FaultVfs {
 public:
  FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  // Every file must have been closed.
  ~FaultVfs();

  // Lets `operations` more reads, writes, syncs and truncations pass, and fails `count` after them
  // with `code`.
  void FailAfter(int64_t operations, int64_t count, int code);
  // As a code: the process is killed (SIGKILL) in place of the operation.
  static constexpr int kKill = -1;
  // As a code: a write puts down half of its bytes, and fails; anything else fails with an error.
  static constexpr int kShortWrite = -2;
  // Lets everything pass from now on.
  void Heal();
  // Whether one has been failed since FailAfter.
  bool HasFailed() const;

  // Syncs of write-ahead logs, each of which ends one commit.
  int64_t log_syncs() const;

  // The bytes, by path, that each open file is sure to have after a power cut: those of its last
  // sync.
  std::map<std::string, std::string> SyncedFiles() const;

 private:
  friend struct FaultFile;
  friend struct Doors;

  // SQLITE_OK, or the code to fail with.
  int Pass();
  // The same, kShortWrite as it is.
  int PassAny();

  sqlite3_vfs* const real_;
  sqlite3_vfs vfs_;
  sqlite3_io_methods methods_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  int64_t until_fault_ = 0;
  int64_t faults_left_ = 0;
  int fault_code_ = SQLITE_OK;
  bool has_failed_ = false;
  int64_t log_syncs_ = 0;
  std::map<std::string, std::string> synced_;
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_TESTS_STORE_FAULT_VFS_H_

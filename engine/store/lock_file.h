// One engine per database file; one hand at a time in a directory of backups.
#ifndef SOLOTRIAL_ENGINE_STORE_LOCK_FILE_H_
#define SOLOTRIAL_ENGINE_STORE_LOCK_FILE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace solotrial::store {

// A lock on a file that the operating system gives back when the process ends, however it ends. The
// file stays: removing it would let two engines lock two files of one name.
class LockFile {
 public:
  // Locks `path`, made with owner-only mode where it does not exist. Fails at once when another
  // process, or another LockFile of this one, has it.
  static absl::StatusOr<LockFile> Acquire(const std::string& path);
  // The same, waiting for whoever has it.
  static absl::StatusOr<LockFile> Wait(const std::string& path);

  LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_LOCK_FILE_H_

#include "engine/store/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "engine/base/fault.h"
#include "engine/store/sqlite.h"

namespace solotrial::store {

absl::Status OpenFault(int error) {
  switch (error) {
    case ENOENT:
      return PermanentStorageFault("The directory does not exist: make it, or name another.");
    case ENOTDIR:
      return PermanentStorageFault(
          "A part of the path is a file where a directory should be: name another path.");
    case EACCES:
    case EPERM:
    case EROFS:
      return PermanentStorageFault(
          "The engine cannot write here: let its user write the file and its directory, or name "
          "another.");
    case EISDIR:
      return PermanentStorageFault("This is a directory: name a file.");
    case ELOOP:
      return PermanentStorageFault(
          "This is a symbolic link that leads nowhere: name the file itself.");
    case ENOSPC:
    case EDQUOT:
      return FaultStatus(Reason::kStorageUnavailable,
                         "The disk is full: free some space, then try again.");
    default:
      return FaultStatus(Reason::kStorageUnavailable,
                         "The file cannot be opened: " + std::generic_category().message(error));
  }
}

absl::StatusOr<LockFile> LockFile::Acquire(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return OpenFault(errno);
  LockFile lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return OpenFault(errno);
  return PermanentStorageFault(
      "Another engine has the database open: stop it, or give this one a database of its own.");
}

LockFile::~LockFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace solotrial::store

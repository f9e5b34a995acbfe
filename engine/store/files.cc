#include "engine/store/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "engine/base/fault.h"
#include "engine/store/sqlite.h"

namespace solotrial::store {
namespace {

// Waits until what `path` holds, a file's bytes or a directory's names, is on the disk.
absl::Status Sync(const std::string& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return OpenFault(errno);
  const int error = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  return error == 0 ? absl::OkStatus() : OpenFault(error);
}

absl::Status SyncDirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path();
  return Sync(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
}

}  // namespace

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

absl::Status MakeDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return SyncDirectoryOf(path);
  return errno == EEXIST ? absl::OkStatus() : OpenFault(errno);
}

absl::Status MakeEmptyFile(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return OpenFault(errno);
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return OpenFault(errno);
  close(descriptor);
  return absl::OkStatus();
}

absl::Status MoveFileDurably(const std::string& from, const std::string& to) {
  SOLOTRIAL_RETURN_IF_ERROR(Sync(from, O_RDONLY));
  if (rename(from.c_str(), to.c_str()) != 0) return OpenFault(errno);
  return SyncDirectoryOf(to);
}

absl::Status RemoveFileDurably(const std::string& path) {
  if (unlink(path.c_str()) != 0) return errno == ENOENT ? absl::OkStatus() : OpenFault(errno);
  return SyncDirectoryOf(path);
}

}  // namespace solotrial::store

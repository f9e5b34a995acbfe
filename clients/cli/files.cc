#include "clients/cli/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "clients/cli/errors.h"
#include "clients/cli/terminal.h"

namespace solotrial::cli {
namespace {

std::string NameOf(const std::string& path) { return path == "-" ? "standard input" : path; }

absl::Status WriteTo(int fd, const std::string& path, const std::string& content) {
  int error = 0;
  for (size_t at = 0; at < content.size() && error == 0;) {
    const ssize_t written = write(fd, content.data() + at, content.size() - at);
    if (written >= 0) {
      at += static_cast<size_t>(written);
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (close(fd) != 0 && error == 0) error = errno;
  if (error == 0) return absl::OkStatus();
  return MachineError(fmt::format("{} cannot be written: {}.", path, std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit) {
  if (path == "-" && StdinIsTerminal())
    WriteStderr("Reading standard input; end it with Ctrl-D.\n");
  const int fd = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string content;
  int error = fd < 0 ? errno : 0;
  struct stat info = {};
  if (error == 0 && fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) error = EISDIR;
  std::string buffer(64 << 10, '\0');
  while (error == 0 && content.size() <= limit) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count == 0) break;
    if (count > 0) {
      content.append(buffer, 0, static_cast<size_t>(count));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (fd > STDIN_FILENO) close(fd);
  if (error != 0) {
    return InputError(fmt::format("{} cannot be read: {}.", NameOf(path), std::strerror(error)));
  }
  if (content.size() > limit) {
    return InputError(
        fmt::format("{} is too large: at most {} KiB are read.", NameOf(path), limit >> 10));
  }
  return content;
}

absl::Status WriteFile(const std::string& path, const std::string& content, bool force) {
  if (path == "-") return WriteStdout(content);
  struct stat info = {};
  const bool exists = stat(path.c_str(), &info) == 0;
  // A device or a pipe is written as it is; a file is replaced in one step.
  const bool special = exists && !S_ISREG(info.st_mode);
  if (exists && !special && !force) {
    return WithHint(InputError(path + " exists already and was left alone."),
                    "Choose another name, or replace it with --force.");
  }
  const std::string target = force && !special ? path + ".part" : path;
  const int create = force && !special ? O_TRUNC : O_EXCL;
  const int fd =
      open(target.c_str(), O_WRONLY | O_CLOEXEC | (special ? 0 : O_CREAT | create), 0666);
  if (fd < 0) {
    return MachineError(fmt::format("{} cannot be written: {}.", path, std::strerror(errno)));
  }
  absl::Status written = WriteTo(fd, path, content);
  if (special) return written;
  if (written.ok() && target == path) return written;
  if (written.ok() && std::rename(target.c_str(), path.c_str()) == 0) return written;
  const int error = errno;
  unlink(target.c_str());  // half a file is worse than none
  if (!written.ok()) return written;
  return MachineError(fmt::format("{} cannot be replaced: {}.", path, std::strerror(error)));
}

}  // namespace solotrial::cli

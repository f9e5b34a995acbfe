#include "engine/import/zip.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "engine/base/fault.h"

namespace solotrial::import {
namespace {

struct ArchiveFree {
  void operator()(archive* file) const { archive_read_free(file); }
};

absl::Status Unreadable(const std::string& what) {
  return FieldFault(Reason::kUnreadableArchive, "archive", what);
}

bool IsPlainName(const std::string& name) {
  if (name.empty() || name.size() > 200 || name.front() == '/') return false;
  if (("/" + name + "/").find("/../") != std::string::npos) return false;
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return c >= ' ' && c < 0x7f && c != '\\'; });
}

// The content of the file whose header was read, at most `limit` bytes of it.
absl::StatusOr<std::string> ReadContent(archive& file, size_t limit) {
  std::string content;
  std::array<char, 16384> buffer;
  while (true) {
    const la_ssize_t size = archive_read_data(&file, buffer.data(), buffer.size());
    if (size == 0) return content;
    if (size < 0) return Unreadable("is damaged, or encrypted, which this engine does not read");
    if (static_cast<size_t>(size) > limit - content.size()) {
      return Unreadable("holds too much to be an archive of this engine");
    }
    content.append(buffer.data(), static_cast<size_t>(size));
  }
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ReadZip(const std::string& zip,
                                                           const ZipLimits& limits) {
  const std::unique_ptr<archive, ArchiveFree> file(archive_read_new());
  if (file == nullptr || archive_read_support_format_zip_seekable(file.get()) != ARCHIVE_OK ||
      archive_read_open_memory(file.get(), zip.data(), zip.size()) != ARCHIVE_OK) {
    return Unreadable("is no ZIP file");
  }
  std::map<std::string, std::string> files;
  size_t total = 0;
  while (true) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(file.get(), &entry);
    if (code == ARCHIVE_EOF) return files;
    if (code != ARCHIVE_OK) return Unreadable("is no whole ZIP file");
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    const char* path = archive_entry_pathname(entry);
    std::string name = path == nullptr ? "" : path;
    if (archive_entry_filetype(entry) != AE_IFREG || !IsPlainName(name)) {
      return Unreadable("holds something that is no plain file");
    }
    if (files.size() >= limits.files) return Unreadable("holds too many files");
    if (files.contains(name)) return Unreadable("holds a file twice");
    SOLOTRIAL_ASSIGN_OR_RETURN(std::string content, ReadContent(*file, limits.bytes - total));
    total += content.size();
    files.emplace(std::move(name), std::move(content));
  }
}

}  // namespace solotrial::import

#include "engine/report/zip.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "engine/base/fault.h"

namespace solotrial::report {
namespace {

struct ArchiveFree {
  void operator()(archive* file) const { archive_write_free(file); }
};
struct EntryFree {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

la_ssize_t Append(archive* /*file*/, void* out, const void* bytes, size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

}  // namespace

absl::StatusOr<std::string> WriteZip(const std::map<std::string, std::string>& files,
                                     absl::Time time) {
  const absl::Status failed = FaultStatus(Reason::kInternal, "the archive cannot be written");
  std::string bytes;
  const std::unique_ptr<archive, ArchiveFree> file(archive_write_new());
  if (file == nullptr || archive_write_set_format_zip(file.get()) != ARCHIVE_OK ||
      archive_write_set_bytes_in_last_block(file.get(), 1) != ARCHIVE_OK ||
      archive_write_open(file.get(), &bytes, nullptr, Append, nullptr) != ARCHIVE_OK) {
    return failed;
  }
  for (const auto& [name, content] : files) {
    const std::unique_ptr<archive_entry, EntryFree> entry(archive_entry_new());
    if (entry == nullptr) return failed;
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    archive_entry_set_mtime(entry.get(), absl::ToUnixSeconds(time), 0);
    if (archive_write_header(file.get(), entry.get()) != ARCHIVE_OK ||
        archive_write_data(file.get(), content.data(), content.size()) !=
            static_cast<la_ssize_t>(content.size())) {
      return failed;
    }
  }
  if (archive_write_close(file.get()) != ARCHIVE_OK) return failed;
  return bytes;
}

}  // namespace solotrial::report

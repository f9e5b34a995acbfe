// Any bytes at all as the database file: opened, migrated, read and written, or refused; never a
// crash. The input is laid over the pages of a sound file of schema 1, so that the damage is deep:
// three bytes of offset, one of length, the bytes, and so on.
#include <stdlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "engine/base/fault.h"
#include "engine/store/backup.h"
#include "engine/store/sqlite_trial_store.h"
#include "engine/store/trial_store.h"

namespace solotrial::store {
namespace {

const char kPerson[] = "a0000000-0000-4000-8000-000000000001";
const char kTrial[] = "90000000-0000-4000-8000-000000000012";

void Require(bool condition) {
  if (!condition) std::abort();
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A directory in memory where there is one: nothing has to wait for a disk.
const std::string& Directory() {
  static const std::string directory = [] {
    std::string name =
        (std::filesystem::exists("/dev/shm") ? std::string("/dev/shm") : std::string("/tmp")) +
        "/solotrial-fuzz-XXXXXX";
    Require(mkdtemp(name.data()) != nullptr);
    return name;
  }();
  return directory;
}

const std::string& SoundFile() {
  static const std::string bytes = ReadAll(SOLOTRIAL_SOURCE_DIR "/tests/fuzz/schema_1.db");
  return bytes;
}

std::string Damaged(const uint8_t* data, size_t size) {
  std::string bytes = SoundFile();
  size_t at = 0;
  while (size - at > 4) {
    const size_t offset = (static_cast<size_t>(data[at]) << 16 |
                           static_cast<size_t>(data[at + 1]) << 8 | data[at + 2]) %
                          bytes.size();
    const size_t length = std::min({size_t{data[at + 3]}, size - at - 4, bytes.size() - offset});
    std::copy_n(data + at + 4, length, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    at += 4 + length;
  }
  return bytes;
}

// A fault that names the file's state, or none.
void RequireExplained(const absl::Status& status) {
  if (status.ok()) return;
  const Reason reason = FaultOf(status).reason;
  Require(reason != Reason::kInternal || !status.message().empty());
}

void OpenAndUse(const std::string& bytes) {
  const std::string path = Directory() + "/fuzz.db";
  for (const char* suffix : {"-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  RequireExplained(CheckDatabase(path).status());
  const auto store = OpenSqliteTrialStore(path);
  RequireExplained(store.status());
  if (!store.ok()) return;
  RequireExplained((*store)->Read([](ReadTransaction& t) -> absl::Status {
    SOLOTRIAL_RETURN_IF_ERROR(t.FindOwner().status());
    SOLOTRIAL_RETURN_IF_ERROR(t.ListTrials(kPerson, 10, "").status());
    SOLOTRIAL_RETURN_IF_ERROR(t.ListImportedDays(kPerson, kTrial).status());
    SOLOTRIAL_RETURN_IF_ERROR(t.ListLooks(kPerson, kTrial).status());
    SOLOTRIAL_RETURN_IF_ERROR(t.ListDevices(kPerson).status());
    return t.ListEntries(kPerson, kTrial, 0, -1).status();
  }));
  RequireExplained((*store)->WriteAndWait([](WriteTransaction& t) {
    trial::Entry entry;
    entry.id = "0191e6d0-0000-7000-8000-0000000000ff";
    entry.kind = trial::Entry::Kind::kNote;
    entry.text = "a note";
    return t.AppendEntry(kPerson, kTrial, entry);
  }));
  RequireExplained(
      (*store)->WriteAndWait([](WriteTransaction& t) { return t.DeletePerson(kPerson); }));
}

}  // namespace
}  // namespace solotrial::store

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace solotrial::store;
  // One byte chooses: a whole file, or damage to a sound one.
  if (size > 0 && data[0] == 'w') {
    OpenAndUse(std::string(reinterpret_cast<const char*>(data + 1), size - 1));
  } else if (size > 0) {
    OpenAndUse(Damaged(data + 1, size - 1));
  }
  return 0;
}

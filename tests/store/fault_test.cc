// Whatever the disk does: what was acknowledged is there, once, and the store says what is wrong.
#include "engine/base/fault.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <limits>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/sqlite_trial_store.h"
#include "engine/store/trial_store.h"
#include "tests/store/countdown.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

using ::testing::Each;
using ::testing::IsSubsetOf;

void ExpectStorageFault(const absl::Status& status) {
  EXPECT_EQ(FaultOf(status).reason, Reason::kStorageUnavailable) << status;
}

// One life of a store: opened, written, read, a trial deleted, closed. Gives the entries that were
// acknowledged.
std::vector<std::string> LiveOneLife(const std::string& path) {
  std::vector<std::string> acknowledged;
  auto store = OpenSqliteTrialStore(path);
  if (!store.ok()) {
    ExpectStorageFault(store.status());
    return acknowledged;
  }
  const auto write = [&](const std::function<absl::Status(WriteTransaction&)>& body) {
    const absl::Status status = (*store)->WriteAndWait(body);
    if (!status.ok()) ExpectStorageFault(status);
    return status.ok();
  };
  for (int n = 1; n <= 3; ++n) {
    if (write(Appending(SampleEntry(n)))) acknowledged.push_back(EntryId(n));
  }
  const absl::Status read = (*store)->Read([](ReadTransaction& transaction) {
    return transaction.ListEntries(kAnna, kSleep, 0, -1).status();
  });
  if (!read.ok()) ExpectStorageFault(read);
  write([](WriteTransaction& transaction) {
    SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertTrial(FullTrial(kAnna, kPain)));
    return transaction.DeleteTrial(kAnna, kPain);
  });
  for (int n = 4; n <= 5; ++n) {
    if (write(Appending(SampleEntry(n)))) acknowledged.push_back(EntryId(n));
  }
  return acknowledged;
}

struct FaultKind {
  std::string name;
  int code;
  int64_t count;

  friend void PrintTo(const FaultKind& kind, std::ostream* out) { *out << kind.name; }
};

class EveryFaultTest : public ::testing::TestWithParam<FaultKind> {
 protected:
  FaultVfs vfs_;
  TemporaryDirectory directory_;
};

// Lets the first operation on the disk fail, then the second, and so on until none is left to fail.
TEST_P(EveryFaultTest, CostsNoAcknowledgedEntry) {
  OpenWithTrial(directory_.File("template.db"));
  const std::string bytes = ReadFile(directory_.File("template.db"));
  const std::set<std::string> written = {EntryId(1), EntryId(2), EntryId(3), EntryId(4),
                                         EntryId(5)};
  int operations = 0;
  while (true) {
    SCOPED_TRACE("operation " + std::to_string(operations));
    const std::string path = directory_.File(std::to_string(operations) + ".db");
    WriteFile(path, bytes);
    vfs_.FailAfter(operations, GetParam().count, GetParam().code);
    const std::vector<std::string> acknowledged = LiveOneLife(path);
    vfs_.Heal();
    {
      const std::unique_ptr<TrialStore> store = OpenOrDie(path);
      const std::vector<std::string> found = EntryIds(*store);
      EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size());
      EXPECT_THAT(acknowledged, IsSubsetOf(found));
      EXPECT_THAT(found, Each(::testing::AnyOfArray(written)));
      ASSERT_TRUE(store->WriteAndWait(Appending(SampleEntry(6))).ok());
    }
    if (!vfs_.HasFailed()) {
      EXPECT_EQ(acknowledged.size(), 5);
      break;
    }
    std::filesystem::remove(path);
    operations += kOperationStep;
  }
  EXPECT_GT(operations, 20);
}

TEST_P(EveryFaultTest, LeavesANewFileToBeOpenedAgain) {
  int operations = 0;
  while (true) {
    SCOPED_TRACE("operation " + std::to_string(operations));
    const std::string path = directory_.File(std::to_string(operations) + ".db");
    vfs_.FailAfter(operations, GetParam().count, GetParam().code);
    auto store = OpenSqliteTrialStore(path);
    if (!store.ok()) ExpectStorageFault(store.status());
    const bool opened = store.ok();
    if (opened) store->reset();
    vfs_.Heal();
    OpenWithTrial(path);
    if (!vfs_.HasFailed()) {
      EXPECT_TRUE(opened);
      break;
    }
    std::filesystem::remove(path);
    operations += kOperationStep;
  }
  EXPECT_GT(operations, 10);
}

constexpr int64_t kForEver = std::numeric_limits<int64_t>::max();
INSTANTIATE_TEST_SUITE_P(Kinds, EveryFaultTest,
                         ::testing::Values(FaultKind{"ErrorOnce", SQLITE_IOERR, 1},
                                           FaultKind{"ErrorForEver", SQLITE_IOERR, kForEver},
                                           FaultKind{"ShortOnce", FaultVfs::kShortWrite, 1},
                                           FaultKind{"ShortForEver", FaultVfs::kShortWrite,
                                                     kForEver},
                                           FaultKind{"FullOnce", SQLITE_FULL, 1},
                                           FaultKind{"FullForEver", SQLITE_FULL, kForEver}),
                         [](const auto& kind) { return kind.param.name; });

// "`done` gets the body's own status after the commit is durable": when it is called, a power cut
// costs nothing that it acknowledges.
TEST(PowerCutTest, CostsNoAcknowledgedEntry) {
  FaultVfs vfs;
  TemporaryDirectory directory;
  std::unique_ptr<TrialStore> store = OpenWithTrial(directory.File("trial.db"));
  struct Cut {
    std::map<std::string, std::string> files;
    std::vector<std::string> acknowledged;
  };
  std::vector<Cut> cuts;
  std::vector<std::string> acknowledged;
  for (int n = 0; n < 60; ++n) {
    trial::Entry entry = SampleEntry(n);
    // Now and then large enough that the log is moved into the file.
    if (n % 10 == 9) entry.text = std::string(1'500'000, 'x');
    // One commit each, and looked at as soon as it is acknowledged.
    Countdown done(1);
    store->Write(Appending(entry), [&, n](const absl::Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      acknowledged.push_back(EntryId(n));
      if (n % 4 == 0) cuts.push_back({vfs.SyncedFiles(), acknowledged});
      done.Tick();
    });
    done.Wait();
  }
  store.reset();
  for (const Cut& cut : cuts) {
    TemporaryDirectory restored;
    for (const auto& [path, bytes] : cut.files) {
      WriteFile(restored.File(std::filesystem::path(path).filename()), bytes);
    }
    const std::unique_ptr<TrialStore> after = OpenOrDie(restored.File("trial.db"));
    EXPECT_THAT(cut.acknowledged, IsSubsetOf(EntryIds(*after)));
  }
}

// On a real file system that takes no more bytes.
TEST(FullDiskTest, RefusesWritesAndKeepsWhatItHas) {
  TemporaryDirectory directory;
  const std::string path = directory.File("trial.db");
  OpenWithTrial(path);
  const std::string report = directory.File("acknowledged");
  const pid_t child = fork();
  if (child == 0) {
    // Without this the limit would be a signal and not an error.
    if (std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) _exit(1);
    const rlimit limit{300'000, 300'000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(1);
    const std::unique_ptr<TrialStore> store = OpenOrDie(path);
    int acknowledged = 0;
    int refused = 0;
    for (int n = 0; n < 200; ++n) {
      trial::Entry entry = SampleEntry(n);
      entry.text = std::string(10'000, 'x');
      const absl::Status status = store->WriteAndWait(Appending(entry));
      if (status.ok()) {
        ++acknowledged;
      } else if (FaultOf(status).reason == Reason::kStorageUnavailable) {
        ++refused;
      }
    }
    // Reading goes on.
    const size_t found = EntryIds(*store).size();
    WriteFile(report, std::to_string(acknowledged) + " " + std::to_string(refused) + " " +
                          std::to_string(found));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  std::istringstream told(ReadFile(report));
  int acknowledged = 0;
  int refused = 0;
  int found = 0;
  ASSERT_TRUE(told >> acknowledged >> refused >> found);
  EXPECT_GT(acknowledged, 0);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(acknowledged + refused, 200);
  EXPECT_EQ(found, acknowledged);
  // With room again.
  const std::unique_ptr<TrialStore> store = OpenOrDie(path);
  EXPECT_GE(EntryIds(*store).size(), static_cast<size_t>(acknowledged));
  EXPECT_TRUE(store->WriteAndWait(Appending(SampleEntry(1000))).ok());
}

}  // namespace
}  // namespace solotrial::store

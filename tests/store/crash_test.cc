// A process that is killed loses nothing that it acknowledged, and leaves a file to go on with.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "engine/base/fault.h"
#include "engine/store/trial_store.h"
#include "tests/store/crash_rounds.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

// A life from a file that is not there to a closed one; every acknowledgement goes through `pipe`.
void LiveFromTheStart(const std::string& path, int pipe) {
  const auto tell = [pipe](char what) {
    if (write(pipe, &what, 1) != 1) _exit(1);
  };
  const std::unique_ptr<TrialStore> store = OpenWithTrial(path);
  tell('t');
  for (int n = 1; n <= 3; ++n) {
    if (!store->WriteAndWait(Appending(SampleEntry(n))).ok()) _exit(2);
    tell('e');
  }
  const absl::Status deleted = store->WriteAndWait([](WriteTransaction& transaction) {
    SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertTrial(FullTrial(kAnna, kPain)));
    return transaction.DeleteTrial(kAnna, kPain);
  });
  if (!deleted.ok()) _exit(3);
  if (!store->WriteAndWait(Appending(SampleEntry(4))).ok()) _exit(4);
  tell('e');
}

// Kills the process in place of its first operation on the disk, then of its second, and so on.
TEST(StoreCrashTest, SurvivesADeathAtEveryOperation) {
  int operations = 0;
  while (true) {
    SCOPED_TRACE("operation " + std::to_string(operations));
    TemporaryDirectory directory;
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      FaultVfs vfs;
      vfs.FailAfter(operations, 1, FaultVfs::kKill);
      LiveFromTheStart(directory.File("trial.db"), ends[1]);
      _exit(0);
    }
    close(ends[1]);
    std::string told;
    char what = 0;
    while (read(ends[0], &what, 1) == 1) told += what;
    close(ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    const bool finished = WIFEXITED(status);
    if (finished) {
      ASSERT_EQ(WEXITSTATUS(status), 0);
      ASSERT_EQ(told, "teeee");
    }
    const FaultVfs quick;  // a sync waits for no disk
    const std::unique_ptr<TrialStore> store = OpenOrDie(directory.File("trial.db"));
    const std::vector<std::string> found = EntryIds(*store);
    const auto acknowledged = static_cast<size_t>(std::count(told.begin(), told.end(), 'e'));
    ASSERT_GE(found.size(), acknowledged);
    ASSERT_LE(found.size(), acknowledged + 1);
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i], EntryId(static_cast<int64_t>(i) + 1));
    }
    if (!told.empty()) {
      EXPECT_TRUE(store->WriteAndWait(Appending(SampleEntry(6))).ok());
    }
    if (finished) break;
    operations += kOperationStep;
  }
  EXPECT_GT(operations, 30);
}

TEST(StoreCrashTest, KeepsEveryAcknowledgedEntryOfManyThreads) { RunCrashRounds(25, 1); }

}  // namespace
}  // namespace solotrial::store

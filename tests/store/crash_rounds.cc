#include "tests/store/crash_rounds.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/fault.h"
#include "engine/base/random.h"
#include "engine/store/trial_store.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

// Rounds that share a file, so that the next one finds the log that the last one left.
constexpr int kRoundsPerFile = 25;
constexpr int kThreads = 6;
constexpr int kEntriesPerBody = 3;
// Of a round, so that no two rounds use one id.
constexpr int64_t kIdsPerRound = 1'000'000;

// Writes until it is killed. Acknowledged ids go through `pipe`, the number of the first of a body
// at a time; one that is full holds the writer up.
[[noreturn]] void WriteUntilKilled(const std::string& path, int64_t first_id, int pipe) {
  const std::unique_ptr<TrialStore> store = OpenOrDie(path);
  std::atomic<int64_t> next = first_id;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      while (true) {
        const int64_t first = next.fetch_add(kEntriesPerBody);
        const absl::Status status = store->WriteAndWait([first](WriteTransaction& transaction) {
          for (int64_t n = first; n < first + kEntriesPerBody; ++n) {
            SOLOTRIAL_RETURN_IF_ERROR(Appending(SampleEntry(n))(transaction));
          }
          return absl::OkStatus();
        });
        if (!status.ok()) _exit(1);
        if (write(pipe, &first, sizeof first) != sizeof first) _exit(2);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  _exit(3);
}

// The acknowledged ids of one life that ends after `lifetime` of them.
std::vector<int64_t> LiveAndDie(const std::string& path, int64_t first_id, uint64_t lifetime) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    WriteUntilKilled(path, first_id, ends[1]);
  }
  close(ends[1]);
  std::vector<int64_t> acknowledged;
  int64_t id = 0;
  // What is still in the pipe after the end was acknowledged before it.
  while (read(ends[0], &id, sizeof id) == sizeof id) {
    acknowledged.push_back(id);
    if (acknowledged.size() == lifetime) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
      << "the child ended by itself: " << status;
  return acknowledged;
}

}  // namespace

void RunCrashRounds(int rounds, uint64_t seed) {
  RandomStream random(seed);
  std::unique_ptr<TemporaryDirectory> directory;
  std::vector<int64_t> acknowledged;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    if (round % kRoundsPerFile == 0) {
      directory = std::make_unique<TemporaryDirectory>();
      acknowledged.clear();
      OpenWithTrial(directory->File("trial.db"));
    }
    const std::vector<int64_t> told =
        LiveAndDie(directory->File("trial.db"), (round + 1) * kIdsPerRound, 1 + random.Below(100));
    acknowledged.insert(acknowledged.end(), told.begin(), told.end());

    const std::unique_ptr<TrialStore> store = OpenOrDie(directory->File("trial.db"));
    std::map<std::string, trial::Entry> found;
    int64_t last = 0;
    const absl::Status status = store->Read([&](ReadTransaction& transaction) {
      SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<trial::Entry> log,
                                 transaction.ListEntries(kAnna, kSleep, 0, -1));
      for (const trial::Entry& entry : log) {
        EXPECT_EQ(entry.sequence, ++last);
        EXPECT_TRUE(found.emplace(entry.id, entry).second) << entry.id << " is there twice";
      }
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    for (const int64_t first : acknowledged) {
      for (int64_t n = first; n < first + kEntriesPerBody; ++n) {
        const auto entry = found.find(EntryId(n));
        ASSERT_NE(entry, found.end()) << EntryId(n) << " was acknowledged and is lost";
        EXPECT_EQ(entry->second.text, SampleEntry(n).text);
      }
    }
    // A body is there whole or not at all.
    EXPECT_EQ(found.size() % kEntriesPerBody, 0);
  }
}

}  // namespace solotrial::store

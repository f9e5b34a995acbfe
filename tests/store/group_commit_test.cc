// "Queues `body` for the one writer ... each in a savepoint of one shared transaction, and commits
// them together. `done` gets the body's own status after the commit is durable ...; it is called
// exactly once, on the writer's thread" (trial_store.h).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/fault.h"
#include "engine/store/trial_store.h"
#include "tests/store/countdown.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/samples.h"
#include "tests/store/writer_gate.h"

namespace solotrial::store {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;

// Outcomes of many writes, and a wait for all of them.
class Outcomes {
 public:
  explicit Outcomes(size_t expected) : all_(expected) {}

  std::function<void(absl::Status)> Take(std::string name) {
    return [this, name = std::move(name)](absl::Status status) {
      EXPECT_TRUE(statuses_.emplace(name, std::move(status)).second) << name << " is done twice";
      order_.push_back(name);
      threads_.insert(std::this_thread::get_id());
      all_.Tick();
    };
  }
  void Wait() { all_.Wait(); }
  // After Wait.
  const std::map<std::string, absl::Status>& statuses() const { return statuses_; }
  const std::vector<std::string>& order() const { return order_; }
  const std::set<std::thread::id>& threads() const { return threads_; }

 private:
  Countdown all_;
  // Filled on the writer's thread, read after Wait.
  std::map<std::string, absl::Status> statuses_;
  std::vector<std::string> order_;
  std::set<std::thread::id> threads_;
};

class GroupCommitTest : public ::testing::Test {
 protected:
  void Submit(int64_t n, Outcomes& outcomes) {
    store_->Write(Appending(SampleEntry(n)), outcomes.Take(EntryId(n)));
  }
  absl::Status WriteEntry(int64_t n) { return store_->WriteAndWait(Appending(SampleEntry(n))); }

  FaultVfs vfs_;
  TemporaryDirectory directory_;
  std::unique_ptr<TrialStore> store_ = OpenWithTrial(directory_.File("trial.db"));
};

Reason ReasonOf(const absl::Status& status) {
  EXPECT_FALSE(status.ok());
  return FaultOf(status).reason;
}

TEST_F(GroupCommitTest, CommitsTogetherWhatIsWaiting) {
  const int64_t before = vfs_.log_syncs();
  WriterGate gate(*store_, Appending(SampleEntry(1000)));
  Outcomes outcomes(100);
  for (int n = 0; n < 100; ++n) Submit(n, outcomes);
  gate.Open();
  outcomes.Wait();
  // One commit for the gate, one for the hundred.
  EXPECT_EQ(vfs_.log_syncs() - before, 2);
  for (const auto& [id, status] : outcomes.statuses()) EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(EntryIds(*store_).size(), 101);
}

TEST_F(GroupCommitTest, BoundsABatch) {
  const int64_t before = vfs_.log_syncs();
  WriterGate gate(*store_, Appending(SampleEntry(1000)));
  Outcomes outcomes(600);
  for (int n = 0; n < 600; ++n) Submit(n, outcomes);
  gate.Open();
  outcomes.Wait();
  EXPECT_EQ(vfs_.log_syncs() - before, 1 + 3);
}

TEST_F(GroupCommitTest, CommitsALoneBodyAtOnce) {
  const int64_t before = vfs_.log_syncs();
  for (int n = 0; n < 5; ++n) ASSERT_TRUE(WriteEntry(n).ok());
  EXPECT_EQ(vfs_.log_syncs() - before, 5);
}

TEST_F(GroupCommitTest, CallsDoneInOrderOnTheWritersThread) {
  WriterGate gate(*store_, Appending(SampleEntry(1000)));
  Outcomes outcomes(20);
  std::vector<std::string> expected;
  for (int n = 0; n < 20; ++n) {
    Submit(n, outcomes);
    expected.push_back(EntryId(n));
  }
  gate.Open();
  outcomes.Wait();
  EXPECT_EQ(outcomes.order(), expected);
  EXPECT_EQ(outcomes.threads().size(), 1);
  EXPECT_EQ(outcomes.threads().count(std::this_thread::get_id()), 0);
}

TEST_F(GroupCommitTest, WhatIsDoneCanBeReadAtOnce) {
  std::vector<bool> found;
  Countdown all(20);
  for (int n = 0; n < 20; ++n) {
    store_->Write(Appending(SampleEntry(n)), [&, n](const absl::Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      EXPECT_TRUE(store_
                      ->Read([&](ReadTransaction& transaction) {
                        SOLOTRIAL_ASSIGN_OR_RETURN(const auto entry,
                                                   transaction.FindEntry(kAnna, EntryId(n)));
                        found.push_back(entry.has_value());
                        return absl::OkStatus();
                      })
                      .ok());
      all.Tick();
    });
  }
  all.Wait();
  EXPECT_THAT(found, Each(true));
}

TEST_F(GroupCommitTest, RollsBackAFailedBodyAndCommitsItsNeighbours) {
  const int64_t before = vfs_.log_syncs();
  WriterGate gate(*store_, [](WriteTransaction&) { return absl::OkStatus(); });
  Outcomes outcomes(3);
  Submit(1, outcomes);
  store_->Write(
      [](WriteTransaction& transaction) {
        SOLOTRIAL_RETURN_IF_ERROR(Appending(SampleEntry(2))(transaction));
        SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertTrial(SampleTrial(kAnna, kPain)));
        return FaultStatus(Reason::kConflict, "changed its mind");
      },
      outcomes.Take("failing"));
  store_->Write(
      [](WriteTransaction& transaction) {
        EXPECT_EQ(*transaction.LastSequence(kAnna, kSleep), 1);
        return Appending(SampleEntry(3))(transaction);
      },
      outcomes.Take(EntryId(3)));
  gate.Open();
  outcomes.Wait();
  EXPECT_TRUE(outcomes.statuses().at(EntryId(1)).ok());
  EXPECT_EQ(ReasonOf(outcomes.statuses().at("failing")), Reason::kConflict);
  EXPECT_TRUE(outcomes.statuses().at(EntryId(3)).ok());
  EXPECT_THAT(EntryIds(*store_), ElementsAre(EntryId(1), EntryId(3)));
  EXPECT_EQ(vfs_.log_syncs() - before, 1);
}

TEST_F(GroupCommitTest, IsBusyWhenTheQueueIsFull) {
  constexpr int kCapacity = 4096;
  WriterGate gate(*store_, [](WriteTransaction&) { return absl::OkStatus(); });
  Outcomes outcomes(kCapacity);
  for (int n = 0; n < kCapacity; ++n) {
    store_->Write([](WriteTransaction&) { return absl::OkStatus(); },
                  outcomes.Take(std::to_string(n)));
  }
  absl::Status refused;
  std::thread::id thread;
  store_->Write(
      [](WriteTransaction&) {
        ADD_FAILURE() << "ran";
        return absl::OkStatus();
      },
      [&](absl::Status status) {
        refused = std::move(status);
        thread = std::this_thread::get_id();
      });
  EXPECT_EQ(ReasonOf(refused), Reason::kBusy);
  EXPECT_TRUE(FaultOf(refused).retryable);
  EXPECT_EQ(thread, std::this_thread::get_id());
  gate.Open();
  outcomes.Wait();
  for (const auto& [name, status] : outcomes.statuses()) EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(WriteEntry(1).ok());
}

TEST_F(GroupCommitTest, FinishesWhatIsQueuedWhenItIsClosed) {
  Outcomes outcomes(300);
  {
    WriterGate gate(*store_, [](WriteTransaction&) { return absl::OkStatus(); });
    for (int n = 0; n < 300; ++n) Submit(n, outcomes);
    gate.Open();
    store_.reset();
  }
  outcomes.Wait();
  for (const auto& [id, status] : outcomes.statuses()) EXPECT_TRUE(status.ok()) << status;
  store_ = OpenOrDie(directory_.File("trial.db"));
  EXPECT_EQ(EntryIds(*store_).size(), 300);
}

TEST_F(GroupCommitTest, ADoneMayWrite) {
  Outcomes outcomes(1);
  store_->Write(Appending(SampleEntry(1)), [&](const absl::Status&) {
    store_->Write(Appending(SampleEntry(2)), outcomes.Take("second"));
  });
  outcomes.Wait();
  EXPECT_TRUE(outcomes.statuses().at("second").ok());
}

TEST_F(GroupCommitTest, AFailedCommitFailsEveryBodyOfTheBatch) {
  ASSERT_TRUE(WriteEntry(1).ok());
  WriterGate gate(*store_, [](WriteTransaction&) { return absl::OkStatus(); });
  Outcomes outcomes(3);
  Submit(2, outcomes);
  Submit(3, outcomes);
  store_->Write([](WriteTransaction&) { return FaultStatus(Reason::kConflict, "own fault"); },
                outcomes.Take("failing"));
  vfs_.FailAfter(0, 1000, SQLITE_FULL);
  gate.Open();
  outcomes.Wait();
  EXPECT_TRUE(vfs_.HasFailed());
  for (const auto& [id, status] : outcomes.statuses()) {
    EXPECT_EQ(ReasonOf(status), Reason::kStorageUnavailable);
    EXPECT_TRUE(FaultOf(status).retryable);
    EXPECT_THAT(MessageOf(status), ::testing::HasSubstr("full"));
  }
  vfs_.Heal();
  EXPECT_TRUE(WriteEntry(3).ok());
  EXPECT_THAT(EntryIds(*store_), ElementsAre(EntryId(1), EntryId(3)));
}

// SQLite gives up the whole transaction when a page does not fit in the middle of a statement; what
// a body that overlooks that does next must not reach the file by itself.
TEST_F(GroupCommitTest, ABodyThatOverlooksAFullDiskChangesNothing) {
  WriterGate gate(*store_, [](WriteTransaction&) { return absl::OkStatus(); });
  Outcomes outcomes(3);
  Submit(1, outcomes);
  store_->Write(
      [this](WriteTransaction& transaction) {
        // More than the page cache holds, so that pages go to the log before the commit.
        vfs_.FailAfter(0, 1, SQLITE_FULL);
        bool failed = false;
        for (int n = 0; n < 100; ++n) {
          trial::Entry entry = SampleEntry(100 + n);
          entry.text = std::string(100'000, 'x');
          if (!transaction.AppendEntry(kAnna, kSleep, entry).ok()) failed = true;
        }
        EXPECT_TRUE(failed);
        return absl::OkStatus();
      },
      outcomes.Take("large"));
  Submit(2, outcomes);
  gate.Open();
  outcomes.Wait();
  EXPECT_TRUE(vfs_.HasFailed());
  EXPECT_EQ(ReasonOf(outcomes.statuses().at("large")), Reason::kStorageUnavailable);
  std::vector<std::string> acknowledged;
  for (const auto& [id, status] : outcomes.statuses()) {
    if (status.ok()) acknowledged.push_back(id);
  }
  EXPECT_THAT(EntryIds(*store_), UnorderedElementsAreArray(acknowledged));
  EXPECT_TRUE(WriteEntry(3).ok());
}

// On the real door: readers and the writer sometimes have to let each other pass, and do that with
// a sleep of microseconds.
TEST(ManyThreadsTest, WriteAndReadAtOnce) {
  TemporaryDirectory directory;
  const std::unique_ptr<TrialStore> store = OpenWithTrial(directory.File("trial.db"));
  constexpr int kThreads = 8;
  constexpr int kEntries = 40;
  std::atomic<int> writing = kThreads;
  std::vector<std::thread> threads;
  threads.reserve(kThreads + 3);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int n = 0; n < kEntries; ++n) {
        const absl::Status status =
            store->WriteAndWait(Appending(SampleEntry(thread * kEntries + n)));
        EXPECT_TRUE(status.ok()) << status;
      }
      --writing;
    });
  }
  for (int reader = 0; reader < 3; ++reader) {
    threads.emplace_back([&] {
      size_t last = 0;
      while (writing > 0) {
        const size_t now = EntryIds(*store).size();
        EXPECT_GE(now, last);
        last = now;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<std::string> ids = EntryIds(*store);
  EXPECT_EQ(ids.size(), kThreads * kEntries);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
}

}  // namespace
}  // namespace solotrial::store

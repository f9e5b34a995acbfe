// One writer that commits together what is waiting.
#ifndef SOLOTRIAL_ENGINE_STORE_GROUP_COMMIT_H_
#define SOLOTRIAL_ENGINE_STORE_GROUP_COMMIT_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "engine/store/sqlite.h"

namespace solotrial::store {

// A commit costs one wait for the disk, whatever it holds. So the writer takes everything that has
// queued up while the disk was busy, runs each body in a savepoint of one transaction, and commits
// once. It never waits for company: a lone body is committed at once. Thread-safe.
class GroupCommit {
 public:
  // Reads and writes on the connection, which is the writer's alone.
  using Body = std::function<absl::Status()>;
  using Done = std::function<void(absl::Status)>;

  // `after_commit` runs on the writer's thread, after a commit and before its `done`s.
  GroupCommit(Connection& connection, std::function<void()> after_commit);
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  // Finishes what is queued.
  ~GroupCommit();

  int64_t writes() const { return writes_; }
  int64_t commits() const { return commits_; }
  int64_t queued() const;

  // See TrialStore::Write.
  void Submit(Body body, Done done);

 private:
  struct Item {
    Body body;
    Done done;
    absl::Status outcome;
  };

  void RunWriter();
  // Sets every outcome.
  void CommitTogether(std::deque<Item>& batch);
  absl::Status TryToCommitTogether(std::deque<Item>& batch);
  absl::Status RunInSavepoint(const Body& body);

  // Constant after construction; used on the writer's thread only.
  Connection& connection_;
  const std::function<void()> after_commit_;

  std::atomic<int64_t> writes_ = 0;
  std::atomic<int64_t> commits_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;  // guarded by mutex_
  bool closing_ = false;    // guarded by mutex_

  std::thread writer_;  // last: starts when all else is there
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_GROUP_COMMIT_H_

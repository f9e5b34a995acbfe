#include "engine/store/group_commit.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/fault.h"

namespace solotrial::store {
namespace {

// More are refused: by then the disk is seconds behind.
constexpr size_t kQueueCapacity = 4096;
// So that the first of a long queue does not wait for all of it.
constexpr size_t kLargestBatch = 256;

}  // namespace

GroupCommit::GroupCommit(Connection& connection, std::function<void()> after_commit)
    : connection_(connection),
      after_commit_(std::move(after_commit)),
      writer_([this] { RunWriter(); }) {}

GroupCommit::~GroupCommit() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  writer_.join();
}

int64_t GroupCommit::queued() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(queue_.size());
}

void GroupCommit::Submit(Body body, Done done) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() < kQueueCapacity) {
      was_empty = queue_.empty();
      queue_.push_back({std::move(body), std::move(done), absl::OkStatus()});
      done = nullptr;
    }
  }
  if (done) {
    done(FaultStatus(Reason::kBusy,
                     "Too many writes are waiting for the disk: try again in a moment."));
  } else if (was_empty) {
    changed_.notify_one();
  }
}

void GroupCommit::RunWriter() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto end =
        queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kLargestBatch));
    std::deque<Item> batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    lock.unlock();

    CommitTogether(batch);
    for (Item& item : batch) item.done(std::move(item.outcome));
    batch.clear();  // what the bodies hold is given back before the next wait

    lock.lock();
  }
}

void GroupCommit::CommitTogether(std::deque<Item>& batch) {
  const absl::Status status = TryToCommitTogether(batch);
  writes_ += static_cast<int64_t>(batch.size());
  if (status.ok()) {
    ++commits_;
    after_commit_();
    return;
  }
  connection_.RollBack();
  // Also for a body that had failed by itself: what it saw of the others has not happened.
  for (Item& item : batch) item.outcome = status;
}

absl::Status GroupCommit::TryToCommitTogether(std::deque<Item>& batch) {
  SOLOTRIAL_RETURN_IF_ERROR(connection_.Run("BEGIN IMMEDIATE"));
  for (Item& item : batch) {
    item.outcome = RunInSavepoint(item.body);
    // SQLite rolls back by itself where it cannot undo the failed statement alone.
    if (!connection_.InTransaction()) {
      return item.outcome.ok() ? absl::InternalError("The transaction ended early.") : item.outcome;
    }
  }
  return connection_.Run("COMMIT");
}

absl::Status GroupCommit::RunInSavepoint(const Body& body) {
  SOLOTRIAL_RETURN_IF_ERROR(connection_.Run("SAVEPOINT body"));
  absl::Status status = body();
  // A fault that the body overlooked fails it all the same.
  if (const absl::Status fault = connection_.TakeFault(); !fault.ok()) status = fault;
  if (connection_.InTransaction()) {
    if (!status.ok()) SOLOTRIAL_RETURN_IF_ERROR(connection_.Run("ROLLBACK TO body"));
    SOLOTRIAL_RETURN_IF_ERROR(connection_.Run("RELEASE body"));
  }
  return status;
}

}  // namespace solotrial::store

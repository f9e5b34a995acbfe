#include "engine/store/backup_schedule.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace solotrial::store {
namespace {

constexpr absl::Duration kRetry = absl::Minutes(10);
// The machine may sleep, or its clock be set: the date is looked at again so often.
constexpr absl::Duration kLongestWait = absl::Minutes(10);

}  // namespace

absl::Duration UntilNextBackup(const std::vector<Backup>& backups, absl::Duration every,
                               absl::Time now) {
  // One from the future was made while the clock was wrong, and tells nothing.
  const auto newest = std::find_if(backups.rbegin(), backups.rend(),
                                   [now](const Backup& backup) { return backup.time <= now; });
  if (newest == backups.rend()) return absl::ZeroDuration();
  return std::max(newest->time + every - now, absl::ZeroDuration());
}

BackupSchedule::BackupSchedule(Options options,
                               std::function<void(const absl::StatusOr<std::string>& path)> report)
    : options_(std::move(options)), report_(std::move(report)), thread_([this] { Run(); }) {}

BackupSchedule::~BackupSchedule() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void BackupSchedule::Run() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    absl::Duration wait =
        UntilNextBackup(ListBackups(options_.directory), options_.every, absl::Now());
    if (wait == absl::ZeroDuration()) {
      lock.unlock();
      const absl::StatusOr<std::string> path =
          AddBackup(options_.database, options_.directory, absl::Now(), options_.keep);
      report_(path);
      lock.lock();
      wait = path.ok() ? options_.every : kRetry;
    }
    changed_.wait_for(lock, absl::ToChronoNanoseconds(std::min(wait, kLongestWait)),
                      [this] { return closing_; });
  }
}

}  // namespace solotrial::store

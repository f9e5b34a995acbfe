// Backups by themselves, while an engine runs.
#ifndef SOLOTRIAL_ENGINE_STORE_BACKUP_SCHEDULE_H_
#define SOLOTRIAL_ENGINE_STORE_BACKUP_SCHEDULE_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/store/backup.h"

namespace solotrial::store {

// How long to wait at `now` until the next backup, when `backups` (oldest first) are there and one
// is wanted `every` so often: zero when there is none of before `now`, or the newest of them is old
// enough.
absl::Duration UntilNextBackup(const std::vector<Backup>& backups, absl::Duration every,
                               absl::Time now);

// Calls AddBackup whenever one is due; one that failed is tried again ten minutes later. Ends when
// it is destroyed; a backup that is being written is finished first.
class BackupSchedule {
 public:
  struct Options {
    std::string database;
    std::string directory;
    absl::Duration every = absl::Hours(24);
    int keep = 7;
  };
  // `report` gets the path of every backup, or why there is none, on the schedule's thread.
  BackupSchedule(Options options,
                 std::function<void(const absl::StatusOr<std::string>& path)> report);
  BackupSchedule(const BackupSchedule&) = delete;
  BackupSchedule& operator=(const BackupSchedule&) = delete;
  ~BackupSchedule();

 private:
  void Run();

  const Options options_;
  const std::function<void(const absl::StatusOr<std::string>&)> report_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false;  // guarded by mutex_

  std::thread thread_;  // last: starts when all else is there
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_BACKUP_SCHEDULE_H_

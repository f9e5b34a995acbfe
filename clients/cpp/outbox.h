// A diary that is kept on this machine and sent when there is an engine.
//
// What Record was given is on the disk before it returns, and stays there for the life of the
// trial: after a restore of the engine it is sent again. Nothing here talks to an engine: see
// sync.h.
#ifndef SOLOTRIAL_CLIENTS_CPP_OUTBOX_H_
#define SOLOTRIAL_CLIENTS_CPP_OUTBOX_H_

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "solotrial/v1/diary_service.pb.h"
#include "solotrial/v1/entry.pb.h"
#include "solotrial/v1/trial.pb.h"

namespace solotrial::client {

class Database;

// An entry that the engine did not take, and why.
struct Refused {
  v1::Entry entry;
  v1::EntryRejection rejection;  // retryable: it waits and is sent again
};

struct OutboxOptions {
  std::string device;  // what the person calls this device
  std::function<absl::Time()> clock = absl::Now;
  absl::TimeZone time_zone = absl::LocalTimeZone();  // where this device is
};

// Entries of one person on one device, in one SQLite file, in the clear. Not thread-safe; processes
// may share the file. `trial` is a name such as `trials/{uuid}`.
class Outbox {
 public:
  // Opens or makes the file at `path`, readable by this user only; `:memory:` keeps nothing longer
  // than this object. Fails for a file that a newer version of this library wrote.
  static absl::StatusOr<std::unique_ptr<Outbox>> Open(const std::string& path,
                                                      OutboxOptions options);
  ~Outbox();

  // Knows the days of `trial` from now on; to be called again after every change of it.
  absl::Status Follow(const v1::Trial& trial);
  // A trial that is followed, as it was last seen.
  absl::StatusOr<v1::Trial> Trial(const std::string& name);
  // The trials that are followed, by name.
  absl::StatusOr<std::vector<v1::Trial>> Trials();

  // Keeps an entry and returns it as it will be sent. `content` says what, and may say the date and
  // what it supersedes. Without a date it is about today, by the day rule of a trial that is
  // followed; what counts on this device for the same key is superseded by itself.
  absl::StatusOr<v1::Entry> Record(const std::string& trial, v1::Entry content);

  // The entries that count as far as this device knows; refused ones do not.
  absl::StatusOr<std::vector<v1::Entry>> Current(const std::string& trial);
  // What the engine is not known to have.
  absl::StatusOr<std::vector<v1::Entry>> Pending(const std::string& trial);
  // What the engine did not take: correct it by a new entry, then discard it.
  absl::StatusOr<std::vector<Refused>> ListRefused(const std::string& trial);
  // Forgets an entry that was refused; kNotFound for any other.
  absl::Status Discard(const std::string& entry_id);
  // Removes everything of a trial from this machine, sent or not.
  absl::Status Forget(const std::string& trial);

  // The two halves of synchronisation.

  // What to send next, without the ids in `skip`; nullopt when there is nothing.
  absl::StatusOr<std::optional<v1::RecordEntriesRequest>> NextBatch(
      const std::string& trial, const std::set<std::string>& skip, const std::string& locale);
  // Keeps what became of every entry of a batch, and what the person has to be told.
  absl::Status ApplyResults(const std::string& trial, const v1::RecordEntriesResponse& answer);
  // What to ask for next.
  absl::StatusOr<v1::ListChangesRequest> NextRead(const std::string& trial);
  // Keeps what was read, with the cursor that follows it.
  absl::Status ApplyChanges(const std::string& trial, const v1::ListChangesResponse& answer);
  // The engine was restored: read from the start and send everything again.
  absl::Status EpochChanged(const std::string& trial);
  // What the person has to be told; each is given out once.
  absl::StatusOr<std::vector<std::string>> TakeNotices(const std::string& trial);

 private:
  Outbox(std::unique_ptr<Database> database, OutboxOptions options);
  absl::Status Insert(const std::string& trial, const v1::Entry& entry, const std::string& state,
                      const std::string& epoch);
  absl::StatusOr<std::vector<v1::Entry>> Entries(const std::string& trial,
                                                 const std::string& condition);
  absl::StatusOr<std::string> HeadOf(const std::string& trial, const v1::Entry& entry);

  std::unique_ptr<Database> database_;
  const OutboxOptions options_;
};

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_OUTBOX_H_

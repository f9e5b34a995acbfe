// The trial store: everything that outlives the process, in domain terms.
//
// A write is acknowledged only after its transaction is durable. Nothing of SQL shows here, so that
// a second implementation (a PostgreSQL-compatible one) changes no other room.
#ifndef SOLOTRIAL_ENGINE_STORE_TRIAL_STORE_H_
#define SOLOTRIAL_ENGINE_STORE_TRIAL_STORE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/civil_time.h"
#include "engine/store/access_store.h"
#include "engine/trial/diary.h"
#include "engine/trial/power.h"
#include "engine/trial/trial.h"

namespace solotrial::store {

// One civil day of an imported record, as it was read.
struct ImportedDay {
  Date date;
  double on = 0;             // 0..1
  std::optional<int> block;  // from 1; absent: the file did not say
};

// A scheduled look that has happened. Never changed.
struct LookRow {
  int pair = 0;  // from 1
  Date data_date;
  bool recording_may_end = false;
  std::string decision;     // name of the verdict's decision at the look
  std::string data_digest;  // SHA-256 of what it saw, 32 bytes
  absl::Time record_time;
};

// The answer to an earlier request with a request_id.
struct StoredReply {
  std::string request_digest;  // SHA-256 of method and request, 32 bytes
  std::string reply;           // serialised answer, opaque here
  std::string trial_id = "";   // of the trial it tells about, with which it is deleted; empty: none
};

struct TrialPage {
  std::vector<trial::Trial> trials;
  bool more = false;
};

// A consistent view of the store. Every read names the person: rows of another person are as if
// they did not exist. Not thread-safe; valid only inside the callback that received it.
class ReadTransaction : public AccessReads {
 public:
  // TRIAL_NOT_FOUND when there is none of that person.
  virtual absl::StatusOr<trial::Trial> GetTrial(const std::string& person_id,
                                                const std::string& trial_id) = 0;
  // Newest first (by create time, then id), at most `limit` (> 0), after the trial `after_id`
  // (empty: from the newest). TRIAL_NOT_FOUND when there is no trial `after_id`.
  virtual absl::StatusOr<TrialPage> ListTrials(const std::string& person_id, int limit,
                                               const std::string& after_id) = 0;

  // Entries of a trial in log order after `after_sequence`, at most `limit` (< 0: all).
  virtual absl::StatusOr<std::vector<trial::Entry>> ListEntries(const std::string& person_id,
                                                                const std::string& trial_id,
                                                                int64_t after_sequence,
                                                                int limit) = 0;
  // The entry of that id of that person, with the trial it belongs to; nullopt when there is none.
  struct FoundEntry {
    std::string trial_id;
    trial::Entry entry;
  };
  virtual absl::StatusOr<std::optional<FoundEntry>> FindEntry(const std::string& person_id,
                                                              const std::string& entry_id) = 0;
  // The last sequence of a trial's log; 0 when it is empty.
  virtual absl::StatusOr<int64_t> LastSequence(const std::string& person_id,
                                               const std::string& trial_id) = 0;

  // By date.
  virtual absl::StatusOr<std::vector<ImportedDay>> ListImportedDays(
      const std::string& person_id, const std::string& trial_id) = 0;

  // By pair.
  virtual absl::StatusOr<std::vector<LookRow>> ListLooks(const std::string& person_id,
                                                         const std::string& trial_id) = 0;

  // nullopt when it was never kept, or by another version of the model.
  virtual absl::StatusOr<std::optional<trial::SimulatedPower>> FindPower(
      const std::string& person_id, const std::string& trial_id,
      const std::string& model_version) = 0;

  virtual absl::StatusOr<std::optional<StoredReply>> FindReply(const std::string& person_id,
                                                               const std::string& request_id) = 0;
  // Whether the token was one of a person who has been deleted.
  virtual absl::StatusOr<bool> IsDeletedCredential(const std::string& token_digest) = 0;
  // Who has been deleted and may still be in backups, by id: see FinishErasures.
  virtual absl::StatusOr<std::vector<std::string>> ListPendingErasures() = 0;
};

// A view that can be changed. What a failed callback did is rolled back.
class WriteTransaction : public ReadTransaction, public AccessWrites {
 public:
  // `trial.id` must be new, the person be known (see PutOwner).
  virtual absl::Status InsertTrial(const trial::Trial& trial) = 0;
  // CONFLICT when the stored revision is not `trial.revision`; TRIAL_NOT_FOUND when it is gone.
  // Sets `trial.revision` to the new one.
  virtual absl::Status UpdateTrial(trial::Trial& trial) = 0;
  // With everything that was recorded in it. TRIAL_NOT_FOUND when there is none.
  virtual absl::Status DeleteTrial(const std::string& person_id, const std::string& trial_id) = 0;

  // Appends to the trial's log; sets the entry's sequence (last + 1). The id must be new for the
  // person: see FindEntry. Instants are kept to the microsecond, -0 as 0.
  virtual absl::Status AppendEntry(const std::string& person_id, const std::string& trial_id,
                                   trial::Entry& entry) = 0;
  virtual absl::Status InsertImportedDays(const std::string& person_id, const std::string& trial_id,
                                          const std::vector<ImportedDay>& days) = 0;
  virtual absl::Status InsertLook(const std::string& person_id, const std::string& trial_id,
                                  const LookRow& look) = 0;
  // What was simulated of a trial whose protocol is settled; replaces what was kept before.
  virtual absl::Status PutPower(const std::string& person_id, const std::string& trial_id,
                                const std::string& model_version,
                                const trial::SimulatedPower& power) = 0;
  virtual absl::Status InsertReply(const std::string& person_id, const std::string& request_id,
                                   const StoredReply& reply, absl::Time now) = 0;

  // Everything of the person, known or not: rows, credentials, replies. What stays are the digests
  // of their tokens (see IsDeletedCredential), and a pending erasure.
  virtual absl::Status DeletePerson(const std::string& person_id) = 0;
  // No backup holds the person any more.
  virtual absl::Status EndErasure(const std::string& person_id) = 0;
};

// What a store has done since it was opened, and has to do.
struct StoreNumbers {
  int64_t writes = 0;   // bodies that were run
  int64_t commits = 0;  // that made them durable
  int64_t queued = 0;   // bodies that wait
};

// Thread-safe.
class TrialStore {
 public:
  virtual ~TrialStore() = default;

  // Runs `body` on a snapshot, on the calling thread. Never waits for a writer.
  virtual absl::Status Read(const std::function<absl::Status(ReadTransaction&)>& body) = 0;

  // Queues `body` for the one writer and returns at once. The writer runs queued bodies one after
  // the other, each in a savepoint of one shared transaction, and commits them together. `done`
  // gets the body's own status after the commit is durable, or STORAGE_UNAVAILABLE when it failed;
  // it is called exactly once, on the writer's thread, and must be short. BUSY, on the calling
  // thread, when the queue is full. Neither may throw.
  virtual void Write(std::function<absl::Status(WriteTransaction&)> body,
                     std::function<void(absl::Status)> done) = 0;

  // The same, waiting for the outcome. Not from within a body or a `done`.
  virtual absl::Status WriteAndWait(std::function<absl::Status(WriteTransaction&)> body) = 0;

  // Whether what people wrote is encrypted and has not been unlocked since the store was opened:
  // until then every read and write of it is ENGINE_LOCKED. Credentials and audit logs are not.
  virtual bool IsLocked() const = 0;
  // WRONG_PASSPHRASE; WRONG_STATE when nothing is encrypted; BUSY while another try is under way.
  // Takes up to a second, of one core and 64 MiB.
  virtual absl::Status Unlock(const std::string& passphrase) = 0;

  virtual StoreNumbers Numbers() const = 0;

  // UUID that changes when the store is restored from a backup.
  virtual std::string Epoch() const = 0;
  virtual int SchemaVersion() const = 0;
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_TRIAL_STORE_H_

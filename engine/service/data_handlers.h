// What the methods of DataService do, apart from transport and authorisation.
#ifndef SOLOTRIAL_ENGINE_SERVICE_DATA_HANDLERS_H_
#define SOLOTRIAL_ENGINE_SERVICE_DATA_HANDLERS_H_

#include <string>

#include "absl/status/status.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"
#include "solotrial/v1/data_service.pb.h"

namespace solotrial::service {

// Thread-safe. Errors are as data_service.proto says. Each takes as long as there is data, and
// waits for the writer: on a worker only.
class DataHandlers {
 public:
  // Store and clock must outlive the handlers; `backups` is the directory of the engine's backups,
  // empty when it makes none.
  DataHandlers(store::TrialStore& store, const Clock& clock, std::string backups)
      : store_(store), clock_(clock), backups_(std::move(backups)) {}

  absl::Status ExportArchive(const access::Caller& caller, const v1::ExportArchiveRequest& request,
                             v1::ExportArchiveResponse* response) const;
  absl::Status ImportArchive(const access::Caller& caller, const v1::ImportArchiveRequest& request,
                             v1::ImportArchiveResponse* response) const;
  // The caller's credentials are gone even where this fails with STORAGE_UNAVAILABLE because a
  // backup could not be rewritten: that is tried again when the engine starts.
  absl::Status DeleteEverything(const access::Caller& caller,
                                const v1::DeleteEverythingRequest& request) const;
  absl::Status Unlock(const access::Caller& caller, const v1::UnlockRequest& request) const;

 private:
  // Writes `action` to the caller's audit log.
  absl::Status Log(const access::Caller& caller, const std::string& action) const;

  store::TrialStore& store_;
  const Clock& clock_;
  const std::string backups_;
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_DATA_HANDLERS_H_

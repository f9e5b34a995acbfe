// What the methods of DiaryService do, apart from transport, authorisation and threads.
#ifndef SOLOTRIAL_ENGINE_SERVICE_DIARY_HANDLERS_H_
#define SOLOTRIAL_ENGINE_SERVICE_DIARY_HANDLERS_H_

#include <string>

#include "absl/status/status.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"
#include "solotrial/v1/diary_service.pb.h"

namespace solotrial::service {

// Immutable; thread-safe. Errors are as diary_service.proto says.
class DiaryHandlers {
 public:
  // `clock` must outlive the handlers; `epoch` is the store's.
  DiaryHandlers(const Clock& clock, std::string epoch) : clock_(clock), epoch_(std::move(epoch)) {}

  absl::Status RecordEntries(const access::Caller& caller, store::WriteTransaction& transaction,
                             const v1::RecordEntriesRequest& request,
                             v1::RecordEntriesResponse* response) const;
  absl::Status ListEntries(const access::Caller& caller, store::ReadTransaction& transaction,
                           const v1::ListEntriesRequest& request,
                           v1::ListEntriesResponse* response) const;
  absl::Status ListChanges(const access::Caller& caller, store::ReadTransaction& transaction,
                           const v1::ListChangesRequest& request,
                           v1::ListChangesResponse* response) const;

 private:
  const Clock& clock_;
  const std::string epoch_;
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_DIARY_HANDLERS_H_

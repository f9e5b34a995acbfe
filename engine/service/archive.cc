#include "engine/service/archive.h"

#include "engine/base/fault.h"
#include "engine/service/archive_messages.h"

namespace solotrial::service {

absl::StatusOr<TrialData> LoadTrialData(store::ReadTransaction& transaction,
                                        const std::string& person_id, const std::string& trial_id) {
  TrialData data;
  SOLOTRIAL_ASSIGN_OR_RETURN(data.trial, transaction.GetTrial(person_id, trial_id));
  SOLOTRIAL_ASSIGN_OR_RETURN(data.log, transaction.ListEntries(person_id, trial_id, 0, -1));
  SOLOTRIAL_ASSIGN_OR_RETURN(data.days, transaction.ListImportedDays(person_id, trial_id));
  SOLOTRIAL_ASSIGN_OR_RETURN(data.looks, transaction.ListLooks(person_id, trial_id));
  return data;
}

absl::Status StoreTrialData(store::WriteTransaction& transaction, const TrialData& data) {
  const std::string& person_id = data.trial.person_id;
  const std::string& trial_id = data.trial.id;
  SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertTrial(data.trial));
  SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertImportedDays(person_id, trial_id, data.days));
  for (const store::LookRow& look : data.looks) {
    SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertLook(person_id, trial_id, look));
  }
  for (trial::Entry entry : data.log) {
    SOLOTRIAL_RETURN_IF_ERROR(transaction.AppendEntry(person_id, trial_id, entry));
  }
  return absl::OkStatus();
}

bool SameTrialData(const TrialData& a, const TrialData& b) {
  return a.trial.protocol_document == b.trial.protocol_document &&
         ToArchive(a).SerializeAsString() == ToArchive(b).SerializeAsString() &&
         LogToArchive(a.log).SerializeAsString() == LogToArchive(b.log).SerializeAsString();
}

}  // namespace solotrial::service

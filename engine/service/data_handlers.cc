#include "engine/service/data_handlers.h"

#include <utility>
#include <vector>

#include "engine/base/fault.h"
#include "engine/import/zip.h"
#include "engine/report/zip.h"
#include "engine/service/archive.h"
#include "engine/service/loaded_trial.h"
#include "engine/store/erasure.h"

namespace solotrial::service {
namespace {

constexpr int kTrialsAtOnce = 100;
constexpr size_t kMaxArchiveBytes = 4'000'000;
constexpr char kConfirmation[] = "delete everything";

absl::StatusOr<std::vector<std::string>> AllTrialIds(store::ReadTransaction& transaction,
                                                     const std::string& person_id) {
  std::vector<std::string> ids;
  bool more = true;
  while (more) {
    SOLOTRIAL_ASSIGN_OR_RETURN(
        const store::TrialPage page,
        transaction.ListTrials(person_id, kTrialsAtOnce, ids.empty() ? "" : ids.back()));
    for (const trial::Trial& trial : page.trials) ids.push_back(trial.id);
    more = page.more;
  }
  return ids;
}

absl::StatusOr<std::vector<std::string>> AskedTrialIds(store::ReadTransaction& transaction,
                                                       const std::string& person_id,
                                                       const v1::ExportArchiveRequest& request) {
  if (request.trials().empty()) return AllTrialIds(transaction, person_id);
  std::vector<std::string> ids;
  for (const std::string& name : request.trials()) {
    SOLOTRIAL_ASSIGN_OR_RETURN(std::string id, TrialId(name));
    ids.push_back(std::move(id));
  }
  return ids;
}

// Stores `data`, or finds it stored.
absl::Status BringIn(store::WriteTransaction& transaction, const TrialData& data,
                     v1::ImportArchiveResponse* response) {
  const std::string name = "trials/" + data.trial.id;
  const absl::StatusOr<TrialData> present =
      LoadTrialData(transaction, data.trial.person_id, data.trial.id);
  if (!present.ok()) {
    if (FaultOf(present.status()).reason != Reason::kTrialNotFound) return present.status();
    SOLOTRIAL_RETURN_IF_ERROR(StoreTrialData(transaction, data));
    response->add_imported(name);
    return absl::OkStatus();
  }
  if (SameTrialData(*present, data)) {
    response->add_unchanged(name);
    return absl::OkStatus();
  }
  return FaultStatus(Fault{Reason::kConflict,
                           {{"archive", name + " is here already, with other "
                                               "content"}},
                           false},
                     name +
                         " is here already, with other content: export and delete the one that "
                         "is here first, or leave the archive");
}

// An entry id that another trial of the person has cannot be brought in a second time.
absl::Status CheckIdsAreFree(store::ReadTransaction& transaction, const TrialData& data) {
  for (const trial::Entry& entry : data.log) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto found,
                               transaction.FindEntry(data.trial.person_id, entry.id));
    if (found.has_value() && found->trial_id != data.trial.id) {
      return FieldFault(Reason::kEntryIdReused, "archive",
                        "holds an entry whose id is that of another trial's entry here");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DataHandlers::ExportArchive(const access::Caller& caller,
                                         const v1::ExportArchiveRequest& request,
                                         v1::ExportArchiveResponse* response) const {
  std::vector<TrialData> trials;
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                               AskedTrialIds(transaction, caller.person_id, request));
    for (const std::string& id : ids) {
      SOLOTRIAL_ASSIGN_OR_RETURN(TrialData data, LoadTrialData(transaction, caller.person_id, id));
      trials.push_back(std::move(data));
    }
    return absl::OkStatus();
  }));
  SOLOTRIAL_ASSIGN_OR_RETURN(const auto files, ArchiveFiles(trials, request.passphrase(), clock_));
  SOLOTRIAL_ASSIGN_OR_RETURN(*response->mutable_archive(), report::WriteZip(files, clock_.Now()));
  response->set_file_name("solotrial-" +
                          absl::FormatTime("%Y-%m-%d", clock_.Now(), absl::UTCTimeZone()) + ".zip");
  return Log(caller, "DataService.ExportArchive");
}

absl::Status DataHandlers::ImportArchive(const access::Caller& caller,
                                         const v1::ImportArchiveRequest& request,
                                         v1::ImportArchiveResponse* response) const {
  if (request.archive().size() > kMaxArchiveBytes) {
    return InvalidField("archive", "must have at most 4,000,000 bytes: export trial by trial");
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(const auto files, import::ReadZip(request.archive(), {}));
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<TrialData> trials,
                             ReadArchiveFiles(files, caller.person_id, request.passphrase()));
  v1::ImportArchiveResponse brought_in;
  const absl::Status stored = store_.WriteAndWait([&](store::WriteTransaction& transaction) {
    brought_in.Clear();
    for (const TrialData& data : trials) {
      SOLOTRIAL_RETURN_IF_ERROR(CheckIdsAreFree(transaction, data));
      SOLOTRIAL_RETURN_IF_ERROR(BringIn(transaction, data, &brought_in));
    }
    return transaction.AppendAuditEvent(
        access::MakeAuditEvent(caller, clock_.Now(), "DataService.ImportArchive", ""));
  });
  if (stored.ok()) *response = std::move(brought_in);
  return stored;
}

absl::Status DataHandlers::DeleteEverything(const access::Caller& caller,
                                            const v1::DeleteEverythingRequest& request) const {
  if (request.confirmation() != kConfirmation) {
    return InvalidField("confirmation", std::string("must be `") + kConfirmation + "`");
  }
  SOLOTRIAL_RETURN_IF_ERROR(store_.WriteAndWait([&caller](store::WriteTransaction& transaction) {
    return transaction.DeletePerson(caller.person_id);
  }));
  return store::FinishErasures(store_, backups_);
}

absl::Status DataHandlers::Unlock(const access::Caller& caller,
                                  const v1::UnlockRequest& request) const {
  SOLOTRIAL_RETURN_IF_ERROR(store_.Unlock(request.passphrase()));
  return Log(caller, "DataService.Unlock");
}

absl::Status DataHandlers::Log(const access::Caller& caller, const std::string& action) const {
  return store_.WriteAndWait([&](store::WriteTransaction& transaction) {
    return transaction.AppendAuditEvent(access::MakeAuditEvent(caller, clock_.Now(), action, ""));
  });
}

}  // namespace solotrial::service

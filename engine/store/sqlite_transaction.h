// What the store can read and write, as SQL.
#ifndef SOLOTRIAL_ENGINE_STORE_SQLITE_TRANSACTION_H_
#define SOLOTRIAL_ENGINE_STORE_SQLITE_TRANSACTION_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/sqlite.h"
#include "engine/store/trial_store.h"
#include "engine/store/vault.h"

namespace solotrial::store {

// The transaction that is open on a connection; whoever owns the connection begins and ends it. On
// a read-only connection only the reads work.
class SqliteTransaction final : public WriteTransaction {
 public:
  // `vault` is that of the connection's file.
  SqliteTransaction(Connection& connection, const Vault& vault)
      : connection_(connection), vault_(vault) {}

  absl::StatusOr<trial::Trial> GetTrial(const std::string& person_id,
                                        const std::string& trial_id) override;
  absl::StatusOr<TrialPage> ListTrials(const std::string& person_id, int limit,
                                       const std::string& after_id) override;
  absl::StatusOr<std::vector<trial::Entry>> ListEntries(const std::string& person_id,
                                                        const std::string& trial_id,
                                                        int64_t after_sequence, int limit) override;
  absl::StatusOr<std::optional<FoundEntry>> FindEntry(const std::string& person_id,
                                                      const std::string& entry_id) override;
  absl::StatusOr<int64_t> LastSequence(const std::string& person_id,
                                       const std::string& trial_id) override;
  absl::StatusOr<std::vector<ImportedDay>> ListImportedDays(const std::string& person_id,
                                                            const std::string& trial_id) override;
  absl::StatusOr<std::vector<LookRow>> ListLooks(const std::string& person_id,
                                                 const std::string& trial_id) override;
  absl::StatusOr<std::optional<trial::SimulatedPower>> FindPower(
      const std::string& person_id, const std::string& trial_id,
      const std::string& model_version) override;
  absl::StatusOr<std::optional<StoredReply>> FindReply(const std::string& person_id,
                                                       const std::string& request_id) override;
  absl::StatusOr<bool> IsDeletedCredential(const std::string& token_digest) override;
  absl::StatusOr<std::vector<std::string>> ListPendingErasures() override;

  absl::Status InsertTrial(const trial::Trial& trial) override;
  absl::Status UpdateTrial(trial::Trial& trial) override;
  absl::Status DeleteTrial(const std::string& person_id, const std::string& trial_id) override;
  absl::Status AppendEntry(const std::string& person_id, const std::string& trial_id,
                           trial::Entry& entry) override;
  absl::Status InsertImportedDays(const std::string& person_id, const std::string& trial_id,
                                  const std::vector<ImportedDay>& days) override;
  absl::Status InsertLook(const std::string& person_id, const std::string& trial_id,
                          const LookRow& look) override;
  absl::Status PutPower(const std::string& person_id, const std::string& trial_id,
                        const std::string& model_version,
                        const trial::SimulatedPower& power) override;
  absl::Status InsertReply(const std::string& person_id, const std::string& request_id,
                           const StoredReply& reply, absl::Time now) override;
  absl::Status DeletePerson(const std::string& person_id) override;
  absl::Status EndErasure(const std::string& person_id) override;

  // sqlite_access.cc

  absl::StatusOr<std::optional<access::Credential>> FindCredential(
      const std::string& token_digest) override;
  absl::StatusOr<std::optional<access::Credential>> FindOwner() override;
  absl::StatusOr<std::vector<access::Device>> ListDevices(const std::string& person_id) override;
  absl::StatusOr<std::optional<access::Device>> FindDevice(const std::string& person_id,
                                                           const std::string& id) override;
  absl::StatusOr<std::optional<access::Claim>> FindClaim(const std::string& digest) override;
  absl::StatusOr<std::optional<access::Invitation>> FindInvitation(
      const std::string& lookup) override;
  absl::StatusOr<std::vector<access::Invitation>> ListInvitations(
      const std::string& person_id) override;
  absl::StatusOr<std::optional<Recovery>> FindRecovery(const std::string& lookup) override;
  absl::StatusOr<std::optional<Recovery>> RecoveryOf(const std::string& person_id) override;
  absl::StatusOr<std::vector<access::Approval>> ListApprovals(
      const std::string& person_id) override;
  absl::StatusOr<std::vector<access::ShareLink>> ListShareLinks(
      const std::string& person_id) override;
  absl::StatusOr<std::vector<absl::Time>> ListOpenings(const std::string& person_id,
                                                       const std::string& link_id,
                                                       int limit) override;
  absl::StatusOr<std::vector<access::AuditEvent>> ListAuditEvents(const std::string& person_id,
                                                                  int64_t after_number,
                                                                  int limit) override;
  absl::StatusOr<std::optional<access::AuditHead>> GetAuditHead(
      const std::string& person_id) override;

  absl::Status PutOwner(const access::Credential& credential, absl::Time now) override;
  absl::Status InsertPerson(const std::string& person_id, access::Role role,
                            absl::Time now) override;
  absl::Status InsertDevice(const access::Device& device) override;
  absl::Status UpdateDevice(const access::Device& device) override;
  absl::Status DeleteDevice(const std::string& person_id, const std::string& id) override;
  absl::Status InsertCredential(const access::Credential& credential) override;
  absl::Status DeleteOtherCredentials(const std::string& person_id, const std::string& device_id,
                                      const std::string& kept_digest) override;
  absl::Status DeleteLaterCredentials(const std::string& person_id,
                                      const std::string& device_id) override;
  absl::Status InsertInvitation(const access::Invitation& invitation) override;
  absl::Status InsertClaim(const access::Claim& claim) override;
  absl::Status CountWrongTry(const std::string& lookup) override;
  absl::Status DeleteInvitation(const std::string& lookup) override;
  absl::Status DeleteExpired(absl::Time now) override;
  absl::Status PutRecovery(const Recovery& recovery) override;
  absl::Status InsertApproval(const std::string& person_id,
                              const access::Approval& approval) override;
  absl::Status DeleteApproval(const std::string& person_id, const std::string& id) override;
  absl::Status InsertShareLink(const access::ShareLink& link) override;
  absl::Status RevokeShareLink(const std::string& person_id, const std::string& id,
                               absl::Time now) override;
  absl::Status InsertOpening(const std::string& person_id, const std::string& link_id,
                             absl::Time now) override;
  absl::Status AppendAuditEvent(access::AuditEvent event) override;

  // Whether something has been deleted since the last call.
  bool TakeDeleted() { return std::exchange(deleted_, false); }

 private:
  absl::Status CheckTrialExists(const std::string& person_id, const std::string& trial_id);
  absl::StatusOr<std::vector<trial::Pause>> ListPauses(const std::string& person_id,
                                                       const std::string& trial_id);
  absl::Status InsertPauses(const trial::Trial& trial);
  absl::StatusOr<std::vector<trial::Amendment>> ListAmendments(const std::string& person_id,
                                                               const std::string& trial_id);
  absl::Status InsertAmendments(const trial::Trial& trial);
  // The days of visits and first days of cycles: Trial::marks.
  absl::StatusOr<std::vector<Date>> ListMarks(const std::string& person_id,
                                              const std::string& trial_id);
  absl::StatusOr<std::optional<trial::SafetyConfirmation>> FindSafetyConfirmation(
      const std::string& person_id, const std::string& trial_id);
  // In place of what was there.
  absl::Status PutSafetyConfirmation(const trial::Trial& trial);

  Connection& connection_;
  const Vault& vault_;
  bool deleted_ = false;
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_SQLITE_TRANSACTION_H_

// What the store keeps of who may do what, as SQL.
#include <type_traits>
#include <utility>

#include "engine/base/fault.h"
#include "engine/store/sealed_row.h"
#include "engine/store/sqlite_transaction.h"

// Columns in the order in which the functions below read them.
#define DEVICE_COLUMNS                                                                      \
  "device_id, person_id, role, coalesce(trial_id, ''), local, create_time, last_use_time, " \
  "confirmed_until, sealed, name"
#define INVITATION_COLUMNS                                                               \
  "lookup, invitation_id, person_id, digest, role, new_person, coalesce(trial_id, ''), " \
  "create_time, expire_time, wrong_tries"

// A device's credential is its token with what the device may do; a share link is its own. What
// replaces an older token has a greater number than another of the device.
#define CREDENTIAL_QUERY                                                                         \
  "SELECT t.token_digest, d.role, d.person_id, d.device_id, coalesce(d.trial_id, ''), d.local, " \
  "t.create_time, t.expire_time, d.last_use_time, d.confirmed_until, "                           \
  "EXISTS (SELECT 1 FROM token AS o WHERE o.person_id = t.person_id "                            \
  "AND o.device_id = t.device_id AND o.number < t.number) "                                      \
  "FROM token AS t JOIN device AS d "                                                            \
  "ON d.person_id = t.person_id AND d.device_id = t.device_id "

namespace solotrial::store {
namespace {

absl::Status AccessNotFound(const char* what) {
  return FaultStatus(Reason::kAccessNotFound,
                     std::string("There is no such ") + what + " of this person.");
}

// Every row of `statement`, as `read` takes it.
template <typename Read, typename Row = std::invoke_result_t<Read, Statement&>>
absl::StatusOr<std::vector<Row>> ReadRows(Statement& statement, const Read& read) {
  std::vector<Row> rows;
  while (true) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return rows;
    rows.push_back(read(statement));
  }
}

// The one row of `statement`, if there is one.
template <typename Read, typename Row = std::invoke_result_t<Read, Statement&>>
absl::StatusOr<std::optional<Row>> ReadRow(Statement& statement, const Read& read) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::nullopt;
  return read(statement);
}

access::Credential ReadCredential(Statement& row) {
  access::Credential credential;
  credential.token_digest = row.Blob();
  credential.role = row.ReadEnum(access::Role::kOwner, access::Role::kCalendarLink);
  credential.person_id = row.Text();
  credential.device_id = row.Text();
  credential.trial_id = row.Text();
  credential.local = row.Int() != 0;
  credential.create_time = row.Time();
  credential.expire_time = row.Time();
  credential.last_use_time = row.Time();
  credential.confirmed_until = row.Time();
  credential.replaces = row.Int() != 0;
  return credential;
}

access::Device ReadDevice(const Vault& vault, Connection& connection, Statement& row) {
  access::Device device;
  device.id = row.Text();
  device.person_id = row.Text();
  device.role = row.ReadEnum(access::Role::kOwner, access::Role::kClinician);
  device.trial_id = row.Text();
  device.local = row.Int() != 0;
  device.create_time = row.Time();
  device.last_use_time = row.Time();
  device.confirmed_until = row.Time();
  ReadContent(vault, connection, row, RowContext("device", {device.person_id, device.id}),
              [&device](auto& content) { device.name = content.Text(); });
  return device;
}

access::Invitation ReadInvitation(Statement& row) {
  access::Invitation invitation;
  invitation.lookup = row.Text();
  invitation.id = row.Text();
  invitation.person_id = row.Text();
  invitation.digest = row.Blob();
  invitation.role = row.ReadEnum(access::Role::kOwner, access::Role::kClinician);
  invitation.new_person = row.Int() != 0;
  invitation.trial_id = row.Text();
  invitation.create_time = row.Time();
  invitation.expire_time = row.Time();
  invitation.wrong_tries = static_cast<int>(row.Int());
  return invitation;
}

Recovery ReadRecovery(Statement& row) {
  Recovery recovery;
  recovery.person_id = row.Text();
  recovery.role = row.ReadEnum(access::Role::kOwner, access::Role::kParticipant);
  recovery.lookup = row.Text();
  recovery.hash = row.Text();
  return recovery;
}

access::Approval ReadApproval(Statement& row) {
  access::Approval approval;
  approval.id = row.Text();
  approval.device_id = row.Text();
  approval.number = row.Text();
  approval.create_time = row.Time();
  approval.expire_time = row.Time();
  return approval;
}

std::optional<absl::Time> OptionalTime(Statement& row) {
  const std::optional<int64_t> micros = row.OptionalInt();
  if (!micros.has_value()) return std::nullopt;
  return absl::FromUnixMicros(*micros);
}

access::ShareLink ReadShareLink(const Vault& vault, Connection& connection, Statement& row) {
  access::ShareLink link;
  link.id = row.Text();
  link.person_id = row.Text();
  link.token_digest = row.Blob();
  link.trial_id = row.Text();
  link.create_time = row.Time();
  link.expire_time = row.Time();
  link.revoke_time = OptionalTime(row);
  link.kind = row.ReadEnum(access::ShareLink::Kind::kSummary, access::ShareLink::Kind::kCalendar);
  link.settings = row.Blob();
  link.openings = row.Int();
  link.last_open_time = OptionalTime(row);
  ReadContent(vault, connection, row, RowContext("share_link", {link.person_id, link.id}),
              [&link](auto& content) { link.label = content.Text(); });
  return link;
}

access::AuditEvent ReadAuditEvent(Statement& row) {
  access::AuditEvent event;
  event.person_id = row.Text();
  event.number = row.Int();
  event.time = row.Time();
  // Read as it is: a role that is none is for the check of the chain to find.
  event.role = static_cast<access::Role>(row.Int());
  event.device_id = row.Text();
  event.action = row.Text();
  event.subject = row.Text();
  event.hash = row.Blob();
  return event;
}

access::AuditHead ReadAuditHead(Statement& row) {
  access::AuditHead head;
  head.count = row.Int();
  head.hash = row.Blob();
  return head;
}

absl::Time ReadTime(Statement& row) { return row.Time(); }

}  // namespace

absl::StatusOr<std::optional<access::Credential>> SqliteTransaction::FindCredential(
    const std::string& token_digest) {
  Statement statement = connection_.Prepare(
      CREDENTIAL_QUERY
      "WHERE t.token_digest = ?1 UNION ALL "
      "SELECT token_digest, 6 + kind, person_id, link_id, trial_id, 0, create_time, "
      "min(expire_time, coalesce(revoke_time, expire_time)), 0, 0, 0 "
      "FROM share_link WHERE token_digest = ?1");
  statement.BindBlob(token_digest);
  return ReadRow(statement, ReadCredential);
}

absl::StatusOr<std::optional<access::Credential>> SqliteTransaction::FindOwner() {
  Statement statement = connection_.Prepare(
      CREDENTIAL_QUERY "WHERE d.local = 1 ORDER BY t.create_time, t.token_digest LIMIT 1");
  return ReadRow(statement, ReadCredential);
}

absl::StatusOr<std::vector<access::Device>> SqliteTransaction::ListDevices(
    const std::string& person_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "SELECT " DEVICE_COLUMNS " FROM device WHERE person_id = ? ORDER BY create_time, device_id");
  statement.BindText(person_id);
  return ReadRows(statement,
                  [this](Statement& row) { return ReadDevice(vault_, connection_, row); });
}

absl::StatusOr<std::optional<access::Device>> SqliteTransaction::FindDevice(
    const std::string& person_id, const std::string& id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare("SELECT " DEVICE_COLUMNS
                                            " FROM device WHERE person_id = ? AND device_id = ?");
  statement.BindText(person_id).BindText(id);
  return ReadRow(statement,
                 [this](Statement& row) { return ReadDevice(vault_, connection_, row); });
}

absl::StatusOr<std::optional<access::Claim>> SqliteTransaction::FindClaim(
    const std::string& digest) {
  Statement statement = connection_.Prepare(
      "SELECT digest, person_id, device_id, new_person, create_time, expire_time FROM claim "
      "WHERE digest = ?");
  statement.BindBlob(digest);
  return ReadRow(statement, [](Statement& row) {
    access::Claim claim;
    claim.digest = row.Blob();
    claim.person_id = row.Text();
    claim.device_id = row.Text();
    claim.new_person = row.Int() != 0;
    claim.create_time = row.Time();
    claim.expire_time = row.Time();
    return claim;
  });
}

absl::StatusOr<std::optional<access::Invitation>> SqliteTransaction::FindInvitation(
    const std::string& lookup) {
  Statement statement =
      connection_.Prepare("SELECT " INVITATION_COLUMNS " FROM invitation WHERE lookup = ?");
  statement.BindText(lookup);
  return ReadRow(statement, ReadInvitation);
}

absl::StatusOr<std::vector<access::Invitation>> SqliteTransaction::ListInvitations(
    const std::string& person_id) {
  Statement statement = connection_.Prepare(
      "SELECT " INVITATION_COLUMNS
      " FROM invitation WHERE person_id = ? ORDER BY create_time, invitation_id");
  statement.BindText(person_id);
  return ReadRows(statement, ReadInvitation);
}

absl::StatusOr<std::optional<Recovery>> SqliteTransaction::FindRecovery(const std::string& lookup) {
  Statement statement = connection_.Prepare(
      "SELECT person_id, role, recovery_lookup, recovery_hash FROM person "
      "WHERE recovery_lookup = ?");
  statement.BindText(lookup);
  return ReadRow(statement, ReadRecovery);
}

absl::StatusOr<std::optional<Recovery>> SqliteTransaction::RecoveryOf(
    const std::string& person_id) {
  Statement statement = connection_.Prepare(
      "SELECT person_id, role, recovery_lookup, recovery_hash FROM person "
      "WHERE person_id = ? AND recovery_lookup IS NOT NULL");
  statement.BindText(person_id);
  return ReadRow(statement, ReadRecovery);
}

absl::StatusOr<std::vector<access::Approval>> SqliteTransaction::ListApprovals(
    const std::string& person_id) {
  Statement statement = connection_.Prepare(
      "SELECT approval_id, device_id, number, create_time, expire_time FROM approval "
      "WHERE person_id = ? ORDER BY create_time, approval_id");
  statement.BindText(person_id);
  return ReadRows(statement, ReadApproval);
}

absl::StatusOr<std::vector<access::ShareLink>> SqliteTransaction::ListShareLinks(
    const std::string& person_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "SELECT l.link_id, l.person_id, l.token_digest, l.trial_id, l.create_time, "
      "l.expire_time, l.revoke_time, l.kind, l.settings, count(o.number), max(o.open_time), "
      "l.sealed, l.label FROM "
      "share_link AS l "
      "LEFT JOIN share_opening AS o ON o.person_id = l.person_id AND o.link_id = l.link_id "
      "WHERE l.person_id = ? GROUP BY l.link_id ORDER BY l.create_time DESC, l.link_id");
  statement.BindText(person_id);
  return ReadRows(statement,
                  [this](Statement& row) { return ReadShareLink(vault_, connection_, row); });
}

absl::StatusOr<std::vector<absl::Time>> SqliteTransaction::ListOpenings(
    const std::string& person_id, const std::string& link_id, int limit) {
  Statement statement = connection_.Prepare(
      "SELECT open_time FROM share_opening WHERE person_id = ? AND link_id = ? "
      "ORDER BY number DESC LIMIT ?");
  statement.BindText(person_id).BindText(link_id).BindInt(limit);
  return ReadRows(statement, ReadTime);
}

absl::StatusOr<std::vector<access::AuditEvent>> SqliteTransaction::ListAuditEvents(
    const std::string& person_id, int64_t after_number, int limit) {
  Statement statement = connection_.Prepare(
      "SELECT person_id, number, time, role, device_id, action, subject, hash FROM audit_event "
      "WHERE person_id = ? AND number > ? ORDER BY number LIMIT ?");
  statement.BindText(person_id).BindInt(after_number).BindInt(limit);
  return ReadRows(statement, ReadAuditEvent);
}

absl::StatusOr<std::optional<access::AuditHead>> SqliteTransaction::GetAuditHead(
    const std::string& person_id) {
  Statement statement =
      connection_.Prepare("SELECT audit_count, audit_hash FROM person WHERE person_id = ?");
  statement.BindText(person_id);
  return ReadRow(statement, ReadAuditHead);
}

absl::Status SqliteTransaction::PutOwner(const access::Credential& credential, absl::Time now) {
  {
    Statement statement = connection_.Prepare(
        "INSERT INTO person (person_id, create_time, role) VALUES (?, ?, 2) "
        "ON CONFLICT DO NOTHING");
    SOLOTRIAL_RETURN_IF_ERROR(statement.BindText(credential.person_id).BindTime(now).Run());
  }
  SOLOTRIAL_RETURN_IF_ERROR(connection_.Run("DELETE FROM device WHERE local = 1"));
  access::Device device;
  device.id = credential.device_id;
  device.person_id = credential.person_id;
  device.role = access::Role::kOwner;
  device.local = true;
  device.name = "this machine";
  device.create_time = device.last_use_time = now;
  SOLOTRIAL_RETURN_IF_ERROR(InsertDevice(device));
  access::Credential kept = credential;
  kept.create_time = now;
  kept.expire_time = absl::InfiniteFuture();
  return InsertCredential(kept);
}

absl::Status SqliteTransaction::InsertPerson(const std::string& person_id, access::Role role,
                                             absl::Time now) {
  Statement statement =
      connection_.Prepare("INSERT INTO person (person_id, create_time, role) VALUES (?, ?, ?)");
  return statement.BindText(person_id).BindTime(now).BindInt(static_cast<int64_t>(role)).Run();
}

absl::Status SqliteTransaction::InsertDevice(const access::Device& device) {
  // The engine's own machine was named by no person, and must be known to an engine that starts
  // locked.
  static const Vault kUnencrypted{std::nullopt};
  const Vault& vault = device.local ? kUnencrypted : vault_;
  SOLOTRIAL_RETURN_IF_ERROR(vault.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "INSERT INTO device (person_id, device_id, role, trial_id, local, create_time, "
      "last_use_time, confirmed_until, sealed, name) "
      "VALUES (?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?)");
  statement.BindText(device.person_id)
      .BindText(device.id)
      .BindInt(static_cast<int64_t>(device.role))
      .BindText(device.trial_id)
      .BindInt(device.local ? 1 : 0)
      .BindTime(device.create_time)
      .BindTime(device.last_use_time)
      .BindTime(device.confirmed_until);
  BindContent(vault, statement, RowContext("device", {device.person_id, device.id}),
              [&device](auto& out) { out.BindText(device.name); });
  return statement.Run();
}

absl::Status SqliteTransaction::UpdateDevice(const access::Device& device) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "UPDATE device SET sealed = ?, name = ?, last_use_time = ?, confirmed_until = ? "
      "WHERE person_id = ? AND device_id = ?");
  BindContent(vault_, statement, RowContext("device", {device.person_id, device.id}),
              [&device](auto& out) { out.BindText(device.name); });
  SOLOTRIAL_RETURN_IF_ERROR(statement.BindTime(device.last_use_time)
                                .BindTime(device.confirmed_until)
                                .BindText(device.person_id)
                                .BindText(device.id)
                                .Run());
  return connection_.ChangedRows() == 0 ? AccessNotFound("device") : absl::OkStatus();
}

absl::Status SqliteTransaction::DeleteDevice(const std::string& person_id, const std::string& id) {
  Statement statement =
      connection_.Prepare("DELETE FROM device WHERE person_id = ? AND device_id = ?");
  SOLOTRIAL_RETURN_IF_ERROR(statement.BindText(person_id).BindText(id).Run());
  if (connection_.ChangedRows() == 0) return AccessNotFound("device");
  deleted_ = true;
  return absl::OkStatus();
}

absl::Status SqliteTransaction::InsertCredential(const access::Credential& credential) {
  Statement statement = connection_.Prepare(
      "INSERT INTO token (token_digest, person_id, device_id, number, create_time, expire_time) "
      "SELECT ?1, ?2, ?3, 1 + coalesce(max(number), 0), ?4, ?5 FROM token "
      "WHERE person_id = ?2 AND device_id = ?3");
  return statement.BindBlob(credential.token_digest)
      .BindText(credential.person_id)
      .BindText(credential.device_id)
      .BindTime(credential.create_time)
      .BindTime(credential.expire_time)
      .Run();
}

absl::Status SqliteTransaction::DeleteOtherCredentials(const std::string& person_id,
                                                       const std::string& device_id,
                                                       const std::string& kept_digest) {
  Statement statement = connection_.Prepare(
      "DELETE FROM token WHERE person_id = ? AND device_id = ? AND token_digest <> ?");
  return statement.BindText(person_id).BindText(device_id).BindBlob(kept_digest).Run();
}

absl::Status SqliteTransaction::DeleteLaterCredentials(const std::string& person_id,
                                                       const std::string& device_id) {
  Statement statement = connection_.Prepare(
      "DELETE FROM token WHERE person_id = ?1 AND device_id = ?2 AND number > "
      "(SELECT min(number) FROM token WHERE person_id = ?1 AND device_id = ?2)");
  return statement.BindText(person_id).BindText(device_id).Run();
}

absl::Status SqliteTransaction::InsertInvitation(const access::Invitation& invitation) {
  Statement statement = connection_.Prepare(
      "INSERT INTO invitation (lookup, invitation_id, person_id, digest, role, new_person, "
      "trial_id, create_time, expire_time, wrong_tries) "
      "VALUES (?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?)");
  return statement.BindText(invitation.lookup)
      .BindText(invitation.id)
      .BindText(invitation.person_id)
      .BindBlob(invitation.digest)
      .BindInt(static_cast<int64_t>(invitation.role))
      .BindInt(invitation.new_person ? 1 : 0)
      .BindText(invitation.trial_id)
      .BindTime(invitation.create_time)
      .BindTime(invitation.expire_time)
      .BindInt(invitation.wrong_tries)
      .Run();
}

absl::Status SqliteTransaction::InsertClaim(const access::Claim& claim) {
  Statement statement = connection_.Prepare(
      "INSERT INTO claim (digest, person_id, device_id, new_person, create_time, expire_time) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  return statement.BindBlob(claim.digest)
      .BindText(claim.person_id)
      .BindText(claim.device_id)
      .BindInt(claim.new_person ? 1 : 0)
      .BindTime(claim.create_time)
      .BindTime(claim.expire_time)
      .Run();
}

absl::Status SqliteTransaction::CountWrongTry(const std::string& lookup) {
  return connection_.Prepare("UPDATE invitation SET wrong_tries = wrong_tries + 1 WHERE lookup = ?")
      .BindText(lookup)
      .Run();
}

absl::Status SqliteTransaction::DeleteInvitation(const std::string& lookup) {
  return connection_.Prepare("DELETE FROM invitation WHERE lookup = ?").BindText(lookup).Run();
}

absl::Status SqliteTransaction::DeleteExpired(absl::Time now) {
  SOLOTRIAL_RETURN_IF_ERROR(
      connection_.Prepare("DELETE FROM invitation WHERE expire_time <= ?").BindTime(now).Run());
  SOLOTRIAL_RETURN_IF_ERROR(
      connection_.Prepare("DELETE FROM claim WHERE expire_time <= ?").BindTime(now).Run());
  return connection_.Prepare("DELETE FROM approval WHERE expire_time <= ?").BindTime(now).Run();
}

absl::Status SqliteTransaction::PutRecovery(const Recovery& recovery) {
  return connection_
      .Prepare("UPDATE person SET recovery_lookup = ?, recovery_hash = ? WHERE person_id = ?")
      .BindText(recovery.lookup)
      .BindText(recovery.hash)
      .BindText(recovery.person_id)
      .Run();
}

absl::Status SqliteTransaction::InsertApproval(const std::string& person_id,
                                               const access::Approval& approval) {
  Statement statement = connection_.Prepare(
      "INSERT INTO approval (person_id, approval_id, device_id, number, create_time, expire_time) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  return statement.BindText(person_id)
      .BindText(approval.id)
      .BindText(approval.device_id)
      .BindText(approval.number)
      .BindTime(approval.create_time)
      .BindTime(approval.expire_time)
      .Run();
}

absl::Status SqliteTransaction::DeleteApproval(const std::string& person_id,
                                               const std::string& id) {
  Statement statement =
      connection_.Prepare("DELETE FROM approval WHERE person_id = ? AND approval_id = ?");
  SOLOTRIAL_RETURN_IF_ERROR(statement.BindText(person_id).BindText(id).Run());
  return connection_.ChangedRows() == 0 ? AccessNotFound("approval") : absl::OkStatus();
}

absl::Status SqliteTransaction::InsertShareLink(const access::ShareLink& link) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "INSERT INTO share_link (person_id, link_id, token_digest, trial_id, create_time, "
      "expire_time, kind, settings, sealed, label) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  statement.BindText(link.person_id)
      .BindText(link.id)
      .BindBlob(link.token_digest)
      .BindText(link.trial_id)
      .BindTime(link.create_time)
      .BindTime(link.expire_time)
      .BindInt(static_cast<int64_t>(link.kind))
      .BindBlob(link.settings);
  BindContent(vault_, statement, RowContext("share_link", {link.person_id, link.id}),
              [&link](auto& out) { out.BindText(link.label); });
  return statement.Run();
}

absl::Status SqliteTransaction::RevokeShareLink(const std::string& person_id, const std::string& id,
                                                absl::Time now) {
  Statement statement = connection_.Prepare(
      "UPDATE share_link SET revoke_time = coalesce(revoke_time, ?) "
      "WHERE person_id = ? AND link_id = ?");
  SOLOTRIAL_RETURN_IF_ERROR(statement.BindTime(now).BindText(person_id).BindText(id).Run());
  return connection_.ChangedRows() == 0 ? AccessNotFound("link") : absl::OkStatus();
}

absl::Status SqliteTransaction::InsertOpening(const std::string& person_id,
                                              const std::string& link_id, absl::Time now) {
  Statement statement = connection_.Prepare(
      "INSERT INTO share_opening (person_id, link_id, number, open_time) "
      "SELECT ?1, ?2, 1 + coalesce(max(number), 0), ?3 FROM share_opening "
      "WHERE person_id = ?1 AND link_id = ?2");
  return statement.BindText(person_id).BindText(link_id).BindTime(now).Run();
}

absl::Status SqliteTransaction::AppendAuditEvent(access::AuditEvent event) {
  SOLOTRIAL_ASSIGN_OR_RETURN(std::optional<access::AuditHead> head, GetAuditHead(event.person_id));
  if (!head.has_value()) return absl::OkStatus();
  access::Append(*head, event);
  {
    Statement statement = connection_.Prepare(
        "INSERT INTO audit_event (person_id, number, time, role, device_id, action, subject, hash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    SOLOTRIAL_RETURN_IF_ERROR(statement.BindText(event.person_id)
                                  .BindInt(event.number)
                                  .BindTime(event.time)
                                  .BindInt(static_cast<int64_t>(event.role))
                                  .BindText(event.device_id)
                                  .BindText(event.action)
                                  .BindText(event.subject)
                                  .BindBlob(event.hash)
                                  .Run());
  }
  return connection_
      .Prepare("UPDATE person SET audit_count = ?, audit_hash = ? WHERE person_id = ?")
      .BindInt(head->count)
      .BindBlob(head->hash)
      .BindText(event.person_id)
      .Run();
}

}  // namespace solotrial::store

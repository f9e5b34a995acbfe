#include "engine/store/revocation.h"

#include "engine/base/fault.h"
#include "engine/store/schema.h"

namespace solotrial::store {
namespace {

// Persons whose log in `replaced` holds the last event that `main` knows: events are chained by
// their hashes, so that all before it are the same, too.
#define CONTINUED                                                             \
  "(SELECT e.person_id FROM main.audit_event e JOIN replaced.audit_event r "  \
  "ON r.person_id = e.person_id AND r.number = e.number AND r.hash = e.hash " \
  "WHERE e.number = (SELECT max(l.number) FROM main.audit_event l "           \
  "WHERE l.person_id = e.person_id))"

absl::Status Carry(Connection& connection) {
  SOLOTRIAL_RETURN_IF_ERROR(connection.Run(
      "DELETE FROM main.device WHERE person_id IN " CONTINUED
      " AND NOT EXISTS (SELECT 1 FROM replaced.device r WHERE r.person_id = device.person_id "
      "AND r.device_id = device.device_id)"));
  SOLOTRIAL_RETURN_IF_ERROR(connection.Run("DELETE FROM main.token WHERE person_id IN " CONTINUED));
  SOLOTRIAL_RETURN_IF_ERROR(connection.Run(
      "INSERT INTO main.token (token_digest, person_id, device_id, number, create_time, "
      "expire_time) SELECT r.token_digest, r.person_id, r.device_id, r.number, r.create_time, "
      "r.expire_time FROM replaced.token r JOIN main.device d ON d.person_id = r.person_id "
      "AND d.device_id = r.device_id WHERE r.person_id IN " CONTINUED));
  SOLOTRIAL_RETURN_IF_ERROR(connection.Run(
      "DELETE FROM main.invitation WHERE person_id IN " CONTINUED
      " AND NOT EXISTS (SELECT 1 FROM replaced.invitation r WHERE r.digest = invitation.digest)"));
  return connection.Run(
      "UPDATE main.share_link SET revoke_time = (SELECT r.revoke_time FROM replaced.share_link r "
      "WHERE r.person_id = share_link.person_id AND r.link_id = share_link.link_id) "
      "WHERE person_id IN " CONTINUED
      " AND EXISTS (SELECT 1 FROM replaced.share_link r WHERE r.person_id = share_link.person_id "
      "AND r.link_id = share_link.link_id)");
}

absl::Status CarryAttached(Connection& connection) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t version,
                             connection.ReadInt("PRAGMA replaced.user_version"));
  if (version != static_cast<int64_t>(Migrations().size())) {
    return PermanentStorageFault("the database that is replaced has another schema");
  }
  SOLOTRIAL_RETURN_IF_ERROR(connection.Run("BEGIN IMMEDIATE"));
  const absl::Status carried = Carry(connection);
  if (carried.ok()) return connection.Run("COMMIT");
  connection.RollBack();
  return carried;
}

}  // namespace

absl::Status CarryRevocations(Connection& restored, const std::string& replaced) {
  absl::Status status = restored.Prepare("ATTACH ? AS replaced").BindText(replaced).Run();
  if (status.ok()) {
    status = CarryAttached(restored);
    restored.TakeFault().IgnoreError();
    const absl::Status detached = restored.Run("DETACH replaced");
    if (status.ok()) status = detached;
  }
  restored.TakeFault().IgnoreError();
  return status;
}

}  // namespace solotrial::store

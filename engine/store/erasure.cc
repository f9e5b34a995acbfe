#include "engine/store/erasure.h"

#include <vector>

#include "engine/base/fault.h"
#include "engine/store/backup.h"

namespace solotrial::store {

absl::Status ErasePerson(Connection& connection, const std::string& person_id) {
  SOLOTRIAL_RETURN_IF_ERROR(
      connection
          .Prepare("INSERT INTO deleted_credential "
                   "SELECT token_digest FROM token WHERE person_id = ?1 "
                   "UNION SELECT token_digest FROM share_link WHERE person_id = ?1 "
                   "ON CONFLICT DO NOTHING")
          .BindText(person_id)
          .Run());
  // Everything else refers to the person and goes with them.
  return connection.Prepare("DELETE FROM person WHERE person_id = ?").BindText(person_id).Run();
}

absl::Status EraseHolder(Connection& connection, const std::string& token_digest) {
  std::string person_id;
  {
    Statement statement = connection.Prepare(
        "SELECT person_id FROM token WHERE token_digest = ?1 "
        "UNION SELECT person_id FROM share_link WHERE token_digest = ?1");
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.BindBlob(token_digest).Step());
    if (found) person_id = statement.Text();
  }
  if (!person_id.empty()) SOLOTRIAL_RETURN_IF_ERROR(ErasePerson(connection, person_id));
  return connection.Prepare("INSERT INTO deleted_credential VALUES (?) ON CONFLICT DO NOTHING")
      .BindBlob(token_digest)
      .Run();
}

absl::Status FinishErasures(TrialStore& store, const std::string& directory) {
  std::vector<std::string> persons;
  SOLOTRIAL_RETURN_IF_ERROR(store.Read([&persons](ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(persons, transaction.ListPendingErasures());
    return absl::OkStatus();
  }));
  if (persons.empty()) return absl::OkStatus();
  const auto holds_one = [&persons](Connection& backup) -> absl::StatusOr<bool> {
    for (const std::string& person_id : persons) {
      Statement statement = backup.Prepare("SELECT 1 FROM person WHERE person_id = ?");
      SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.BindText(person_id).Step());
      if (found) return true;
    }
    return false;
  };
  const auto erase = [&persons](Connection& backup) {
    for (const std::string& person_id : persons) {
      SOLOTRIAL_RETURN_IF_ERROR(ErasePerson(backup, person_id));
    }
    return absl::OkStatus();
  };
  SOLOTRIAL_RETURN_IF_ERROR(ChangeBackups(directory, holds_one, erase));
  return store.WriteAndWait([&persons](WriteTransaction& transaction) {
    for (const std::string& person_id : persons) {
      SOLOTRIAL_RETURN_IF_ERROR(transaction.EndErasure(person_id));
    }
    return absl::OkStatus();
  });
}

}  // namespace solotrial::store

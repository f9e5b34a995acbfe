// Deleting a person with nothing left: not in the database, not in its log, not in the backups that
// the engine made.
#ifndef SOLOTRIAL_ENGINE_STORE_ERASURE_H_
#define SOLOTRIAL_ENGINE_STORE_ERASURE_H_

#include <string>

#include "absl/status/status.h"
#include "engine/store/sqlite.h"
#include "engine/store/trial_store.h"

namespace solotrial::store {

// Deletes every row of the person, in the transaction that is open on `connection`, and keeps the
// digests of their tokens as those of somebody who was deleted.
absl::Status ErasePerson(Connection& connection, const std::string& person_id);

// The same for whoever holds the token; remembers the token also when nobody does.
absl::Status EraseHolder(Connection& connection, const std::string& token_digest);

// Completes what WriteTransaction::DeletePerson began: rewrites the backups in `directory` that
// hold one of those persons, or removes the ones that are too damaged to be rewritten. Where the
// disk does not let it, it can be called again. Thread-safe; not on the writer's thread.
absl::Status FinishErasures(TrialStore& store, const std::string& directory);

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_ERASURE_H_

// What was revoked stays revoked when a backup from before takes the place of the database.
#ifndef SOLOTRIAL_ENGINE_STORE_REVOCATION_H_
#define SOLOTRIAL_ENGINE_STORE_REVOCATION_H_

#include <string>

#include "absl/status/status.h"
#include "engine/store/sqlite.h"

namespace solotrial::store {

// For every person whose audit log in the file at `replaced` goes on from where it ends in
// `restored`: takes from `restored` the devices, codes and share links that are no longer there,
// and gives the devices that remain the tokens that they have now. `restored` is of this engine's
// schema and in no transaction. Fails, with `restored` as it was, when `replaced` cannot be read or
// is of another schema.
absl::Status CarryRevocations(Connection& restored, const std::string& replaced);

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_REVOCATION_H_

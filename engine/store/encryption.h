// Encrypting a whole store, and what else its operator does with the passphrase, while no engine
// has it open.
//
// Each changes the database in one transaction and empties its log; then the backups that the
// engine made, one by one. Where that is broken off it can be called again.
#ifndef SOLOTRIAL_ENGINE_STORE_ENCRYPTION_H_
#define SOLOTRIAL_ENGINE_STORE_ENCRYPTION_H_

#include <string>

#include "absl/status/status.h"

namespace solotrial::store {

// Encrypts what people wrote. WRONG_PASSPHRASE when it is encrypted already with another
// passphrase. Backups in `directory` are encrypted too; of those that were encrypted before only
// the ones of this store's key are kept.
absl::Status EncryptStore(const std::string& database, const std::string& directory,
                          const std::string& passphrase);

// Makes it readable again, backups in `directory` included. WRONG_STATE when it is not encrypted.
absl::Status DecryptStore(const std::string& database, const std::string& directory,
                          const std::string& passphrase);

// Backups in `directory` get the new passphrase too.
absl::Status ChangePassphrase(const std::string& database, const std::string& directory,
                              const std::string& passphrase, const std::string& new_passphrase);

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_ENCRYPTION_H_

// Encryption at rest: whether what people wrote is encrypted, and the key while the engine is
// unlocked.
//
// A random data key encrypts the rows (see sealed_row.h). It is kept in the file only wrapped by a
// key made of the passphrase, so that changing the passphrase touches no row. Ids, dates of
// creation, states, the order of the log and who it belongs to stay readable: the store finds rows
// by them. Putting an older row back in its own place is not noticed.
#ifndef SOLOTRIAL_ENGINE_STORE_VAULT_H_
#define SOLOTRIAL_ENGINE_STORE_VAULT_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/access/sealing.h"
#include "engine/store/sqlite.h"

namespace solotrial::store {

// The data key as it stands in the file.
struct WrappedKey {
  access::KeyRecipe recipe;
  std::string wrapped;
};

WrappedKey Wrap(const access::Key& data_key, const access::Key& passphrase_key,
                const access::KeyRecipe& recipe);
// WRONG_PASSPHRASE when it does not fit.
absl::StatusOr<access::Key> Unwrap(const WrappedKey& wrapped, const std::string& passphrase);

// nullopt when nothing is encrypted.
absl::StatusOr<std::optional<WrappedKey>> ReadWrappedKey(Connection& connection);
// In the transaction that is open on `connection`; nullopt: nothing is encrypted any more.
absl::Status WriteWrappedKey(Connection& connection, const std::optional<WrappedKey>& wrapped);

// Thread-safe.
class Vault {
 public:
  // Locked when `wrapped` is there.
  explicit Vault(std::optional<WrappedKey> wrapped) : wrapped_(std::move(wrapped)) {}
  // Unlocked.
  explicit Vault(access::Key data_key) : own_key_(std::move(data_key)), key_(&*own_key_) {}
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  bool encrypted() const { return wrapped_.has_value() || key_ != nullptr; }
  // ENGINE_LOCKED while it cannot read and write.
  absl::Status CheckUnlocked() const;
  // WRONG_STATE when nothing is encrypted, WRONG_PASSPHRASE, BUSY while another try is under way.
  absl::Status Unlock(const std::string& passphrase);

  // Only when encrypted and unlocked.
  std::string Seal(const std::string& plain, const std::string& context) const;
  std::optional<std::string> Open(const std::string& sealed, const std::string& context) const;

 private:
  const std::optional<WrappedKey> wrapped_;
  std::mutex unlocking_;
  std::optional<access::Key> own_key_;  // set once, before key_; guarded by unlocking_
  std::atomic<const access::Key*> key_ = nullptr;
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_VAULT_H_

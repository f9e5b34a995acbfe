#include "engine/store/vault.h"

#include <utility>

#include "engine/base/fault.h"

namespace solotrial::store {
namespace {

constexpr char kDataKeyContext[] = "solotrial/data-key/v1";
constexpr int kFirstSchemaWithEncryption = 2;

}  // namespace

WrappedKey Wrap(const access::Key& data_key, const access::Key& passphrase_key,
                const access::KeyRecipe& recipe) {
  return {recipe, access::Seal(passphrase_key, data_key.bytes(), kDataKeyContext)};
}

absl::StatusOr<access::Key> Unwrap(const WrappedKey& wrapped, const std::string& passphrase) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const access::Key key, access::MakeKey(passphrase, wrapped.recipe));
  std::optional<std::string> bytes = access::OpenSealed(key, wrapped.wrapped, kDataKeyContext);
  if (!bytes.has_value()) {
    return FaultStatus(Reason::kWrongPassphrase, "This is not the engine's passphrase.");
  }
  return access::Key(*std::move(bytes));
}

absl::StatusOr<std::optional<WrappedKey>> ReadWrappedKey(Connection& connection) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t version, connection.ReadInt("PRAGMA user_version"));
  if (version < kFirstSchemaWithEncryption) return std::nullopt;
  Statement statement = connection.Prepare(
      "SELECT salt, operations, memory_bytes, wrapped_key FROM encryption WHERE row = 1");
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::nullopt;
  WrappedKey wrapped;
  wrapped.recipe.salt = statement.Blob();
  wrapped.recipe.operations = statement.Int();
  wrapped.recipe.memory_bytes = statement.Int();
  wrapped.wrapped = statement.Blob();
  SOLOTRIAL_RETURN_IF_ERROR(connection.fault());
  return std::optional<WrappedKey>(std::move(wrapped));
}

absl::Status WriteWrappedKey(Connection& connection, const std::optional<WrappedKey>& wrapped) {
  SOLOTRIAL_RETURN_IF_ERROR(connection.Run("DELETE FROM encryption"));
  if (!wrapped.has_value()) return absl::OkStatus();
  Statement statement = connection.Prepare(
      "INSERT INTO encryption (row, salt, operations, memory_bytes, wrapped_key) "
      "VALUES (1, ?, ?, ?, ?)");
  return statement.BindBlob(wrapped->recipe.salt)
      .BindInt(wrapped->recipe.operations)
      .BindInt(wrapped->recipe.memory_bytes)
      .BindBlob(wrapped->wrapped)
      .Run();
}

absl::Status Vault::CheckUnlocked() const {
  if (!encrypted() || key_ != nullptr) return absl::OkStatus();
  return FaultStatus(Fault{Reason::kEngineLocked, {}, true},
                     "The engine has been restarted and what it keeps is encrypted: unlock it with "
                     "its passphrase (solotrial unlock).");
}

absl::Status Vault::Unlock(const std::string& passphrase) {
  if (!encrypted()) {
    return FaultStatus(Reason::kWrongState, "Nothing is encrypted: there is nothing to unlock.");
  }
  const std::unique_lock lock(unlocking_, std::try_to_lock);
  if (!lock.owns_lock()) {
    return FaultStatus(Reason::kBusy, "Another passphrase is being tried: try again in a moment.");
  }
  if (!wrapped_.has_value()) return absl::OkStatus();
  SOLOTRIAL_ASSIGN_OR_RETURN(access::Key key, Unwrap(*wrapped_, passphrase));
  if (key_ != nullptr) return absl::OkStatus();
  own_key_.emplace(std::move(key));
  key_ = &*own_key_;
  return absl::OkStatus();
}

std::string Vault::Seal(const std::string& plain, const std::string& context) const {
  return access::Seal(*key_, plain, context);
}

std::optional<std::string> Vault::Open(const std::string& sealed,
                                       const std::string& context) const {
  const access::Key* key = key_;
  if (key == nullptr) return std::nullopt;
  return access::OpenSealed(*key, sealed, context);
}

}  // namespace solotrial::store

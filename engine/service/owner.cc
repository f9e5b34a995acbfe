#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <string>

#include "engine/access/caller.h"
#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/service/engine_server.h"

namespace solotrial::service {
namespace {

std::string ReadToken(const std::string& path) {
  std::ifstream file(path);
  std::string token;
  std::getline(file, token);
  return token;
}

// Written beside and renamed, so that no reader ever sees half a token.
absl::Status WriteToken(const std::string& path, const std::string& token) {
  const std::string fresh = path + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return FaultStatus(Reason::kStorageUnavailable, "cannot write " + fresh);
  const std::string line = token + "\n";
  const bool written = write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       fsync(file) == 0;
  close(file);
  if (!written || rename(fresh.c_str(), path.c_str()) != 0) {
    return FaultStatus(Reason::kStorageUnavailable, "cannot write " + path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status EnsureOwner(store::TrialStore& store, const std::string& token_file, absl::Time now) {
  std::optional<access::Credential> owner;
  SOLOTRIAL_RETURN_IF_ERROR(store.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(owner, transaction.FindOwner());
    return absl::OkStatus();
  }));
  const std::string kept = ReadToken(token_file);
  if (owner.has_value() && access::TokenDigest(kept) == owner->token_digest) {
    return absl::OkStatus();
  }
  // Whoever can write this directory holds the database file too: a new token gives nothing away.
  const std::string token = access::MakeToken();
  access::Credential credential =
      owner.value_or(access::Credential{"", access::Role::kOwner, MakeUuid4(), MakeUuid4()});
  credential.token_digest = access::TokenDigest(token);
  SOLOTRIAL_RETURN_IF_ERROR(WriteToken(token_file, token));
  return store.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
    SOLOTRIAL_RETURN_IF_ERROR(transaction.PutOwner(credential, now));
    const access::Caller engine{access::Role::kOwner, credential.person_id, ""};
    return transaction.AppendAuditEvent(
        access::MakeAuditEvent(engine, now, owner.has_value() ? "LocalTokenReplaced" : "OwnerMade",
                               "devices/" + credential.device_id));
  });
}

}  // namespace solotrial::service

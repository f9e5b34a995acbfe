#include "engine/service/gate.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>

#include "engine/base/digest.h"
#include "engine/service/loaded_trial.h"
#include "solotrial/v1/analysis_service.pb.h"
#include "solotrial/v1/diary_service.pb.h"
#include "solotrial/v1/options.pb.h"
#include "solotrial/v1/server_service.pb.h"
#include "solotrial/v1/trial_service.pb.h"

namespace solotrial::service {
namespace {

constexpr size_t kMaxRequestIdBytes = 64;
constexpr size_t kMaxTokenBytes = 256;
constexpr char kBearer[] = "Bearer ";

std::optional<std::string> BearerToken(const grpc::CallbackServerContext& context) {
  const auto header = context.client_metadata().find("authorization");
  if (header == context.client_metadata().end()) return std::nullopt;
  const std::string value(header->second.data(), header->second.length());
  const size_t prefix = sizeof kBearer - 1;
  if (value.compare(0, prefix, kBearer) != 0 || value.size() > prefix + kMaxTokenBytes) {
    return std::nullopt;
  }
  return value.substr(prefix);
}

}  // namespace

Gate::Gate(store::TrialStore& store, WorkerPool& workers, ChangeHub& changes, const Clock& clock)
    : store_(store), workers_(workers), changes_(changes), clock_(clock) {}

absl::Status Gate::LoadRoles() {
  std::string without;
  for (const google::protobuf::FileDescriptor* file :
       {v1::CreateTrialRequest::descriptor()->file(),
        v1::RecordEntriesRequest::descriptor()->file(), v1::AnalyzeRequest::descriptor()->file(),
        v1::GetServerInfoRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const google::protobuf::MethodDescriptor& method = *file->service(s)->method(m);
        std::vector<access::Role>& roles = roles_[method.full_name()];
        for (const int role : method.options().GetExtension(v1::roles).allowed()) {
          if (role != v1::ROLE_UNSPECIFIED) roles.push_back(static_cast<access::Role>(role));
        }
        if (roles.empty()) without += " " + method.full_name();
      }
    }
  }
  if (without.empty()) return absl::OkStatus();
  return absl::InternalError("methods that do not declare who may call them:" + without);
}

absl::StatusOr<access::Caller> Gate::Admit(const grpc::CallbackServerContext& context,
                                           const std::string& method) {
  absl::StatusOr<access::Caller> caller = Authenticate(context);
  if (!caller.ok()) return caller.status();
  const auto roles = roles_.find(method);
  if (roles == roles_.end()) return FaultStatus(Reason::kInternal, "unknown method " + method);
  SOLOTRIAL_RETURN_IF_ERROR(access::CheckRole(*caller, roles->second));
  return caller;
}

absl::StatusOr<access::Caller> Gate::Authenticate(const grpc::CallbackServerContext& context) {
  const std::optional<std::string> token = BearerToken(context);
  if (!token.has_value()) return access::Caller{};
  const std::string digest = access::TokenDigest(*token);
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_credentials_.find(digest);
    if (known != known_credentials_.end()) {
      return access::Caller{known->second.role, known->second.person_id, known->second.device_id};
    }
  }
  std::optional<access::Credential> credential;
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) {
    SOLOTRIAL_ASSIGN_OR_RETURN(credential, transaction.FindCredential(digest));
    return absl::OkStatus();
  }));
  if (!credential.has_value()) return access::Caller{};
  const std::lock_guard lock(mutex_);
  known_credentials_[digest] = *credential;
  return access::Caller{credential->role, credential->person_id, credential->device_id};
}

absl::Status Gate::CheckRequestId(const std::string& request_id) {
  const bool printable =
      std::all_of(request_id.begin(), request_id.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (request_id.size() <= kMaxRequestIdBytes && printable) return absl::OkStatus();
  return InvalidField("request_id", "must have at most 64 printable ASCII characters");
}

std::string Gate::TrialIdOrEmpty(const std::string& name) { return TrialId(name).value_or(""); }

std::string Gate::RequestDigest(const std::string& method, const std::string& request) {
  return Sha256(method + '\n' + request);
}

absl::StatusOr<bool> Gate::FindEarlierReply(store::ReadTransaction& transaction,
                                            const access::Caller& caller,
                                            const std::string& request_id,
                                            const std::string& request_digest, std::string* reply) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::optional<store::StoredReply> stored,
                             transaction.FindReply(caller.person_id, request_id));
  if (!stored.has_value()) return false;
  if (stored->request_digest != request_digest) {
    return FaultStatus(Reason::kRequestIdReused,
                       "request_id was used before with another request; choose a new one");
  }
  *reply = stored->reply;
  return true;
}

}  // namespace solotrial::service

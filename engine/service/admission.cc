#include "engine/service/admission.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "engine/access/device.h"
#include "engine/base/fault.h"
#include "engine/service/engine_server.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/services.h"
#include "solotrial/v1/options.pb.h"

namespace solotrial::service {
namespace {

constexpr size_t kMaxTokenBytes = 256;
constexpr char kBearer[] = "Bearer ";
// Beyond so many the credentials in memory are read anew.
constexpr size_t kMostCached = 20'000;

// The value of the header `name`; nullopt when it is absent or there are several.
std::optional<std::string> OnlyValue(const grpc::CallbackServerContext& context, const char* name) {
  const auto [first, last] = context.client_metadata().equal_range(name);
  if (first == last || std::next(first) != last) return std::nullopt;
  return std::string(first->second.data(), first->second.length());
}

// Empty when the call carries none, or several.
std::string BearerToken(const grpc::CallbackServerContext& context) {
  const std::string value = OnlyValue(context, "authorization").value_or("");
  const size_t prefix = sizeof kBearer - 1;
  if (value.compare(0, prefix, kBearer) != 0 || value.size() > prefix + kMaxTokenBytes) return "";
  return value.substr(prefix);
}

// Whether the request has a field that names a trial.
bool NamesATrial(const google::protobuf::Descriptor& request) {
  return request.FindFieldByName("trial") != nullptr || request.FindFieldByName("name") != nullptr;
}

// A device stays paired when the clock was set back, as on a machine that starts without one: the
// owner could mend nothing otherwise. What was shared for a time ends.
bool Holds(const access::Credential& credential, absl::Time now) {
  if (!access::IsLink(credential.role)) return now < credential.expire_time;
  return access::IsLive(credential.create_time, credential.expire_time, now);
}

}  // namespace

absl::StatusOr<std::map<std::string, MethodRule>> ReadMethodRules() {
  std::map<std::string, MethodRule> rules;
  std::string without_role;
  std::string without_trial;
  for (const google::protobuf::ServiceDescriptor* service : ApiServices()) {
    for (int m = 0; m < service->method_count(); ++m) {
      const google::protobuf::MethodDescriptor& method = *service->method(m);
      const v1::MethodRoles& declared = method.options().GetExtension(v1::roles);
      MethodRule& rule = rules[method.full_name()];
      bool scoped = false;
      for (const int role : declared.allowed()) {
        if (role == v1::ROLE_UNSPECIFIED) continue;
        rule.allowed.push_back(static_cast<access::Role>(role));
        scoped = scoped || access::IsScoped(rule.allowed.back());
      }
      rule.confirm = declared.confirm();
      rule.own = declared.own();
      rule.unlogged = declared.unlogged();
      if (rule.allowed.empty()) without_role += " " + method.full_name();
      if (scoped && !rule.own && !NamesATrial(*method.input_type())) {
        without_trial += " " + method.full_name();
      }
    }
  }
  if (!without_role.empty()) {
    return absl::InternalError("methods that do not declare who may call them:" + without_role);
  }
  if (!without_trial.empty()) {
    return absl::InternalError("methods for one trial that do not name it:" + without_trial);
  }
  return rules;
}

Admission::Admission(store::TrialStore& store, const Clock& clock, Options options)
    : store_(store),
      clock_(clock),
      options_(std::move(options)),
      strangers_(options_.strangers),
      devices_(options_.devices) {}

absl::Status Admission::LoadRules() {
  SOLOTRIAL_ASSIGN_OR_RETURN(rules_, ReadMethodRules());
  return absl::OkStatus();
}

const MethodRule& Admission::RuleOf(const std::string& method) const {
  static const MethodRule nobody;
  const auto found = rules_.find(method);
  return found == rules_.end() ? nobody : found->second;
}

absl::StatusOr<Admission::Entry> Admission::Admit(const grpc::CallbackServerContext& context,
                                                  const std::string& method,
                                                  const std::string& trial) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const Origin origin, OriginOf(context));
  Entry entry;
  const std::string token = BearerToken(context);
  const std::vector<access::Role>& allowed = RuleOf(method).allowed;
  const bool for_anyone =
      std::find(allowed.begin(), allowed.end(), access::Role::kAnyone) != allowed.end();
  if (!token.empty() && !for_anyone) {
    entry.token_digest = access::TokenDigest(token);
    SOLOTRIAL_ASSIGN_OR_RETURN(entry.caller, Authenticate(entry.token_digest, origin.here));
  }
  const bool stranger = entry.caller.role == access::Role::kAnyone;
  const bool within =
      stranger ? origin.address.empty() || strangers_.Take(origin.address, SteadyTime())
               : entry.caller.local || devices_.Take(entry.caller.device_id, SteadyTime());
  if (!within) return FaultStatus(Reason::kBusy, "too many calls; retry after a while");
  SOLOTRIAL_RETURN_IF_ERROR(CheckCaller(entry.caller, method, trial));
  return entry;
}

absl::Status Admission::AdmitAgain(const Entry& entry, const std::string& method,
                                   const std::string& trial) {
  // Where the stream comes from has not changed.
  SOLOTRIAL_ASSIGN_OR_RETURN(const access::Caller caller, Authenticate(entry.token_digest, true));
  return CheckCaller(caller, method, trial);
}

absl::Status Admission::CheckCaller(const access::Caller& caller, const std::string& method,
                                    const std::string& trial) const {
  const MethodRule& rule = RuleOf(method);
  SOLOTRIAL_RETURN_IF_ERROR(access::CheckRole(caller, rule.allowed));
  if (access::IsScoped(caller.role) && !rule.own) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, TrialId(trial));
    SOLOTRIAL_RETURN_IF_ERROR(access::CheckScope(caller, id));
  }
  return rule.confirm ? access::CheckConfirmed(caller, clock_.Now()) : absl::OkStatus();
}

absl::StatusOr<Admission::Origin> Admission::OriginOf(
    const grpc::CallbackServerContext& context) const {
  Origin origin;
  const std::string peer = access::PeerAddress(context.peer());
  const std::string forwarded = OnlyValue(context, kForwardedFor).value_or("");
  if (peer.empty()) {
    // Within the process: the engine's own HTTP door says for whom it calls.
    origin.address = forwarded;
    origin.here = forwarded.empty() || access::IsLoopback(forwarded);
    if (const auto host = OnlyValue(context, kForwardedHost); host.has_value()) {
      SOLOTRIAL_RETURN_IF_ERROR(CheckHost(*host));
    }
    return origin;
  }
  const grpc::string_ref authority = context.ExperimentalGetAuthority();
  SOLOTRIAL_RETURN_IF_ERROR(CheckHost(std::string(authority.data(), authority.length())));
  origin.address = ClientAddress(peer, forwarded);
  origin.here = access::IsLoopback(peer) && access::IsLoopback(origin.address);
  return origin;
}

bool Admission::IsHostAllowed(const std::string& authority) const {
  return access::IsHostAllowed(authority, options_.allowed_hosts);
}

absl::Status Admission::CheckHost(const std::string& authority) const {
  if (IsHostAllowed(authority)) return absl::OkStatus();
  return FaultStatus(Reason::kHostNotAllowed,
                     "the engine does not know this host name: call it by its address, or start "
                     "it with --allow-host NAME");
}

std::string Admission::ClientAddress(const std::string& peer,
                                     const std::string& forwarded_for) const {
  const std::string address = access::ClientAddress(peer, forwarded_for, options_.trusted_proxies);
  // Another machine's loopback is not ours.
  return access::IsLoopback(address) && !access::IsLoopback(peer) ? peer : address;
}

absl::StatusOr<access::Caller> Admission::Authenticate(const std::string& digest, bool here) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::optional<access::Credential> credential,
                             FindCredential(digest));
  access::Caller refused;
  refused.refused = true;
  if (!credential.has_value() || !Holds(*credential, clock_.Now())) return refused;
  // The token in the data directory is for this machine; a copy of it is worth nothing elsewhere.
  if (credential->local && !here) return refused;
  return access::CallerOf(*credential);
}

absl::StatusOr<std::optional<access::Credential>> Admission::FindCredential(
    const std::string& digest) {
  std::optional<access::Credential> credential = cache_->Find(digest);
  if (credential.has_value() &&
      clock_.Now() - credential->last_use_time < access::kLastUsePrecision) {
    return credential;
  }
  const uint64_t generation = cache_->Generation();
  bool deleted = false;
  const absl::Status read = store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(credential, transaction.FindCredential(digest));
    SOLOTRIAL_ASSIGN_OR_RETURN(deleted, transaction.IsDeletedCredential(digest));
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  if (deleted) {
    return FaultStatus(Reason::kPersonDeleted,
                       "the person whose device this is has deleted everything here");
  }
  if (!credential.has_value()) return credential;
  if (!access::IsLink(credential->role) && Holds(*credential, clock_.Now()) &&
      (credential->replaces ||
       clock_.Now() - credential->last_use_time >= access::kLastUsePrecision)) {
    NoteUse(*credential);
  }
  // Once per hour and device is enough, whatever becomes of the note.
  credential->last_use_time = clock_.Now();
  cache_->Keep(*credential, generation);
  return credential;
}

void Admission::NoteUse(const access::Credential& credential) {
  store_.Write(
      [credential, now = clock_.Now()](store::WriteTransaction& transaction) -> absl::Status {
        SOLOTRIAL_ASSIGN_OR_RETURN(
            std::optional<access::Device> device,
            transaction.FindDevice(credential.person_id, credential.device_id));
        if (!device.has_value()) return absl::OkStatus();  // revoked meanwhile
        SOLOTRIAL_ASSIGN_OR_RETURN(const auto kept,
                                   transaction.FindCredential(credential.token_digest));
        if (kept.has_value() && kept->replaces) {
          SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteOtherCredentials(
              credential.person_id, credential.device_id, credential.token_digest));
        }
        device->last_use_time = now;
        return transaction.UpdateDevice(*device);
      },
      [cache = cache_, replaces = credential.replaces](const absl::Status&) {
        // Of the token before nothing may be remembered.
        if (replaces) cache->Forget();
      });
}

std::optional<access::Credential> Admission::Cache::Find(const std::string& digest) {
  const std::lock_guard lock(mutex_);
  const auto found = credentials_.find(digest);
  if (found == credentials_.end()) return std::nullopt;
  return found->second;
}

uint64_t Admission::Cache::Generation() {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void Admission::Cache::Keep(const access::Credential& credential, uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  if (credentials_.size() >= kMostCached) credentials_.clear();
  credentials_[credential.token_digest] = credential;
}

void Admission::Cache::Forget() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  credentials_.clear();
}

}  // namespace solotrial::service

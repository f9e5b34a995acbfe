// Who is calling, and may they: the check that every method goes through on every transport.
#ifndef SOLOTRIAL_ENGINE_SERVICE_ADMISSION_H_
#define SOLOTRIAL_ENGINE_SERVICE_ADMISSION_H_

#include <grpcpp/server_context.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/access/caller.h"
#include "engine/access/peer.h"
#include "engine/access/rate_limit.h"
#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"

namespace solotrial::service {

// Every method of the API's services, by its full name, `solotrial.v1.TrialService.GetTrial`.
struct MethodRule {
  std::vector<access::Role> allowed;
  bool confirm = false;  // see options.proto
  bool own = false;
  bool unlogged = false;
};

// Reads the rules from the API's descriptors. An error names the methods that declare no role, and
// those that a role held to one trial may call without naming one.
absl::StatusOr<std::map<std::string, MethodRule>> ReadMethodRules();

// Thread-safe.
class Admission {
 public:
  struct Options {
    std::vector<std::string> allowed_hosts;  // beside addresses and localhost
    std::vector<access::AddressRange> trusted_proxies;
    // Calls without a valid credential, per address of the client; calls within the process are not
    // counted.
    access::RateLimit::Rate strangers = {.per_second = 60, .burst = 600};
    // Calls of one device or link. The engine's own machine is not held back.
    access::RateLimit::Rate devices = {.per_second = 200, .burst = 2000};
    std::function<absl::Duration()> steady_now = SteadyNow;
  };

  // Both must outlive the admission.
  Admission(store::TrialStore& store, const Clock& clock, Options options);

  // Before the first call of anything else. An error says why the engine must not start.
  absl::Status LoadRules();
  // A method that is not known may be called by nobody.
  const MethodRule& RuleOf(const std::string& method) const;

  // Whoever was let in.
  struct Entry {
    access::Caller caller;
    std::string token_digest;  // empty without a credential
  };
  // Who calls `method`, if they may. `trial` is the trial that the request names, empty for none.
  absl::StatusOr<Entry> Admit(const grpc::CallbackServerContext& context, const std::string& method,
                              const std::string& trial);
  // Whether the one who was let in would still be: for streams.
  absl::Status AdmitAgain(const Entry& entry, const std::string& method, const std::string& trial);

  // Something about credentials has changed: from now on they are read anew.
  void ForgetCredentials() { cache_->Forget(); }

  // See EngineServer.
  bool IsHostAllowed(const std::string& authority) const;
  std::string ClientAddress(const std::string& peer, const std::string& forwarded_for) const;

  absl::Duration SteadyTime() const { return options_.steady_now(); }

 private:
  // Where a call comes from.
  struct Origin {
    bool here = false;    // within the process or over loopback, with no proxy between
    std::string address;  // of the client; empty within the process
  };

  // Credentials that were found before, by token digest. Thread-safe.
  class Cache {
   public:
    std::optional<access::Credential> Find(const std::string& digest);
    // Which state of the store is read next; a credential read from an earlier one is not kept.
    uint64_t Generation();
    void Keep(const access::Credential& credential, uint64_t generation);
    void Forget();

   private:
    std::mutex mutex_;
    uint64_t generation_ = 0;                                // guarded by mutex_
    std::map<std::string, access::Credential> credentials_;  // guarded by mutex_
  };

  absl::StatusOr<Origin> OriginOf(const grpc::CallbackServerContext& context) const;
  absl::Status CheckHost(const std::string& authority) const;
  absl::StatusOr<access::Caller> Authenticate(const std::string& digest, bool here);
  absl::StatusOr<std::optional<access::Credential>> FindCredential(const std::string& digest);
  // Writes down that the device was used, and lets a token that replaces another do so.
  void NoteUse(const access::Credential& credential);
  absl::Status CheckCaller(const access::Caller& caller, const std::string& method,
                           const std::string& trial) const;

  store::TrialStore& store_;
  const Clock& clock_;
  const Options options_;
  std::map<std::string, MethodRule> rules_;  // constant after LoadRules
  access::RateLimit strangers_;
  access::RateLimit devices_;
  // Shared with writes that are still queued when the admission goes.
  const std::shared_ptr<Cache> cache_ = std::make_shared<Cache>();
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_ADMISSION_H_

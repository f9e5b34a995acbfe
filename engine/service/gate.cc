#include "engine/service/gate.h"

#include <algorithm>
#include <optional>

#include "engine/base/digest.h"
#include "engine/service/loaded_trial.h"

namespace solotrial::service {
namespace {

constexpr size_t kMaxRequestIdBytes = 64;
constexpr char kPackage[] = "solotrial.v1.";
// How long a call may wait for a worker when its caller named no deadline.
constexpr absl::Duration kLongestWait = absl::Seconds(60);

}  // namespace

Gate::Gate(store::TrialStore& store, WorkerPool& workers, ChangeHub& changes, const Clock& clock,
           Admission& admission)
    : store_(store), workers_(workers), changes_(changes), clock_(clock), admission_(admission) {}

absl::Status Gate::CheckStillWanted(const grpc::CallbackServerContext& context,
                                    absl::Duration begin) const {
  // Also when its deadline has passed: gRPC has answered the caller then.
  if (context.IsCancelled()) return absl::CancelledError("nobody waits for the answer");
  if (admission_.SteadyTime() - begin <= kLongestWait) return absl::OkStatus();
  return FaultStatus(Reason::kBusy, "the engine was too busy to begin in time; retry");
}

absl::Status Gate::NoteOpening(const access::Caller& caller) {
  if (caller.role != access::Role::kShareLink) return absl::OkStatus();
  return store_.WriteAndWait([&](store::WriteTransaction& transaction) {
    SOLOTRIAL_RETURN_IF_ERROR(
        transaction.InsertOpening(caller.person_id, caller.device_id, clock_.Now()));
    return transaction.AppendAuditEvent(access::MakeAuditEvent(
        caller, clock_.Now(), "ShareLinkOpened", "trials/" + caller.trial_id));
  });
}

absl::Status Gate::Log(store::WriteTransaction& transaction, const access::Caller& caller,
                       const std::string& method, const std::string& subject) {
  if (admission_.RuleOf(method).unlogged) return absl::OkStatus();
  const size_t prefix = sizeof kPackage - 1;
  return transaction.AppendAuditEvent(
      access::MakeAuditEvent(caller, clock_.Now(), method.substr(prefix), subject));
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

// What the methods of AccessService do, apart from transport, authorisation and threads.
#ifndef SOLOTRIAL_ENGINE_SERVICE_ACCESS_HANDLERS_H_
#define SOLOTRIAL_ENGINE_SERVICE_ACCESS_HANDLERS_H_

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/access/caller.h"
#include "engine/access/code.h"
#include "engine/base/civil_time.h"
#include "engine/service/analysis_handlers.h"
#include "engine/store/trial_store.h"
#include "google/protobuf/empty.pb.h"
#include "solotrial/v1/access_service.pb.h"

namespace solotrial::service {

// Where other machines reach the engine, for links.
struct Endpoint {
  std::string address;   // host:port
  std::string pin;       // SHA-256 of the engine's own certificate, hexadecimal; empty: none to pin
  std::string web_url;   // of the HTTP door, `https://host:port`; empty: there is none
  bool has_app = false;  // whether the door serves an app
};

// Thread-safe. Errors are as access_service.proto says. Every method runs on a worker and waits for
// the writer where it writes; all of them write to the audit log what they did.
class AccessHandlers {
 public:
  // Everything must outlive the handlers. `endpoint` is asked for every link.
  AccessHandlers(store::TrialStore& store, const Clock& clock, const AnalysisHandlers& analysis,
                 std::function<Endpoint()> endpoint);

  // access_devices.cc

  absl::Status GetAccess(const access::Caller& caller, const v1::GetAccessRequest& request,
                         v1::Access* response) const;
  absl::Status CreatePairingCode(const access::Caller& caller,
                                 const v1::CreatePairingCodeRequest& request,
                                 v1::PairingCode* response) const;
  absl::Status ClaimCode(const access::Caller& caller, const v1::ClaimCodeRequest& request,
                         v1::NewAccess* response) const;
  absl::Status ListDevices(const access::Caller& caller, const v1::ListDevicesRequest& request,
                           v1::ListDevicesResponse* response) const;
  absl::Status RenameDevice(const access::Caller& caller, const v1::RenameDeviceRequest& request,
                            v1::Device* response) const;
  absl::Status RevokeDevice(const access::Caller& caller, const v1::RevokeDeviceRequest& request,
                            google::protobuf::Empty* response) const;
  absl::Status SignOut(const access::Caller& caller, const v1::SignOutRequest& request,
                       google::protobuf::Empty* response) const;
  absl::Status RotateToken(const access::Caller& caller, const v1::RotateTokenRequest& request,
                           v1::NewAccess* response) const;

  // access_recovery.cc

  absl::Status CreateRecoveryPhrase(const access::Caller& caller,
                                    const v1::CreateRecoveryPhraseRequest& request,
                                    v1::CreateRecoveryPhraseResponse* response) const;
  absl::Status Recover(const access::Caller& caller, const v1::RecoverRequest& request,
                       v1::NewAccess* response) const;
  absl::Status Confirm(const access::Caller& caller, const v1::ConfirmRequest& request,
                       v1::Access* response) const;
  absl::Status RequestApproval(const access::Caller& caller,
                               const v1::RequestApprovalRequest& request,
                               v1::Approval* response) const;
  absl::Status ListApprovals(const access::Caller& caller, const v1::ListApprovalsRequest& request,
                             v1::ListApprovalsResponse* response) const;
  absl::Status Approve(const access::Caller& caller, const v1::ApproveRequest& request,
                       google::protobuf::Empty* response) const;

  // access_sharing.cc

  absl::Status CreateInvitation(const access::Caller& caller,
                                const v1::CreateInvitationRequest& request,
                                v1::Invitation* response) const;
  absl::Status ListInvitations(const access::Caller& caller,
                               const v1::ListInvitationsRequest& request,
                               v1::ListInvitationsResponse* response) const;
  absl::Status RevokeInvitation(const access::Caller& caller,
                                const v1::RevokeInvitationRequest& request,
                                google::protobuf::Empty* response) const;
  absl::Status CreateShareLink(const access::Caller& caller,
                               const v1::CreateShareLinkRequest& request,
                               v1::ShareLink* response) const;
  absl::Status ListShareLinks(const access::Caller& caller,
                              const v1::ListShareLinksRequest& request,
                              v1::ListShareLinksResponse* response) const;
  absl::Status ListOpenings(const access::Caller& caller, const v1::ListOpeningsRequest& request,
                            v1::ListOpeningsResponse* response) const;
  absl::Status RevokeShareLink(const access::Caller& caller,
                               const v1::RevokeShareLinkRequest& request,
                               google::protobuf::Empty* response) const;
  absl::Status OpenSharedTrial(const access::Caller& caller,
                               const v1::OpenSharedTrialRequest& request,
                               v1::SharedTrial* response) const;
  absl::Status ListAuditEvents(const access::Caller& caller,
                               const v1::ListAuditEventsRequest& request,
                               v1::ListAuditEventsResponse* response) const;
  absl::Status VerifyAuditLog(const access::Caller& caller,
                              const v1::VerifyAuditLogRequest& request,
                              v1::VerifyAuditLogResponse* response) const;

 private:
  // A device of that person with a token of its own, made in `transaction`.
  absl::StatusOr<v1::NewAccess> AddDevice(store::WriteTransaction& transaction,
                                          access::Device device) const;
  // The device of `claim` again, with a new token in place of the one that was lost.
  absl::Status RepeatClaim(const access::Claim& claim, v1::NewAccess* response) const;
  // Whether `phrase` is right; BUSY while another is being looked at, which takes memory and time.
  absl::StatusOr<bool> CheckPhrase(const access::Code& phrase,
                                   const std::optional<store::Recovery>& recovery) const;
  // A phrase for the person, stored in place of the one before.
  absl::StatusOr<std::string> PutNewPhrase(const access::Caller& caller, access::Role person_role,
                                           const std::string& action) const;
  // Queues an event and does not wait, so that whoever tried learns nothing from the time it takes.
  void LogLater(const access::Caller& caller, const char* action, const std::string& subject) const;
  // `solotrial:pair?engine=...&code=...&pin=...`
  std::string Link(const std::string& what, const std::string& key, const std::string& value) const;
  // `https://HOST/#pair=CODE`; empty when no app would claim it.
  std::string AppLink(const std::string& code) const;

  store::TrialStore& store_;
  const Clock& clock_;
  const AnalysisHandlers& analysis_;
  const std::function<Endpoint()> endpoint_;
  mutable std::mutex hashing_;  // held by the one phrase that is being hashed
};

// The uuid of `{collection}/{uuid}`; ACCESS_NOT_FOUND when `name` is no such name.
absl::StatusOr<std::string> AccessId(const std::string& collection, const std::string& name);

// A new code by `make` that is not mistaken for another that waits.
absl::StatusOr<access::Code> FreeCode(store::ReadTransaction& transaction, access::Code (*make)());

// Counts a wrong try of `code` against the invitation that it looks like.
absl::Status CountWrongTry(store::WriteTransaction& transaction, const access::Code& code,
                           absl::Time now);

// `{collection}/{id}`; empty for an empty id.
std::string NameOf(const std::string& collection, const std::string& id);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_ACCESS_HANDLERS_H_

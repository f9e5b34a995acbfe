#include "engine/service/access_service.h"

#include <grpcpp/support/server_callback.h>

#include <string>

#include "engine/service/gate.h"
#include "solotrial/v1/access_service.grpc.pb.h"

namespace solotrial::service {
namespace {

using google::protobuf::Empty;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class AccessServiceImpl final : public v1::AccessService::CallbackService {
 public:
  AccessServiceImpl(Gate& gate, const AccessHandlers& handlers)
      : gate_(gate), handlers_(handlers) {}

  ServerUnaryReactor* GetAccess(CallbackServerContext* context, const v1::GetAccessRequest* request,
                                v1::Access* response) override {
    return Call(context, "GetAccess", request, response, &AccessHandlers::GetAccess);
  }
  ServerUnaryReactor* CreatePairingCode(CallbackServerContext* context,
                                        const v1::CreatePairingCodeRequest* request,
                                        v1::PairingCode* response) override {
    return Call(context, "CreatePairingCode", request, response,
                &AccessHandlers::CreatePairingCode);
  }
  ServerUnaryReactor* ClaimCode(CallbackServerContext* context, const v1::ClaimCodeRequest* request,
                                v1::NewAccess* response) override {
    return Change(context, "ClaimCode", request, response, &AccessHandlers::ClaimCode);
  }
  ServerUnaryReactor* ListDevices(CallbackServerContext* context,
                                  const v1::ListDevicesRequest* request,
                                  v1::ListDevicesResponse* response) override {
    return Call(context, "ListDevices", request, response, &AccessHandlers::ListDevices);
  }
  ServerUnaryReactor* RenameDevice(CallbackServerContext* context,
                                   const v1::RenameDeviceRequest* request,
                                   v1::Device* response) override {
    return Call(context, "RenameDevice", request, response, &AccessHandlers::RenameDevice);
  }
  ServerUnaryReactor* RevokeDevice(CallbackServerContext* context,
                                   const v1::RevokeDeviceRequest* request,
                                   Empty* response) override {
    return Change(context, "RevokeDevice", request, response, &AccessHandlers::RevokeDevice);
  }
  ServerUnaryReactor* SignOut(CallbackServerContext* context, const v1::SignOutRequest* request,
                              Empty* response) override {
    return Change(context, "SignOut", request, response, &AccessHandlers::SignOut);
  }
  ServerUnaryReactor* RotateToken(CallbackServerContext* context,
                                  const v1::RotateTokenRequest* request,
                                  v1::NewAccess* response) override {
    return Change(context, "RotateToken", request, response, &AccessHandlers::RotateToken);
  }
  ServerUnaryReactor* CreateRecoveryPhrase(CallbackServerContext* context,
                                           const v1::CreateRecoveryPhraseRequest* request,
                                           v1::CreateRecoveryPhraseResponse* response) override {
    return Call(context, "CreateRecoveryPhrase", request, response,
                &AccessHandlers::CreateRecoveryPhrase);
  }
  ServerUnaryReactor* Recover(CallbackServerContext* context, const v1::RecoverRequest* request,
                              v1::NewAccess* response) override {
    return Change(context, "Recover", request, response, &AccessHandlers::Recover);
  }
  ServerUnaryReactor* Confirm(CallbackServerContext* context, const v1::ConfirmRequest* request,
                              v1::Access* response) override {
    return Change(context, "Confirm", request, response, &AccessHandlers::Confirm);
  }
  ServerUnaryReactor* RequestApproval(CallbackServerContext* context,
                                      const v1::RequestApprovalRequest* request,
                                      v1::Approval* response) override {
    return Call(context, "RequestApproval", request, response, &AccessHandlers::RequestApproval);
  }
  ServerUnaryReactor* ListApprovals(CallbackServerContext* context,
                                    const v1::ListApprovalsRequest* request,
                                    v1::ListApprovalsResponse* response) override {
    return Call(context, "ListApprovals", request, response, &AccessHandlers::ListApprovals);
  }
  ServerUnaryReactor* Approve(CallbackServerContext* context, const v1::ApproveRequest* request,
                              Empty* response) override {
    return Change(context, "Approve", request, response, &AccessHandlers::Approve);
  }
  ServerUnaryReactor* CreateInvitation(CallbackServerContext* context,
                                       const v1::CreateInvitationRequest* request,
                                       v1::Invitation* response) override {
    return Call(context, "CreateInvitation", request, response, &AccessHandlers::CreateInvitation);
  }
  ServerUnaryReactor* ListInvitations(CallbackServerContext* context,
                                      const v1::ListInvitationsRequest* request,
                                      v1::ListInvitationsResponse* response) override {
    return Call(context, "ListInvitations", request, response, &AccessHandlers::ListInvitations);
  }
  ServerUnaryReactor* RevokeInvitation(CallbackServerContext* context,
                                       const v1::RevokeInvitationRequest* request,
                                       Empty* response) override {
    return Call(context, "RevokeInvitation", request, response, &AccessHandlers::RevokeInvitation);
  }
  ServerUnaryReactor* CreateShareLink(CallbackServerContext* context,
                                      const v1::CreateShareLinkRequest* request,
                                      v1::ShareLink* response) override {
    return Call(context, "CreateShareLink", request, response, &AccessHandlers::CreateShareLink);
  }
  ServerUnaryReactor* ListShareLinks(CallbackServerContext* context,
                                     const v1::ListShareLinksRequest* request,
                                     v1::ListShareLinksResponse* response) override {
    return Call(context, "ListShareLinks", request, response, &AccessHandlers::ListShareLinks);
  }
  ServerUnaryReactor* ListOpenings(CallbackServerContext* context,
                                   const v1::ListOpeningsRequest* request,
                                   v1::ListOpeningsResponse* response) override {
    return Call(context, "ListOpenings", request, response, &AccessHandlers::ListOpenings);
  }
  ServerUnaryReactor* RevokeShareLink(CallbackServerContext* context,
                                      const v1::RevokeShareLinkRequest* request,
                                      Empty* response) override {
    return Change(context, "RevokeShareLink", request, response, &AccessHandlers::RevokeShareLink);
  }
  ServerUnaryReactor* OpenSharedTrial(CallbackServerContext* context,
                                      const v1::OpenSharedTrialRequest* request,
                                      v1::SharedTrial* response) override {
    return Call(context, "OpenSharedTrial", request, response, &AccessHandlers::OpenSharedTrial);
  }
  ServerUnaryReactor* ListAuditEvents(CallbackServerContext* context,
                                      const v1::ListAuditEventsRequest* request,
                                      v1::ListAuditEventsResponse* response) override {
    return Call(context, "ListAuditEvents", request, response, &AccessHandlers::ListAuditEvents);
  }
  ServerUnaryReactor* VerifyAuditLog(CallbackServerContext* context,
                                     const v1::VerifyAuditLogRequest* request,
                                     v1::VerifyAuditLogResponse* response) override {
    return Call(context, "VerifyAuditLog", request, response, &AccessHandlers::VerifyAuditLog);
  }

 private:
  template <typename Request, typename Response>
  using Method = absl::Status (AccessHandlers::*)(const access::Caller&, const Request&,
                                                  Response*) const;

  static std::string FullName(const char* name) {
    return std::string("solotrial.v1.AccessService.") + name;
  }
  template <typename Request, typename Response>
  auto Bound(Method<Request, Response> method) {
    // Not through `this`: UBSan of GCC 12 reads a stray address there.
    const AccessHandlers* handlers = &handlers_;
    return [handlers, method](const access::Caller& caller, const Request& in, Response* out) {
      return (handlers->*method)(caller, in, out);
    };
  }

  template <typename Request, typename Response>
  ServerUnaryReactor* Call(CallbackServerContext* context, const char* name, const Request* request,
                           Response* response, Method<Request, Response> method) {
    return gate_.Work<Request, Response>(context, FullName(name), request, response,
                                         Bound<Request, Response>(method));
  }
  // For what ends or changes a credential that may be in use.
  template <typename Request, typename Response>
  ServerUnaryReactor* Change(CallbackServerContext* context, const char* name,
                             const Request* request, Response* response,
                             Method<Request, Response> method) {
    return gate_.WorkOnAccess<Request, Response>(context, FullName(name), request, response,
                                                 Bound<Request, Response>(method));
  }

  Gate& gate_;
  const AccessHandlers& handlers_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAccessService(Gate& gate, const AccessHandlers& handlers) {
  return std::make_unique<AccessServiceImpl>(gate, handlers);
}

}  // namespace solotrial::service

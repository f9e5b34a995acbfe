// Pairing, devices and their tokens.
#include <algorithm>
#include <utility>

#include "engine/access/device.h"
#include "engine/access/invitation.h"
#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/service/access_handlers.h"
#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

v1::Device ToProto(const access::Device& device, const access::Caller& caller) {
  v1::Device proto;
  proto.set_name(NameOf("devices", device.id));
  proto.set_display_name(device.name);
  proto.set_role(static_cast<v1::Role>(device.role));
  proto.set_trial(NameOf("trials", device.trial_id));
  *proto.mutable_create_time() = service::ToProto(device.create_time);
  *proto.mutable_last_use_time() = service::ToProto(device.last_use_time);
  proto.set_current(device.id == caller.device_id);
  proto.set_local(device.local);
  return proto;
}

absl::Status NotForTheEnginesMachine() {
  return FaultStatus(Reason::kWrongState,
                     "the engine's own machine keeps its token in the data directory: stop the "
                     "engine, remove owner.token and start it again to change it");
}

absl::Duration TokenLife(access::Role role) {
  return access::IsScoped(role) ? access::kScopedTokenLife : access::kTokenLife;
}

absl::Status CheckClaimRequestId(const std::string& request_id) {
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  const bool fits = request_id.size() >= access::kLeastClaimRequestId && request_id.size() <= 64 &&
                    std::all_of(request_id.begin(), request_id.end(), printable);
  if (request_id.empty() || fits) return absl::OkStatus();
  return FieldFault(Reason::kInvalidFields, "request_id",
                    "must be random, 16 to 64 printable ASCII characters without spaces, such as "
                    "a UUID");
}

// A new token for a device.
absl::Status AddToken(store::WriteTransaction& transaction, const access::Device& device,
                      absl::Time now, v1::NewAccess& answer) {
  const std::string token = access::MakeToken();
  access::Credential credential;
  credential.token_digest = access::TokenDigest(token);
  credential.person_id = device.person_id;
  credential.device_id = device.id;
  credential.create_time = now;
  credential.expire_time = now + TokenLife(device.role);
  SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertCredential(credential));
  answer.set_token(token);
  *answer.mutable_token_expire_time() = service::ToProto(credential.expire_time);
  answer.set_role(static_cast<v1::Role>(device.role));
  answer.set_device(NameOf("devices", device.id));
  answer.set_trial(NameOf("trials", device.trial_id));
  return absl::OkStatus();
}

}  // namespace

AccessHandlers::AccessHandlers(store::TrialStore& store, const Clock& clock,
                               const AnalysisHandlers& analysis, std::function<Endpoint()> endpoint)
    : store_(store), clock_(clock), analysis_(analysis), endpoint_(std::move(endpoint)) {}

absl::StatusOr<std::string> AccessId(const std::string& collection, const std::string& name) {
  const std::string prefix = collection + "/";
  if (name.compare(0, prefix.size(), prefix) == 0 && IsUuid(name.substr(prefix.size()))) {
    return name.substr(prefix.size());
  }
  return FaultStatus(Reason::kAccessNotFound,
                     "There is no such name: see the list of " + collection + ".");
}

std::string NameOf(const std::string& collection, const std::string& id) {
  return id.empty() ? "" : collection + "/" + id;
}

std::string AccessHandlers::Link(const std::string& what, const std::string& key,
                                 const std::string& value) const {
  const Endpoint endpoint = endpoint_();
  const std::string pin = endpoint.pin.empty() ? "" : "&pin=" + endpoint.pin;
  return "solotrial:" + what + "?engine=" + endpoint.address + "&" + key + "=" + value + pin;
}

std::string AccessHandlers::AppLink(const std::string& code) const {
  const Endpoint endpoint = endpoint_();
  // Behind the #, which no browser sends.
  return endpoint.has_app ? endpoint.web_url + "/#pair=" + code : "";
}

void AccessHandlers::LogLater(const access::Caller& caller, const char* action,
                              const std::string& subject) const {
  store_.Write(
      [event = access::MakeAuditEvent(caller, clock_.Now(), action, subject)](
          store::WriteTransaction& transaction) { return transaction.AppendAuditEvent(event); },
      [](const absl::Status&) {});
}

absl::Status AccessHandlers::GetAccess(const access::Caller& caller, const v1::GetAccessRequest&,
                                       v1::Access* response) const {
  response->set_role(static_cast<v1::Role>(caller.role));
  response->set_device(
      NameOf(access::IsLink(caller.role) ? "shareLinks" : "devices", caller.device_id));
  response->set_trial(NameOf("trials", caller.trial_id));
  if (!caller.local) *response->mutable_token_expire_time() = service::ToProto(caller.expire_time);
  if (!caller.local && access::CheckConfirmed(caller, clock_.Now()).ok()) {
    *response->mutable_confirm_end_time() = service::ToProto(caller.confirmed_until);
  }
  response->set_local(caller.local);
  if (access::IsScoped(caller.role)) return absl::OkStatus();
  return store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto recovery, transaction.RecoveryOf(caller.person_id));
    response->set_has_recovery_phrase(recovery.has_value());
    return absl::OkStatus();
  });
}

absl::Status AccessHandlers::CreatePairingCode(const access::Caller& caller,
                                               const v1::CreatePairingCodeRequest&,
                                               v1::PairingCode* response) const {
  access::Code code;
  const absl::Time now = clock_.Now();
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteExpired(now));
        // A person looks at one screen: the code that it showed before is void.
        SOLOTRIAL_ASSIGN_OR_RETURN(const auto waiting,
                                   transaction.ListInvitations(caller.person_id));
        for (const access::Invitation& earlier : waiting) {
          if (earlier.lookup.size() != access::kShortLookup) continue;
          SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteInvitation(earlier.lookup));
        }
        SOLOTRIAL_ASSIGN_OR_RETURN(code, FreeCode(transaction, access::MakeShortCode));
        access::Invitation invitation;
        invitation.lookup = code.lookup;
        invitation.id = MakeUuid4();
        invitation.person_id = caller.person_id;
        invitation.digest = access::CodeDigest(code);
        invitation.role = caller.role;
        invitation.create_time = now;
        invitation.expire_time = now + access::kPairingLife;
        SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertInvitation(invitation));
        return transaction.AppendAuditEvent(access::MakeAuditEvent(
            caller, now, "AccessService.CreatePairingCode", NameOf("invitations", invitation.id)));
      });
  if (!written.ok()) return written;
  response->set_code(access::FormatCode(code));
  response->set_link(Link("pair", "code", response->code()));
  response->set_web_link(AppLink(response->code()));
  *response->mutable_expire_time() = service::ToProto(now + access::kPairingLife);
  return absl::OkStatus();
}

absl::StatusOr<access::Code> FreeCode(store::ReadTransaction& transaction, access::Code (*make)()) {
  constexpr int kMostTries = 50;
  for (int i = 0; i < kMostTries; ++i) {
    access::Code code = make();
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto taken, transaction.FindInvitation(code.lookup));
    if (!taken.has_value()) return code;
  }
  return FaultStatus(Reason::kBusy, "too many codes wait to be claimed; retry in ten minutes");
}

absl::StatusOr<v1::NewAccess> AccessHandlers::AddDevice(store::WriteTransaction& transaction,
                                                        access::Device device) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const auto devices, transaction.ListDevices(device.person_id));
  if (devices.size() >= static_cast<size_t>(access::kMostDevices)) {
    return FaultStatus(Reason::kWrongState,
                       "there are 50 devices already; revoke one that is not used any more");
  }
  device.id = MakeUuid4();
  device.create_time = device.last_use_time = clock_.Now();
  SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertDevice(device));
  v1::NewAccess answer;
  SOLOTRIAL_RETURN_IF_ERROR(AddToken(transaction, device, clock_.Now(), answer));
  return answer;
}

absl::Status AccessHandlers::ClaimCode(const access::Caller&, const v1::ClaimCodeRequest& request,
                                       v1::NewAccess* response) const {
  SOLOTRIAL_RETURN_IF_ERROR(
      access::CheckName("device_display_name", request.device_display_name()));
  const std::optional<access::Code> code = access::ParseCode(request.code());
  if (!code.has_value()) return access::ClaimRefused();
  SOLOTRIAL_RETURN_IF_ERROR(CheckClaimRequestId(request.request_id()));
  const absl::Time now = clock_.Now();
  const auto judge =
      [&code, now](
          store::ReadTransaction& transaction,
          std::optional<access::Invitation>& found) -> absl::StatusOr<access::ClaimOutcome> {
    SOLOTRIAL_ASSIGN_OR_RETURN(found, transaction.FindInvitation(code->lookup));
    return access::JudgeClaim(found, *code, now);
  };

  const std::string claim_digest =
      request.request_id().empty() ? "" : access::ClaimDigest(*code, request.request_id());
  access::ClaimOutcome outcome = access::ClaimOutcome::kRefused;
  std::optional<access::Claim> earlier;
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    std::optional<access::Invitation> found;
    SOLOTRIAL_ASSIGN_OR_RETURN(outcome, judge(transaction, found));
    SOLOTRIAL_ASSIGN_OR_RETURN(earlier, transaction.FindClaim(claim_digest));
    return absl::OkStatus();
  }));
  if (earlier.has_value() && access::IsLive(earlier->create_time, earlier->expire_time, now)) {
    return RepeatClaim(*earlier, response);
  }
  if (outcome != access::ClaimOutcome::kAccepted) {
    // Counted behind the answer, which so takes as long whatever was wrong. The writer works in
    // order: a right code that comes later is judged after the count.
    store_.Write(
        [code = *code, now](store::WriteTransaction& transaction) {
          return CountWrongTry(transaction, code, now);
        },
        [](const absl::Status&) {});
    return access::ClaimRefused();
  }

  bool refused = false;
  access::Device device;
  bool new_person = false;
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        std::optional<access::Invitation> found;
        SOLOTRIAL_ASSIGN_OR_RETURN(outcome, judge(transaction, found));
        refused = outcome != access::ClaimOutcome::kAccepted;
        if (refused) return absl::OkStatus();
        SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteInvitation(found->lookup));
        new_person = found->new_person;
        device.person_id = new_person ? MakeUuid4() : found->person_id;
        device.role = found->role;
        device.trial_id = found->trial_id;
        device.name = request.device_display_name();
        if (new_person) {
          SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertPerson(device.person_id, device.role, now));
        }
        SOLOTRIAL_ASSIGN_OR_RETURN(*response, AddDevice(transaction, device));
        SOLOTRIAL_ASSIGN_OR_RETURN(device.id, AccessId("devices", response->device()));
        SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteExpired(now));
        if (!claim_digest.empty()) {
          SOLOTRIAL_RETURN_IF_ERROR(
              transaction.InsertClaim({claim_digest, device.person_id, device.id, new_person, now,
                                       now + access::kClaimRepeatLife}));
        }
        const access::Caller claimed{found->role, found->person_id, new_person ? "" : device.id};
        SOLOTRIAL_RETURN_IF_ERROR(transaction.AppendAuditEvent(access::MakeAuditEvent(
            claimed, now, "AccessService.ClaimCode", NameOf("invitations", found->id))));
        if (!new_person) return absl::OkStatus();
        return transaction.AppendAuditEvent(
            access::MakeAuditEvent({device.role, device.person_id, device.id}, now,
                                   "AccessService.ClaimCode", response->device()));
      });
  if (!written.ok()) return written;
  if (refused) return access::ClaimRefused();
  if (new_person) {
    // After the claim, because hashing takes long: without it the person can make a phrase later.
    SOLOTRIAL_ASSIGN_OR_RETURN(*response->mutable_recovery_phrase(),
                               PutNewPhrase({device.role, device.person_id, device.id}, device.role,
                                            "AccessService.CreateRecoveryPhrase"));
  }
  return absl::OkStatus();
}

absl::Status AccessHandlers::RepeatClaim(const access::Claim& claim,
                                         v1::NewAccess* response) const {
  access::Device device;
  const absl::Time now = clock_.Now();
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        SOLOTRIAL_ASSIGN_OR_RETURN(const auto found,
                                   transaction.FindDevice(claim.person_id, claim.device_id));
        if (!found.has_value()) return access::ClaimRefused();  // revoked meanwhile
        device = *found;
        SOLOTRIAL_RETURN_IF_ERROR(AddToken(transaction, device, now, *response));
        SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteOtherCredentials(
            device.person_id, device.id, access::TokenDigest(response->token())));
        return transaction.AppendAuditEvent(
            access::MakeAuditEvent({device.role, device.person_id, device.id}, now,
                                   "AccessService.ClaimCode", response->device()));
      });
  if (!written.ok() || !claim.new_person) return written;
  SOLOTRIAL_ASSIGN_OR_RETURN(*response->mutable_recovery_phrase(),
                             PutNewPhrase({device.role, device.person_id, device.id}, device.role,
                                          "AccessService.CreateRecoveryPhrase"));
  return absl::OkStatus();
}

absl::Status CountWrongTry(store::WriteTransaction& transaction, const access::Code& code,
                           absl::Time now) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::optional<access::Invitation> found,
                             transaction.FindInvitation(code.lookup));
  switch (access::JudgeClaim(found, code, now)) {
    case access::ClaimOutcome::kAccepted:  // made in this very moment
    case access::ClaimOutcome::kRefused:
      return absl::OkStatus();
    case access::ClaimOutcome::kWrongTry:
      SOLOTRIAL_RETURN_IF_ERROR(transaction.CountWrongTry(found->lookup));
      break;
    case access::ClaimOutcome::kLastTry:
      SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteInvitation(found->lookup));
      break;
  }
  return transaction.AppendAuditEvent(
      access::MakeAuditEvent({access::Role::kAnyone, found->person_id, ""}, now, "WrongCode",
                             NameOf("invitations", found->id)));
}

absl::Status AccessHandlers::ListDevices(const access::Caller& caller,
                                         const v1::ListDevicesRequest&,
                                         v1::ListDevicesResponse* response) const {
  return store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto devices, transaction.ListDevices(caller.person_id));
    for (const access::Device& device : devices) {
      *response->add_devices() = ToProto(device, caller);
    }
    return absl::OkStatus();
  });
}

absl::Status AccessHandlers::RenameDevice(const access::Caller& caller,
                                          const v1::RenameDeviceRequest& request,
                                          v1::Device* response) const {
  SOLOTRIAL_RETURN_IF_ERROR(access::CheckName("display_name", request.display_name()));
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, AccessId("devices", request.name()));
  return store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(auto device, transaction.FindDevice(caller.person_id, id));
    if (!device.has_value()) return AccessId("devices", "").status();
    device->name = request.display_name();
    SOLOTRIAL_RETURN_IF_ERROR(transaction.UpdateDevice(*device));
    *response = ToProto(*device, caller);
    return transaction.AppendAuditEvent(
        access::MakeAuditEvent(caller, clock_.Now(), "AccessService.RenameDevice", request.name()));
  });
}

absl::Status AccessHandlers::RevokeDevice(const access::Caller& caller,
                                          const v1::RevokeDeviceRequest& request,
                                          google::protobuf::Empty*) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, AccessId("devices", request.name()));
  return store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto device, transaction.FindDevice(caller.person_id, id));
    if (device.has_value() && device->local) return NotForTheEnginesMachine();
    SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteDevice(caller.person_id, id));
    return transaction.AppendAuditEvent(
        access::MakeAuditEvent(caller, clock_.Now(), "AccessService.RevokeDevice", request.name()));
  });
}

absl::Status AccessHandlers::SignOut(const access::Caller& caller, const v1::SignOutRequest&,
                                     google::protobuf::Empty*) const {
  if (caller.local) return NotForTheEnginesMachine();
  return store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
    SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteDevice(caller.person_id, caller.device_id));
    return transaction.AppendAuditEvent(access::MakeAuditEvent(
        caller, clock_.Now(), "AccessService.SignOut", NameOf("devices", caller.device_id)));
  });
}

absl::Status AccessHandlers::RotateToken(const access::Caller& caller,
                                         const v1::RotateTokenRequest&,
                                         v1::NewAccess* response) const {
  if (caller.local) return NotForTheEnginesMachine();
  return store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto device,
                               transaction.FindDevice(caller.person_id, caller.device_id));
    if (!device.has_value()) return AccessId("devices", "").status();
    // Of an earlier rotation whose answer was lost.
    SOLOTRIAL_RETURN_IF_ERROR(
        transaction.DeleteLaterCredentials(caller.person_id, caller.device_id));
    SOLOTRIAL_RETURN_IF_ERROR(AddToken(transaction, *device, clock_.Now(), *response));
    return transaction.AppendAuditEvent(access::MakeAuditEvent(
        caller, clock_.Now(), "AccessService.RotateToken", response->device()));
  });
}

}  // namespace solotrial::service

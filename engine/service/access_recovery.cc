// The recovery phrase, and the confirmation of what a thief would want.
#include <algorithm>
#include <utility>

#include "engine/access/device.h"
#include "engine/access/recovery.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/base/random.h"
#include "engine/base/uuid.h"
#include "engine/service/access_handlers.h"
#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

// Two decimal digits; the bias of a byte towards the first ones helps nobody with one try.
std::string TwoDigits() {
  const int value = static_cast<unsigned char>(SystemRandomBytes(1)[0]) % 100;
  return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

std::optional<access::Code> ParsePhrase(const std::string& text) {
  std::optional<access::Code> phrase = access::ParseCode(text);
  if (phrase.has_value() && phrase->lookup.size() != access::kLongLookup) phrase.reset();
  return phrase;
}

// The device is confirmed from now on, for a while.
absl::Status ConfirmDevice(store::WriteTransaction& transaction, const std::string& person_id,
                           const std::string& device_id, absl::Time until) {
  SOLOTRIAL_ASSIGN_OR_RETURN(auto device, transaction.FindDevice(person_id, device_id));
  if (!device.has_value()) return AccessId("devices", "").status();
  device->confirmed_until = until;
  return transaction.UpdateDevice(*device);
}

}  // namespace

absl::StatusOr<bool> AccessHandlers::CheckPhrase(
    const access::Code& phrase, const std::optional<store::Recovery>& recovery) const {
  const std::unique_lock one(hashing_, std::try_to_lock);
  if (!one.owns_lock()) return FaultStatus(Reason::kBusy, "the engine is busy; retry");
  std::optional<std::string> hash;
  if (recovery.has_value() && ConstantTimeEqual(recovery->lookup, phrase.lookup)) {
    hash = recovery->hash;
  }
  return access::PhraseMatches(phrase, hash);
}

absl::StatusOr<std::string> AccessHandlers::PutNewPhrase(const access::Caller& caller,
                                                         access::Role person_role,
                                                         const std::string& action) const {
  access::Code phrase = access::MakeLongCode();
  store::Recovery recovery{caller.person_id, person_role, phrase.lookup, ""};
  {
    const std::lock_guard one(hashing_);
    recovery.hash = access::HashPhrase(phrase);
  }
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        SOLOTRIAL_ASSIGN_OR_RETURN(const auto taken, transaction.FindRecovery(recovery.lookup));
        // One in thirty million for every other person.
        if (taken.has_value()) return FaultStatus(Reason::kBusy, "once more, please");
        SOLOTRIAL_RETURN_IF_ERROR(transaction.PutRecovery(recovery));
        return transaction.AppendAuditEvent(
            access::MakeAuditEvent(caller, clock_.Now(), action, ""));
      });
  if (!written.ok()) return written;
  return access::FormatCode(phrase);
}

absl::Status AccessHandlers::CreateRecoveryPhrase(
    const access::Caller& caller, const v1::CreateRecoveryPhraseRequest&,
    v1::CreateRecoveryPhraseResponse* response) const {
  if (const absl::Status confirmed = access::CheckConfirmed(caller, clock_.Now());
      !confirmed.ok()) {
    bool first = false;
    SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto recovery, transaction.RecoveryOf(caller.person_id));
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto devices, transaction.ListDevices(caller.person_id));
      const auto own = std::count_if(
          devices.begin(), devices.end(),
          [](const access::Device& device) { return !access::IsScoped(device.role); });
      first = !recovery.has_value() && own == 1;
      return absl::OkStatus();
    }));
    if (!first) return confirmed;
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(
      *response->mutable_recovery_phrase(),
      PutNewPhrase(caller, caller.role, "AccessService.CreateRecoveryPhrase"));
  return absl::OkStatus();
}

absl::Status AccessHandlers::Recover(const access::Caller&, const v1::RecoverRequest& request,
                                     v1::NewAccess* response) const {
  SOLOTRIAL_RETURN_IF_ERROR(
      access::CheckName("device_display_name", request.device_display_name()));
  const std::optional<access::Code> phrase = ParsePhrase(request.recovery_phrase());
  if (!phrase.has_value()) return access::PhraseRefused();
  std::optional<store::Recovery> recovery;
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(recovery, transaction.FindRecovery(phrase->lookup));
    return absl::OkStatus();
  }));
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool right, CheckPhrase(*phrase, recovery));
  if (!right) {
    if (recovery.has_value()) {
      LogLater({access::Role::kAnyone, recovery->person_id, ""}, "WrongRecoveryPhrase", "");
    }
    return access::PhraseRefused();
  }
  const absl::Time now = clock_.Now();
  bool replaced = false;
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        // A newer phrase may have come between.
        SOLOTRIAL_ASSIGN_OR_RETURN(const auto kept, transaction.RecoveryOf(recovery->person_id));
        replaced = !kept.has_value() || kept->hash != recovery->hash;
        if (replaced) return absl::OkStatus();
        if (request.revoke_other_devices()) {
          SOLOTRIAL_ASSIGN_OR_RETURN(const auto devices,
                                     transaction.ListDevices(recovery->person_id));
          for (const access::Device& other : devices) {
            if (other.local || access::IsScoped(other.role)) continue;
            SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteDevice(recovery->person_id, other.id));
          }
        }
        access::Device device;
        device.person_id = recovery->person_id;
        device.role = recovery->role;
        device.name = request.device_display_name();
        device.confirmed_until = now + access::kConfirmationLife;
        SOLOTRIAL_ASSIGN_OR_RETURN(*response, AddDevice(transaction, device));
        SOLOTRIAL_ASSIGN_OR_RETURN(device.id, AccessId("devices", response->device()));
        return transaction.AppendAuditEvent(
            access::MakeAuditEvent({recovery->role, recovery->person_id, device.id}, now,
                                   "AccessService.Recover", response->device()));
      });
  if (!written.ok()) return written;
  return replaced ? access::PhraseRefused() : absl::OkStatus();
}

absl::Status AccessHandlers::Confirm(const access::Caller& caller,
                                     const v1::ConfirmRequest& request,
                                     v1::Access* response) const {
  const std::optional<access::Code> phrase = ParsePhrase(request.recovery_phrase());
  if (!phrase.has_value()) return access::PhraseRefused();
  std::optional<store::Recovery> recovery;
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(recovery, transaction.RecoveryOf(caller.person_id));
    return absl::OkStatus();
  }));
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool right, CheckPhrase(*phrase, recovery));
  if (!right) {
    LogLater(caller, "WrongRecoveryPhrase", "");
    return access::PhraseRefused();
  }
  access::Caller confirmed = caller;
  confirmed.confirmed_until = clock_.Now() + access::kConfirmationLife;
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        SOLOTRIAL_RETURN_IF_ERROR(ConfirmDevice(transaction, caller.person_id, caller.device_id,
                                                confirmed.confirmed_until));
        return transaction.AppendAuditEvent(
            access::MakeAuditEvent(caller, clock_.Now(), "AccessService.Confirm", ""));
      });
  if (!written.ok()) return written;
  return GetAccess(confirmed, {}, response);
}

absl::Status AccessHandlers::RequestApproval(const access::Caller& caller,
                                             const v1::RequestApprovalRequest&,
                                             v1::Approval* response) const {
  access::Approval approval;
  approval.id = MakeUuid4();
  approval.device_id = caller.device_id;
  approval.number = TwoDigits();
  approval.create_time = clock_.Now();
  approval.expire_time = approval.create_time + access::kApprovalLife;
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteExpired(approval.create_time));
        SOLOTRIAL_ASSIGN_OR_RETURN(const auto waiting, transaction.ListApprovals(caller.person_id));
        for (const access::Approval& earlier : waiting) {
          if (earlier.device_id != caller.device_id) continue;
          SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteApproval(caller.person_id, earlier.id));
        }
        SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertApproval(caller.person_id, approval));
        return transaction.AppendAuditEvent(
            access::MakeAuditEvent(caller, approval.create_time, "AccessService.RequestApproval",
                                   NameOf("approvals", approval.id)));
      });
  if (!written.ok()) return written;
  response->set_name(NameOf("approvals", approval.id));
  response->set_device(NameOf("devices", approval.device_id));
  response->set_number(approval.number);
  *response->mutable_expire_time() = ToProto(approval.expire_time);
  return absl::OkStatus();
}

absl::Status AccessHandlers::ListApprovals(const access::Caller& caller,
                                           const v1::ListApprovalsRequest&,
                                           v1::ListApprovalsResponse* response) const {
  return store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto waiting, transaction.ListApprovals(caller.person_id));
    for (const access::Approval& approval : waiting) {
      const bool live = access::IsLive(approval.create_time, approval.expire_time, clock_.Now());
      if (!live || approval.device_id == caller.device_id) continue;
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto device,
                                 transaction.FindDevice(caller.person_id, approval.device_id));
      v1::Approval& proto = *response->add_approvals();
      proto.set_name(NameOf("approvals", approval.id));
      proto.set_device(NameOf("devices", approval.device_id));
      if (device.has_value()) proto.set_device_display_name(device->name);
      *proto.mutable_expire_time() = ToProto(approval.expire_time);
    }
    return absl::OkStatus();
  });
}

absl::Status AccessHandlers::Approve(const access::Caller& caller,
                                     const v1::ApproveRequest& request,
                                     google::protobuf::Empty*) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, AccessId("approvals", request.name()));
  bool wrong = false;
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        const absl::Time now = clock_.Now();
        SOLOTRIAL_ASSIGN_OR_RETURN(const auto waiting, transaction.ListApprovals(caller.person_id));
        const auto found =
            std::find_if(waiting.begin(), waiting.end(), [&](const access::Approval& approval) {
              return approval.id == id && approval.device_id != caller.device_id &&
                     access::IsLive(approval.create_time, approval.expire_time, now);
            });
        if (found == waiting.end()) return AccessId("approvals", "").status();
        // Used up, whatever the number is.
        SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteApproval(caller.person_id, id));
        wrong = !ConstantTimeEqual(request.number(), found->number);
        if (!wrong) {
          SOLOTRIAL_RETURN_IF_ERROR(ConfirmDevice(transaction, caller.person_id, found->device_id,
                                                  now + access::kConfirmationLife));
        }
        return transaction.AppendAuditEvent(
            access::MakeAuditEvent(caller, now, wrong ? "WrongCode" : "AccessService.Approve",
                                   NameOf("devices", found->device_id)));
      });
  if (!written.ok()) return written;
  if (!wrong) return absl::OkStatus();
  return FieldFault(Reason::kCodeNotValid, "number",
                    "is not the one that the other device shows; ask again from there");
}

}  // namespace solotrial::service

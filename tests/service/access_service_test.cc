// Pairing, recovery, invitations, links and the log, as a person and as a thief would try them.
#include <gmock/gmock.h>

#include <set>

#include "engine/access/code.h"
#include "engine/access/device.h"
#include "engine/access/invitation.h"
#include "engine/access/recovery.h"
#include "engine/access/share_link.h"
#include "engine/base/uuid.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using Stub = v1::AccessService::Stub;

class AccessServiceTest : public EngineTest {
 protected:
  template <typename Request, typename Response>
  std::string Try(const std::string& token,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response* response) {
    response->Clear();
    const grpc::Status status = CallAs(token, *access_, method, request, response);
    return status.ok() ? "" : FaultIn(status).reason;
  }

  std::string PairingCode() {
    v1::PairingCode code;
    EXPECT_EQ(Try(token_, &Stub::CreatePairingCode, {}, &code), "");
    return code.code();
  }
  std::string Claim(const std::string& code, v1::NewAccess* access) {
    v1::ClaimCodeRequest request;
    request.set_code(code);
    request.set_device_display_name("phone");
    return Try("", &Stub::ClaimCode, request, access);
  }
  // A phone of the owner, paired as people do.
  std::string PairedPhone() {
    v1::NewAccess access;
    EXPECT_EQ(Claim(PairingCode(), &access), "");
    return access.token();
  }
  std::string NewPhrase(const std::string& token, std::string* phrase) {
    v1::CreateRecoveryPhraseResponse response;
    const std::string reason = Try(token, &Stub::CreateRecoveryPhrase, {}, &response);
    *phrase = response.recovery_phrase();
    return reason;
  }
  std::string Confirm(const std::string& token, const std::string& phrase) {
    v1::ConfirmRequest request;
    request.set_recovery_phrase(phrase);
    v1::Access access;
    return Try(token, &Stub::Confirm, request, &access);
  }
  std::string Recover(const std::string& phrase, bool revoke_others, v1::NewAccess* access) {
    v1::RecoverRequest request;
    request.set_recovery_phrase(phrase);
    request.set_device_display_name("new phone");
    request.set_revoke_other_devices(revoke_others);
    return Try("", &Stub::Recover, request, access);
  }
  v1::Access AccessOf(const std::string& token) {
    v1::Access access;
    EXPECT_EQ(Try(token, &Stub::GetAccess, {}, &access), "");
    return access;
  }
  std::string GetAccessReason(const std::string& token) {
    v1::Access access;
    return Try(token, &Stub::GetAccess, {}, &access);
  }
  std::vector<v1::Device> Devices(const std::string& token) {
    v1::ListDevicesResponse response;
    EXPECT_EQ(Try(token, &Stub::ListDevices, {}, &response), "");
    return {response.devices().begin(), response.devices().end()};
  }
  v1::Invitation Invite(v1::Role role, const std::string& trial) {
    v1::CreateInvitationRequest request;
    request.set_role(role);
    request.set_trial(trial);
    v1::Invitation invitation;
    EXPECT_EQ(Try(token_, &Stub::CreateInvitation, request, &invitation), "");
    return invitation;
  }
  v1::ShareLink Share(const std::string& trial) {
    v1::CreateShareLinkRequest request;
    request.set_trial(trial);
    request.set_label("my doctor");
    v1::ShareLink link;
    EXPECT_EQ(Try(token_, &Stub::CreateShareLink, request, &link), "");
    return link;
  }
  std::string Open(const std::string& token, v1::SharedTrial* shared) {
    return Try(token, &Stub::OpenSharedTrial, {}, shared);
  }
  std::vector<std::string> Actions(const std::string& token) {
    v1::ListAuditEventsResponse response;
    EXPECT_EQ(Try(token, &Stub::ListAuditEvents, {}, &response), "");
    std::vector<std::string> actions;
    for (const v1::AuditEvent& event : response.events()) actions.push_back(event.action());
    return actions;
  }
  std::string ReadTrial(const std::string& token, const std::string& trial) {
    v1::GetTrialRequest request;
    request.set_name(trial);
    v1::Trial response;
    const grpc::Status status =
        CallAs(token, *trials_, &v1::TrialService::Stub::GetTrial, request, &response);
    return status.ok() ? "" : FaultIn(status).reason;
  }
};

TEST_F(AccessServiceTest, APhonePairsWithTheCodeAndIsTheOwners) {
  const std::string trial = StartedTrial();
  v1::NewAccess access;
  ASSERT_EQ(Claim(PairingCode(), &access), "");
  EXPECT_EQ(access.token().size(), 43U);
  EXPECT_EQ(access.role(), v1::ROLE_OWNER);
  EXPECT_EQ(access.recovery_phrase(), "");
  EXPECT_EQ(access.token_expire_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() + access::kTokenLife));
  EXPECT_EQ(ReadTrial(access.token(), trial), "");
  const std::vector<v1::Device> devices = Devices(access.token());
  ASSERT_THAT(devices, SizeIs(2));
  EXPECT_TRUE(devices[0].local() || devices[1].local());
  const v1::Device& phone = devices[0].local() ? devices[1] : devices[0];
  EXPECT_EQ(phone.name(), access.device());
  EXPECT_EQ(phone.display_name(), "phone");
  EXPECT_TRUE(phone.current());
}

TEST_F(AccessServiceTest, ACodeIsForOnce) {
  const std::string code = PairingCode();
  v1::NewAccess access;
  EXPECT_EQ(Claim(code, &access), "");
  EXPECT_EQ(Claim(code, &access), "CODE_NOT_VALID");
}

TEST_F(AccessServiceTest, ANewCodeVoidsTheOneBefore) {
  const std::string earlier = PairingCode();
  const std::string later = PairingCode();
  v1::NewAccess access;
  EXPECT_EQ(Claim(earlier, &access), "CODE_NOT_VALID");
  EXPECT_EQ(Claim(later, &access), "");
}

TEST_F(AccessServiceTest, ACodeLivesTenMinutes) {
  const std::string code = PairingCode();
  clock_.Set(clock_.Now() + absl::Minutes(10));
  v1::NewAccess access;
  EXPECT_EQ(Claim(code, &access), "CODE_NOT_VALID");
}

// "Five wrong tries end it."
TEST_F(AccessServiceTest, AfterFiveWrongTriesTheRightCodeIsWrongToo) {
  for (const int wrong_tries : {4, 5}) {
    const std::string code = PairingCode();
    const access::Code right = *access::ParseCode(code);
    v1::NewAccess access;
    for (int i = 0; i < wrong_tries; ++i) {
      access::Code guess = right;
      guess.secret[9] = guess.secret[9] == '0' ? '1' : '0';
      EXPECT_EQ(Claim(access::FormatCode(guess), &access), "CODE_NOT_VALID");
    }
    EXPECT_EQ(Claim(code, &access), wrong_tries < 5 ? "" : "CODE_NOT_VALID");
  }
  const std::vector<std::string> actions = Actions(token_);
  EXPECT_EQ(std::count(actions.begin(), actions.end(), "WrongCode"), 9);
}

TEST_F(AccessServiceTest, AClaimWhoseAnswerWasLostIsRepeated) {
  v1::ClaimCodeRequest request;
  request.set_code(PairingCode());
  request.set_device_display_name("phone");
  request.set_request_id("5b907355-710d-4f64-9588-36a2c82f7f22");
  v1::NewAccess lost;
  ASSERT_EQ(Try("", &Stub::ClaimCode, request, &lost), "");
  v1::Access access;
  ASSERT_EQ(Try(lost.token(), &Stub::GetAccess, {}, &access), "");
  v1::NewAccess again;
  ASSERT_EQ(Try("", &Stub::ClaimCode, request, &again), "");
  EXPECT_EQ(again.device(), lost.device());
  EXPECT_NE(again.token(), lost.token());
  EXPECT_EQ(Try(again.token(), &Stub::GetAccess, {}, &access), "");
  EXPECT_EQ(Try(lost.token(), &Stub::GetAccess, {}, &access), "UNAUTHENTICATED");
  v1::ListDevicesResponse devices;
  ASSERT_EQ(Try(token_, &Stub::ListDevices, {}, &devices), "");
  EXPECT_EQ(devices.devices_size(), 2);

  // Nobody else can, nor without the id, nor for ever, nor after the device was revoked.
  v1::ClaimCodeRequest other = request;
  other.set_request_id("0b907355-710d-4f64-9588-36a2c82f7f22");
  EXPECT_EQ(Try("", &Stub::ClaimCode, other, &lost), "CODE_NOT_VALID");
  other.clear_request_id();
  EXPECT_EQ(Try("", &Stub::ClaimCode, other, &lost), "CODE_NOT_VALID");
  clock_.Set(clock_.Now() + absl::Minutes(10));
  EXPECT_EQ(Try("", &Stub::ClaimCode, request, &lost), "CODE_NOT_VALID");
  request.set_code(PairingCode());
  ASSERT_EQ(Try("", &Stub::ClaimCode, request, &again), "");
  v1::RevokeDeviceRequest revoke;
  revoke.set_name(again.device());
  google::protobuf::Empty empty;
  ASSERT_EQ(Try(token_, &Stub::RevokeDevice, revoke, &empty), "");
  EXPECT_EQ(Try("", &Stub::ClaimCode, request, &lost), "CODE_NOT_VALID");
}

TEST_F(AccessServiceTest, AnIdThatCouldBeGuessedRepeatsNoClaim) {
  v1::ClaimCodeRequest request;
  request.set_code(PairingCode());
  request.set_device_display_name("phone");
  v1::NewAccess access;
  for (const std::string& id : {std::string("1"), std::string(65, 'a'), std::string(20, ' ')}) {
    request.set_request_id(id);
    EXPECT_EQ(Try("", &Stub::ClaimCode, request, &access), "INVALID_FIELDS") << id;
  }
}

TEST_F(AccessServiceTest, AClockThatWasSetBackUnpairsNoDevice) {
  const std::string phone = PairedPhone();
  clock_.Set(clock_.Now() - absl::Hours(24 * 365 * 50));
  v1::Access access;
  EXPECT_EQ(Try(phone, &Stub::GetAccess, {}, &access), "");
  EXPECT_EQ(Try(token_, &Stub::GetAccess, {}, &access), "");
}

// Every wrong code gets the same words, whatever is wrong with it.
TEST_F(AccessServiceTest, AWrongCodeTellsNothing) {
  const std::string code = PairingCode();
  access::Code near = *access::ParseCode(code);
  near.secret[0] = near.secret[0] == '0' ? '1' : '0';
  access::Code far = *access::ParseCode(code);
  far.lookup[0] = far.lookup[0] == '0' ? '1' : '0';
  std::set<std::string> answers;
  for (const std::string& guess :
       {access::FormatCode(near), access::FormatCode(far),
        access::FormatCode(access::MakeLongCode()), std::string(), std::string("K7Q2"),
        std::string(5000, 'A'), std::string("'; DROP TABLE invitation; --")}) {
    v1::ClaimCodeRequest request;
    request.set_code(guess);
    request.set_device_display_name("phone");
    v1::NewAccess access;
    const grpc::Status status = CallAs("", *access_, &Stub::ClaimCode, request, &access);
    answers.insert(status.error_details());
  }
  EXPECT_THAT(answers, SizeIs(1));
}

TEST_F(AccessServiceTest, ALinkSaysWhereTheEngineIsAndWhatTheCodeIs) {
  options_.listen_address = "127.0.0.1:0";
  Restart();
  v1::PairingCode code;
  ASSERT_EQ(Try(token_, &Stub::CreatePairingCode, {}, &code), "");
  EXPECT_EQ(code.link(), "solotrial:pair?engine=" + server_->address() + "&code=" + code.code());
  options_.public_address = "trial.example.org:443";
  Restart();
  ASSERT_EQ(Try(token_, &Stub::CreatePairingCode, {}, &code), "");
  EXPECT_THAT(code.link(), HasSubstr("engine=trial.example.org:443&"));
}

TEST_F(AccessServiceTest, TheFirstStartOffersACodeUntilThereIsAPhone) {
  const auto offered = server_->OfferFirstPairing();
  ASSERT_TRUE(offered.ok());
  ASSERT_TRUE(offered->has_value());
  v1::NewAccess access;
  EXPECT_EQ(Claim((*offered)->code, &access), "");
  EXPECT_FALSE(server_->OfferFirstPairing()->has_value());
}

// What a thief of an unlocked phone would want.
TEST_F(AccessServiceTest, AStolenPhoneCanNeitherPairNorRevokeNorShareNorExportNorDelete) {
  const std::string trial = StartedTrial();
  const std::string phone = PairedPhone();
  const std::string other = PairedPhone();
  v1::PairingCode code;
  EXPECT_EQ(Try(phone, &Stub::CreatePairingCode, {}, &code), "CONFIRMATION_NEEDED");
  v1::RevokeDeviceRequest revoke;
  revoke.set_name(AccessOf(other).device());
  google::protobuf::Empty empty;
  EXPECT_EQ(Try(phone, &Stub::RevokeDevice, revoke, &empty), "CONFIRMATION_NEEDED");
  v1::CreateShareLinkRequest share;
  share.set_trial(trial);
  share.set_label("me");
  v1::ShareLink link;
  EXPECT_EQ(Try(phone, &Stub::CreateShareLink, share, &link), "CONFIRMATION_NEEDED");
  v1::CreateInvitationRequest invite;
  invite.set_role(v1::ROLE_CLINICIAN);
  invite.set_trial(trial);
  v1::Invitation invitation;
  EXPECT_EQ(Try(phone, &Stub::CreateInvitation, invite, &invitation), "CONFIRMATION_NEEDED");
  // A new phrase would open everything else.
  std::string phrase;
  EXPECT_EQ(NewPhrase(phone, &phrase), "CONFIRMATION_NEEDED");
  v1::DeleteTrialRequest remove;
  remove.set_name(trial);
  EXPECT_EQ(
      FaultIn(CallAs(phone, *trials_, &v1::TrialService::Stub::DeleteTrial, remove, &empty)).reason,
      "CONFIRMATION_NEEDED");
  v1::ExportDiaryRequest export_request;
  export_request.set_name(trial);
  v1::ExportDiaryResponse diary;
  EXPECT_EQ(
      FaultIn(CallAs(phone, *trials_, &v1::TrialService::Stub::ExportDiary, export_request, &diary))
          .reason,
      "CONFIRMATION_NEEDED");
  EXPECT_EQ(ReadTrial(phone, trial), "");
}

TEST_F(AccessServiceTest, ThePhraseConfirmsForTenMinutes) {
  const std::string phone = PairedPhone();
  std::string phrase;
  ASSERT_EQ(NewPhrase(token_, &phrase), "");
  EXPECT_TRUE(AccessOf(phone).has_recovery_phrase());
  EXPECT_EQ(Confirm(phone, access::FormatCode(access::MakeLongCode())), "CODE_NOT_VALID");
  v1::PairingCode code;
  EXPECT_EQ(Try(phone, &Stub::CreatePairingCode, {}, &code), "CONFIRMATION_NEEDED");
  ASSERT_EQ(Confirm(phone, phrase), "");
  EXPECT_EQ(AccessOf(phone).confirm_end_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() + absl::Minutes(10)));
  EXPECT_EQ(Try(phone, &Stub::CreatePairingCode, {}, &code), "");
  clock_.Set(clock_.Now() + absl::Minutes(10));
  EXPECT_EQ(Try(phone, &Stub::CreatePairingCode, {}, &code), "CONFIRMATION_NEEDED");
}

TEST_F(AccessServiceTest, AnotherDeviceConfirms) {
  const std::string phone = PairedPhone();
  const std::string tablet = PairedPhone();
  v1::Approval asked;
  ASSERT_EQ(Try(phone, &Stub::RequestApproval, {}, &asked), "");
  EXPECT_THAT(asked.number(), SizeIs(2));
  v1::ListApprovalsResponse waiting;
  ASSERT_EQ(Try(tablet, &Stub::ListApprovals, {}, &waiting), "");
  ASSERT_THAT(waiting.approvals(), SizeIs(1));
  EXPECT_EQ(waiting.approvals(0).device_display_name(), "phone");
  EXPECT_EQ(waiting.approvals(0).number(), "");  // it stands on the other screen
  v1::ApproveRequest approve;
  approve.set_name(asked.name());
  approve.set_number(asked.number());
  google::protobuf::Empty empty;
  EXPECT_EQ(Try(phone, &Stub::Approve, approve, &empty), "ACCESS_NOT_FOUND");
  EXPECT_EQ(Try(TokenOf(access::Role::kParticipant), &Stub::Approve, approve, &empty),
            "ACCESS_NOT_FOUND");
  ASSERT_EQ(Try(tablet, &Stub::Approve, approve, &empty), "");
  v1::PairingCode code;
  EXPECT_EQ(Try(phone, &Stub::CreatePairingCode, {}, &code), "");
  EXPECT_EQ(Try(tablet, &Stub::CreatePairingCode, {}, &code), "CONFIRMATION_NEEDED");
  EXPECT_EQ(Try(tablet, &Stub::Approve, approve, &empty), "ACCESS_NOT_FOUND");
}

TEST_F(AccessServiceTest, AWrongNumberOrALateOneConfirmsNothing) {
  const std::string phone = PairedPhone();
  v1::Approval asked;
  google::protobuf::Empty empty;
  v1::ApproveRequest approve;
  ASSERT_EQ(Try(phone, &Stub::RequestApproval, {}, &asked), "");
  approve.set_name(asked.name());
  approve.set_number(asked.number() == "00" ? "01" : "00");
  EXPECT_EQ(Try(token_, &Stub::Approve, approve, &empty), "CODE_NOT_VALID");
  approve.set_number(asked.number());
  EXPECT_EQ(Try(token_, &Stub::Approve, approve, &empty), "ACCESS_NOT_FOUND");
  ASSERT_EQ(Try(phone, &Stub::RequestApproval, {}, &asked), "");
  approve.set_name(asked.name());
  approve.set_number(asked.number());
  clock_.Set(clock_.Now() + access::kApprovalLife);
  EXPECT_EQ(Try(token_, &Stub::Approve, approve, &empty), "ACCESS_NOT_FOUND");
}

TEST_F(AccessServiceTest, ALostPhoneIsReplacedByThePhrase) {
  const std::string trial = StartedTrial();
  const std::string lost = PairedPhone();
  const std::string helper = TokenOf(access::Role::kHelper, trial);
  std::string phrase;
  ASSERT_EQ(NewPhrase(token_, &phrase), "");
  v1::NewAccess access;
  EXPECT_EQ(Recover(access::FormatCode(access::MakeLongCode()), true, &access), "CODE_NOT_VALID");
  EXPECT_EQ(Recover(PairingCode(), true, &access), "CODE_NOT_VALID");
  EXPECT_EQ(GetAccessReason(lost), "");
  ASSERT_EQ(Recover(phrase, true, &access), "");
  EXPECT_EQ(access.role(), v1::ROLE_OWNER);
  EXPECT_EQ(ReadTrial(access.token(), trial), "");
  EXPECT_EQ(GetAccessReason(lost), "UNAUTHENTICATED");
  EXPECT_EQ(GetAccessReason(helper), "");
  EXPECT_EQ(GetAccessReason(token_), "");
  // Whoever knows the phrase need not say it twice.
  v1::PairingCode code;
  EXPECT_EQ(Try(access.token(), &Stub::CreatePairingCode, {}, &code), "");
  // The next phrase voids the one before.
  std::string next;
  ASSERT_EQ(NewPhrase(token_, &next), "");
  EXPECT_EQ(Recover(phrase, false, &access), "CODE_NOT_VALID");
  EXPECT_EQ(Recover(next, false, &access), "");
}

TEST_F(AccessServiceTest, APersonAloneWithOneDeviceMakesTheirFirstPhraseUnasked) {
  const std::string only = TokenOf(access::Role::kParticipant);
  std::string phrase;
  EXPECT_EQ(NewPhrase(only, &phrase), "");
  EXPECT_EQ(NewPhrase(only, &phrase), "CONFIRMATION_NEEDED");
}

TEST_F(AccessServiceTest, ATokenIsRotatedWithoutALostAnswerCostingAnything) {
  const std::string first = PairedPhone();
  v1::NewAccess lost;
  v1::NewAccess second;
  ASSERT_EQ(Try(first, &Stub::RotateToken, {}, &lost), "");
  // The answer never arrived: the old token still holds, and rotates once more.
  ASSERT_EQ(Try(first, &Stub::RotateToken, {}, &second), "");
  EXPECT_EQ(GetAccessReason(lost.token()), "UNAUTHENTICATED");
  EXPECT_EQ(second.device(), AccessOf(first).device());
  EXPECT_EQ(GetAccessReason(second.token()), "");
  // Waits behind what the first use of the new token has queued.
  ASSERT_TRUE(store_->WriteAndWait([](store::WriteTransaction&) { return absl::OkStatus(); }).ok());
  EXPECT_EQ(GetAccessReason(first), "UNAUTHENTICATED");
  EXPECT_EQ(GetAccessReason(second.token()), "");
  v1::NewAccess none;
  EXPECT_EQ(Try(token_, &Stub::RotateToken, {}, &none), "WRONG_STATE");
}

TEST_F(AccessServiceTest, DevicesAreNamedAndRevoked) {
  const std::string phone = PairedPhone();
  v1::RenameDeviceRequest rename;
  rename.set_name(AccessOf(phone).device());
  rename.set_display_name("Anna's phone");
  v1::Device device;
  EXPECT_EQ(Try(phone, &Stub::RenameDevice, rename, &device), "");
  EXPECT_EQ(device.display_name(), "Anna's phone");
  rename.set_display_name("a\nb");
  EXPECT_EQ(Try(phone, &Stub::RenameDevice, rename, &device), "INVALID_FIELDS");
  rename.set_display_name("mine");
  EXPECT_EQ(Try(TokenOf(access::Role::kParticipant), &Stub::RenameDevice, rename, &device),
            "ACCESS_NOT_FOUND");
  v1::RevokeDeviceRequest revoke;
  revoke.set_name(rename.name());
  google::protobuf::Empty empty;
  EXPECT_EQ(Try(ConfirmedToken(access::Role::kParticipant), &Stub::RevokeDevice, revoke, &empty),
            "ACCESS_NOT_FOUND");
  EXPECT_EQ(Try(token_, &Stub::RevokeDevice, revoke, &empty), "");
  EXPECT_EQ(GetAccessReason(phone), "UNAUTHENTICATED");
  EXPECT_EQ(Try(token_, &Stub::RevokeDevice, revoke, &empty), "ACCESS_NOT_FOUND");
  revoke.set_name(AccessOf(token_).device());
  EXPECT_EQ(Try(token_, &Stub::RevokeDevice, revoke, &empty), "WRONG_STATE");
  EXPECT_EQ(Try(token_, &Stub::SignOut, {}, &empty), "WRONG_STATE");
}

TEST_F(AccessServiceTest, AClinicianReadsTheOneTrialTheyWereInvitedTo) {
  const std::string trial = StartedTrial();
  const std::string another = StartedTrial();
  const v1::Invitation invitation = Invite(v1::ROLE_CLINICIAN, trial);
  EXPECT_THAT(invitation.link(), HasSubstr(invitation.code()));
  v1::NewAccess access;
  ASSERT_EQ(Claim(invitation.code(), &access), "");
  EXPECT_EQ(access.role(), v1::ROLE_CLINICIAN);
  EXPECT_EQ(access.trial(), trial);
  EXPECT_EQ(Claim(invitation.code(), &access), "CODE_NOT_VALID");
  ASSERT_EQ(Claim(Invite(v1::ROLE_CLINICIAN, trial).code(), &access), "");
  EXPECT_EQ(ReadTrial(access.token(), trial), "");
  EXPECT_EQ(ReadTrial(access.token(), another), "TRIAL_NOT_FOUND");
  EXPECT_EQ(ReadTrial(access.token(), "trials/" + MakeUuid4()), "TRIAL_NOT_FOUND");
  EXPECT_EQ(ReadTrial(access.token(), ""), "TRIAL_NOT_FOUND");
  v1::ListTrialsResponse list;
  EXPECT_EQ(
      FaultIn(CallAs(access.token(), *trials_, &v1::TrialService::Stub::ListTrials, {}, &list))
          .reason,
      "ROLE_NOT_ALLOWED");
  v1::DeleteTrialRequest remove;
  remove.set_name(trial);
  google::protobuf::Empty empty;
  // With the trial goes who was invited to it.
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::DeleteTrial, remove, &empty).ok());
  EXPECT_EQ(GetAccessReason(access.token()), "UNAUTHENTICATED");
}

TEST_F(AccessServiceTest, AHelperSeesNothingOfTheTrialItself) {
  const std::string trial = StartedTrial();
  v1::NewAccess access;
  ASSERT_EQ(Claim(Invite(v1::ROLE_HELPER, trial).code(), &access), "");
  EXPECT_EQ(access.role(), v1::ROLE_HELPER);
  EXPECT_EQ(AccessOf(access.token()).trial(), trial);
  EXPECT_EQ(ReadTrial(access.token(), trial), "ROLE_NOT_ALLOWED");
}

TEST_F(AccessServiceTest, AFurtherPersonComesByInvitationAndIsKeptApart) {
  const std::string trial = StartedTrial();
  v1::NewAccess access;
  ASSERT_EQ(Claim(Invite(v1::ROLE_PARTICIPANT, "").code(), &access), "");
  EXPECT_EQ(access.role(), v1::ROLE_PARTICIPANT);
  ASSERT_TRUE(access::ParseCode(access.recovery_phrase()).has_value());
  EXPECT_EQ(Confirm(access.token(), access.recovery_phrase()), "");
  EXPECT_EQ(ReadTrial(access.token(), trial), "TRIAL_NOT_FOUND");
  EXPECT_THAT(Devices(access.token()), SizeIs(1));
  EXPECT_THAT(Devices(token_), SizeIs(1));
  EXPECT_THAT(Actions(access.token()),
              ElementsAre("AccessService.ClaimCode", "AccessService.CreateRecoveryPhrase",
                          "AccessService.Confirm"));
  // Only the owner brings others.
  v1::CreateInvitationRequest request;
  request.set_role(v1::ROLE_PARTICIPANT);
  v1::Invitation invitation;
  EXPECT_EQ(Try(access.token(), &Stub::CreateInvitation, request, &invitation), "INVALID_FIELDS");
  // Nor can they share, or invite to, what is not theirs.
  request.set_role(v1::ROLE_CLINICIAN);
  request.set_trial(trial);
  EXPECT_EQ(Try(access.token(), &Stub::CreateInvitation, request, &invitation), "TRIAL_NOT_FOUND");
  v1::CreateShareLinkRequest share;
  share.set_trial(trial);
  share.set_label("me");
  v1::ShareLink link;
  EXPECT_EQ(Try(access.token(), &Stub::CreateShareLink, share, &link), "TRIAL_NOT_FOUND");
}

TEST_F(AccessServiceTest, AnInvitationIsListedAndVoided) {
  const std::string trial = StartedTrial();
  const v1::Invitation invitation = Invite(v1::ROLE_HELPER, trial);
  v1::ListInvitationsResponse list;
  ASSERT_EQ(Try(token_, &Stub::ListInvitations, {}, &list), "");
  ASSERT_THAT(list.invitations(), SizeIs(1));
  EXPECT_EQ(list.invitations(0).name(), invitation.name());
  EXPECT_EQ(list.invitations(0).code(), "");
  v1::RevokeInvitationRequest revoke;
  revoke.set_name(invitation.name());
  google::protobuf::Empty empty;
  EXPECT_EQ(Try(TokenOf(access::Role::kParticipant), &Stub::RevokeInvitation, revoke, &empty),
            "ACCESS_NOT_FOUND");
  EXPECT_EQ(Try(token_, &Stub::RevokeInvitation, revoke, &empty), "");
  v1::NewAccess access;
  EXPECT_EQ(Claim(invitation.code(), &access), "CODE_NOT_VALID");
}

TEST_F(AccessServiceTest, ALinkShowsOneTrialAndEveryOpeningIsSeen) {
  const std::string trial = StartedTrial();
  Record(trial, {Score(1, kMonday, 4)});
  const v1::ShareLink link = Share(trial);
  EXPECT_THAT(link.token(), SizeIs(22));  // 128 bits
  v1::SharedTrial shared;
  ASSERT_EQ(Open(link.token(), &shared), "");
  EXPECT_EQ(shared.trial().name(), trial);
  EXPECT_EQ(shared.analysis().progress().scores_recorded(), 1);
  // What was answered about one's health is not shown.
  EXPECT_FALSE(shared.trial().protocol().has_screening());
  EXPECT_FALSE(shared.trial().has_safety());
  clock_.Set(clock_.Now() + absl::Hours(1));
  ASSERT_EQ(Open(link.token(), &shared), "");  // a preview uses nothing up

  v1::ListShareLinksResponse links;
  ASSERT_EQ(Try(token_, &Stub::ListShareLinks, {}, &links), "");
  ASSERT_THAT(links.share_links(), SizeIs(1));
  EXPECT_EQ(links.share_links(0).openings(), 2);
  EXPECT_EQ(links.share_links(0).token(), "");
  v1::ListOpeningsRequest request;
  request.set_name(link.name());
  v1::ListOpeningsResponse openings;
  ASSERT_EQ(Try(token_, &Stub::ListOpenings, request, &openings), "");
  ASSERT_THAT(openings.openings(), SizeIs(2));
  EXPECT_EQ(openings.openings(0).open_time().seconds() - openings.openings(1).open_time().seconds(),
            3600);
  const std::vector<std::string> actions = Actions(token_);
  EXPECT_EQ(std::count(actions.begin(), actions.end(), "ShareLinkOpened"), 2);
  EXPECT_EQ(Try(TokenOf(access::Role::kParticipant), &Stub::ListOpenings, request, &openings),
            "ACCESS_NOT_FOUND");

  EXPECT_EQ(ReadTrial(link.token(), trial), "ROLE_NOT_ALLOWED");
  // Which trial it is for is no look at the trial.
  EXPECT_EQ(GetAccessReason(link.token()), "");
  openings.Clear();
  ASSERT_EQ(Try(token_, &Stub::ListOpenings, request, &openings), "");
  EXPECT_THAT(openings.openings(), SizeIs(2));
}

TEST_F(AccessServiceTest, ALinkEndsWhenItIsRevokedOrExpires) {
  const std::string trial = StartedTrial();
  const v1::ShareLink revoked = Share(trial);
  const v1::ShareLink expiring = Share(trial);
  v1::SharedTrial shared;
  ASSERT_EQ(Open(revoked.token(), &shared), "");
  v1::RevokeShareLinkRequest request;
  request.set_name(revoked.name());
  google::protobuf::Empty empty;
  EXPECT_EQ(Try(TokenOf(access::Role::kParticipant), &Stub::RevokeShareLink, request, &empty),
            "ACCESS_NOT_FOUND");
  ASSERT_EQ(Try(token_, &Stub::RevokeShareLink, request, &empty), "");
  EXPECT_EQ(Open(revoked.token(), &shared), "UNAUTHENTICATED");
  EXPECT_EQ(Open(expiring.token(), &shared), "");
  clock_.Set(clock_.Now() + access::kLinkLife);
  EXPECT_EQ(Open(expiring.token(), &shared), "UNAUTHENTICATED");
  v1::ListShareLinksResponse links;
  ASSERT_EQ(Try(token_, &Stub::ListShareLinks, {}, &links), "");
  EXPECT_THAT(links.share_links(), SizeIs(2));
}

// "Two trials that differ only in their allocation": a link shows no arm either.
TEST_F(AccessServiceTest, ALinkShowsADraftWithoutAnAnalysis) {
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = PairedProtocol();
  v1::Trial trial;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial).ok());
  v1::SharedTrial shared;
  ASSERT_EQ(Open(Share(trial.name()).token(), &shared), "");
  EXPECT_EQ(shared.trial().state(), v1::TRIAL_STATE_DRAFT);
  EXPECT_FALSE(shared.has_analysis());
}

TEST_F(AccessServiceTest, WhatIsDoneIsLoggedAndNothingThatWasWritten) {
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = PairedProtocol();
  create.set_validate_only(true);
  v1::Trial trial;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial).ok());
  create.set_validate_only(false);
  create.set_request_id("once");
  for (int i = 0; i < 2; ++i) {  // a repetition is no event
    ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial).ok());
  }
  v1::StartTrialRequest start;
  start.set_name(trial.name());
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::StartTrial, start, &trial).ok());
  EXPECT_FALSE(Call(*trials_, &v1::TrialService::Stub::StartTrial, start, &trial).ok());
  Record(start.name(), {Score(1, kMonday, 4)});
  v1::PauseTrialRequest pause;
  pause.set_name(start.name());
  pause.set_reason("in hospital");
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::PauseTrial, pause, &trial).ok());
  EXPECT_THAT(Actions(token_), ElementsAre("OwnerMade", "TrialService.CreateTrial",
                                           "TrialService.StartTrial", "TrialService.PauseTrial"));
  v1::ListAuditEventsResponse events;
  ASSERT_EQ(Try(token_, &Stub::ListAuditEvents, {}, &events), "");
  EXPECT_EQ(events.events(1).subject(), start.name());
  EXPECT_EQ(events.events(3).device(), AccessOf(token_).device());
  EXPECT_THAT(events.DebugString(), testing::Not(HasSubstr("hospital")));
  v1::VerifyAuditLogResponse verified;
  ASSERT_EQ(Try(token_, &Stub::VerifyAuditLog, {}, &verified), "");
  EXPECT_EQ(verified.events(), 4);
  EXPECT_FALSE(verified.has_first_broken());
  EXPECT_EQ(verified.head_hash(), events.events(3).hash());
}

TEST_F(AccessServiceTest, TheLogIsReadInPages) {
  for (int i = 0; i < 4; ++i) StartedTrial();
  v1::ListAuditEventsRequest request;
  request.set_page_size(4);
  std::vector<int64_t> numbers;
  do {
    v1::ListAuditEventsResponse page;
    ASSERT_EQ(Try(token_, &Stub::ListAuditEvents, request, &page), "");
    for (const v1::AuditEvent& event : page.events()) numbers.push_back(event.number());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
  for (const char* token : {"x", "-1", "1x", "99999999999999999999"}) {
    request.set_page_token(token);
    v1::ListAuditEventsResponse page;
    EXPECT_EQ(Try(token_, &Stub::ListAuditEvents, request, &page), "INVALID_FIELDS") << token;
  }
}

// A person who deleted everything: the phone is told, and nothing else is.
TEST_F(AccessServiceTest, ThePhoneOfADeletedPersonIsToldSo) {
  const std::string phone = TokenOf(access::Role::kParticipant);
  v1::ListDevicesResponse devices;
  ASSERT_EQ(Try(phone, &Stub::ListDevices, {}, &devices), "");
  ASSERT_TRUE(store_
                  ->WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
                    SOLOTRIAL_ASSIGN_OR_RETURN(
                        const auto credential,
                        transaction.FindCredential(access::TokenDigest(phone)));
                    return transaction.DeletePerson(credential->person_id);
                  })
                  .ok());
  Restart();
  EXPECT_EQ(GetAccessReason(phone), "PERSON_DELETED");
  v1::ListTrialsResponse trials;
  const grpc::Status status =
      CallAs(phone, *trials_, &v1::TrialService::Stub::ListTrials, {}, &trials);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(FaultIn(status).reason, "PERSON_DELETED");
}

// A revoked device that has a stream open learns no more.
TEST_F(AccessServiceTest, AStreamEndsWithTheDeviceThatOpenedIt) {
  const std::string trial = StartedTrial();
  const std::string phone = PairedPhone();
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + phone);
  v1::WatchAnalysisRequest request;
  request.set_trial(trial);
  const auto reader = analysis_->WatchAnalysis(&context, request);
  v1::Analysis analysis;
  ASSERT_TRUE(reader->Read(&analysis));
  google::protobuf::Empty empty;
  ASSERT_EQ(Try(phone, &Stub::SignOut, {}, &empty), "");
  Record(trial, {Score(1, kMonday, 4)});
  EXPECT_FALSE(reader->Read(&analysis));
  EXPECT_EQ(FaultIn(reader->Finish()).reason, "UNAUTHENTICATED");
}

}  // namespace
}  // namespace solotrial::service

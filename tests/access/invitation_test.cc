#include "engine/access/invitation.h"

#include <gtest/gtest.h>

#include "engine/base/fault.h"

namespace solotrial::access {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'767'600'000);

Invitation Waiting(const Code& code, absl::Duration life) {
  Invitation invitation;
  invitation.lookup = code.lookup;
  invitation.digest = CodeDigest(code);
  invitation.create_time = kNow;
  invitation.expire_time = kNow + life;
  return invitation;
}

TEST(InvitationTest, TheRightCodeIsAccepted) {
  for (const Code& code : {MakeShortCode(), MakeLongCode()}) {
    EXPECT_EQ(JudgeClaim(Waiting(code, kPairingLife), code, kNow), ClaimOutcome::kAccepted);
  }
}

TEST(InvitationTest, FiveWrongTriesEndAPairingCode) {
  const Code code = MakeShortCode();
  Invitation waiting = Waiting(code, kPairingLife);
  const Code wrong{code.lookup, "0000000000"};
  for (int tries = 0; tries < 4; ++tries) {
    waiting.wrong_tries = tries;
    EXPECT_EQ(JudgeClaim(waiting, wrong, kNow), ClaimOutcome::kWrongTry);
  }
  waiting.wrong_tries = 4;
  EXPECT_EQ(JudgeClaim(waiting, code, kNow), ClaimOutcome::kAccepted);
  EXPECT_EQ(JudgeClaim(waiting, wrong, kNow), ClaimOutcome::kLastTry);
}

TEST(InvitationTest, StrangersCannotEndAnInvitationByGuessing) {
  const Code code = MakeLongCode();
  Invitation waiting = Waiting(code, kInvitationLife);
  waiting.wrong_tries = 1000;
  EXPECT_EQ(JudgeClaim(waiting, {code.lookup, std::string(25, '0')}, kNow), ClaimOutcome::kRefused);
  EXPECT_EQ(JudgeClaim(waiting, code, kNow), ClaimOutcome::kAccepted);
}

TEST(InvitationTest, LivesForTenMinutesAndNotBeforeItWasMade) {
  const Code code = MakeShortCode();
  const Invitation waiting = Waiting(code, kPairingLife);
  EXPECT_EQ(kPairingLife, absl::Minutes(10));
  const absl::Duration moment = absl::Microseconds(1);
  EXPECT_EQ(JudgeClaim(waiting, code, kNow + kPairingLife - moment), ClaimOutcome::kAccepted);
  EXPECT_EQ(JudgeClaim(waiting, code, kNow + kPairingLife), ClaimOutcome::kRefused);
  // A clock that is put right by a second harms nobody; one set back by a day revives no code.
  EXPECT_EQ(JudgeClaim(waiting, code, kNow - absl::Seconds(1)), ClaimOutcome::kAccepted);
  EXPECT_EQ(JudgeClaim(waiting, code, kNow - absl::Hours(24)), ClaimOutcome::kRefused);
}

TEST(InvitationTest, WhatIsNotThereIsRefusedLikeWhatIsWrong) {
  EXPECT_EQ(JudgeClaim(std::nullopt, MakeShortCode(), kNow), ClaimOutcome::kRefused);
  EXPECT_EQ(JudgeClaim(std::nullopt, MakeLongCode(), kNow), ClaimOutcome::kRefused);
  EXPECT_EQ(FaultOf(ClaimRefused()).reason, Reason::kCodeNotValid);
}

}  // namespace
}  // namespace solotrial::access

#include "engine/access/caller.h"

#include <gtest/gtest.h>

#include "engine/base/digest.h"
#include "engine/base/fault.h"

namespace solotrial::access {
namespace {

TEST(TokenTest, Is256RandomBitsInBase64Url) {
  const std::string token = MakeToken();
  EXPECT_EQ(token.size(), 43U);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_"),
            std::string::npos);
  EXPECT_NE(token, MakeToken());
}

TEST(TokenTest, IsKeptAsItsDigestOnly) { EXPECT_EQ(TokenDigest("abc"), Sha256("abc")); }

TEST(CheckRoleTest, TellsStrangersFromThoseWithTooLittle) {
  const Caller stranger;
  const Caller owner{Role::kOwner, "person", "device"};
  EXPECT_TRUE(CheckRole(stranger, {Role::kAnyone}).ok());
  EXPECT_TRUE(CheckRole(owner, {Role::kAnyone}).ok());
  EXPECT_TRUE(CheckRole(owner, {Role::kOwner}).ok());
  EXPECT_EQ(FaultOf(CheckRole(stranger, {Role::kOwner})).reason, Reason::kUnauthenticated);
  EXPECT_EQ(FaultOf(CheckRole(owner, {})).reason, Reason::kRoleNotAllowed);
  EXPECT_EQ(FaultOf(CheckRole(stranger, {})).reason, Reason::kUnauthenticated);
}

TEST(CheckScopeTest, AScopedRoleSeesOneTrialAndNoOther) {
  for (const Role role : {Role::kHelper, Role::kClinician, Role::kShareLink, Role::kCalendarLink}) {
    const Caller caller{role, "person", "device", "mine"};
    EXPECT_TRUE(CheckScope(caller, "mine").ok());
    EXPECT_EQ(FaultOf(CheckScope(caller, "another")).reason, Reason::kTrialNotFound);
    EXPECT_EQ(FaultOf(CheckScope(caller, "")).reason, Reason::kTrialNotFound);
    // A row that lost its trial opens nothing.
    EXPECT_FALSE(CheckScope({role, "person", "device", ""}, "").ok());
  }
  EXPECT_TRUE(CheckScope({Role::kOwner, "person", "device"}, "any").ok());
  EXPECT_TRUE(CheckScope({Role::kParticipant, "person", "device"}, "any").ok());
}

TEST(CheckConfirmedTest, HoldsUntilItsEndAndAlwaysAtTheEnginesMachine) {
  const absl::Time now = absl::FromUnixSeconds(1000);
  Caller caller{Role::kOwner, "person", "device"};
  EXPECT_EQ(FaultOf(CheckConfirmed(caller, now)).reason, Reason::kConfirmationNeeded);
  caller.confirmed_until = now;
  EXPECT_FALSE(CheckConfirmed(caller, now).ok());
  caller.confirmed_until = now + absl::Seconds(1);
  EXPECT_TRUE(CheckConfirmed(caller, now).ok());
  caller.confirmed_until = absl::InfinitePast();
  caller.local = true;
  EXPECT_TRUE(CheckConfirmed(caller, now).ok());
}

TEST(TokenTest, ALinksTokenIs128RandomBits) {
  EXPECT_EQ(MakeLinkToken().size(), 22U);
  EXPECT_NE(MakeLinkToken(), MakeLinkToken());
}

TEST(TokenTest, LivesFromItsMakingToItsEnd) {
  const absl::Time made = absl::FromUnixSeconds(1'000'000);
  const absl::Time end = made + absl::Hours(1);
  EXPECT_TRUE(IsLive(made, end, made));
  EXPECT_TRUE(IsLive(made, end, end - absl::Microseconds(1)));
  EXPECT_FALSE(IsLive(made, end, end));
  EXPECT_FALSE(IsLive(made, end, made - absl::Hours(1)));
  EXPECT_TRUE(IsLive(made, absl::InfiniteFuture(), end));
}

}  // namespace
}  // namespace solotrial::access

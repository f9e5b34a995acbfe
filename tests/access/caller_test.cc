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

}  // namespace
}  // namespace solotrial::access

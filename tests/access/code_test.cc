#include "engine/access/code.h"

#include <gtest/gtest.h>

#include "engine/base/digest.h"

namespace solotrial::access {
namespace {

TEST(CodeTest, AShortCodeHas50BitsOfSecretAndReadsInGroupsOfFour) {
  const Code code = MakeShortCode();
  EXPECT_EQ(code.lookup.size(), 2U);
  EXPECT_EQ(code.secret.size(), 10U);  // of 5 bits each
  const std::string shown = FormatCode(code);
  EXPECT_EQ(shown.size(), 14U);
  EXPECT_EQ(shown[4], '-');
  EXPECT_EQ(shown[9], '-');
  EXPECT_NE(MakeShortCode().secret, code.secret);
}

TEST(CodeTest, ALongCodeHas125BitsOfSecretAndReadsInGroupsOfFive) {
  const Code code = MakeLongCode();
  EXPECT_EQ(code.lookup.size(), 5U);
  EXPECT_EQ(code.secret.size(), 25U);
  EXPECT_EQ(FormatCode(code).size(), 35U);
}

TEST(CodeTest, IsReadAsItWasShown) {
  for (const Code& code : {MakeShortCode(), MakeLongCode()}) {
    const std::optional<Code> read = ParseCode(FormatCode(code));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->lookup, code.lookup);
    EXPECT_EQ(read->secret, code.secret);
  }
}

// What people type for what they see.
TEST(CodeTest, TakesLookAlikesCaseAndSpaces) {
  const std::optional<Code> read = ParseCode(" k7oi-l222 3334 ");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(FormatCode(*read), "K701-1222-3334");
}

TEST(CodeTest, RefusesEverythingElse) {
  for (const char* text :
       {"", "K7Q2-9XMV-4T8", "K7Q2-9XMV-4T8PP", "U7Q2-9XMV-4T8P", "K7Q2-9XMV-4T8\xc3\xa4",
        "K7Q2_9XMV_4T8P", "00000-00000-00000-00000-00000-000000"}) {
    EXPECT_FALSE(ParseCode(text).has_value()) << text;
  }
  EXPECT_FALSE(ParseCode(std::string(12, '\0')).has_value());
}

TEST(CodeTest, IsKeptAsItsDigestOnly) {
  EXPECT_EQ(CodeDigest({"K7", "Q29XMV4T8P"}), Sha256("K7Q29XMV4T8P"));
}

}  // namespace
}  // namespace solotrial::access

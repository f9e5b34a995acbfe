#include "engine/access/recovery.h"

#include <gtest/gtest.h>

#include "engine/base/fault.h"

namespace solotrial::access {
namespace {

TEST(RecoveryTest, IsKeptAsArgon2id) {
  const Code phrase = MakeLongCode();
  const std::string hash = HashPhrase(phrase);
  EXPECT_EQ(hash.rfind("$argon2id$v=19$m=19456,t=2,p=1$", 0), 0U) << hash;
  EXPECT_EQ(hash.find(phrase.secret), std::string::npos);
  EXPECT_NE(HashPhrase(phrase), hash);  // another salt
  EXPECT_TRUE(PhraseMatches(phrase, hash));
}

TEST(RecoveryTest, NothingElseMatches) {
  const Code phrase = MakeLongCode();
  const std::string hash = HashPhrase(phrase);
  EXPECT_FALSE(PhraseMatches(MakeLongCode(), hash));
  EXPECT_FALSE(PhraseMatches(phrase, std::nullopt));
  EXPECT_FALSE(PhraseMatches(phrase, ""));
  EXPECT_FALSE(PhraseMatches(phrase, "no hash"));
  EXPECT_EQ(FaultOf(PhraseRefused()).reason, Reason::kCodeNotValid);
}

}  // namespace
}  // namespace solotrial::access

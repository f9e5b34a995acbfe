#include "engine/access/sealing.h"

#include <gtest/gtest.h>

#include "engine/base/digest.h"
#include "engine/base/fault.h"

namespace solotrial::access {
namespace {

// As cheap as Argon2id can be.
const KeyRecipe kQuick = {"0123456789abcdef", 1, 8192};

Key QuickKey(const std::string& passphrase) {
  auto key = MakeKey(passphrase, kQuick);
  EXPECT_TRUE(key.ok()) << key.status();
  return *std::move(key);
}

// Reference: argon2-cffi 25.1.0 (argon2-cffi-bindings 26.2.0), hash_secret_raw(b"correct horse",
// b"0123456789abcdef", 1, 8, 1, 32, Type.ID).
TEST(SealingTest, MakesTheKeyThatArgon2idGives) {
  EXPECT_EQ(Hex(QuickKey("correct horse").bytes()),
            "33b8f0d06408e0a7dcc5ffb13e575f35162db4ff3db1c73d5d501801c699d14d");
}

TEST(SealingTest, OpensWithTheSameKeyAndContextOnly) {
  const Key key = QuickKey("one");
  const std::string sealed = Seal(key, "a note", "row 1");
  EXPECT_EQ(OpenSealed(key, sealed, "row 1"), "a note");
  EXPECT_EQ(sealed.size(), 6 + 40);
  EXPECT_EQ(sealed.find("a note"), std::string::npos);
  EXPECT_EQ(OpenSealed(key, sealed, "row 2"), std::nullopt);
  EXPECT_EQ(OpenSealed(QuickKey("two"), sealed, "row 1"), std::nullopt);
  EXPECT_NE(Seal(key, "a note", "row 1"), sealed);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(OpenSealed(key, changed, "row 1"), std::nullopt) << i;
    EXPECT_EQ(OpenSealed(key, sealed.substr(0, i), "row 1"), std::nullopt) << i;
  }
  EXPECT_EQ(OpenSealed(key, Seal(key, "", ""), ""), "");
}

TEST(SealingTest, RefusesPassphrasesAndRecipesOutOfBounds) {
  EXPECT_EQ(FaultOf(MakeKey("", kQuick).status()).violations.front().field, "passphrase");
  EXPECT_FALSE(MakeKey(std::string(1025, 'x'), kQuick).ok());
  for (const KeyRecipe& recipe :
       {KeyRecipe{"short", 1, 8192}, KeyRecipe{kQuick.salt, 0, 8192},
        KeyRecipe{kQuick.salt, 11, 8192}, KeyRecipe{kQuick.salt, -1, 8192},
        KeyRecipe{kQuick.salt, 1, 8191}, KeyRecipe{kQuick.salt, 1, int64_t{1} << 40},
        KeyRecipe{kQuick.salt, 1, -1}}) {
    EXPECT_EQ(FaultOf(MakeKey("x", recipe).status()).reason, Reason::kUnreadableArchive);
  }
}

TEST(SealingTest, EveryRecipeHasItsOwnSalt) {
  EXPECT_NE(NewKeyRecipe().salt, NewKeyRecipe().salt);
  EXPECT_EQ(NewKeyRecipe().salt.size(), 16);
}

}  // namespace
}  // namespace solotrial::access

#include "engine/trial/blinding.h"

#include <gtest/gtest.h>

#include <string>

namespace solotrial::trial {
namespace {

// Two characters a block: what it was (1 on, 0 off) and what was guessed (1, 0, ? not known).
std::vector<BlockGuess> Guesses(const std::string& text) {
  std::vector<BlockGuess> guesses;
  for (size_t i = 0; i < text.size(); i += 3) {
    BlockGuess guess{.on = text[i] == '1'};
    if (text[i + 1] != '?') guess.guess = text[i + 1] == '1';
    guesses.push_back(guess);
  }
  return guesses;
}

TEST(BlindingTest, CountsWhatWasRight) {
  const BlindingScore score = ScoreBlinding(Guesses("11 00 01 10 1? 11 00 00 "));
  EXPECT_EQ(score.right, 5);
  EXPECT_EQ(score.guesses, 7);
  EXPECT_EQ(score.unknown, 1);
  ASSERT_TRUE(score.share_right.has_value());
  // R: binom.test(5, 7)$conf.int
  EXPECT_NEAR(score.share_right->estimate, 5.0 / 7, 1e-12);
  EXPECT_NEAR(score.share_right->q025, 0.2904209, 1e-6);
  EXPECT_NEAR(score.share_right->q975, 0.9633074, 1e-6);
}

TEST(BlindingTest, TheIndexIsTheShareRightLessTheShareWrong) {
  const BlindingScore score = ScoreBlinding(Guesses("11 10 1? 11 00 00 00 "));
  ASSERT_TRUE(score.on.has_value());
  EXPECT_EQ(score.on->right, 2);
  EXPECT_EQ(score.on->wrong, 1);
  EXPECT_EQ(score.on->unknown, 1);
  EXPECT_NEAR(score.on->index.estimate, (2.0 - 1.0) / 4, 1e-12);
  EXPECT_LT(score.on->index.q025, -0.6);
  EXPECT_GT(score.on->index.q975, 0.9);
  ASSERT_TRUE(score.off.has_value());
  EXPECT_EQ(score.off->index.estimate, 1);
  // Everything right, but only three guesses: (0.025)^(1/3) = 0.2924 is as good as it gets.
  EXPECT_NEAR(score.off->index.q025, 2 * 0.2924018 - 1, 1e-6);
  EXPECT_EQ(score.off->index.q975, 1);
}

TEST(BlindingTest, TheOppositeBeliefIsNegative) {
  const BlindingScore score = ScoreBlinding(Guesses("10 10 "));
  EXPECT_EQ(score.on->index.estimate, -1);
  EXPECT_EQ(score.on->index.q025, -1);
  EXPECT_EQ(score.share_right->estimate, 0);
  EXPECT_FALSE(score.off.has_value());
}

TEST(BlindingTest, NobodyKnowsAnything) {
  const BlindingScore unknown = ScoreBlinding(Guesses("1? 0? "));
  EXPECT_FALSE(unknown.share_right.has_value());
  EXPECT_EQ(unknown.on->index.estimate, 0);
  const BlindingScore nothing = ScoreBlinding({});
  EXPECT_FALSE(nothing.share_right.has_value());
  EXPECT_FALSE(nothing.on.has_value());
}

}  // namespace
}  // namespace solotrial::trial

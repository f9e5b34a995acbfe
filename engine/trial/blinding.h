// Whether the person could tell on from off: guesses against chance.
#ifndef SOLOTRIAL_ENGINE_TRIAL_BLINDING_H_
#define SOLOTRIAL_ENGINE_TRIAL_BLINDING_H_

#include <optional>
#include <vector>

namespace solotrial::trial {

// What the person said at the end of one block.
struct BlockGuess {
  bool on = false;            // what the block was
  std::optional<bool> guess;  // on or off; absent: "I do not know"
};

// An estimate with its 95 % interval.
struct Interval {
  double estimate = 0;
  double q025 = 0;
  double q975 = 0;
};

// Bang's blinding index of one arm: the share of its guesses that were right less the share that
// were wrong, those who do not know in neither. 0: as by chance; 1: everything was known; -1: the
// opposite was believed throughout.
//
//   Bang, Ni & Davis, Assessment of blinding in clinical trials, Controlled Clinical Trials 25
//   (2004), 143-156.
//
// Its interval: with (right + unknown / 2) / n = p the index is 2 p - 1, and Clopper's and
// Pearson's interval of p is carried over. Halves have no larger variance than coins of the same
// mean, so it is at most too wide; the normal approximation of the paper has no width at all where,
// as happens with three blocks, every guess is right.
struct BlindingIndex {
  int right = 0;
  int wrong = 0;
  int unknown = 0;
  Interval index;
};

struct BlindingScore {
  int right = 0;
  int guesses = 0;  // that said on or off
  int unknown = 0;
  // Right of those that said on or off, with the interval of Clopper & Pearson, Biometrika 26
  // (1934), 404-413; by chance it is 1/2. It takes the guesses as independent: where blocks come in
  // pairs and the second guess is made the opposite of the first, it is too narrow. Absent when no
  // guess said on or off.
  std::optional<Interval> share_right;
  // Absent for an arm without a guess.
  std::optional<BlindingIndex> on;
  std::optional<BlindingIndex> off;
};

BlindingScore ScoreBlinding(const std::vector<BlockGuess>& guesses);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_BLINDING_H_

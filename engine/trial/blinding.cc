#include "engine/trial/blinding.h"

#include <boost/math/distributions/beta.hpp>

namespace solotrial::trial {
namespace {

// Clopper's and Pearson's 95 % interval of a probability, `successes` of `trials` > 0. Halves are
// allowed: the beta quantiles do not ask for whole numbers.
Interval ExactInterval(double successes, int trials) {
  using Beta = boost::math::beta_distribution<double>;
  const double failures = trials - successes;
  Interval interval{.estimate = successes / trials, .q025 = 0, .q975 = 1};
  if (successes > 0) interval.q025 = boost::math::quantile(Beta(successes, failures + 1), 0.025);
  if (failures > 0) interval.q975 = boost::math::quantile(Beta(successes + 1, failures), 0.975);
  return interval;
}

std::optional<BlindingIndex> IndexOf(const std::vector<BlockGuess>& guesses, bool on) {
  BlindingIndex arm;
  for (const BlockGuess& block : guesses) {
    if (block.on != on) continue;
    ++(!block.guess.has_value() ? arm.unknown : *block.guess == on ? arm.right : arm.wrong);
  }
  const int all = arm.right + arm.wrong + arm.unknown;
  if (all == 0) return std::nullopt;
  const Interval p = ExactInterval(arm.right + arm.unknown / 2.0, all);
  arm.index = {.estimate = 2 * p.estimate - 1, .q025 = 2 * p.q025 - 1, .q975 = 2 * p.q975 - 1};
  return arm;
}

}  // namespace

BlindingScore ScoreBlinding(const std::vector<BlockGuess>& guesses) {
  BlindingScore score;
  for (const BlockGuess& block : guesses) {
    if (!block.guess.has_value()) {
      ++score.unknown;
      continue;
    }
    ++score.guesses;
    if (*block.guess == block.on) ++score.right;
  }
  if (score.guesses > 0) score.share_right = ExactInterval(score.right, score.guesses);
  score.on = IndexOf(guesses, true);
  score.off = IndexOf(guesses, false);
  return score;
}

}  // namespace solotrial::trial

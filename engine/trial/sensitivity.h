// What stands beside the verdict: how far the answer hangs on choices that could have been made
// otherwise (model page, section 6). None of it ever decides.
//
// Terms. The primary analysis is that of AnalyzeRecord. A score counts when it is in the primary
// analysis' likelihood: on a day that is neither run-in nor washout. A missing day lies in a block,
// is neither, and has no score. Every alternative differs from the primary analysis only in what is
// said here; its decision is that of the rule of verdict.h with everything but the benefit (and,
// in the classic washout, the exposure contrast) as in the primary analysis - so leaving out one of
// two pairs asks what the other one says, and is not refused as too little.
//
//   - Prior: the prior of delta, on the scale of eta. NEUTRAL is the model's own, Normal(0, s);
//     SCEPTICAL is Normal(0, s/2); LITERATURE and OWN are the measure's, where the protocol has
//     them. s is a quarter of the range for GAUSSIAN and STUDENT_T, 1 for the other families.
//   - As taken: the assignment of a day with a logged dose is min(1, dose), on or off; of a day
//     without one it stays as it was assigned. One half-life, the mean of the protocol's two, holds
//     in both directions. Descriptive and confounded (who felt worse may have taken more or less):
//     it has no decision.
//   - Leave one out: the scores of one pair (of one block, where the design has no pairs) are set
//     missing. Where there are more than kMostLeftOut of them, groups of neighbours of one size,
//     the last perhaps smaller, at most kMostLeftOut groups.
//   - Filled missing days: all missing on-days have one score, all missing off-days another, each
//     the 10 % or the 90 % quantile of all scores that count (statistics.h), rounded and kept on
//     the scale for all families but GAUSSIAN and STUDENT_T. What is filled in is treated as if it
//     had been recorded, so these four answers look surer than they are: they are bounds.
//   - Tipping point: see tipping_point.h; the missing off-days stay missing.
//   - Classic washout: no half-lives (exposure is the assignment), and the scores of the first w
//     days after each switch set missing; w is the protocol's washout_days or, where that is 0,
//     twice the longer half-life, rounded up (a quarter of the effect is left then). Only where w
//     is shorter than half a block: block_days or, for NONE, the shortest block.
//   - Carry-over: beta of one more covariate, 1 on the days of an off block up to w days after the
//     last day of an on block just before it, else 0, with the prior of every covariate; above 0:
//     higher scores there than the half-lives explain. w is that of the classic washout (a quarter
//     of a block, rounded down, where that is 0), at least 1 and at most the longest that is
//     shorter than half a block.
//   - Trend is gamma, autocorrelation is rho, both of the primary analysis.
//   - Blinding: blinding.h. Predictive checks: predictive_check.h.
#ifndef SOLOTRIAL_ENGINE_TRIAL_SENSITIVITY_H_
#define SOLOTRIAL_ENGINE_TRIAL_SENSITIVITY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/inference/inference.h"
#include "engine/trial/blinding.h"
#include "engine/trial/message.h"
#include "engine/trial/predictive_check.h"
#include "engine/trial/protocol.h"
#include "engine/trial/record.h"
#include "engine/trial/tipping_point.h"
#include "engine/trial/verdict.h"

namespace solotrial::trial {

// So many answers at most say what leaving something out would change.
inline constexpr int kMostLeftOut = 12;

// The answer had one thing been otherwise.
struct Alternative {
  inference::Benefit benefit;
  std::optional<Decision> decision;
};

struct PriorAlternative {
  // The names are those of solotrial.v1.PriorAlternative.Prior.
  enum class Prior { kNeutral, kSceptical, kLiterature, kOwn };
  Prior prior = Prior::kNeutral;
  inference::EffectPrior effect;
  Alternative answer;
};

struct AsTaken {
  int logged_days = 0;    // with a dose
  int unlogged_days = 0;  // assigned on, without a dose: counted as assigned
  double half_life_days = 0;
  Alternative answer;  // without a decision
};

struct LeftOut {
  // Numbers of the pairs, or of the blocks where the design has no pairs.
  int first = 0;
  int last = 0;
  Alternative answer;
};

// Days in the blocks of one arm, run-in and washout left out.
struct ArmDays {
  int days = 0;
  int missing = 0;
};

struct FilledMissing {
  double on_score = 0;
  double off_score = 0;
  Alternative answer;
};

struct ClassicWashout {
  int washout_days = 0;
  Alternative answer;
};

struct CarryOver {
  int days = 0;               // w
  int observed_days = 0;      // such days whose score counts
  inference::Summary effect;  // on the scale of eta
  Alternative answer;         // with the covariate
};

struct Sensitivity {
  std::vector<PriorAlternative> priors;
  std::optional<AsTaken> as_taken;
  bool pairs_left_out = false;  // LeftOut speaks of pairs, else of blocks
  std::vector<LeftOut> leave_one_out;
  ArmDays on_days;
  ArmDays off_days;
  std::vector<FilledMissing> filled_missing;  // four, or none
  std::optional<TippingPoint> tipping_point;
  std::optional<ClassicWashout> classic_washout;
  std::optional<CarryOver> carry_over;
  std::optional<inference::Summary> trend;
  std::optional<inference::Summary> autocorrelation;
  std::optional<BlindingScore> blinding;
  std::vector<PredictiveCheck> predictive_checks;
  std::vector<Message> left_out;  // why one of the above is absent
};

// The priors of delta that a fit must be given (Record::other_priors) before its sensitivity can
// be told: SCEPTICAL, then LITERATURE and OWN where the measure has them.
std::vector<inference::EffectPrior> OtherPriors(const Measure& measure);

// What the sensitivity analysis starts from.
struct PrimaryAnalysis {
  const Protocol& protocol;
  const Measure& measure;
  const Record& record;
  const inference::Fit& fit;  // of the record's design matrix, with OtherPriors
  const VerdictFacts& facts;  // of the verdict
  // What the person said at the end of each block; empty: nobody asked.
  std::vector<BlockGuess> guesses;
  // Leave out, without a word about it, what analyses the record many times over: as taken, one
  // left out at a time, the missing days filled, the tipping point, the classic washout.
  bool brief = false;
};

// `draws` are of the posterior, for the predictive checks; `seed` is that of their simulations.
absl::StatusOr<Sensitivity> AnalyzeSensitivity(const PrimaryAnalysis& primary,
                                               const std::vector<inference::PosteriorDraw>& draws,
                                               uint32_t seed);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_SENSITIVITY_H_

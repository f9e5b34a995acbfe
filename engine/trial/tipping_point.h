// How far the days without a score would have to lie from the others to change the verdict.
#ifndef SOLOTRIAL_ENGINE_TRIAL_TIPPING_POINT_H_
#define SOLOTRIAL_ENGINE_TRIAL_TIPPING_POINT_H_

#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "engine/trial/verdict.h"

namespace solotrial::trial {

// Shifts are looked at in steps of kLargestShift / kShiftSteps standard deviations.
inline constexpr double kLargestShift = 3;
inline constexpr int kShiftSteps = 32;

// The smallest shift in one direction with another decision.
struct Tip {
  double shift = 0;  // in standard deviations of the observed scores; negative: lower scores
  double value = 0;  // the score that every missing on-day then has
  Decision decision = Decision::kUndecided;
};

struct TippingPoint {
  double mean = 0;                // of the observed scores of the on arm
  double standard_deviation = 0;  // of all observed scores
  // The decision when every missing on-day has that mean (rounded where scores are whole numbers).
  // Where it is not the verdict's, that already is the answer, and no shift is looked for.
  Decision at_mean = Decision::kUndecided;
  // Absent: no shift up to kLargestShift within the scale changes the verdict.
  std::optional<Tip> lower;
  std::optional<Tip> higher;
};

// What is searched.
struct TippingRange {
  double mean = 0;
  double standard_deviation = 0;  // > 0
  double lowest = 0;              // of the scale
  double highest = 0;
  bool whole_numbers = false;
  Decision verdict = Decision::kUndecided;  // of the missing days as they are: missing
};

// `decide` is the decision when every missing on-day has the given score. NOT_COMPUTED counts as no
// change.
//
// Every direction has at most kShiftSteps values: mean plus 1, 2, .. steps, rounded where scores
// are whole numbers (the shift of a value is then counted from the mean to the rounded value),
// within the scale, each once. The decision is taken halfway and at the end; in the first of the
// two stretches whose end differs from the verdict the place of change is found by bisection. So a
// change that is undone again within one stretch can be missed, and at most six decisions are
// taken in a direction.
absl::StatusOr<TippingPoint> FindTippingPoint(
    const TippingRange& range, const std::function<absl::StatusOr<Decision>(double score)>& decide);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_TIPPING_POINT_H_

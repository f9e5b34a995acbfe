#include "engine/trial/tipping_point.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "engine/base/fault.h"

namespace solotrial::trial {
namespace {

using DecideAt = std::function<absl::StatusOr<Decision>(double score)>;

double Possible(const TippingRange& range, double score) {
  const double value = range.whole_numbers ? std::round(score) : score;
  return std::clamp(value, range.lowest, range.highest);
}

// The values to look at in one direction (1 or -1), outwards.
std::vector<double> Values(const TippingRange& range, int direction) {
  std::vector<double> values;
  double last = Possible(range, range.mean);
  for (int step = 1; step <= kShiftSteps; ++step) {
    const double shift = direction * kLargestShift * step / kShiftSteps;
    const double value = Possible(range, range.mean + shift * range.standard_deviation);
    if (value == last) continue;
    values.push_back(value);
    last = value;
  }
  return values;
}

bool Changes(const TippingRange& range, Decision decision) {
  return decision != range.verdict && decision != Decision::kNotComputed;
}

absl::StatusOr<std::optional<Tip>> FirstChange(const TippingRange& range, int direction,
                                               const DecideAt& decide) {
  const std::vector<double> values = Values(range, direction);
  if (values.empty()) return std::optional<Tip>();
  // values[below - 1] keeps the verdict (the mean itself does, where below is 0).
  size_t below = 0;
  std::optional<Tip> tip;
  for (const size_t end : {(values.size() - 1) / 2, values.size() - 1}) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const Decision decision, decide(values[end]));
    if (!Changes(range, decision)) {
      below = end + 1;
      continue;
    }
    tip = Tip{.value = values[end], .decision = decision};
    size_t changed = end;
    while (below < changed) {
      const size_t middle = (below + changed) / 2;
      SOLOTRIAL_ASSIGN_OR_RETURN(const Decision there, decide(values[middle]));
      if (Changes(range, there)) {
        changed = middle;
        tip = Tip{.value = values[middle], .decision = there};
      } else {
        below = middle + 1;
      }
    }
    break;
  }
  if (tip.has_value()) tip->shift = (tip->value - range.mean) / range.standard_deviation;
  return tip;
}

}  // namespace

absl::StatusOr<TippingPoint> FindTippingPoint(const TippingRange& range, const DecideAt& decide) {
  TippingPoint point{.mean = range.mean, .standard_deviation = range.standard_deviation};
  SOLOTRIAL_ASSIGN_OR_RETURN(point.at_mean, decide(Possible(range, range.mean)));
  if (Changes(range, point.at_mean)) return point;
  SOLOTRIAL_ASSIGN_OR_RETURN(point.lower, FirstChange(range, -1, decide));
  SOLOTRIAL_ASSIGN_OR_RETURN(point.higher, FirstChange(range, 1, decide));
  return point;
}

}  // namespace solotrial::trial

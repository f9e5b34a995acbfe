#include "engine/inference/node_placement.h"

#include <algorithm>
#include <cmath>

namespace solotrial::inference {
namespace {

// The peak's nodes thin out beyond this many of its spacings.
constexpr double kCore = 2.5;

// Number of nodes below x, and its derivative.
class Grading {
 public:
  explicit Grading(const DaySpan& span)
      : low_(span.low),
        peak_(span.peak),
        bulk_(1 / span.spacing),
        extra_(1 / span.peak_spacing - bulk_),
        core_(kCore * span.peak_spacing),
        start_(std::asinh((span.low - span.peak) / core_)) {}

  double Below(double x) const {
    return (x - low_) * bulk_ + extra_ * core_ * (std::asinh((x - peak_) / core_) - start_);
  }
  double Density(double x) const {
    const double r = (x - peak_) / core_;
    return bulk_ + extra_ / std::sqrt(1 + r * r);
  }

 private:
  double low_, peak_, bulk_, extra_, core_, start_;
};

}  // namespace

double EvenIntervals(const DaySpan& span) {
  return (span.high - span.low) / std::min(span.spacing, span.peak_spacing);
}

double GradedIntervals(const DaySpan& span) { return Grading(span).Below(span.high); }

void PlaceEvenly(const DaySpan& span, int count, double* node, double* weight) {
  const double step = (span.high - span.low) / (count - 1);
  for (int i = 0; i < count; ++i) {
    node[i] = span.low + i * step;
    weight[i] = step;
  }
}

void PlaceGraded(const DaySpan& span, int count, double* node, double* weight) {
  const Grading grading(span);
  const double step = grading.Below(span.high) / (count - 1);
  double x = span.low;
  for (int i = 0; i < count; ++i) {
    // Newton's method on an increasing function, held between the node before and the end.
    double below = i == 0 ? span.low : node[i - 1];
    double above = span.high;
    for (int iteration = 0; iteration < 50; ++iteration) {
      const double miss = grading.Below(x) - i * step;
      (miss > 0 ? above : below) = x;
      const double density = grading.Density(x);
      if (std::abs(miss) < 1e-9) break;
      const double next = x - miss / density;
      x = next > below && next < above ? next : 0.5 * (below + above);
    }
    node[i] = x;
    weight[i] = step / grading.Density(x);
    x = std::min(x + weight[i], span.high);
  }
}

}  // namespace solotrial::inference

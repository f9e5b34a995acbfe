// Where the nodes of one day's latent value lie: evenly, or, where a heavy-tailed score has a peak
// much narrower than what the other days leave open, denser about the peak.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_NODE_PLACEMENT_H_
#define SOLOTRIAL_ENGINE_INFERENCE_NODE_PLACEMENT_H_

namespace solotrial::inference {

// The values to cover, and the spacing that is wanted.
struct DaySpan {
  double low = 0;
  double high = 0;          // > low
  double spacing = 0;       // away from the peak, > 0
  double peak = 0;          // anywhere
  double peak_spacing = 0;  // at the peak, <= spacing

  bool Even() const { return !(peak_spacing < spacing); }
};

// The intervals between nodes at the peak's spacing throughout, and with nodes that thin out from
// it.
double EvenIntervals(const DaySpan& span);
double GradedIntervals(const DaySpan& span);

// `count` >= 2 nodes from low to high with the weights of the trapezoidal rule (the ends in full:
// the integrand is nothing there), evenly.
void PlaceEvenly(const DaySpan& span, int count, double* node, double* weight);
// The same at equal steps of a variable whose density over the values is
// 1/spacing + A / sqrt(1 + ((x - peak)/w)^2): smooth, so that the rule keeps its accuracy.
void PlaceGraded(const DaySpan& span, int count, double* node, double* weight);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_NODE_PLACEMENT_H_

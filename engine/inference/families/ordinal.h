// ORDINAL: P(y <= level k) = logistic(c_k - eta).
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_ORDINAL_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_ORDINAL_H_

#include <algorithm>
#include <cmath>

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

// The score itself is in its two shape parameters: the cut points below and above its level,
// -infinity below the lowest level and +infinity above the highest.
class OrdinalLikelihood final : public LikelihoodOf<OrdinalLikelihood> {
 public:
  int channels() const override { return 3; }

  // With lo = logistic(eta - c_below) and up = logistic(eta - c_above) the level's probability is
  // lo - up = (e^-c_below - e^-c_above) e^eta / ((1 + e^(eta - c_below)) (1 + e^(eta - c_above))),
  // a form without cancellation.
  template <int N>
  double Fill(const DayScore& day, const NodeArray<N>& /*eta*/, const NodeArray<N>& exp_eta,
              bool derivatives, LikelihoodTable<N>& table) const {
    const bool lowest = std::isinf(day.shape[0]);
    const bool highest = std::isinf(day.shape[1]);
    const double below = day.exp_minus_shape[0];
    const double above = day.exp_minus_shape[1];
    NodeArray<N> lo;
    NodeArray<N> up;
    double gap = 1;  // 1 / (1 - exp(c_below - c_above))
    if (lowest) {
      const NodeArray<N> q = 1 / (1 + exp_eta * above);
      table.col(0) = q;
      if (!derivatives) return 0;
      lo = NodeArray<N>::Ones(exp_eta.size());
      up = 1 - q;
    } else if (highest) {
      const NodeArray<N> q = 1 / (1 + exp_eta * below);
      lo = exp_eta * below * q;
      table.col(0) = lo;
      if (!derivatives) return 0;
      up = NodeArray<N>::Zero(exp_eta.size());
    } else {
      const double difference = std::max(below - above, 1e-300);
      gap = below / difference;
      lo = exp_eta * below;
      up = exp_eta * above;
      const NodeArray<N> inverse = 1 / ((1 + lo) * (1 + up));
      table.col(0) = difference * exp_eta * inverse;
      if (!derivatives) return 0;
      // lo / (1 + lo) and up / (1 + up) with the one division.
      const NodeArray<N> product = lo * up;
      lo = (lo + product) * inverse;
      up = (up + product) * inverse;
    }
    table.col(FirstDerivative(0)) = 1 - lo - up;
    table.col(FirstDerivative(1)) = lo - gap;
    table.col(FirstDerivative(2)) = up + (gap - 1);
    const double between = gap * (gap - 1);  // d gap / d c_below
    const NodeArray<N> lo_slope = lo * (1 - lo);
    const NodeArray<N> up_slope = up * (1 - up);
    table.col(SecondDerivative(3, 0, 0)) = -lo_slope - up_slope;
    table.col(SecondDerivative(3, 1, 0)) = lo_slope;
    table.col(SecondDerivative(3, 1, 1)) = -lo_slope - between;
    table.col(SecondDerivative(3, 2, 0)) = up_slope;
    table.col(SecondDerivative(3, 2, 1)).setConstant(between);
    table.col(SecondDerivative(3, 2, 2)) = -up_slope - between;
    return 0;
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_ORDINAL_H_

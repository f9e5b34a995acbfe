// ORDINAL: P(y <= level k) = logistic(c_k - eta).
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_ORDINAL_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_ORDINAL_H_

#include <cmath>

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

// The score itself is in its two shape parameters: the cut points below and above its level,
// -infinity below the lowest level and +infinity above the highest.
class OrdinalLikelihood final : public Likelihood {
 public:
  int channels() const override { return 3; }
  double Evaluate(double score, const double* cuts, const NodeArray& eta, const NodeArray& exp_eta,
                  LikelihoodTable& table) const override;
};

// With lo = logistic(eta - c_below) and up = logistic(eta - c_above) the level's probability is
// lo - up = (e^-c_below - e^-c_above) e^eta / ((1 + e^(eta - c_below)) (1 + e^(eta - c_above))),
// a form without cancellation.
inline double OrdinalLikelihood::Evaluate(double /*score*/, const double* cuts,
                                          const NodeArray& /*eta*/, const NodeArray& exp_eta,
                                          LikelihoodTable& table) const {
  const bool lowest = std::isinf(cuts[0]);
  const bool highest = std::isinf(cuts[1]);
  auto lo = table.col(FirstDerivative(1));
  auto up = table.col(FirstDerivative(2));
  double gap = 1;  // 1 / (1 - exp(c_below - c_above))
  double log_factor = 0;
  if (lowest) {
    up = exp_eta * std::exp(-cuts[1]);
    table.col(0) = 1 / (1 + up);
    lo.setOnes();
    up *= table.col(0);
  } else if (highest) {
    lo = exp_eta * std::exp(-cuts[0]);
    lo /= 1 + lo;
    table.col(0) = lo;
    up.setZero();
  } else {
    gap = -1 / std::expm1(cuts[0] - cuts[1]);
    log_factor = -cuts[0] - std::log(gap);
    lo = exp_eta * std::exp(-cuts[0]);
    up = exp_eta * std::exp(-cuts[1]);
    auto inverse = table.col(SecondDerivative(3, 0, 0));
    inverse = 1 / ((1 + lo) * (1 + up));
    table.col(0) = exp_eta * inverse;
    // lo / (1 + lo) and up / (1 + up) with the one division.
    auto product = table.col(SecondDerivative(3, 1, 0));
    product = lo * up;
    lo = (lo + product) * inverse;
    up = (up + product) * inverse;
  }
  table.col(FirstDerivative(0)) = 1 - lo - up;
  const double between = gap * (gap - 1);  // d gap / d c_below
  auto lo_slope = table.col(SecondDerivative(3, 1, 0));
  auto up_slope = table.col(SecondDerivative(3, 2, 0));
  lo_slope = lo * (1 - lo);
  up_slope = up * (1 - up);
  table.col(SecondDerivative(3, 0, 0)) = -lo_slope - up_slope;
  table.col(SecondDerivative(3, 1, 1)) = -lo_slope - between;
  table.col(SecondDerivative(3, 2, 1)).setConstant(between);
  table.col(SecondDerivative(3, 2, 2)) = -up_slope - between;
  lo -= gap;
  up += gap - 1;
  return log_factor;
}

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_ORDINAL_H_

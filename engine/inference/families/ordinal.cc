#include "engine/inference/families/ordinal.h"

#include <cmath>

namespace solotrial::inference {

// With lo = logistic(eta - c_below) and up = logistic(eta - c_above) the level's probability is
// lo - up = (e^-c_below - e^-c_above) e^eta / ((1 + e^(eta - c_below)) (1 + e^(eta - c_above))),
// a form without cancellation.
void OrdinalLikelihood::Evaluate(double /*score*/, const double* cuts, const NodeArray& eta,
                                 LikelihoodTable& table) const {
  const bool lowest = std::isinf(cuts[0]);
  const bool highest = std::isinf(cuts[1]);
  const NodeArray e = eta.exp();
  NodeArray lo(eta.size());
  NodeArray up(eta.size());
  double gap = 1;  // a = 1 / (1 - exp(c_below - c_above))
  if (lowest) {
    const NodeArray above = e * std::exp(-cuts[1]);
    table.col(0) = -(1 + above).log();
    lo.setOnes();
    up = above / (1 + above);
  } else if (highest) {
    const NodeArray below = e * std::exp(-cuts[0]);
    table.col(0) = eta - cuts[0] - (1 + below).log();
    lo = below / (1 + below);
    up.setZero();
  } else {
    gap = -1 / std::expm1(cuts[0] - cuts[1]);
    const NodeArray below = e * std::exp(-cuts[0]);
    const NodeArray above = e * std::exp(-cuts[1]);
    const NodeArray both = (1 + below) * (1 + above);
    table.col(0) = eta - cuts[0] - std::log(gap) - both.log();
    lo = below * (1 + above) / both;
    up = above * (1 + below) / both;
  }
  table.col(FirstDerivative(0)) = 1 - lo - up;
  table.col(FirstDerivative(1)) = lo - gap;
  table.col(FirstDerivative(2)) = up + (gap - 1);
  const double between = gap * (gap - 1);  // d gap / d c_below
  auto lo_slope = table.col(SecondDerivative(3, 1, 0));
  auto up_slope = table.col(SecondDerivative(3, 2, 0));
  lo_slope = lo * (1 - lo);
  up_slope = up * (1 - up);
  table.col(SecondDerivative(3, 0, 0)) = -lo_slope - up_slope;
  table.col(SecondDerivative(3, 1, 1)) = -lo_slope - between;
  table.col(SecondDerivative(3, 2, 1)).setConstant(between);
  table.col(SecondDerivative(3, 2, 2)) = -up_slope - between;
}

}  // namespace solotrial::inference

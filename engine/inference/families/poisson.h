// POISSON: log mean = eta.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_POISSON_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_POISSON_H_

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

class PoissonLikelihood final : public Likelihood {
 public:
  static bool InDomain(double score) {
    return score >= 0 && score <= 1e9 && std::round(score) == score;
  }

  int channels() const override { return 1; }

  // log density = y eta - exp(eta) - log y!
  double Evaluate(double score, const double* /*shape*/, const NodeArray& eta,
                  const NodeArray& exp_eta, LikelihoodTable& table) const override {
    table.col(0) = score * eta - exp_eta;
    table.col(FirstDerivative(0)) = score - exp_eta;
    table.col(SecondDerivative(1, 0, 0)) = -exp_eta;
    return FactorOut(table) - boost::math::lgamma(score + 1);
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_POISSON_H_

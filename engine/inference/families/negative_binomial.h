// NEGATIVE_BINOMIAL: log mean = eta, variance mu + mu^2 / phi.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_NEGATIVE_BINOMIAL_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_NEGATIVE_BINOMIAL_H_

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

// Channel 1 is s = log(phi).
class NegativeBinomialLikelihood final : public Likelihood {
 public:
  static bool InDomain(double score) {
    return score >= 0 && score <= 1e9 && std::round(score) == score;
  }

  int channels() const override { return 2; }

  // log density = lgamma(y + phi) - lgamma(phi) - log y! + phi log phi + y eta
  //               - (y + phi) log(mu + phi).
  double Evaluate(double score, const double* shape, const NodeArray& eta, const NodeArray& exp_eta,
                  LikelihoodTable& table) const override {
    const double y = score;
    // Beyond e^18 the family is POISSON to nine digits and the differences below would cancel.
    const double phi = std::exp(std::clamp(shape[0], -18.0, 18.0));
    const double log_phi = std::log(phi);
    const NodeArray& mu = exp_eta;
    const NodeArray inverse = 1 / (mu + phi);
    const NodeArray log_ratio = -(phi * inverse).log();  // log((mu + phi) / phi)
    table.col(0) = y * eta - (y + phi) * log_ratio - y * log_phi;
    table.col(FirstDerivative(0)) = phi * (y - mu) * inverse;
    table.col(SecondDerivative(2, 0, 0)) = -phi * (y + phi) * mu * inverse.square();
    const double digamma = boost::math::digamma(y + phi) - boost::math::digamma(phi);
    const double trigamma = boost::math::trigamma(y + phi) - boost::math::trigamma(phi);
    // d/d phi, then d/ds = phi d/d phi.
    auto by_s = table.col(FirstDerivative(1));
    by_s = phi * (digamma - log_ratio + (mu - y) * inverse);
    table.col(SecondDerivative(2, 1, 0)) = phi * (y - mu) * mu * inverse.square();
    table.col(SecondDerivative(2, 1, 1)) =
        phi * phi * (trigamma + 1 / phi - 2 * inverse + (y + phi) * inverse.square()) + by_s;
    return FactorOut(table) + boost::math::lgamma(y + phi) - boost::math::lgamma(phi) -
           boost::math::lgamma(y + 1);
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_NEGATIVE_BINOMIAL_H_

// NEGATIVE_BINOMIAL: log mean = eta, variance mu + mu^2 / phi.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_NEGATIVE_BINOMIAL_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_NEGATIVE_BINOMIAL_H_

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

// phi is fixed: the quadrature runs over it.
class NegativeBinomialLikelihood final : public LikelihoodOf<NegativeBinomialLikelihood> {
 public:
  // phi > 0.
  explicit NegativeBinomialLikelihood(double phi) : phi_(phi) {}

  static bool InDomain(double score) {
    return score >= 0 && score <= 1e9 && std::round(score) == score;
  }

  int channels() const override { return 1; }

  // log density = y eta - (y + phi) log(1 + mu/phi), and LogFactor(y).
  template <int N>
  double Fill(const DayScore& day, const NodeArray<N>& eta, const NodeArray<N>& exp_eta,
              bool derivatives, LikelihoodTable<N>& table) const {
    const double y = day.score;
    const NodeArray<N> share = phi_ / (exp_eta + phi_);
    table.col(0) = y * eta + (y + phi_) * share.log();
    const double factor = FactorOut(table);
    if (!derivatives) return factor;
    table.col(FirstDerivative(0)) = (y - exp_eta) * share;
    table.col(SecondDerivative(1, 0, 0)) = -(1 + y / phi_) * exp_eta * share.square();
    return factor;
  }

  // The terms that meet phi alone: lgamma(y + phi) - lgamma(phi) - y log phi.
  double LogFactor(double y) const {
    if (y == 0) return 0;
    // For large phi the gammas cancel: the sum of log(1 + k/phi), k < y, is what is left of them.
    if (y <= 32) {
      double product = 1;
      double log_sum = 0;
      for (double k = 1; k < y; ++k) {
        product *= 1 + k / phi_;
        if (product > 1e250) {
          log_sum += std::log(product);
          product = 1;
        }
      }
      return log_sum + std::log(product);
    }
    return boost::math::lgamma(y + phi_) - boost::math::lgamma(phi_) - y * std::log(phi_);
  }

 private:
  double phi_;
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_NEGATIVE_BINOMIAL_H_

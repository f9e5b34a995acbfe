// STUDENT_T: y = eta + sigma * (Student's t with nu > 1 degrees of freedom).
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_STUDENT_T_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_STUDENT_T_H_

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

// Channels: eta; a = log(sigma); w = log(nu - 1).
class StudentTLikelihood final : public Likelihood {
 public:
  static bool InDomain(double score) { return std::isfinite(score); }

  int channels() const override { return 3; }

  // With r = (y - eta)/sigma: log density = lgamma((nu+1)/2) - lgamma(nu/2) - log(nu pi)/2 - a
  //                                         - (nu+1)/2 log(1 + r^2/nu).
  double Evaluate(double score, const double* shape, const NodeArray& eta,
                  const NodeArray& /*exp_eta*/, LikelihoodTable& table) const override {
    using boost::math::digamma;
    using boost::math::trigamma;
    const double inverse_sigma = std::exp(-shape[0]);
    const double m = std::exp(std::min(shape[1], 15.0));  // nu - 1 = d nu / d w
    const double nu = 1 + m;
    const NodeArray r = (score - eta) * inverse_sigma;
    const NodeArray square = r.square();
    const NodeArray t = 1 / (nu + square);
    const NodeArray log_term = (1 + square / nu).log();

    table.col(0) = -(nu + 1) / 2 * log_term;
    table.col(FirstDerivative(0)) = (nu + 1) * inverse_sigma * r * t;
    table.col(FirstDerivative(1)) = (nu + 1) * square * t - 1;
    table.col(SecondDerivative(3, 0, 0)) =
        -(nu + 1) * inverse_sigma * inverse_sigma * (nu - square) * t.square();
    table.col(SecondDerivative(3, 1, 0)) = -2 * (nu + 1) * nu * inverse_sigma * r * t.square();
    table.col(SecondDerivative(3, 1, 1)) = -2 * (nu + 1) * nu * square * t.square();

    const double half = nu / 2;
    const double normalizer_1 = (digamma(half + 0.5) - digamma(half) - 1 / nu) / 2;
    const double normalizer_2 = (trigamma(half + 0.5) - trigamma(half)) / 4 + 1 / (2 * nu * nu);
    const NodeArray g = square * t / nu;
    auto by_w = table.col(FirstDerivative(2));
    by_w = m * (normalizer_1 - log_term / 2 + (nu + 1) / 2 * g);
    table.col(SecondDerivative(3, 2, 0)) = m * inverse_sigma * r * (square - 1) * t.square();
    table.col(SecondDerivative(3, 2, 1)) = m * square * (square - 1) * t.square();
    table.col(SecondDerivative(3, 2, 2)) =
        m * m * (normalizer_2 + g - (nu + 1) / 2 * g * (2 * nu + square) * t / nu) + by_w;
    return FactorOut(table) - shape[0] + std::lgamma(half + 0.5) - std::lgamma(half) -
           std::log(nu * M_PI) / 2;
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_STUDENT_T_H_

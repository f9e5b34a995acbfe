// The prior of rho, in the coordinate that every quadrature over it uses.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_CORRELATION_PRIOR_H_
#define SOLOTRIAL_ENGINE_INFERENCE_CORRELATION_PRIOR_H_

#include <cmath>

namespace solotrial::inference {

// Log density of z = atanh(rho): (rho + 1)/2 ~ Beta(4, 2), d rho = (1 - rho^2) dz.
inline double LogPriorOfZ(double z) {
  const double log_half_one_plus = -std::log1p(std::exp(-2 * z));  // log((1 + rho)/2)
  const double log_half_one_minus = -std::log1p(std::exp(2 * z));
  constexpr double kLog40 = 3.6888794541139363;  // 2 / Beta(4, 2)
  return kLog40 + 4 * log_half_one_plus + 2 * log_half_one_minus;
}

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_CORRELATION_PRIOR_H_

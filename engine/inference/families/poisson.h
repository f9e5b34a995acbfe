// POISSON: log mean = eta.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_POISSON_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_POISSON_H_

#include <cmath>

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

class PoissonLikelihood final : public LikelihoodOf<PoissonLikelihood> {
 public:
  static bool InDomain(double score) {
    return score >= 0 && score <= 1e9 && std::round(score) == score;
  }

  int channels() const override { return 1; }

  // log density = y eta - exp(eta), and - log y!, which no parameter meets.
  template <int N>
  double Fill(const DayScore& day, const NodeArray<N>& eta, const NodeArray<N>& exp_eta,
              bool derivatives, LikelihoodTable<N>& table) const {
    table.col(0) = day.score * eta - exp_eta;
    const double factor = FactorOut(table);
    if (!derivatives) return factor;
    table.col(FirstDerivative(0)) = day.score - exp_eta;
    table.col(SecondDerivative(1, 0, 0)) = -exp_eta;
    return factor;
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_POISSON_H_

// BERNOULLI: logit P(y = 1) = eta.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_BERNOULLI_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_BERNOULLI_H_

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

class BernoulliLikelihood final : public LikelihoodOf<BernoulliLikelihood> {
 public:
  static bool InDomain(double score) { return score == 0 || score == 1; }

  int channels() const override { return 1; }

  template <int N>
  double Fill(const DayScore& day, const NodeArray<N>& /*eta*/, const NodeArray<N>& exp_eta,
              bool derivatives, LikelihoodTable<N>& table) const {
    const NodeArray<N> q = 1 / (1 + exp_eta);
    const NodeArray<N> p = exp_eta * q;
    table.col(0) = day.score == 1 ? p : q;
    if (!derivatives) return 0;
    table.col(FirstDerivative(0)) = day.score - p;
    table.col(SecondDerivative(1, 0, 0)) = -p * q;
    return 0;
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_BERNOULLI_H_

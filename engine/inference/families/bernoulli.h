// BERNOULLI: logit P(y = 1) = eta.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_BERNOULLI_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_BERNOULLI_H_

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

class BernoulliLikelihood final : public Likelihood {
 public:
  static bool InDomain(double score) { return score == 0 || score == 1; }

  int channels() const override { return 1; }

  double Evaluate(double score, const double* /*shape*/, const NodeArray& /*eta*/,
                  const NodeArray& exp_eta, LikelihoodTable& table) const override {
    auto p = table.col(SecondDerivative(1, 0, 0));
    p = exp_eta / (1 + exp_eta);
    table.col(0) = score == 1 ? NodeArray(p) : NodeArray(1 / (1 + exp_eta));
    table.col(FirstDerivative(0)) = score - p;
    p *= p - 1;
    return 0;
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_BERNOULLI_H_

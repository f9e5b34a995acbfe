// ORDINAL: P(y <= level k) = logistic(c_k - eta).
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_ORDINAL_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_ORDINAL_H_

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

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_ORDINAL_H_

// What the posteriors of BERNOULLI, POISSON and NEGATIVE_BINOMIAL are made of.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_LATENT_FAMILIES_H_
#define SOLOTRIAL_ENGINE_INFERENCE_LATENT_FAMILIES_H_

#include "engine/inference/inference.h"

namespace solotrial::inference {

// `record` has been validated.
Posterior BernoulliPosterior(const Record& record);
Posterior PoissonPosterior(const Record& record);
Posterior NegativeBinomialPosterior(const Record& record);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_LATENT_FAMILIES_H_

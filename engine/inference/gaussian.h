// GAUSSIAN: the posterior by quadrature over the three variance parameters, everything else exact.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_GAUSSIAN_H_
#define SOLOTRIAL_ENGINE_INFERENCE_GAUSSIAN_H_

#include "engine/inference/inference.h"

namespace solotrial::inference {

// `record` has been validated.
Posterior GaussianPosterior(const Record& record);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_GAUSSIAN_H_

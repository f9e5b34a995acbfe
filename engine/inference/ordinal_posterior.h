// ORDINAL: what its posterior is made of.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_ORDINAL_POSTERIOR_H_
#define SOLOTRIAL_ENGINE_INFERENCE_ORDINAL_POSTERIOR_H_

#include "engine/inference/inference.h"

namespace solotrial::inference {

// `record` has been validated.
Posterior OrdinalPosterior(const Record& record);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_ORDINAL_POSTERIOR_H_

// What a record must be before it is computed with.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_VALIDATION_H_
#define SOLOTRIAL_ENGINE_INFERENCE_VALIDATION_H_

#include "absl/status/status.h"
#include "engine/inference/inference.h"

namespace solotrial::inference {

// INVALID_ARGUMENT names the member of Record that is out of its domain.
absl::Status Validate(const Record& record);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_VALIDATION_H_

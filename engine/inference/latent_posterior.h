// The posterior of a non-Gaussian family: quadrature over the latent process's sd and correlation,
// Laplace's approximation of the collapsed posterior at every node, corrected along the effect, and
// checked by importance sampling.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_LATENT_POSTERIOR_H_
#define SOLOTRIAL_ENGINE_INFERENCE_LATENT_POSTERIOR_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/inference/latent_lattice.h"
#include "engine/inference/latent_problem.h"
#include "engine/inference/path_correction.h"
#include "engine/inference/slice.h"

namespace solotrial::inference {

struct LatentSlice {
  std::vector<int> day;  // that have a score
  Slice slice;
  Lattice lattice;
  PathCorrection correction;
};

// How much a slice is checked. kRough: its nodes lie farther apart than the answer for a person
// needs, and nothing is checked.
enum class Check { kRough, kNone, kImportance };

// `anchor`, unless null: the slice of a similar problem (the same family, other half-lives, scores
// or shape), from which this one is computed at a fraction of the cost, its correction taken over
// where `keep_correction`. `floor`: what lies below e^-6 of this log weight need not be looked
// for. A problem whose first mode was not found has an empty lattice. The problem must have at
// least one score.
LatentSlice ComputeLatentSlice(const LatentProblem& problem, const Record& record,
                               const LatentSlice* anchor, bool keep_correction, double floor,
                               Check check);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_LATENT_POSTERIOR_H_

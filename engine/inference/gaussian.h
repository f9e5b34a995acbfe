// GAUSSIAN: the posterior by quadrature over the three variance parameters, everything else exact.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_GAUSSIAN_H_
#define SOLOTRIAL_ENGINE_INFERENCE_GAUSSIAN_H_

#include <utility>
#include <vector>

#include "engine/inference/inference.h"
#include "engine/inference/regression.h"
#include "engine/inference/slice.h"

namespace solotrial::inference {

// One node of the quadrature, kept for posterior draws. In the units of the record.
struct GaussianNode {
  double weight = 0;  // of all nodes, summing to 1
  double latent_sd = 0;
  double latent_correlation = 0;
  double noise_sd = 0;
};

struct GaussianSlice {
  Slice slice;
  // Where the mass lay: the lattice's level, and its nodes there that matter.
  int level = 0;
  std::vector<std::pair<int, int>> lattice;
  std::vector<GaussianNode> nodes;  // the heaviest
  bool converged = true;            // two spacings of the lattice agreed
  double at_floor = 0;              // share of the mass where the noise is nothing
};

// `record` has been validated; `log_noise_ratio`: lambda, where the record has arm variance.
// `warm`, unless null: the slice of a similar record, on whose lattice the answer is computed.
GaussianSlice ComputeGaussianSlice(const Record& record, double log_noise_ratio,
                                   const GaussianSlice* warm);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_GAUSSIAN_H_

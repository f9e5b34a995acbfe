// How the posterior of delta, and what delta does to the scores, depart from the normal
// approximation.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_PATH_CORRECTION_H_
#define SOLOTRIAL_ENGINE_INFERENCE_PATH_CORRECTION_H_

#include <array>
#include <vector>

#include "engine/inference/latent_node.h"
#include "engine/inference/slice.h"

namespace solotrial::inference {

// Along the path phi + t * path, as polynomials in t without constant term. Found at one node, in
// units of each node's own sd it changes little from node to node.
struct PathCorrection {
  std::array<double, 4> log_density{};
  std::array<double, 4> log_slope{};
  double slope_factor = 1;  // mean of the response given delta, over its value at the mode
  double slope_cv = 0;      // sd of the response given delta, over its mean
};

// At `node`, which must be good.
PathCorrection CorrectPath(NodeSolver& solver, const LatentNode& node, int effect);

// Appends the corrected density of delta at `node`, and of the benefit, as narrow normal components
// with weights that sum to `weight`. `sign`: -1 where lower is better.
void AddComponents(const PathCorrection& correction, const LatentNode& node, int effect,
                   double sign, double weight, std::vector<EffectComponent>& components);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_PATH_CORRECTION_H_

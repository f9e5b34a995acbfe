// Importance sampling with the quadrature's own approximation as proposal: a check of it, and what
// takes its place where it is poor.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_IMPORTANCE_CHECK_H_
#define SOLOTRIAL_ENGINE_INFERENCE_IMPORTANCE_CHECK_H_

#include "engine/inference/inference.h"
#include "engine/inference/latent_node.h"
#include "engine/inference/latent_problem.h"

namespace solotrial::inference {

struct LatentSlice;

// Sets the slice's pareto_k and effective_draws. Where a few draws say that the approximation of
// phi's posterior is poor (under 40 % of the draws effective), many draws from a
// heavier-tailed proposal take the place of the slice's components (`sampled`). The draws come from
// a fixed seed.
void CheckByImportance(const LatentProblem& problem, const Record& record, NodeSolver& solver,
                       LatentSlice& result);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_IMPORTANCE_CHECK_H_

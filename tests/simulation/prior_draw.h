// Whole persons drawn from the model: parameters from the priors of engine/inference/MODEL.md,
// section 3, scores from its section 2, B from its section 4. Written from that page, not from the
// engine.
#ifndef SOLOTRIAL_TESTS_SIMULATION_PRIOR_DRAW_H_
#define SOLOTRIAL_TESTS_SIMULATION_PRIOR_DRAW_H_

#include "engine/base/random.h"
#include "engine/inference/inference.h"

namespace solotrial::simulation {

// What the calibration varies. Blocks of `block_days` come in pairs of random order; the scale is
// 0 to `maximum`, lower is better; onset half-life 1 day, offset 2; a trend; no covariates.
struct PriorPlan {
  inference::Family family = inference::Family::kGaussian;
  int pairs = 2;
  int block_days = 7;
  double maximum = 10;
  double missing = 0.1;  // share of days without a score
};

struct PriorDraw {
  inference::Record record;
  double effect = 0;              // delta
  double benefit = 0;             // B, over the days that have a score; 0 when none has
  double latent_sd = 0;           // sigma_u
  double latent_correlation = 0;  // rho
};

PriorDraw DrawFromPrior(const PriorPlan& plan, RandomStream& random);

}  // namespace solotrial::simulation

#endif  // SOLOTRIAL_TESTS_SIMULATION_PRIOR_DRAW_H_

// Scores simulated from draws of the posterior, for predictive checks and forecasts.
//
// The model is that of MODEL.md, section 2: the predictor of every day from the record's
// exposure, trend and covariates and the draw's coefficients, plus u, a stationary AR(1) process,
// and the family's own scatter. In GAUSSIAN and STUDENT_T the scale of the noise on day d is
// noise_sd noise_sd_ratio^(e_d - 1/2).
//
// Repeatable: the same record, draw and stream give the same bytes.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_PREDICTIVE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_PREDICTIVE_H_

#include <cstddef>
#include <vector>

#include "engine/base/random.h"
#include "engine/inference/inference.h"

namespace solotrial::inference {

// A score for every day of `record`, which need not have any, with u drawn afresh from its
// stationary distribution. `draw` is one of the posterior of a record with the same covariates.
std::vector<double> SimulateScores(const Record& record, const PosteriorDraw& draw,
                                   RandomStream& random);

// Scores for the days of `record` from index `first_day` >= 1 on, with u going on from
// draw.latent_last on the day before. `planned_days` must be that of the record that the draw
// comes from, or gamma would change its meaning; days beyond it follow the same straight line.
std::vector<double> ContinueScores(const Record& record, std::size_t first_day,
                                   const PosteriorDraw& draw, RandomStream& random);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_PREDICTIVE_H_

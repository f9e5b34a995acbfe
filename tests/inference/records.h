// Records for the tests of the posterior, drawn from a small generator of their own.
#ifndef SOLOTRIAL_TESTS_INFERENCE_RECORDS_H_
#define SOLOTRIAL_TESTS_INFERENCE_RECORDS_H_

#include <cstdint>

#include "engine/inference/inference.h"

namespace solotrial::inference {

// What a synthetic record is drawn from; scores on 0-10, lower is better, MID 1.
struct RecordPlan {
  Family family = Family::kGaussian;
  int days = 84;
  int block_days = 14;
  double level = 5;    // of the scores, halfway between off and on
  double effect = -1;  // on minus off, in points
  double latent_sd = 1;
  double correlation = 0.5;
  double noise_sd = 1;
  double missing = 0.1;  // share of days without a score
  int covariates = 0;
  double onset_half_life_days = 3;
  double offset_half_life_days = 4;
  std::uint64_t seed = 1;
};

Record MakeRecord(const RecordPlan& plan);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_TESTS_INFERENCE_RECORDS_H_

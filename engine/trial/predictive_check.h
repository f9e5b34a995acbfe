// Posterior predictive checks: does what the model expects look like what was recorded?
#ifndef SOLOTRIAL_ENGINE_TRIAL_PREDICTIVE_CHECK_H_
#define SOLOTRIAL_ENGINE_TRIAL_PREDICTIVE_CHECK_H_

#include <cstdint>
#include <vector>

#include "engine/inference/inference.h"
#include "engine/trial/record.h"

namespace solotrial::trial {

// One statistic of the recorded scores beside the same statistic of simulated ones. The names of
// Statistic are those of solotrial.v1.PredictiveCheck.Statistic.
struct PredictiveCheck {
  enum class Statistic {
    kMean,
    kStandardDeviation,  // with n - 1
    kShareLowest,        // at or under the lowest level: `minimum`, or 0 for BERNOULLI and counts
    // Over neighbouring days that both have a score: the mean of (y_d - m)(y_(d+1) - m) over the
    // mean of (y - m)^2 of all scores, m their mean; 0 in a simulation without any spread.
    kLagOneCorrelation,
    kBlockMean,
  };
  Statistic statistic = Statistic::kMean;
  int block = 0;  // kBlockMean: its number
  double observed = 0;
  // Quantiles of the simulated values.
  double q025 = 0;
  double q500 = 0;
  double q975 = 0;
  // Two-sided posterior predictive p: twice the smaller of the shares of simulated values that are
  // at least and at most the observed one, at most 1. Small: the model does not expect what was
  // seen. It is no p-value of a test: in a good model it crowds around 1, not evenly over 0 to 1.
  double p = 1;
};

// Simulates every day of `matrix` once for each draw, with u drawn afresh, drops the days without a
// score, and compares; `matrix` is the design matrix of `record`. Empty without draws or scores;
// a statistic that the recorded scores do not have (a block without scores, no two neighbouring
// days, no spread) is left out.
std::vector<PredictiveCheck> CheckPredictions(const Record& record, const inference::Record& matrix,
                                              const std::vector<inference::PosteriorDraw>& draws,
                                              uint32_t seed);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_PREDICTIVE_CHECK_H_

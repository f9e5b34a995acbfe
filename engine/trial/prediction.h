// What further pairs of blocks would bring: whether they would decide, and which way.
//
// A future is simulated from one draw of the posterior: the order of the further blocks is drawn as
// the design draws it (future.h), the autocorrelated part goes on from where it was, and a day has
// no score with the share that its arm's days in blocks so far have none. A pair that was begun is
// finished first. What was recorded stays. Scores are kept within the measure's minimum and
// maximum.
//
// The record with 1, 2, 3 .. of the further pairs is then analysed like any other, with the
// thresholds of a last planned pair. Every future has a generator of its own, seeded by (seed,
// index): the answer does not depend on the number of threads.
#ifndef SOLOTRIAL_ENGINE_TRIAL_PREDICTION_H_
#define SOLOTRIAL_ENGINE_TRIAL_PREDICTION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/inference/inference.h"
#include "engine/trial/protocol.h"
#include "engine/trial/record.h"
#include "engine/trial/simulated_decision.h"
#include "engine/trial/verdict.h"

namespace solotrial::trial {

// After so many further pairs.
struct Forecast {
  int pairs = 0;
  int days = 0;                  // of the record then
  SimulatedProbability decided;  // by any of RESPONDS, WORSENS, BENEFIT_*, DOES_NOT_RESPOND
  // Of every decision that came up, in the order of Decision.
  std::vector<DecisionProbability> decisions;
};

struct SimulationInput {
  const Measure& measure;
  const Record& record;             // so far; its design is not NONE, and it has a block
  const inference::Record& matrix;  // its design matrix
  // Of its posterior: one future for each.
  const std::vector<inference::PosteriorDraw>& draws;
};

// The decision on a record; called from several threads at once.
using DecideRecord = std::function<absl::StatusOr<Decision>(const Record& record)>;

// One Forecast for 1 to `most_pairs` further pairs, as far as the record stays within
// inference::kMaxDays; empty when not even one fits. An error is that of the first future that has
// one.
absl::StatusOr<std::vector<Forecast>> SimulateDecisions(const SimulationInput& input,
                                                        const DecideRecord& decide, int most_pairs,
                                                        uint32_t seed, int threads);

struct PredictionRequest {
  std::string measure_id;       // empty: the primary one
  std::string protocol_digest;  // 32 bytes
  int futures = 200;            // > 0
  int most_pairs = 3;           // > 0
  uint32_t seed = 1;            // of the draws and the futures
  int threads = 1;              // > 0
  // Asked before every analysis, from several threads at once: true gives the prediction up, with
  // an error. May be empty.
  std::function<bool()> cancelled;
};

struct Prediction {
  const Measure* measure = nullptr;  // into the protocol
  std::vector<Forecast> forecasts;
  std::string digest;  // DigestOf the record so far
};

// What further pairs after `record` would bring. UNKNOWN_ID when there is no such measure;
// WRONG_STATE where no prediction is possible: the order was not drawn by chance, no block has
// begun, the posterior is not reliable, or the record cannot grow by a pair.
absl::StatusOr<Prediction> PredictDecision(const Protocol& protocol, const Record& record,
                                           const PredictionRequest& request);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_PREDICTION_H_

// How often decisions come up in simulated trials.
#ifndef SOLOTRIAL_ENGINE_TRIAL_SIMULATED_DECISION_H_
#define SOLOTRIAL_ENGINE_TRIAL_SIMULATED_DECISION_H_

#include <functional>
#include <vector>

#include "engine/trial/verdict.h"

namespace solotrial::trial {

// A probability found by simulation. The standard error is that of the simulation alone:
// sqrt(p (1 - p) / (n + 2)) with p = (count + 1) / (n + 2), so that it is not 0 where every
// simulated trial agrees.
struct SimulatedProbability {
  double probability = 0;
  double standard_error = 0;
};

// Of something that came up `count` times in `trials` > 0.
SimulatedProbability EstimateProbability(int count, int trials);

struct DecisionProbability {
  Decision decision = Decision::kUndecided;
  SimulatedProbability probability;
};

// Of every decision that came up, in the order of Decision. `decisions` is not empty.
std::vector<DecisionProbability> TallyDecisions(const std::vector<Decision>& decisions);

// Of those for which `counts` holds. `decisions` is not empty.
SimulatedProbability ShareOfDecisions(const std::vector<Decision>& decisions,
                                      const std::function<bool(Decision)>& counts);

// RESPONDS, WORSENS, BENEFIT_TOO_SMALL, BENEFIT_SIZE_OPEN or DOES_NOT_RESPOND.
bool IsDecided(Decision decision);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_SIMULATED_DECISION_H_

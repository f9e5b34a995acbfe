#include "engine/trial/simulated_decision.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace solotrial::trial {
SimulatedProbability EstimateProbability(int count, int trials) {
  const double p = (count + 1.0) / (trials + 2.0);
  return {.probability = static_cast<double>(count) / trials,
          .standard_error = std::sqrt(p * (1 - p) / (trials + 2))};
}

std::vector<DecisionProbability> TallyDecisions(const std::vector<Decision>& decisions) {
  std::map<Decision, int> times;
  for (const Decision decision : decisions) ++times[decision];
  std::vector<DecisionProbability> tally;
  for (const auto& [decision, count] : times) {
    tally.push_back({decision, EstimateProbability(count, static_cast<int>(decisions.size()))});
  }
  return tally;
}

SimulatedProbability ShareOfDecisions(const std::vector<Decision>& decisions,
                                      const std::function<bool(Decision)>& counts) {
  return EstimateProbability(
      static_cast<int>(std::count_if(decisions.begin(), decisions.end(), counts)),
      static_cast<int>(decisions.size()));
}

bool IsDecided(Decision decision) {
  return decision == Decision::kResponds || decision == Decision::kWorsens ||
         decision == Decision::kBenefitTooSmall || decision == Decision::kBenefitSizeOpen ||
         decision == Decision::kDoesNotRespond;
}

}  // namespace solotrial::trial

// What a trial's design could be expected to find: the simulated power that a report of the trial
// has to state (CENT 2015, item 7a).
#ifndef SOLOTRIAL_ENGINE_TRIAL_POWER_H_
#define SOLOTRIAL_ENGINE_TRIAL_POWER_H_

#include <functional>

#include "absl/status/statusor.h"
#include "engine/trial/protocol.h"

namespace solotrial::trial {

// Shares of simulated trials, 0..1; see plan.h for what is right and wrong.
struct SimulatedPower {
  int trials = 0;               // of every share
  double right_twice = 0;       // when the treatment does twice the difference that matters
  double right_difference = 0;  // when it does just that
  double wrong_nothing = 0;     // when it does nothing
};

// Simulates the protocol's own design with its looks for a usual person (DefaultAssumptions),
// `trials` > 0 times for every share: with 100 a share of 0.5 is known to 0.05, one standard error.
// The same arguments but `threads` give the same numbers. Takes about as long as three times as
// many analyses. `cancelled`: see PlanRequest; may be empty. Errors as PlanTrial.
absl::StatusOr<SimulatedPower> SimulatePower(const Protocol& protocol, int trials, int threads,
                                             std::function<bool()> cancelled = nullptr);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_POWER_H_

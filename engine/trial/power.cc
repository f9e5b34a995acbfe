#include "engine/trial/power.h"

#include <utility>

#include "engine/base/fault.h"
#include "engine/trial/plan.h"

namespace solotrial::trial {

absl::StatusOr<SimulatedPower> SimulatePower(const Protocol& protocol, int trials, int threads,
                                             std::function<bool()> cancelled) {
  PlanRequest request;
  request.assumptions = DefaultAssumptions(PrimaryMeasure(protocol));
  if (protocol.design.block_unit == BlockUnit::kVisits) request.assumptions.autocorrelation = 0;
  request.trials = trials;
  request.threads = threads;
  request.cancelled = std::move(cancelled);
  const auto cell = [&](Truth truth) { return SimulateCell(protocol, request, truth, true); };
  SOLOTRIAL_ASSIGN_OR_RETURN(const PlanCell twice, cell(Truth::kTwiceTheDifference));
  SOLOTRIAL_ASSIGN_OR_RETURN(const PlanCell difference, cell(Truth::kTheDifference));
  SOLOTRIAL_ASSIGN_OR_RETURN(const PlanCell nothing, cell(Truth::kNothing));
  return SimulatedPower{trials, twice.right.probability, difference.right.probability,
                        nothing.wrong.probability};
}

}  // namespace solotrial::trial

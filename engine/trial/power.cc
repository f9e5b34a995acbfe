#include "engine/trial/power.h"

#include "engine/base/fault.h"
#include "engine/trial/plan.h"

namespace solotrial::trial {
namespace {

// A share of 0.5 is known to 0.05 then, one standard error.
constexpr int kTrials = 100;

}  // namespace

absl::StatusOr<SimulatedPower> SimulatePower(const Protocol& protocol, int threads) {
  PlanRequest request;
  request.assumptions = DefaultAssumptions(PrimaryMeasure(protocol));
  if (protocol.design.block_unit == BlockUnit::kVisits) request.assumptions.autocorrelation = 0;
  request.trials = kTrials;
  request.threads = threads;
  const auto cell = [&](Truth truth) { return SimulateCell(protocol, request, truth, true); };
  SOLOTRIAL_ASSIGN_OR_RETURN(const PlanCell twice, cell(Truth::kTwiceTheDifference));
  SOLOTRIAL_ASSIGN_OR_RETURN(const PlanCell difference, cell(Truth::kTheDifference));
  SOLOTRIAL_ASSIGN_OR_RETURN(const PlanCell nothing, cell(Truth::kNothing));
  return SimulatedPower{kTrials, twice.right.probability, difference.right.probability,
                        nothing.wrong.probability};
}

}  // namespace solotrial::trial

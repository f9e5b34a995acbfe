// What a trial is likely to answer, before anybody lives it.
//
// Whole trials are simulated: an order is drawn as the design draws it, a person (simulated_person)
// scores its days, and the record is analysed like any other: the posterior, the looks from the
// third pair on with their stricter thresholds, the verdict of the last pair. In every scenario the
// treatment does a known thing, so that a verdict is right or wrong.
//
// Trial number i of every scenario and design is of the same person, seeded by (seed, i): what
// differs between cells is not chance in who was drawn, and the answer does not depend on the
// number of threads.
#ifndef SOLOTRIAL_ENGINE_TRIAL_PLAN_H_
#define SOLOTRIAL_ENGINE_TRIAL_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/trial/protocol.h"
#include "engine/trial/simulated_decision.h"
#include "engine/trial/simulated_person.h"

namespace solotrial::trial {

// What the treatment does in a scenario.
enum class Truth { kNothing, kHalfTheDifference, kTheDifference, kTwiceTheDifference };

// What a decision is worth where the truth is known.
//
//               NOTHING           HALF              THE, TWICE THE DIFFERENCE
//   right       DOES_NOT_RESPOND  BENEFIT_TOO_SMALL RESPONDS
//                                 BENEFIT_SIZE_OPEN BENEFIT_SIZE_OPEN
//                                 DOES_NOT_RESPOND
//   wrong       every other decision that says something
//   open        UNDECIDED, INSUFFICIENT_DATA, NOT_COMPUTED
bool IsRight(Decision decision, Truth truth);
bool IsWrong(Decision decision, Truth truth);

// One scenario of one design.
struct PlanCell {
  Truth truth = Truth::kNothing;
  double benefit = 0;  // mean over the people drawn, in the unit of the benefit
  SimulatedProbability right;
  SimulatedProbability wrong;
  std::vector<DecisionProbability> decisions;
  double expected_days = 0;          // with the looks that let recording end, run-in included
  SimulatedProbability ended_early;  // at a look
};

struct PlanCandidate {
  Design design;
  int days = 0;                  // planned, run-in included
  double exposure_contrast = 0;  // expected
  std::vector<PlanCell> cells;   // in the order of Truth
};

struct Plan {
  // The first is the protocol's own design.
  std::vector<PlanCandidate> candidates;
  // The shortest candidate with a right answer in at least 4 of 5 trials when the treatment does
  // twice the difference, and in at least half when it does the difference; where none is like
  // that, the one that is right most often when it does the difference.
  size_t recommended = 0;
  // The recommended design leaves it open in more than half of the trials when the treatment does
  // the difference.
  bool likely_undecided = false;
};

struct PlanRequest {
  PersonAssumptions assumptions;
  int cycle_days = 0;                // length of the person's menstrual cycle; 0: none, or not said
  std::vector<Design> alternatives;  // beside the protocol's own
  int trials = 400;                  // of every cell, > 0
  uint32_t seed = 1;
  int threads = 1;  // > 0
  inference::Precision precision = inference::Precision::kSimulation;
  // Called between cells, on the calling thread, with the share that is done and the candidates so
  // far (the last may lack cells). May be empty.
  std::function<void(double share, const std::vector<PlanCandidate>&)> progress;
  // Asked before every analysis, from several threads at once: true gives the plan up, with an
  // error. May be empty.
  std::function<bool()> cancelled;
};

// The protocol's design with about 4 weeks less and about 4 weeks more, where that is a trial; by
// visits with the fewest pairs less and more that can be drawn.
std::vector<Design> FourWeeksLessAndMore(const Protocol& protocol);

// INVALID_FIELDS for a protocol or an alternative that is no valid trial, or that cannot answer
// (plan_checks.h); fields are named from `protocol` or `candidates[0]`, the first alternative.
absl::StatusOr<Plan> PlanTrial(const Protocol& protocol, const PlanRequest& request);

// One scenario of the protocol's own design without looks: for tests and benchmarks.
absl::StatusOr<PlanCell> SimulateCell(const Protocol& protocol, const PlanRequest& request,
                                      Truth truth, bool looks);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_PLAN_H_

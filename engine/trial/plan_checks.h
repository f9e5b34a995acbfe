// What is wrong with a design before anything is simulated.
#ifndef SOLOTRIAL_ENGINE_TRIAL_PLAN_CHECKS_H_
#define SOLOTRIAL_ENGINE_TRIAL_PLAN_CHECKS_H_

#include <vector>

#include "engine/base/fault.h"
#include "engine/inference/inference.h"
#include "engine/trial/protocol.h"
#include "engine/trial/simulated_person.h"

namespace solotrial::trial {

// A contrast in exposure below this gives no answer (MODEL.md, section 4).
inline constexpr double kSmallestContrast = 0.5;

// Mean exposure of the days of on blocks less that of off blocks, averaged over the orders that the
// design draws; 0 to 1. Repeatable.
double ExpectedContrast(const Design& design, const inference::Kinetics& kinetics);

// The shortest blocks, up to 366 days, whose contrast is at least kSmallestContrast; 0 when there
// are none.
int ShortestBlocks(const Design& design, const inference::Kinetics& kinetics);

// How large a difference between on and off days a cycle of `cycle_days` makes by itself, as a root
// mean square over the orders that the design draws: in amplitudes of a sine of that length, the
// blocks being lived day after day. 0 where blocks are whole cycles.
double CycleBias(const Design& design, int cycle_days);

// What a planned trial must not be: too short in its blocks for the half-life, with a MID above
// half the usual score (lower is better) or beyond what the scale leaves room for, or with blocks
// that line up with a menstrual cycle (`cycle_days` > 0). Fields are named from the request's root:
// `protocol...` for the protocol's design, `candidates[0]...` for others.
std::vector<Violation> CheckDesign(const Design& design, const inference::Kinetics& kinetics,
                                   int cycle_days, const std::string& path);
// Whether `score`, in the unit of the benefit, can be a person's usual level of `measure`.
bool IsUsualScore(const Measure& measure, double score);
std::vector<Violation> CheckDifference(const Measure& measure, double typical_score);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_PLAN_CHECKS_H_

// The randomisation test: the observed difference of means against every order that the design
// could have drawn (model page, section 6).
#ifndef SOLOTRIAL_ENGINE_TRIAL_RANDOMIZATION_TEST_H_
#define SOLOTRIAL_ENGINE_TRIAL_RANDOMIZATION_TEST_H_

#include <cstdint>
#include <optional>
#include <string>

#include "engine/trial/protocol.h"
#include "engine/trial/record.h"

namespace solotrial::trial {

// Sets of at most so many orders are looked at one by one.
inline constexpr double kMaxEnumeratedAllocations = 65536;
// Of larger sets so many are drawn.
inline constexpr int kDrawnAllocations = 100'000;

struct RandomizationTest {
  double p_two_sided = 1;
  double p_one_sided = 1;       // in the direction of a benefit
  double allocations = 0;       // size of the set
  double statistic = 0;         // s (mean on - mean off), s = -1 where lower is better
  double smallest_p = 1;        // the smallest one-sided p that the design can give
  std::optional<double> draws;  // where the set was too large to enumerate
};

// The test for `measure` over the days of blocks that have a score; the pattern of missing days is
// held fixed. nullopt when the design was not drawn by chance or an arm has no score. Days that a
// washout leaves out of the likelihood stay in: which days they are depends on the order itself.
std::optional<RandomizationTest> TestRandomization(const Record& record, const Measure& measure,
                                                   uint32_t seed);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_RANDOMIZATION_TEST_H_

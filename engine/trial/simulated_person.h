// People who do not exist, for planning: how they score, and what the treatment does for them.
//
// A person is given by what somebody knows before a trial: the usual score without treatment, how
// much days differ, and how much one day is like the day before. Around these the people who are
// drawn differ from each other.
#ifndef SOLOTRIAL_ENGINE_TRIAL_SIMULATED_PERSON_H_
#define SOLOTRIAL_ENGINE_TRIAL_SIMULATED_PERSON_H_

#include <vector>

#include "engine/base/random.h"
#include "engine/inference/inference.h"
#include "engine/trial/protocol.h"

namespace solotrial::trial {

struct PersonAssumptions {
  // Mean of the days without treatment, in the unit of the benefit: points of the scale; days per
  // 28 days for BERNOULLI; events per 7 days for counts.
  double typical_score = 0;
  // Standard deviation of the days without treatment, in points; the other families have theirs
  // from the level. People differ from it by a log-normal factor, log-sd 0.2.
  double score_sd = 0;
  // Correlation of the scores of neighbouring days, 0 to 0.8; people differ by 0.1 (sd).
  double autocorrelation = 0.3;
  // Share of the days without a score, 0 to 0.8, whatever the score would have been; people differ
  // by a log-normal factor, log-sd 0.3.
  double missing_share = 0.1;
};

// Where nobody said otherwise: the middle of the scale and a fifth of its range; 8 days per 28; the
// protocol's typical count.
PersonAssumptions DefaultAssumptions(const Measure& measure);

// One person. `scoring` is written as a draw of the posterior, with u and noise of that family;
// its half-lives differ from the protocol's by a log-normal factor, log-sd 0.5 (the prior of
// MODEL.md, section 1).
struct SimulatedPerson {
  inference::PosteriorDraw scoring;
  inference::Kinetics kinetics;
  double missing_share = 0;
  // B of MODEL.md, section 4, on the average day: what was asked for, or as much as the scale
  // leaves room for.
  double benefit = 0;
};

// A person whom the treatment helps by `benefit` (>= 0, in the unit of the benefit) at full
// exposure. How much the benefit is short of what was asked for depends on the person; nothing
// else does. The same stream gives the same person but for the benefit.
SimulatedPerson DrawPerson(const Measure& measure, const inference::Kinetics& kinetics,
                           const PersonAssumptions& assumptions, double benefit,
                           RandomStream& random);

// The largest benefit that the scale leaves room for from the usual score, in the unit of the
// benefit: to within 2 % of the best end.
double LargestBenefit(const Measure& measure, double typical_score);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_SIMULATED_PERSON_H_

// One simulated person's trial, analysed by the trial room as a trial that was run here: the order
// drawn by the design, the scores entered, the looks taken when they come due.
#ifndef SOLOTRIAL_TESTS_SIMULATION_LIVED_TRIAL_H_
#define SOLOTRIAL_TESTS_SIMULATION_LIVED_TRIAL_H_

#include <vector>

#include "engine/base/random.h"
#include "engine/inference/inference.h"
#include "engine/trial/analysis.h"
#include "engine/trial/protocol.h"
#include "engine/trial/trial.h"

namespace solotrial::simulation {

// PAIRED; one measure, lower is better: 0-10, or yes and no for BERNOULLI.
struct TrialPlan {
  inference::Family family = inference::Family::kGaussian;
  int pairs = 3;
  int block_days = 14;
  double onset_half_life_days = 3;
  double offset_half_life_days = 4;
  double minimal_important_difference = 1;
};

class LivedTrial {
 public:
  // Draws the order.
  LivedTrial(const TrialPlan& plan, RandomStream& random);

  // a_d by day, 1 on and 0 off.
  const std::vector<double>& assignment() const { return assignment_; }
  // Days of one block.
  int block_days() const { return protocol_.design.block_days; }
  // One score a day, NaN: missing. Once.
  void Enter(const std::vector<double>& scores);

  // What the model sees at the end.
  inference::Record Matrix() const;
  // The decision at the end without looks.
  trial::Decision DecisionAtEnd() const;
  // The decision of the first look that lets recording end; kUndecided when none does.
  trial::Decision DecisionOfLooks() const;

 private:
  trial::Record RecordThrough(Date date) const;
  trial::Decision Decide(Date through, bool look) const;

  trial::Protocol protocol_;
  trial::Trial trial_;
  std::vector<double> assignment_;
  std::vector<trial::Entry> entries_;
};

// Two-sided p of the t-test of equal variances on the days, as if they were independent: what is
// often done instead.
double TTestOnDays(const std::vector<double>& assignment, const std::vector<double>& scores);

}  // namespace solotrial::simulation

#endif  // SOLOTRIAL_TESTS_SIMULATION_LIVED_TRIAL_H_

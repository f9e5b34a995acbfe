// Records without any effect in which the prior could make one out of nothing: many zeros, rare
// days, few days. p_any and p_worse, the two halves of what a verdict needs, may each exceed 0.975
// in about 2.5 % of them.
//
// Calibration cannot see this: it draws the parameters from the very prior that is in question.
// Nor is 2.5 % what Bayes' rule promises at exactly no effect: a prior that is tight beside the
// data gives less. More than 2.5 % beyond the error of the simulation fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/simulation/distributions.h"
#include "tests/simulation/lived_trial.h"
#include "tests/simulation/results.h"

namespace solotrial::simulation {
namespace {

using inference::Family;

constexpr uint64_t kSeed = 20261122;
constexpr double kNominal = 0.025;
// Standard errors beyond the nominal rate: 36 rates are looked at.
constexpr double kTolerance = 3;

// A score from a stationary AR(1) with sd 1.
using ScoreOf = std::function<double(double x)>;

// 0 on seven days of ten, then 1, 2, .. in steps of a quarter of a sd.
double ManyZeros(double x) {
  return x < 0.5244 ? 0 : std::min(10.0, 1 + std::floor((x - 0.5244) * 4));
}

double Spread(double x) { return std::clamp(std::round(5 + 2 * x), 0.0, 10.0); }

ScoreOf Rare(double share_quantile) {
  return [share_quantile](double x) { return x > share_quantile ? 1.0 : 0.0; };
}

struct NullCase {
  std::string name;
  TrialPlan plan;
  ScoreOf score;
  int people;
  // A rate over the nominal one that is known, at a correlation of 0.7, and must not grow: four
  // weeks of nothing but AR(1) are rarer under the priors of rho and sigma than in this simulation.
  double known = 0;
};

TrialPlan Plan(Family family, int pairs, int block_days) {
  TrialPlan plan{.family = family, .pairs = pairs, .block_days = block_days};
  if (block_days == 7) {
    plan.onset_half_life_days = 1;
    plan.offset_half_life_days = 2;
  }
  return plan;
}

TEST(NullRecordsTest, ExceedTheThresholdAsOftenAsTheyMay) {
  const std::vector<NullCase> cases = {
      {"ORDINAL 0-10, 70 % zeros, 84 days", Plan(Family::kOrdinal, 3, 14), ManyZeros, 2000},
      {"ORDINAL 0-10, 70 % zeros, 28 days", Plan(Family::kOrdinal, 2, 7), ManyZeros, 2000},
      {"ORDINAL 0-10, 28 days", Plan(Family::kOrdinal, 2, 7), Spread, 2000},
      {"ORDINAL 0-10, 14 days", Plan(Family::kOrdinal, 1, 7), Spread, 2000},
      {"BERNOULLI, 10 % of days, 84 days", Plan(Family::kBernoulli, 3, 14), Rare(1.2816), 2000},
      {"BERNOULLI, 5 % of days, 84 days", Plan(Family::kBernoulli, 3, 14), Rare(1.6449), 2000},
      {"BERNOULLI, 30 % of days, 28 days", Plan(Family::kBernoulli, 2, 7), Rare(0.5244), 2000},
      {"GAUSSIAN, 28 days", Plan(Family::kGaussian, 2, 7), [](double x) { return 5 + 2 * x; }, 5000,
       0.034},
      {"GAUSSIAN, 14 days", Plan(Family::kGaussian, 1, 7), [](double x) { return 5 + 2 * x; },
       5000},
  };
  Results results("null_records",
                  "Null records: how often p_any and p_worse exceed 0.975 (2.5 % each)", kSeed);
  results.Line("Per cent; +-: standard error at 2.5 %. OVER: by more than 3 standard errors.");
  results.Line("");
  results.Line(
      "record                                AR(1)      n  p_any  p_worse    +-  unreliable");
  for (const NullCase& test : cases) {
    for (double correlation : {0.5, 0.7}) {
      const int people = Simulations(test.people);
      int any = 0;
      int worse = 0;
      int unreliable = 0;
      for (int person = 0; person < people; ++person) {
        RandomStream random = StreamOf(kSeed, static_cast<uint64_t>(person));
        LivedTrial trial(test.plan, random);
        double x = DrawNormal(random);
        std::vector<double> scores;
        for (std::size_t d = 0; d < trial.assignment().size(); ++d) {
          StepAutoregression(correlation, random, x);
          scores.push_back(test.score(x));
        }
        trial.Enter(scores);
        const absl::StatusOr<inference::Posterior> posterior =
            inference::ComputePosterior(trial.Matrix());
        ASSERT_TRUE(posterior.ok()) << posterior.status();
        // What is unreliable decides nothing.
        if (!posterior->diagnostics.reliable) {
          ++unreliable;
          continue;
        }
        if (posterior->benefit.p_any > 0.975) ++any;
        if (posterior->benefit.p_worse > 0.975) ++worse;
      }
      const double n = people;
      const double error = std::sqrt(kNominal * (1 - kNominal) / n);
      const double bar = kNominal + kTolerance * error;
      results.Line(absl::StrFormat("%-37s   %.1f  %5d  %5.2f    %5.2f  %.2f  %10d%s", test.name,
                                   correlation, people, 100 * any / n, 100 * worse / n, 100 * error,
                                   unreliable, std::max(any, worse) / n > bar ? "  OVER" : ""));
      for (const int count : {any, worse}) {
        const double known = correlation > 0.5 ? test.known + kTolerance * error : 0;
        EXPECT_LE(count / n, std::max(bar, known)) << test.name << ' ' << correlation;
      }
    }
  }
}

}  // namespace
}  // namespace solotrial::simulation

// What the decision rule of engine/trial/verdict.h says in the long run, of diaries that nobody
// drew from the model: how often RESPONDS and WORSENS where the treatment does nothing, and
// RESPONDS where it does something. With one look at the end, and with the looks on the way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/simulation/distributions.h"
#include "tests/simulation/lived_trial.h"
#include "tests/simulation/results.h"
#include "tests/simulation/scenarios.h"

namespace solotrial::simulation {
namespace {

using inference::Family;
using trial::Decision;

constexpr uint64_t kSeed = 20261123;
// Standard errors of the simulation by which a rate may exceed its bar.
constexpr double kTolerance = 2;

struct Rates {
  int people = 0;
  int responds = 0;
  int worsens = 0;
  int looks_respond = 0;  // with the looks
  int looks_worsen = 0;
  int t_test = 0;
  int not_computed = 0;  // at the end
};

struct Cell {
  Cell(Scenario the_scenario, TrialPlan the_plan, bool is_rounded, bool has_looks)
      : scenario(std::move(the_scenario)), plan(the_plan), rounded(is_rounded), looks(has_looks) {
    plan.minimal_important_difference = scenario.minimal_important_difference;
  }

  Scenario scenario;
  TrialPlan plan;
  bool rounded;  // to 0, 1, .., 10
  bool looks;    // whether the looks are simulated
};

Rates Simulate(const Cell& cell, double effect, int people) {
  Rates rates;
  rates.people = people;
  for (int person = 0; person < people; ++person) {
    RandomStream random = StreamOf(kSeed, static_cast<uint64_t>(person));
    LivedTrial trial(cell.plan, random);
    std::vector<double> scores =
        cell.scenario.diary({.assignment = trial.assignment(),
                             .block_days = cell.plan.block_days,
                             .effect = effect,
                             .onset_half_life_days = cell.plan.onset_half_life_days,
                             .offset_half_life_days = cell.plan.offset_half_life_days},
                            random);
    if (cell.rounded) scores = Rounded(scores);
    trial.Enter(scores);
    if (TTestOnDays(trial.assignment(), scores) < 0.05) ++rates.t_test;
    const Decision end = trial.DecisionAtEnd();
    if (end == Decision::kResponds) ++rates.responds;
    if (end == Decision::kWorsens) ++rates.worsens;
    if (end == Decision::kNotComputed) ++rates.not_computed;
    if (!cell.looks) continue;
    Decision with_looks = trial.DecisionOfLooks();
    if (with_looks == Decision::kUndecided) with_looks = end;
    if (with_looks == Decision::kResponds) ++rates.looks_respond;
    if (with_looks == Decision::kWorsens) ++rates.looks_worsen;
  }
  return rates;
}

// At most so many false RESPONDS, and so many with the false WORSENS.
struct Bar {
  double responds;
  double both;
};

// Whether the rate is within the bar and the error of the simulation. Fails where it is beyond the
// larger of the bar and `known`, a rate that misses it.
bool CheckRate(int count, int people, double bar, double known, const std::string& what) {
  const double error = std::sqrt(bar * (1 - bar) / people);
  const double rate = static_cast<double>(count) / people;
  EXPECT_LE(rate, std::max(bar, known) + kTolerance * error) << what;
  return rate <= bar + kTolerance * error;
}

const char* NameOf(const TrialPlan& plan, bool rounded) {
  if (plan.family == Family::kOrdinal) return "ORDINAL";
  if (plan.family == Family::kBernoulli) return "BERNOULLI";
  return rounded ? "GAUSSIAN 0,1,..,10" : "GAUSSIAN";
}

void PrintHead(Results& results) {
  results.Line(
      "Per cent. R: RESPONDS, W: WORSENS; +-: standard error of R at its bar (without one: at 2.5 "
      "%). NC: number of");
  results.Line(
      "NOT_COMPUTED. Power: RESPONDS where the effect is 1 and 2 MIDs. With 3 pairs no look falls "
      "due; -: not simulated.");
  results.Line("OVER: beyond a bar by more than 2 standard errors.");
  results.Line("");
  results.Line(
      "                                                     | no effect, at the end                "
      "    | with looks   | power, at end   | with looks");
  results.Line(
      "scenario                  analysis            design |     n      R    R+W    +-  t-test  "
      "NC |     R    R+W |     n    1    2 |    1    2");
}

// One row of the table, and its bars. `known`: rates that are known to miss them.
void Row(const Cell& cell, int people, int people_with_effect, std::optional<Bar> bar,
         Results& results, Bar known = {0, 0}) {
  const int n = Simulations(people);
  const int m = Simulations(people_with_effect);
  const Rates none = Simulate(cell, 0, n);
  const double mid = cell.plan.minimal_important_difference;
  const Rates once = Simulate(cell, mid, m);
  const Rates twice = Simulate(cell, 2 * mid, m);
  const auto percent = [](int count, int of) { return 100.0 * count / of; };
  const auto with_looks = [&](int count, int of, int width, int decimals) {
    return cell.looks ? absl::StrFormat("%*.*f", width, decimals, percent(count, of))
                      : absl::StrFormat("%*s", width, "-");
  };
  const double at = bar.has_value() ? bar->responds : 0.025;
  std::string line = absl::StrFormat(
      "%-25s %-18s %2d x%3d | %5d  %5.2f  %5.2f  %.2f  %5.1f  %3d | ", cell.scenario.name,
      NameOf(cell.plan, cell.rounded), cell.plan.pairs, cell.plan.block_days, n,
      percent(none.responds, n), percent(none.responds + none.worsens, n),
      100 * std::sqrt(at * (1 - at) / n), percent(none.t_test, n), none.not_computed);
  line += with_looks(none.looks_respond, n, 5, 2) + "  " +
          with_looks(none.looks_respond + none.looks_worsen, n, 5, 2);
  line += absl::StrFormat(" | %5d %4.0f %4.0f | ", m, percent(once.responds, m),
                          percent(twice.responds, m));
  line += with_looks(once.looks_respond, m, 4, 0) + " " + with_looks(twice.looks_respond, m, 4, 0);
  if (bar.has_value()) {
    const std::string what =
        absl::StrFormat("%s, %s, %d x %d", cell.scenario.name, NameOf(cell.plan, cell.rounded),
                        cell.plan.pairs, cell.plan.block_days);
    bool within = CheckRate(none.responds, n, bar->responds, known.responds, what + ": RESPONDS");
    within &=
        CheckRate(none.responds + none.worsens, n, bar->both, known.both, what + ": with WORSENS");
    if (cell.looks) {
      within &= CheckRate(none.looks_respond, n, bar->responds, known.responds,
                          what + ": RESPONDS with looks");
      within &= CheckRate(none.looks_respond + none.looks_worsen, n, bar->both, known.both,
                          what + ": with WORSENS, with looks");
    }
    if (!within) line += "  OVER";
  }
  results.Line(line);
}

// `name` ends the file's.
void Autoregressive(double correlation, const std::string& name) {
  Results results("decision_rule_" + name,
                  "The decision rule on AR(1) diaries: at most 2.5 % RESPONDS, 5 % with WORSENS",
                  kSeed);
  PrintHead(results);
  const Bar bar = {0.025, 0.05};
  const Scenario scenario = Autoregression(correlation);
  const TrialPlan weeks = {
      .pairs = 6, .block_days = 7, .onset_half_life_days = 1, .offset_half_life_days = 2};
  Row({scenario, {.pairs = 3}, false, true}, 10'000, 1000, bar, results);
  Row({scenario, {.pairs = 6}, false, true}, 5000, 500, bar, results);
  Row({scenario, weeks, false, true}, 3000, 500, bar, results);
  Row({scenario, {.family = Family::kOrdinal, .pairs = 3}, true, true}, 2000, 300, bar, results);
  Row({scenario, {.family = Family::kOrdinal, .pairs = 6}, true, true}, 1000, 200, bar, results);
}

TEST(DecisionRuleTest, AutoregressionOfAHalf) { Autoregressive(0.5, "ar_05"); }
TEST(DecisionRuleTest, AutoregressionOfSevenTenths) { Autoregressive(0.7, "ar_07"); }

// GAUSSIAN and ORDINAL on the same whole numbers.
void OnWholeNumbers(const Scenario& scenario, std::optional<Bar> at_3, std::optional<Bar> at_6,
                    Results& results, Bar known_gaussian_at_6 = {0, 0}) {
  Row({scenario, {.pairs = 3}, true, true}, 2000, 500, at_3, results);
  Row({scenario, {.pairs = 6}, true, true}, 2000, 300, at_6, results, known_gaussian_at_6);
  Row({scenario, {.family = Family::kOrdinal, .pairs = 3}, true, false}, 1000, 200, at_3, results);
  Row({scenario, {.family = Family::kOrdinal, .pairs = 6}, true, false}, 1000, 100, at_6, results);
}

constexpr char kTitle[] =
    "The decision rule on diaries that the model did not make: at most 3.5 % RESPONDS; with "
    "WORSENS "
    "8 % at 3 pairs, 6 % at 6";
constexpr Bar kAt3 = {0.035, 0.08};
constexpr Bar kAt6 = {0.035, 0.06};

TEST(DecisionRuleTest, DriftingDiaries) {
  Results results("decision_rule_drift", kTitle, kSeed);
  PrintHead(results);
  for (const Scenario& scenario : {ThresholdAutoregression(), RandomWalk(), LevelShifts()}) {
    OnWholeNumbers(scenario, kAt3, kAt6, results);
  }
}

TEST(DecisionRuleTest, DiariesOfAttacksAndCycles) {
  Results results("decision_rule_attacks", kTitle, kSeed);
  PrintHead(results);
  Row({AttackDays(), {.family = Family::kBernoulli, .pairs = 3}, false, false}, 2000, 300, kAt3,
      results);
  Row({AttackDays(), {.family = Family::kBernoulli, .pairs = 6}, false, false}, 2000, 300, kAt6,
      results);
  OnWholeNumbers(Attacks(), kAt3, kAt6, results);
  // A pair of 14-day blocks is one cycle: its halves differ alike in every pair, which looks like
  // an effect where the drawn order is much the same from pair to pair.
  OnWholeNumbers(Cycle(), kAt3, kAt6, results, {0.053, 0.083});
}

TEST(DecisionRuleTest, DiariesThatTheDesignMissed) {
  Results results("decision_rule_design", kTitle, kSeed);
  PrintHead(results);
  for (const Scenario& scenario : {SlowOnset(), MissingOnBadDays()}) {
    OnWholeNumbers(scenario, kAt3, kAt6, results);
  }
  results.Line("");
  results.Line("Without a bar:");
  OnWholeNumbers(ShiftsOnBlocks(), std::nullopt, std::nullopt, results);
}

}  // namespace
}  // namespace solotrial::simulation

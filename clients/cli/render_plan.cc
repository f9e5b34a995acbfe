#include "clients/cli/render_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "clients/cli/render_trial.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

constexpr int kMarks = 10;

std::string TruthWords(const v1::PlanCell& cell, const std::string& unit) {
  const std::string benefit = Number(std::round(100 * cell.benefit()) / 100);
  switch (cell.truth()) {
    case v1::PlanCell::TRUTH_NOTHING:
      return "nothing";
    case v1::PlanCell::TRUTH_HALF_THE_DIFFERENCE:
      return fmt::format("half of what matters: {} {}", benefit, unit);
    case v1::PlanCell::TRUTH_THE_DIFFERENCE:
      return fmt::format("what matters: {} {}", benefit, unit);
    case v1::PlanCell::TRUTH_TWICE_THE_DIFFERENCE:
      return fmt::format("twice what matters: {} {}", benefit, unit);
    default:
      return "something else";
  }
}

// A share of some hundred simulated trials is never a certainty.
std::string Chance(const v1::SimulatedProbability& probability) {
  const double p = probability.probability();
  if (p > 0 && p < 0.005) return "<1 %";
  return fmt::format("{:.0f} %", 100 * p);
}

// Ten trials: right, wrong and open in whole trials that add up to ten.
std::string TenTrials(const v1::PlanCell& cell) {
  const double share[3] = {cell.right().probability(), cell.wrong().probability(),
                           1 - cell.right().probability() - cell.wrong().probability()};
  int marks[3];
  int given = 0;
  for (int i = 0; i < 3; ++i) given += marks[i] = static_cast<int>(kMarks * share[i] + 1e-9);
  for (; given < kMarks; ++given) {
    int most = 0;
    for (int i = 1; i < 3; ++i) {
      if (kMarks * share[i] - marks[i] > kMarks * share[most] - marks[most]) most = i;
    }
    ++marks[most];
  }
  return std::string(static_cast<size_t>(marks[0]), '+') +
         std::string(static_cast<size_t>(marks[1]), 'x') +
         std::string(static_cast<size_t>(marks[2]), '.');
}

std::string DesignWords(const v1::PlanCandidate& candidate) {
  const v1::Design& design = candidate.design();
  std::string words = fmt::format("{} of {}", Count(static_cast<size_t>(design.pairs()), "pair"),
                                  BlockWords(design));
  if (design.run_in_days() > 0) {
    words +=
        fmt::format(" after {} of run-in", Count(static_cast<size_t>(design.run_in_days()), "day"));
  }
  const bool by_visits = design.block_unit() == v1::Design::VISITS;
  return words + ": " + Count(static_cast<size_t>(candidate.days()), by_visits ? "visit" : "day");
}

// How far chance in the simulation may have moved a percentage, at most.
int GiveOrTake(const v1::Plan& plan) {
  double largest = 0;
  for (const v1::PlanCandidate& candidate : plan.candidates()) {
    for (const v1::PlanCell& cell : candidate.cells()) {
      largest = std::max({largest, cell.right().standard_error(), cell.wrong().standard_error()});
    }
  }
  return std::max(1, static_cast<int>(std::round(200 * largest)));
}

}  // namespace

std::string RenderPlan(const v1::Plan& plan, const Style& style) {
  const auto width = static_cast<size_t>(style.width);
  std::string text = Bold(style, fmt::format("What a trial of \"{}\" is likely to answer",
                                             Clean(plan.measure()))) +
                     "\n";
  for (int i = 0; i < plan.candidates_size(); ++i) {
    const v1::PlanCandidate& candidate = plan.candidates(i);
    std::string heading = DesignWords(candidate);
    if (i == 0) heading += ", as written";
    if (plan.has_recommended() && plan.recommended() == i) heading += " - recommended";
    text += "\n" + Bold(style, heading) + "\n";
    std::vector<std::vector<std::string>> rows = {
        {"If it does", "right", "wrong", "in 10 trials",
         candidate.design().block_unit() == v1::Design::VISITS ? "visits" : "days"}};
    for (const v1::PlanCell& cell : candidate.cells()) {
      rows.push_back({TruthWords(cell, Clean(plan.unit())), Chance(cell.right()),
                      Chance(cell.wrong()), TenTrials(cell),
                      fmt::format("{:.0f}", cell.expected_days())});
    }
    text += Table(rows, "lrrlr", "  ");
  }
  text += "\n";
  text += Paragraph(
      fmt::format("+ the right answer, x a wrong one, . left open. Percentages give or take {}; "
                  "days with stopping at a look that lets it.",
                  GiveOrTake(plan)),
      "", width);
  if (plan.likely_undecided()) {
    text += Paragraph(
        "Even the best of these designs will probably leave it open: longer blocks, more pairs, a "
        "steadier measure or a larger difference would help.",
        "", width);
  }
  const v1::PlanAssumptions& assumed = plan.assumptions();
  std::string assumptions = fmt::format("Assumed: usual level {}", Number(assumed.typical_score()));
  if (!plan.unit().empty() && plan.unit() != "points") assumptions += " " + Clean(plan.unit());
  if (assumed.has_score_sd()) {
    assumptions += fmt::format(", days differ by {} (sd)", Number(assumed.score_sd()));
  }
  assumptions += fmt::format(
      ", correlation of neighbouring days {}, {:.0f} % of days missing; the people differ around "
      "this.",
      Number(assumed.autocorrelation()), 100 * assumed.missing_share());
  text += Paragraph(assumptions, "", width);
  text += "\n";
  text += Dim(style, fmt::format("{} simulated trials in every row. Model version {}, seed {}.",
                                 plan.trials(), Clean(plan.model_version()), plan.seed())) +
          "\n";
  return text;
}

}  // namespace solotrial::cli

#include "engine/trial/plan_checks.h"

#include <cmath>
#include <string>

#include "absl/strings/str_format.h"
#include "engine/base/random.h"
#include "engine/trial/allocation.h"

namespace solotrial::trial {
namespace {

constexpr int kOrders = 64;
constexpr uint64_t kOrderSeed = 1;
constexpr int kLongestBlocks = 366;
// Of the amplitude of the cycle. Four pairs of 14 days and a cycle of 28 have 0.64.
constexpr double kLargestCycleBias = 0.3;

// a_d of every day in blocks, in some orders that the design draws.
std::vector<std::vector<double>> SomeAssignments(const Design& design) {
  const AllocationSampler sampler(design);
  RandomStream random(kOrderSeed);
  std::vector<std::vector<double>> assignments;
  Allocation order;
  for (int i = 0; i < kOrders; ++i) {
    sampler.Draw(random, order);
    std::vector<double>& assignment = assignments.emplace_back();
    for (const char arm : order) {
      assignment.insert(assignment.end(), static_cast<size_t>(design.block_days),
                        arm == '1' ? 1.0 : 0.0);
    }
  }
  return assignments;
}

}  // namespace

double ExpectedContrast(const Design& design, const inference::Kinetics& kinetics) {
  double sum = 0;
  for (const std::vector<double>& assignment : SomeAssignments(design)) {
    const std::vector<double> exposure = inference::Exposure(assignment, kinetics);
    double contrast = 0;
    for (size_t d = 0; d < assignment.size(); ++d) {
      contrast += assignment[d] > 0 ? exposure[d] : -exposure[d];
    }
    sum += contrast / (0.5 * static_cast<double>(assignment.size()));
  }
  return sum / kOrders;
}

int ShortestBlocks(const Design& design, const inference::Kinetics& kinetics) {
  Design other = design;
  other.washout_days = 0;
  for (int days = 1; days <= kLongestBlocks; ++days) {
    other.block_days = days;
    if (ExpectedContrast(other, kinetics) >= kSmallestContrast) return days;
  }
  return 0;
}

double CycleBias(const Design& design, int cycle_days) {
  double squares = 0;
  for (const std::vector<double>& assignment : SomeAssignments(design)) {
    double sine = 0;
    double cosine = 0;
    for (size_t d = 0; d < assignment.size(); ++d) {
      const double phase = 2 * M_PI * static_cast<double>(d) / cycle_days;
      const double sign = assignment[d] > 0 ? 1 : -1;
      sine += sign * std::sin(phase);
      cosine += sign * std::cos(phase);
    }
    const double days = 0.5 * static_cast<double>(assignment.size());
    squares += (sine * sine + cosine * cosine) / (days * days);
  }
  return std::sqrt(squares / kOrders);
}

std::vector<Violation> CheckDesign(const Design& design, const inference::Kinetics& kinetics,
                                   int cycle_days, const std::string& path) {
  std::vector<Violation> violations;
  const double contrast = ExpectedContrast(design, kinetics);
  if (contrast < kSmallestContrast) {
    const int shortest = ShortestBlocks(design, kinetics);
    violations.push_back(
        {path + ".block_days",
         absl::StrFormat("is too short for the half-life of the effect: on and off days would "
                         "differ by %.0f %% of it, and 50 %% is needed; %s",
                         100 * contrast,
                         shortest > 0 ? absl::StrFormat("must be at least %d", shortest)
                                      : "no blocks of up to 366 days are long enough")});
  }
  const bool by_calendar = design.block_unit == BlockUnit::kDays;
  if (by_calendar && cycle_days > 0 && CycleBias(design, cycle_days) > kLargestCycleBias) {
    violations.push_back(
        {path + ".block_days",
         absl::StrFormat("lines up with a cycle of %d days, which would look like an effect; must "
                         "be %d or %d, or use blocks of a cycle",
                         cycle_days, cycle_days, 2 * cycle_days)});
  }
  return violations;
}

bool IsUsualScore(const Measure& measure, double score) {
  if (measure.family == inference::Family::kBernoulli) return score > 0 && score < 28;
  if (IsCount(measure.family)) return score > 0 && score <= 7 * measure.maximum;
  return score >= measure.minimum && score <= measure.maximum;
}

std::vector<Violation> CheckDifference(const Measure& measure, double typical_score) {
  const double difference = measure.minimal_important_difference.value_or(0);
  const double best = measure.lower_is_better && !IsCount(measure.family) ? measure.minimum : 0;
  const bool more_than_half = measure.lower_is_better && difference > 0.5 * (typical_score - best);
  if (more_than_half || difference > LargestBenefit(measure, typical_score)) {
    return {{"protocol.minimal_important_difference",
             absl::StrFormat(
                 "of %s is %g, more than a usual level of %g leaves room for; must be at most %g",
                 measure.id, difference, typical_score,
                 measure.lower_is_better ? 0.5 * (typical_score - best)
                                         : LargestBenefit(measure, typical_score))}};
  }
  return {};
}

}  // namespace solotrial::trial

#include "clients/cli/measures.h"

#include "clients/cli/text.h"

namespace solotrial::cli {

bool IsCount(v1::Measure::Family family) {
  return family == v1::Measure::POISSON || family == v1::Measure::NEGATIVE_BINOMIAL;
}

bool HasWholeScores(v1::Measure::Family family) {
  return family == v1::Measure::ORDINAL || family == v1::Measure::BERNOULLI || IsCount(family);
}

std::string ScaleText(const v1::Measure& measure) {
  if (measure.family() == v1::Measure::BERNOULLI) return "1 yes, 0 no";
  if (IsCount(measure.family())) return "a count";
  return Number(measure.minimum()) + " to " + Number(measure.maximum());
}

std::string BetterText(const v1::Measure& measure) {
  const bool lower = measure.lower_is_better();
  if (measure.family() == v1::Measure::BERNOULLI) return lower ? "no is better" : "yes is better";
  if (IsCount(measure.family())) return lower ? "fewer is better" : "more is better";
  return lower ? "lower is better" : "higher is better";
}

std::string DifferenceText(const v1::Measure& measure) {
  const double difference = measure.minimal_important_difference();
  const std::string plural = difference == 1 ? "" : "s";
  const std::string number = Number(difference);
  if (measure.family() == v1::Measure::BERNOULLI) return number + " day" + plural + " per 28 days";
  if (IsCount(measure.family())) return number + " event" + plural + " per 7 days";
  return number;
}

}  // namespace solotrial::cli

#include "engine/trial/predictive_check.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "engine/base/random.h"
#include "engine/inference/predictive.h"
#include "engine/trial/statistics.h"

namespace solotrial::trial {
namespace {

using Statistic = PredictiveCheck::Statistic;

// Keeps the stream of the simulations apart from that of the draws, which the same seed begins.
constexpr uint64_t kSimulationStream = 0xd1b54a32d192ed03;

// The days that have a score, as the statistics need them.
struct ObservedDays {
  std::vector<size_t> days;
  // Pairs of neighbouring days, as places in `days`.
  std::vector<size_t> first_of_neighbours;
  // Places in `days` by block number less 1.
  std::vector<std::vector<size_t>> of_block;
  double lowest = 0;
};

ObservedDays Observe(const Record& record, const inference::Record& matrix) {
  ObservedDays observed;
  const bool has_scale = matrix.family == inference::Family::kGaussian ||
                         matrix.family == inference::Family::kStudentT ||
                         matrix.family == inference::Family::kOrdinal;
  observed.lowest = has_scale ? matrix.minimum : 0;
  observed.of_block.resize(record.blocks.size());
  for (size_t day = 0; day < matrix.score.size(); ++day) {
    if (std::isnan(matrix.score[day])) continue;
    const size_t place = observed.days.size();
    if (place > 0 && observed.days.back() + 1 == day) {
      observed.first_of_neighbours.push_back(place - 1);
    }
    observed.days.push_back(day);
    if (const int block = record.days[day].block; block > 0) {
      observed.of_block[static_cast<size_t>(block - 1)].push_back(place);
    }
  }
  return observed;
}

double LagOneCorrelation(const std::vector<double>& scores, const std::vector<size_t>& neighbours) {
  const double mean = Mean(scores);
  double squares = 0;
  for (const double score : scores) squares += (score - mean) * (score - mean);
  double products = 0;
  for (const size_t first : neighbours) {
    products += (scores[first] - mean) * (scores[first + 1] - mean);
  }
  if (squares == 0 || neighbours.empty()) return 0;
  return products / static_cast<double>(neighbours.size()) /
         (squares / static_cast<double>(scores.size()));
}

double ValueOf(const PredictiveCheck& check, const ObservedDays& observed,
               const std::vector<double>& scores) {
  switch (check.statistic) {
    case Statistic::kMean:
      return Mean(scores);
    case Statistic::kStandardDeviation:
      return StandardDeviation(scores);
    case Statistic::kShareLowest: {
      const auto lowest = std::count_if(scores.begin(), scores.end(), [&observed](double score) {
        return score <= observed.lowest;
      });
      return static_cast<double>(lowest) / static_cast<double>(scores.size());
    }
    case Statistic::kLagOneCorrelation:
      return LagOneCorrelation(scores, observed.first_of_neighbours);
    case Statistic::kBlockMean: {
      const std::vector<size_t>& places = observed.of_block[static_cast<size_t>(check.block - 1)];
      double sum = 0;
      for (const size_t place : places) sum += scores[place];
      return sum / static_cast<double>(places.size());
    }
  }
  return 0;
}

// The statistics that the recorded scores have.
std::vector<PredictiveCheck> ChecksOf(const ObservedDays& observed,
                                      const std::vector<double>& scores) {
  std::vector<PredictiveCheck> checks = {{.statistic = Statistic::kMean}};
  if (scores.size() > 1) checks.push_back({.statistic = Statistic::kStandardDeviation});
  checks.push_back({.statistic = Statistic::kShareLowest});
  if (!observed.first_of_neighbours.empty() && StandardDeviation(scores) > 0) {
    checks.push_back({.statistic = Statistic::kLagOneCorrelation});
  }
  for (size_t i = 0; i < observed.of_block.size(); ++i) {
    if (observed.of_block[i].empty()) continue;
    checks.push_back({.statistic = Statistic::kBlockMean, .block = static_cast<int>(i) + 1});
  }
  for (PredictiveCheck& check : checks) check.observed = ValueOf(check, observed, scores);
  return checks;
}

void Compare(std::vector<double> simulated, PredictiveCheck& check) {
  std::sort(simulated.begin(), simulated.end());
  check.q025 = Quantile(simulated, 0.025);
  check.q500 = Quantile(simulated, 0.5);
  check.q975 = Quantile(simulated, 0.975);
  const auto at_least =
      simulated.end() - std::lower_bound(simulated.begin(), simulated.end(), check.observed);
  const auto at_most =
      std::upper_bound(simulated.begin(), simulated.end(), check.observed) - simulated.begin();
  const double share =
      static_cast<double>(std::min(at_least, at_most)) / static_cast<double>(simulated.size());
  check.p = std::min(1.0, 2 * share);
}

}  // namespace

std::vector<PredictiveCheck> CheckPredictions(const Record& record, const inference::Record& matrix,
                                              const std::vector<inference::PosteriorDraw>& draws,
                                              uint32_t seed) {
  const ObservedDays observed = Observe(record, matrix);
  if (observed.days.empty() || draws.empty()) return {};
  std::vector<double> scores;
  for (const size_t day : observed.days) scores.push_back(matrix.score[day]);
  std::vector<PredictiveCheck> checks = ChecksOf(observed, scores);

  std::vector<std::vector<double>> simulated(checks.size());
  RandomStream random(kSimulationStream ^ seed);
  for (const inference::PosteriorDraw& draw : draws) {
    const std::vector<double> all_days = inference::SimulateScores(matrix, draw, random);
    for (size_t place = 0; place < scores.size(); ++place) {
      scores[place] = all_days[observed.days[place]];
    }
    for (size_t i = 0; i < checks.size(); ++i) {
      simulated[i].push_back(ValueOf(checks[i], observed, scores));
    }
  }
  for (size_t i = 0; i < checks.size(); ++i) Compare(std::move(simulated[i]), checks[i]);
  return checks;
}

}  // namespace solotrial::trial

// Means of blocks with intervals of their own: see record_summary.h.
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <utility>

#include "engine/trial/record_summary.h"

namespace solotrial::trial {
namespace {

constexpr double kHighestCorrelation = 0.95;

// The scores of one block, by day.
struct Scores {
  std::vector<size_t> days;
  std::vector<double> values;
  double mean = 0;
};

std::vector<Scores> ScoresByBlock(const AnalysisOutcome& outcome) {
  std::vector<Scores> blocks;
  for (const BlockSummary& block : outcome.blocks) {
    Scores scores;
    for (size_t day = block.block.first_day; day <= block.block.last_day; ++day) {
      const DayValue& value = outcome.series[day];
      if (value.block != block.block.number || !value.score.has_value()) continue;
      scores.days.push_back(day);
      scores.values.push_back(*value.score);
      scores.mean += *value.score;
    }
    if (!scores.values.empty()) scores.mean /= static_cast<double>(scores.values.size());
    blocks.push_back(std::move(scores));
  }
  return blocks;
}

double SquaresWithin(const std::vector<Scores>& blocks) {
  double sum = 0;
  for (const Scores& block : blocks) {
    for (const double value : block.values) sum += (value - block.mean) * (value - block.mean);
  }
  return sum;
}

// The pooled lag-1 correlation; 0 where there are too few neighbours to tell.
double CorrelationWithin(const std::vector<Scores>& blocks, double squares) {
  double products = 0;
  int neighbours = 0;
  size_t count = 0;
  size_t scored_blocks = 0;
  for (const Scores& block : blocks) {
    count += block.values.size();
    if (!block.values.empty()) ++scored_blocks;
    for (size_t i = 1; i < block.values.size(); ++i) {
      if (block.days[i] != block.days[i - 1] + 1) continue;
      products += (block.values[i] - block.mean) * (block.values[i - 1] - block.mean);
      ++neighbours;
    }
  }
  if (neighbours < 2 || !(squares > 0)) return 0;
  const double raw = (products / neighbours) / (squares / static_cast<double>(count));
  const double length = static_cast<double>(count) / static_cast<double>(scored_blocks);
  const double freed = length > 4 ? (raw + 1 / length) / (1 - 3 / length) : raw;
  return std::clamp(freed, 0.0, kHighestCorrelation);
}

// Variance of the block's mean in units of the variance of one score.
double VarianceOfMean(const Scores& block, double correlation) {
  const size_t span = block.days.back() - block.days.front() + 1;
  std::vector<double> power(span, 1);
  for (size_t lag = 1; lag < span; ++lag) power[lag] = power[lag - 1] * correlation;
  double sum = 0;
  for (size_t i = 0; i < block.days.size(); ++i) {
    sum += 1;
    for (size_t j = 0; j < i; ++j) sum += 2 * power[block.days[i] - block.days[j]];
  }
  const auto count = static_cast<double>(block.days.size());
  return sum / (count * count);
}

}  // namespace

std::vector<BlockMean> BlockMeans(const AnalysisOutcome& outcome) {
  const std::vector<Scores> blocks = ScoresByBlock(outcome);
  const double squares = SquaresWithin(blocks);
  const double correlation = CorrelationWithin(blocks, squares);
  double weight = 0;   // of the sum of squares
  double freedom = 0;  // degrees of it
  for (const Scores& block : blocks) {
    if (block.values.empty()) continue;
    const double variance = VarianceOfMean(block, correlation);
    weight += static_cast<double>(block.values.size()) * (1 - variance);
    freedom += 1 / variance - 1;
  }
  // Two degrees at least: with one the interval would be wider than any scale.
  const bool known = squares > 0 && weight > 0 && freedom >= 2;
  const double t =
      known ? boost::math::quantile(boost::math::students_t_distribution<double>(freedom), 0.975)
            : 0;
  const Measure& measure = *outcome.measure;
  std::vector<BlockMean> means;
  for (size_t i = 0; i < blocks.size(); ++i) {
    BlockMean mean{.number = outcome.blocks[i].block.number};
    if (!blocks[i].values.empty()) {
      mean.mean = blocks[i].mean;
      if (known) {
        const double half =
            t * std::sqrt(squares / weight * VarianceOfMean(blocks[i], correlation));
        // What a count can be is bounded below only: its `maximum` catches slips of the keyboard.
        mean.q025 = std::max(measure.minimum, blocks[i].mean - half);
        mean.q975 = IsCount(measure.family) ? blocks[i].mean + half
                                            : std::min(measure.maximum, blocks[i].mean + half);
      }
    }
    means.push_back(mean);
  }
  return means;
}

}  // namespace solotrial::trial

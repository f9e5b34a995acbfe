#include "engine/trial/randomization_test.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/base/random.h"
#include "engine/trial/allocation.h"

namespace solotrial::trial {
namespace {

// The scores of one block.
struct BlockScores {
  double sum = 0;
  int count = 0;
};

// The statistic of an order: the two means need only the sums of the blocks.
class MeanDifference {
 public:
  MeanDifference(std::vector<BlockScores> blocks, bool lower_is_better)
      : blocks_(std::move(blocks)), sign_(lower_is_better ? -1 : 1) {
    for (const BlockScores& block : blocks_) {
      total_.sum += block.sum;
      total_.count += block.count;
    }
  }

  // nullopt when an arm is left without scores. Blocks that were not lived count for nothing.
  std::optional<double> Of(const Allocation& allocation) const {
    BlockScores on;
    for (size_t i = 0; i < blocks_.size(); ++i) {
      if (allocation[i] != '1') continue;
      on.sum += blocks_[i].sum;
      on.count += blocks_[i].count;
    }
    const int off_count = total_.count - on.count;
    if (on.count == 0 || off_count == 0) return std::nullopt;
    return sign_ * (on.sum / on.count - (total_.sum - on.sum) / off_count);
  }

 private:
  const std::vector<BlockScores> blocks_;
  const double sign_;
  BlockScores total_;
};

// Counts orders at least as extreme as the observed one.
class ExtremeCounter {
 public:
  ExtremeCounter(const MeanDifference& statistic, double observed)
      : statistic_(statistic),
        observed_(observed),
        tolerance_(1e-9 * std::max(1.0, std::abs(observed))) {}

  void Add(const Allocation& allocation) {
    const std::optional<double> value = statistic_.Of(allocation);
    if (!value.has_value() || *value >= observed_ - tolerance_) ++one_sided_;
    if (!value.has_value() || std::abs(*value) >= std::abs(observed_) - tolerance_) ++two_sided_;
    ++all_;
  }

  double one_sided() const { return one_sided_; }
  double two_sided() const { return two_sided_; }
  double all() const { return all_; }

 private:
  const MeanDifference& statistic_;
  const double observed_;
  const double tolerance_;
  double one_sided_ = 0;
  double two_sided_ = 0;
  double all_ = 0;
};

std::vector<BlockScores> ScoresByBlock(const Record& record, const Measure& measure) {
  std::vector<BlockScores> blocks(record.blocks.size());
  for (const RecordDay& day : record.days) {
    const auto score = day.scores.find(measure.id);
    if (day.block == 0 || day.run_in || score == day.scores.end()) continue;
    BlockScores& block = blocks[static_cast<size_t>(day.block - 1)];
    block.sum += score->second;
    ++block.count;
  }
  return blocks;
}

// The design as far as it was lived: pairs that never began are not part of the test where pairs
// are drawn one by one.
Design LivedDesign(const Record& record) {
  Design design = record.design;
  const auto blocks = static_cast<int>(record.blocks.size());
  if (design.randomization == Randomization::kPaired) design.pairs = (blocks + 1) / 2;
  if (design.randomization == Randomization::kCounterbalanced) design.pairs = (blocks + 3) / 4 * 2;
  return design;
}

}  // namespace

std::optional<RandomizationTest> TestRandomization(const Record& record, const Measure& measure,
                                                   uint32_t seed) {
  if (record.design.randomization == Randomization::kNone || record.blocks.empty()) {
    return std::nullopt;
  }
  Allocation observed_order;
  for (const RecordBlock& block : record.blocks) observed_order.push_back(block.on ? '1' : '0');
  const MeanDifference statistic(ScoresByBlock(record, measure), measure.lower_is_better);
  const std::optional<double> observed = statistic.Of(observed_order);
  if (!observed.has_value()) return std::nullopt;

  const Design design = LivedDesign(record);
  RandomizationTest test;
  test.statistic = *observed;
  test.allocations = AllocationCount(design);
  test.smallest_p = 1 / test.allocations;
  ExtremeCounter counter(statistic, *observed);
  if (test.allocations <= kMaxEnumeratedAllocations) {
    for (const Allocation& allocation : AllAllocations(design)) counter.Add(allocation);
    test.p_one_sided = counter.one_sided() / counter.all();
    test.p_two_sided = counter.two_sided() / counter.all();
    return test;
  }
  const AllocationSampler sampler(design);
  RandomStream random(seed);
  Allocation allocation;
  for (int i = 0; i < kDrawnAllocations; ++i) {
    sampler.Draw(random, allocation);
    counter.Add(allocation);
  }
  test.draws = kDrawnAllocations;
  // The observed order is one of the set: counting it keeps the test valid.
  test.p_one_sided = (1 + counter.one_sided()) / (1 + counter.all());
  test.p_two_sided = (1 + counter.two_sided()) / (1 + counter.all());
  return test;
}

}  // namespace solotrial::trial

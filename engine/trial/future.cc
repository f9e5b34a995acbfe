#include "engine/trial/future.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace solotrial::trial {
namespace {

constexpr size_t kWeek = 7;
// A design of one block in a row needs two tries on average; none needs many.
constexpr int kMostTries = 1000;

int OnBlocks(const Record& record) {
  return static_cast<int>(std::count_if(record.blocks.begin(), record.blocks.end(),
                                        [](const RecordBlock& block) { return block.on; }));
}

int OffBlocks(const Record& record) {
  return static_cast<int>(record.blocks.size()) - OnBlocks(record);
}

// The longest run of equal blocks that touches place `from` of `order`.
int RunAround(const Allocation& order, size_t from) {
  size_t begin = from;
  size_t end = from;
  while (begin > 0 && order[begin - 1] == order[from]) --begin;
  while (end < order.size() && order[end] == order[from]) ++end;
  return static_cast<int>(end - begin);
}

// Balanced blocks drawn afresh, `lived` being what comes before them.
Allocation DrawPairs(const Design& design, const Allocation& lived, int pairs,
                     RandomStream& random) {
  Design further = design;
  further.pairs = pairs;
  if (design.randomization == Randomization::kCounterbalanced) further.pairs += pairs % 2;
  const AllocationSampler sampler(further);
  Allocation drawn;
  for (int i = 0; i < kMostTries; ++i) {
    sampler.Draw(random, drawn);
    drawn.resize(static_cast<size_t>(2 * pairs));
    const bool restricted = design.randomization == Randomization::kRestricted;
    if (!restricted || RunAround(lived + drawn, lived.size()) <= design.longest_run) break;
  }
  return drawn;
}

// The lived day, as an index, whose covariates day `day` has; nullopt when there is none.
std::optional<size_t> SameWeekday(size_t day, size_t lived) {
  const size_t weeks = (day - lived) / kWeek + 1;
  if (day < weeks * kWeek) return std::nullopt;
  return day - weeks * kWeek;
}

}  // namespace

int LackingBlocks(const Record& record) { return std::abs(OnBlocks(record) - OffBlocks(record)); }

Allocation DrawFurtherBlocks(const Record& record, int pairs, RandomStream& random) {
  Allocation order;
  for (const RecordBlock& block : record.blocks) order.push_back(block.on ? '1' : '0');
  const char lacking = OnBlocks(record) < OffBlocks(record) ? '1' : '0';
  order.append(static_cast<size_t>(LackingBlocks(record)), lacking);

  const bool half_foursome =
      record.design.randomization == Randomization::kCounterbalanced && (order.size() / 2) % 2 == 1;
  if (half_foursome && pairs > 0) {
    const char first = order[order.size() - 1];
    const char second = order[order.size() - 2];
    order.push_back(first);
    order.push_back(second);
    --pairs;
  }
  if (pairs > 0) order += DrawPairs(record.design, order, pairs, random);
  return order.substr(record.blocks.size());
}

Record Continued(const Record& record, const Allocation& further) {
  Record continued = record;
  const size_t lived = record.days.size();
  const auto add_days = [&](RecordBlock& block, int days) {
    for (int i = 0; i < days; ++i) {
      const size_t index = continued.days.size();
      RecordDay day{.date = record.days.front().date + static_cast<absl::civil_diff_t>(index),
                    .assignment = block.on ? 1.0 : 0.0,
                    .block = block.number};
      if (const std::optional<size_t> like = SameWeekday(index, lived)) {
        day.covariates = record.days[*like].covariates;
      }
      continued.days.push_back(day);
      block.last_day = index;
    }
  };
  RecordBlock& last = continued.blocks.back();
  const auto lived_days =
      std::count_if(record.days.begin(), record.days.end(),
                    [&last](const RecordDay& day) { return day.block == last.number; });
  add_days(last, std::max(0, record.design.block_days - static_cast<int>(lived_days)));
  for (const char arm : further) {
    const size_t index = continued.blocks.size();
    RecordBlock block{.number = static_cast<int>(index) + 1,
                      .pair = PairOf(record.design, static_cast<int>(index)),
                      .on = arm == '1',
                      .first_day = continued.days.size()};
    add_days(block, record.design.block_days);
    continued.blocks.push_back(block);
  }
  return FirstBlocks(continued, continued.blocks.size(), record.planned_days);
}

Record FirstBlocks(const Record& continued, size_t blocks, int planned_days) {
  Record first = continued;
  first.blocks.resize(blocks);
  first.days.resize(first.blocks.back().last_day + 1);
  first.design.pairs = static_cast<int>(blocks + 1) / 2;
  first.planned_days = std::max(planned_days, static_cast<int>(first.days.size()));
  return first;
}

inference::Record ContinuedMatrix(const inference::Record& matrix, const Record& continued) {
  inference::Record longer = matrix;
  const size_t lived = matrix.score.size();
  for (size_t day = lived; day < continued.days.size(); ++day) {
    longer.score.push_back(std::numeric_limits<double>::quiet_NaN());
    longer.assignment.push_back(continued.days[day].assignment);
    const std::optional<size_t> like = SameWeekday(day, lived);
    for (size_t k = 0; k < matrix.covariates.size(); ++k) {
      longer.covariates[k].push_back(like.has_value() ? matrix.covariates[k][*like] : 0);
    }
  }
  return longer;
}

}  // namespace solotrial::trial

#include "engine/trial/allocation.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>

#include "engine/base/digest.h"

namespace solotrial::trial {
namespace {

using boost::multiprecision::cpp_int;

// How many of a design's allocations begin with a given prefix, in exact integers (cpp_int) or in
// floating point (double). Everything else follows from it: the size of the set, ranks, validity.
template <typename Number>
class OrderCounter {
 public:
  explicit OrderCounter(const Design& design) : design_(design) {
    if (design.randomization == Randomization::kRestricted ||
        design.randomization == Randomization::kBalanced) {
      FillRunTables();
    }
  }

  Number Completions(const Allocation& prefix) const {
    switch (design_.randomization) {
      case Randomization::kPaired:
        return InGroups(prefix, 2, [](const Allocation& group) {
          return group.size() < 2 || group[0] != group[1];
        });
      case Randomization::kCounterbalanced:
        return InGroups(prefix, 4, [](const Allocation& group) {
          return (group.size() < 2 || group[1] != group[0]) &&
                 (group.size() < 3 || group[2] == group[1]) &&
                 (group.size() < 4 || group[3] == group[0]);
        });
      case Randomization::kRestricted:
      case Randomization::kBalanced:
        return Balanced(prefix);
      case Randomization::kNone:
        break;
    }
    return 0;
  }

  // Probability that the next block is on, `on_left` and `off_left` blocks remaining after a run
  // of `run` blocks that were on (`last_on`) or off; run = 0 at the start.
  double ProbabilityOn(int on_left, int off_left, bool last_on, int run) const {
    const Number on = on_left == 0
                          ? Number{0}
                          : After(on_left - 1, off_left, true, last_on || run == 0 ? run + 1 : 1);
    const Number off =
        off_left == 0 ? Number{0}
                      : After(on_left, off_left - 1, false, !last_on || run == 0 ? run + 1 : 1);
    return on + off > 0 ? static_cast<double>(on / (on + off)) : 0;
  }

 private:
  // Groups of blocks that are drawn independently, two orders each: the first block of a group
  // decides the rest.
  template <typename Valid>
  Number InGroups(const Allocation& prefix, size_t size, const Valid& valid) const {
    const size_t groups = static_cast<size_t>(2 * design_.pairs) / size;
    for (size_t begin = 0; begin < prefix.size(); begin += size) {
      if (!valid(prefix.substr(begin, size))) return 0;
    }
    const size_t begun = (prefix.size() + size - 1) / size;
    if (begun > groups) return 0;
    Number count = 1;
    for (size_t i = begun; i < groups; ++i) count *= 2;
    return count;
  }

  int LongestRun() const {
    return design_.randomization == Randomization::kRestricted
               ? std::min(design_.longest_run, design_.pairs)
               : design_.pairs;
  }

  size_t Cell(int on_left, int off_left) const {
    return static_cast<size_t>(on_left) * static_cast<size_t>(design_.pairs + 1) +
           static_cast<size_t>(off_left);
  }

  // new_on_[a, b]: orders of a on and b off blocks that begin with an on run; new_off_ likewise.
  // new_on_[a, b] is the sum of new_off_[a - j, b] over the length j of the run, kept as a sliding
  // sum along a. The empty order counts once in both.
  void FillRunTables() {
    const int k = design_.pairs;
    const int longest = LongestRun();
    new_on_.assign(Cell(k, k) + 1, Number{0});
    new_off_ = new_on_;
    new_on_[0] = new_off_[0] = 1;
    for (int total = 1; total <= 2 * k; ++total) {
      for (int a = std::max(0, total - k); a <= std::min(k, total); ++a) {
        const int b = total - a;
        if (a > 0) {
          Number sum = (a > 1 ? new_on_[Cell(a - 1, b)] : Number{0}) + new_off_[Cell(a - 1, b)];
          if (a - 1 - longest >= 0) sum -= new_off_[Cell(a - 1 - longest, b)];
          new_on_[Cell(a, b)] = sum;
        }
        if (b > 0) {
          Number sum = (b > 1 ? new_off_[Cell(a, b - 1)] : Number{0}) + new_on_[Cell(a, b - 1)];
          if (b - 1 - longest >= 0) sum -= new_on_[Cell(a, b - 1 - longest)];
          new_off_[Cell(a, b)] = sum;
        }
      }
    }
  }

  // Completions after a run of `run` blocks, on or off, with so many blocks left.
  Number After(int on_left, int off_left, bool last_on, int run) const {
    const int longest = LongestRun();
    if (run > longest) return 0;
    Number count = 0;
    for (int j = 0; j <= longest - run && j <= (last_on ? on_left : off_left); ++j) {
      const int a = last_on ? on_left - j : on_left;
      const int b = last_on ? off_left : off_left - j;
      count += last_on ? new_off_[Cell(a, b)] : new_on_[Cell(a, b)];
    }
    return count;
  }

  Number Balanced(const Allocation& prefix) const {
    int on_left = design_.pairs;
    int off_left = design_.pairs;
    int run = 0;
    for (size_t i = 0; i < prefix.size(); ++i) {
      --(prefix[i] == '1' ? on_left : off_left);
      run = i > 0 && prefix[i] == prefix[i - 1] ? run + 1 : 1;
      if (on_left < 0 || off_left < 0 || run > LongestRun()) return 0;
    }
    if (prefix.empty()) {
      return new_on_[Cell(on_left, off_left)] + new_off_[Cell(on_left, off_left)];
    }
    return After(on_left, off_left, prefix.back() == '1', run);
  }

  const Design design_;
  std::vector<Number> new_on_;
  std::vector<Number> new_off_;
};

// The stream of bytes of the seed (step 3 of allocation.h).
class SeedStream {
 public:
  explicit SeedStream(const std::string& seed) : seed_(seed) {}

  uint8_t Next() {
    if (position_ == block_.size()) {
      std::string counter(8, '\0');
      for (size_t i = 0; i < 8; ++i) {
        counter[i] = static_cast<char>((counter_ >> (56 - 8 * i)) & 0xff);
      }
      ++counter_;
      block_ = Sha256("solotrial/allocation/v1" + seed_ + counter);
      position_ = 0;
    }
    return static_cast<uint8_t>(block_[position_++]);
  }

 private:
  const std::string seed_;
  uint64_t counter_ = 0;
  std::string block_;
  size_t position_ = 0;
};

// Steps 2 and 4 of allocation.h.
cpp_int UniformBelow(const cpp_int& bound, SeedStream& stream) {
  if (bound == 1) return 0;
  const size_t bits = boost::multiprecision::msb(bound - 1) + 1;
  const size_t bytes = (bits + 7) / 8;
  const auto mask = static_cast<uint8_t>(0xff >> (8 * bytes - bits));
  while (true) {
    cpp_int value = stream.Next() & mask;
    for (size_t i = 1; i < bytes; ++i) value = (value << 8) | stream.Next();
    if (value < bound) return value;
  }
}

void AppendAll(const OrderCounter<double>& counter, size_t blocks, Allocation& prefix,
               std::vector<Allocation>& all) {
  if (prefix.size() == blocks) {
    all.push_back(prefix);
    return;
  }
  for (const char arm : {'0', '1'}) {
    prefix.push_back(arm);
    if (counter.Completions(prefix) > 0) AppendAll(counter, blocks, prefix, all);
    prefix.pop_back();
  }
}

}  // namespace

int BlockCount(const Design& design) { return 2 * design.pairs; }

int PairOf(const Design& design, int index) {
  const bool paired = design.randomization == Randomization::kPaired ||
                      design.randomization == Randomization::kCounterbalanced;
  return paired ? index / 2 + 1 : 0;
}

double AllocationCount(const Design& design) {
  return OrderCounter<cpp_int>(design).Completions("").convert_to<double>();
}

bool CanBeDrawn(const Design& design, const Allocation& allocation) {
  return OrderCounter<cpp_int>(design).Completions(allocation) > 0;
}

Allocation DrawAllocation(const Design& design, const std::string& seed) {
  const OrderCounter<cpp_int> counter(design);
  SeedStream stream(seed);
  cpp_int rank = UniformBelow(counter.Completions(""), stream);
  Allocation allocation;
  while (allocation.size() < static_cast<size_t>(BlockCount(design))) {
    allocation.push_back('0');
    const cpp_int below = counter.Completions(allocation);
    if (rank >= below) {
      rank -= below;
      allocation.back() = '1';
    }
  }
  return allocation;
}

AllocationSampler::AllocationSampler(const Design& design) : design_(design) {
  if (design.randomization != Randomization::kRestricted) return;
  const OrderCounter<double> counter(design);
  const int k = design.pairs;
  for (int on = 0; on <= k; ++on) {
    for (int off = 0; off <= k; ++off) {
      for (const bool last_on : {false, true}) {
        for (int run = 0; run <= design.longest_run; ++run) {
          probability_on_.push_back(counter.ProbabilityOn(on, off, last_on, run));
        }
      }
    }
  }
}

void AllocationSampler::Draw(RandomStream& random, Allocation& allocation) const {
  const auto blocks = static_cast<size_t>(BlockCount(design_));
  allocation.resize(blocks);
  if (design_.randomization == Randomization::kPaired) {
    for (size_t i = 0; i < blocks; i += 2) {
      const bool on_first = random.Below(2) == 1;
      allocation[i] = on_first ? '1' : '0';
      allocation[i + 1] = on_first ? '0' : '1';
    }
    return;
  }
  if (design_.randomization == Randomization::kCounterbalanced) {
    for (size_t i = 0; i < blocks; i += 4) {
      allocation.replace(i, 4, random.Below(2) == 1 ? "1001" : "0110");
    }
    return;
  }
  int on_left = design_.pairs;
  int off_left = design_.pairs;
  int run = 0;
  bool last_on = false;
  for (char& arm : allocation) {
    bool on = false;
    if (design_.randomization == Randomization::kBalanced) {
      on = random.Below(static_cast<uint64_t>(on_left) + static_cast<uint64_t>(off_left)) <
           static_cast<uint64_t>(on_left);
    } else {
      const int cell = ((on_left * (design_.pairs + 1) + off_left) * 2 + (last_on ? 1 : 0)) *
                           (design_.longest_run + 1) +
                       run;
      on = random.Uniform() < probability_on_[static_cast<size_t>(cell)];
    }
    --(on ? on_left : off_left);
    run = run > 0 && on == last_on ? run + 1 : 1;
    last_on = on;
    arm = on ? '1' : '0';
  }
}

std::vector<Allocation> AllAllocations(const Design& design) {
  std::vector<Allocation> all;
  Allocation prefix;
  AppendAll(OrderCounter<double>(design), static_cast<size_t>(BlockCount(design)), prefix, all);
  return all;
}

}  // namespace solotrial::trial

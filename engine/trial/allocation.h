// The set of orders that a design can draw, and the draw itself.
//
// An allocation is a string of blocks, '1' on and '0' off, in the order in which they are lived.
// Every design is a set of such strings, and a draw is uniform on its set.
//
// From seed to allocation, to be repeated in any language:
//   1. Let N be the size of the design's set, and the set be sorted as text ('0' before '1').
//   2. Let b be the number of bits of N - 1 (0 when N = 1), and n = ceil(b / 8).
//   3. The stream of bytes is SHA-256("solotrial/allocation/v1" || seed || counter) for counter =
//      0, 1, 2, ... (8 bytes, big endian), one digest after the other; seed is 32 bytes.
//   4. Take the next n bytes as a big-endian number and clear its highest 8 n - b bits. If it is
//      at least N, take the next n bytes instead, and so on.
//   5. The allocation is the string of that rank, the first being rank 0.
#ifndef SOLOTRIAL_ENGINE_TRIAL_ALLOCATION_H_
#define SOLOTRIAL_ENGINE_TRIAL_ALLOCATION_H_

#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/trial/protocol.h"

namespace solotrial::trial {

// Blocks of one trial: '1' on, '0' off.
using Allocation = std::string;

// Number of blocks of the design: two for every pair.
int BlockCount(const Design& design);

// Pair of block `index` (from 0), from 1; 0 where the randomization has no pairs (kRestricted,
// kBalanced, kNone).
int PairOf(const Design& design, int index);

// Size of the set. Exact below 2^53; infinite above 1.8e308. 0 for kNone and for a design with no
// possible order.
double AllocationCount(const Design& design);

// Whether the design could have drawn an allocation that begins with `allocation`.
bool CanBeDrawn(const Design& design, const Allocation& allocation);

// The uniform draw described above. `seed` is 32 bytes; the design is valid and not kNone.
Allocation DrawAllocation(const Design& design, const std::string& seed);

// Draws repeatedly from the same set, for the randomisation test and for simulation: uniform to
// within double rounding (relative 1e-12). Not thread-safe.
class AllocationSampler {
 public:
  // The design is valid and not kNone.
  explicit AllocationSampler(const Design& design);

  // Writes BlockCount(design) characters into `allocation`.
  void Draw(RandomStream& random, Allocation& allocation) const;

 private:
  const Design design_;
  // Probability that the next block is on, by place and state (see allocation.cc).
  std::vector<double> probability_on_;
};

// Every allocation of the set, in order. For sets of at most 2^16; the design is valid and not
// kNone.
std::vector<Allocation> AllAllocations(const Design& design);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_ALLOCATION_H_

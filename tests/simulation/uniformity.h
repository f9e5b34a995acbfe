// Whether values are uniform on [0, 1], from their counts in equal bins.
#ifndef SOLOTRIAL_TESTS_SIMULATION_UNIFORMITY_H_
#define SOLOTRIAL_TESTS_SIMULATION_UNIFORMITY_H_

#include <vector>

namespace solotrial::simulation {

// Counts of values in equal bins of [0, 1].
class Histogram {
 public:
  explicit Histogram(int bins) : counts_(static_cast<std::size_t>(bins), 0) {}
  void Add(double value);
  const std::vector<int>& counts() const { return counts_; }
  int total() const { return total_; }

 private:
  std::vector<int> counts_;
  int total_ = 0;
};

// Pearson's chi-square over `groups` (a divisor of the number of bins) with its p-value.
struct ChiSquare {
  double statistic = 0;
  double p = 1;
};
ChiSquare TestUniform(const Histogram& histogram, int groups);

// Where the number of values below each inner bin edge stays, on all edges at once, with
// probability `coverage` when the values are uniform: pointwise binomial intervals of one tail
// probability, chosen by an exact recursion over the edges (after Sailynoja, Burkner and Vehtari,
// Statistics and Computing 32 (2022), 32).
struct Envelope {
  std::vector<int> low;  // at edge 1, 2, .., bins - 1
  std::vector<int> high;
};
Envelope SimultaneousEnvelope(int values, int bins, double coverage);

// The number of inner edges at which the histogram leaves the envelope.
int EdgesOutside(const Histogram& histogram, const Envelope& envelope);

// The largest difference between the empirical and the uniform distribution function at an edge,
// with its sign.
double LargestDifference(const Histogram& histogram);

}  // namespace solotrial::simulation

#endif  // SOLOTRIAL_TESTS_SIMULATION_UNIFORMITY_H_

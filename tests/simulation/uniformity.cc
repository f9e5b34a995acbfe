#include "tests/simulation/uniformity.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

namespace solotrial::simulation {

void Histogram::Add(double value) {
  const int bins = static_cast<int>(counts_.size());
  ++counts_[static_cast<std::size_t>(std::clamp(static_cast<int>(value * bins), 0, bins - 1))];
  ++total_;
}

ChiSquare TestUniform(const Histogram& histogram, int groups) {
  const std::vector<int>& counts = histogram.counts();
  const std::size_t width = counts.size() / static_cast<std::size_t>(groups);
  const double expected = static_cast<double>(histogram.total()) / groups;
  ChiSquare test;
  for (std::size_t first = 0; first < counts.size(); first += width) {
    double count = 0;
    for (std::size_t i = first; i < first + width; ++i) count += counts[i];
    test.statistic += (count - expected) * (count - expected) / expected;
  }
  const boost::math::chi_squared reference(groups - 1);
  test.p = boost::math::cdf(boost::math::complement(reference, test.statistic));
  return test;
}

namespace {

// Where each edge's count lies with both tails at most `tail`.
Envelope Pointwise(int values, int bins, double tail) {
  Envelope envelope;
  for (int edge = 1; edge < bins; ++edge) {
    const boost::math::binomial count(values, static_cast<double>(edge) / bins);
    int low = static_cast<int>(boost::math::quantile(count, tail));
    while (low > 0 && boost::math::cdf(count, low - 1) > tail) --low;
    while (boost::math::cdf(count, low) <= tail) ++low;
    envelope.low.push_back(low);
    int high = static_cast<int>(boost::math::quantile(boost::math::complement(count, tail)));
    while (high < values && boost::math::cdf(boost::math::complement(count, high)) > tail) {
      ++high;
    }
    while (high > 0 && boost::math::cdf(boost::math::complement(count, high - 1)) <= tail) --high;
    envelope.high.push_back(high);
  }
  return envelope;
}

// Probability that uniform values stay inside: the counts below successive edges are a Markov
// chain, each increment binomial of what is left.
double Coverage(const Envelope& envelope, int values, int bins) {
  std::vector<double> log_factorial(static_cast<std::size_t>(values) + 1, 0);
  for (std::size_t i = 1; i < log_factorial.size(); ++i) {
    log_factorial[i] = log_factorial[i - 1] + std::log(static_cast<double>(i));
  }
  int low = 0;
  std::vector<double> probability = {1};  // of counts low, low + 1, ..
  for (int edge = 1; edge < bins; ++edge) {
    const double share = 1.0 / (bins - edge + 1);
    const int next_low = envelope.low[static_cast<std::size_t>(edge - 1)];
    const int next_high = envelope.high[static_cast<std::size_t>(edge - 1)];
    std::vector<double> next(static_cast<std::size_t>(next_high - next_low) + 1, 0);
    for (std::size_t i = 0; i < probability.size(); ++i) {
      const int count = low + static_cast<int>(i);
      const int left = values - count;
      for (int to = std::max(next_low, count); to <= next_high; ++to) {
        const double increment = to - count;
        const double log_binomial = log_factorial[static_cast<std::size_t>(left)] -
                                    log_factorial[static_cast<std::size_t>(to - count)] -
                                    log_factorial[static_cast<std::size_t>(values - to)] +
                                    increment * std::log(share) +
                                    (left - increment) * std::log1p(-share);
        if (log_binomial < -40) continue;
        next[static_cast<std::size_t>(to - next_low)] += probability[i] * std::exp(log_binomial);
      }
    }
    probability = std::move(next);
    low = next_low;
  }
  double inside = 0;
  for (double p : probability) inside += p;
  return inside;
}

}  // namespace

Envelope SimultaneousEnvelope(int values, int bins, double coverage) {
  // By bisection of the logarithm of the pointwise tail.
  double low = std::log((1 - coverage) / (2.0 * bins));  // Bonferroni: covers at least this
  double high = std::log((1 - coverage) / 2);
  for (int i = 0; i < 7; ++i) {
    const double middle = 0.5 * (low + high);
    const Envelope envelope = Pointwise(values, bins, std::exp(middle));
    (Coverage(envelope, values, bins) >= coverage ? low : high) = middle;
  }
  return Pointwise(values, bins, std::exp(low));
}

int EdgesOutside(const Histogram& histogram, const Envelope& envelope) {
  int below = 0;
  int outside = 0;
  for (std::size_t edge = 0; edge < envelope.low.size(); ++edge) {
    below += histogram.counts()[edge];
    if (below < envelope.low[edge] || below > envelope.high[edge]) ++outside;
  }
  return outside;
}

double LargestDifference(const Histogram& histogram) {
  const double bins = static_cast<double>(histogram.counts().size());
  double below = 0;
  double largest = 0;
  for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
    below += histogram.counts()[i];
    const double difference = below / histogram.total() - static_cast<double>(i + 1) / bins;
    if (std::abs(difference) > std::abs(largest)) largest = difference;
  }
  return largest;
}

}  // namespace solotrial::simulation

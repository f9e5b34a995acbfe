// Plain statistics of a list of numbers.
#ifndef SOLOTRIAL_ENGINE_TRIAL_STATISTICS_H_
#define SOLOTRIAL_ENGINE_TRIAL_STATISTICS_H_

#include <vector>

namespace solotrial::trial {

// `values` is not empty.
double Mean(const std::vector<double>& values);

// With n - 1; 0 for fewer than two values.
double StandardDeviation(const std::vector<double>& values);

// The quantile at `probability`, linear between order statistics (type 7 of Hyndman & Fan, The
// American Statistician 50 (1996), 361-365; R's default). `sorted` is not empty.
double Quantile(const std::vector<double>& sorted, double probability);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_STATISTICS_H_

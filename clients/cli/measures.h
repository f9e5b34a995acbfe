// What the scores of a measure look like, in words.
#ifndef SOLOTRIAL_CLIENTS_CLI_MEASURES_H_
#define SOLOTRIAL_CLIENTS_CLI_MEASURES_H_

#include <string>

#include "solotrial/v1/protocol.pb.h"

namespace solotrial::cli {

// POISSON and NEGATIVE_BINOMIAL.
bool IsCount(v1::Measure::Family family);

// Whether scores are whole numbers.
bool HasWholeScores(v1::Measure::Family family);

// `0 to 10`, `1 yes, 0 no`, `a count`.
std::string ScaleText(const v1::Measure& measure);

// `lower is better`; of a yes or no `no is better`, of a count `fewer is better`.
std::string BetterText(const v1::Measure& measure);

// The difference that matters with its unit: `2 days per 28 days`; of a scale only the number.
std::string DifferenceText(const v1::Measure& measure);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_MEASURES_H_

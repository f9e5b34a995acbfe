// Answers to draw, made by hand.
#ifndef SOLOTRIAL_TESTS_CLI_CANNED_H_
#define SOLOTRIAL_TESTS_CLI_CANNED_H_

#include <optional>
#include <string>
#include <vector>

#include "solotrial/v1/analysis.pb.h"
#include "solotrial/v1/protocol.pb.h"

namespace solotrial::cli {

// A 0-10 score, lower is better, 1 point matters.
v1::Protocol HeadacheProtocol();

// A record that begins on 2026-01-05, in blocks of `block_days`, on and off in turn. A score that
// is nullopt is a missing day.
v1::AnalysisResult ResultOf(const std::vector<std::optional<double>>& scores, int block_days);

// `count` scores that repeat `pattern`, on days less by `effect`.
std::vector<std::optional<double>> Scores(int count, const std::vector<double>& pattern,
                                          double effect, int block_days);

// ResultOf with verdict, benefit, test and diagnostics as of a clear answer.
v1::AnalysisResult ClearResult();

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_TESTS_CLI_CANNED_H_

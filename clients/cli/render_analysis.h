// Analyses as text for people.
#ifndef SOLOTRIAL_CLIENTS_CLI_RENDER_ANALYSIS_H_
#define SOLOTRIAL_CLIENTS_CLI_RENDER_ANALYSIS_H_

#include <string>

#include "clients/cli/terminal.h"
#include "solotrial/v1/analysis.pb.h"
#include "solotrial/v1/protocol.pb.h"

namespace solotrial::cli {

// `99 %`, `over 99 %`, `under 1 %`: no more precision than there is.
std::string Percent(double probability);

// `almost certain`, `likely`, `open`, ...
std::string LikelihoodWord(double probability);

// A bold line after an empty one.
std::string Heading(const Style& style, const std::string& text);

// Digits after the point that are worth saying at this uncertainty.
int DigitsFor(double sd);

// With so many digits; never `-0.0`.
std::string Rounded(double value, int digits);

// `does not respond`.
std::string DecisionWords(v1::Verdict::Decision decision);

// The whole answer: sentence, size and certainty, what was analysed, blocks, picture, test.
// sensitivity where there is one. `verbose` adds coefficients and diagnostics.
std::string RenderResult(const v1::AnalysisResult& result, const v1::Protocol& protocol,
                         const Style& style, bool verbose);

// How far a running trial has come, and the last look.
std::string RenderProgress(const v1::Analysis& analysis, const Style& style);

// RenderResult once there is a result, else RenderProgress.
std::string RenderAnalysis(const v1::Analysis& analysis, const v1::Protocol& protocol,
                           const Style& style, bool verbose);

// One change in a line or two, for `watch`; `time` stands before it.
std::string RenderChange(const v1::Analysis& analysis, const std::string& time, const Style& style);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_RENDER_ANALYSIS_H_

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

// The whole answer: sentence, size and certainty, what was analysed, blocks, picture, test.
// `verbose` adds coefficients and diagnostics.
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

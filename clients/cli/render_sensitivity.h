// What stands beside the verdict, and what further pairs would bring, as text for people.
#ifndef SOLOTRIAL_CLIENTS_CLI_RENDER_SENSITIVITY_H_
#define SOLOTRIAL_CLIENTS_CLI_RENDER_SENSITIVITY_H_

#include <string>

#include "clients/cli/terminal.h"
#include "solotrial/v1/analysis.pb.h"
#include "solotrial/v1/prediction.pb.h"

namespace solotrial::cli {

// The answers to other choices, the missing days, estimates beside the effect, the predictive
// checks and what was left out. Empty when `result` has no sensitivity analysis.
std::string RenderSensitivity(const v1::AnalysisResult& result, const Style& style);

std::string RenderPrediction(const v1::Prediction& prediction, const Style& style);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_RENDER_SENSITIVITY_H_

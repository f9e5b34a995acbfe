// What a trial is likely to answer, as text for people.
#ifndef SOLOTRIAL_CLIENTS_CLI_RENDER_PLAN_H_
#define SOLOTRIAL_CLIENTS_CLI_RENDER_PLAN_H_

#include <string>

#include "clients/cli/terminal.h"
#include "solotrial/v1/plan.pb.h"

namespace solotrial::cli {

// `plan` is a last message of PlanTrial.
std::string RenderPlan(const v1::Plan& plan, const Style& style);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_RENDER_PLAN_H_

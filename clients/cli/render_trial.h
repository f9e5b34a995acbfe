// Trials, schedules and days as text for people.
#ifndef SOLOTRIAL_CLIENTS_CLI_RENDER_TRIAL_H_
#define SOLOTRIAL_CLIENTS_CLI_RENDER_TRIAL_H_

#include <string>
#include <vector>

#include "clients/cli/terminal.h"
#include "solotrial/v1/server_service.pb.h"
#include "solotrial/v1/trial.pb.h"

namespace solotrial::cli {

// What a block of `design` is: `14 days`, `one visit`, `one cycle (about 28 days)`.
std::string BlockWords(const v1::Design& design);

std::string RenderTrial(const v1::Trial& trial, const Style& style);

std::string RenderTrialList(const std::vector<v1::Trial>& trials);

// `missing_dates`: earlier days without a score, latest first.
std::string RenderToday(const v1::Today& today, const v1::Trial& trial,
                        const std::vector<std::string>& missing_dates, const Style& style);

std::string RenderSchedule(const v1::Schedule& schedule, const v1::Trial& trial,
                           const Style& style);

std::string RenderServerInfo(const v1::ServerInfo& info, const std::string& address,
                             const Style& style);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_RENDER_TRIAL_H_

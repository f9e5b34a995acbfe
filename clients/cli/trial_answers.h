// What the commands about trials have in common.
#ifndef SOLOTRIAL_CLIENTS_CLI_TRIAL_ANSWERS_H_
#define SOLOTRIAL_CLIENTS_CLI_TRIAL_ANSWERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/session.h"
#include "solotrial/v1/trial.pb.h"

namespace solotrial::cli {

// The ISO date that was meant, in the trial's days; empty stays empty. The engine is asked for the
// trial's today only when a word such as `yesterday` needs it.
absl::StatusOr<std::string> DateOf(Session& session, const v1::Trial& trial,
                                   const std::string& word);

// An answer that is a trial, with what to do next.
absl::Status PrintTrial(const Session& session, const v1::Trial& trial, const std::string& first,
                        const std::string& next);

bool IsBlinded(const v1::Trial& trial);

// The uuid of the trial.
std::string IdOf(const v1::Trial& trial);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_TRIAL_ANSWERS_H_

// Which trial a person means.
#ifndef SOLOTRIAL_CLIENTS_CLI_TRIAL_CHOICE_H_
#define SOLOTRIAL_CLIENTS_CLI_TRIAL_CHOICE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "solotrial/v1/trial.pb.h"

namespace solotrial::cli {

// What a command is about when no trial is named, for ChooseTrial.
inline const std::vector<v1::TrialState> kDraft = {v1::TRIAL_STATE_DRAFT};
inline const std::vector<v1::TrialState> kGoingOn = {v1::TRIAL_STATE_RUNNING,
                                                     v1::TRIAL_STATE_PAUSED};

// `trials/UUID` when `text` names one trial in full (with or without `trials/`), else empty.
std::string FullTrialName(const std::string& text);

// The trial that `text` means among `trials`: the beginning of its id, at least 4 characters, that
// no other has. Empty: the only trial in one of `states`, else the only trial there is.
absl::StatusOr<v1::Trial> ChooseTrial(const std::vector<v1::Trial>& trials, const std::string& text,
                                      const std::vector<v1::TrialState>& states);

// The shortest beginning of the trial's id, at least 8 characters, that no other trial has.
std::string ShortTrialId(const v1::Trial& trial, const std::vector<v1::Trial>& trials);

// `running`, `draft`, ...
std::string StateWord(v1::TrialState state);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_TRIAL_CHOICE_H_

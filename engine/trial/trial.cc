#include "engine/trial/trial.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/trial/schedule.h"

namespace solotrial::trial {
namespace {

constexpr int kLongestStartDelayDays = 60;

absl::Status WrongState(const std::string& message) {
  return FaultStatus(Reason::kWrongState, message);
}

absl::Status CheckTodayOrTomorrow(const std::string& field, Date date, Date today) {
  if (date == today || date == today + 1) return absl::OkStatus();
  return InvalidField(field, absl::StrFormat("must be today, %s, or tomorrow", FormatDate(today)));
}

}  // namespace

absl::Status Start(Trial& trial, const Protocol& protocol, const std::string& protocol_document,
                   const std::string& seed, Date start_date, Date today) {
  if (trial.state != Trial::State::kDraft) {
    return WrongState("the trial has been started before; only a draft can be started");
  }
  if (start_date < today || start_date > today + kLongestStartDelayDays) {
    return InvalidField(
        "start_date",
        absl::StrFormat("must be from today, %s, to %d days ahead, %s", FormatDate(today),
                        kLongestStartDelayDays, FormatDate(today + kLongestStartDelayDays)));
  }
  trial.state = Trial::State::kRunning;
  trial.protocol_document = protocol_document;
  trial.protocol_digest = Sha256(protocol_document);
  trial.start_date = start_date;
  trial.seed = seed;
  trial.commitment = Sha256(seed + trial.protocol_digest);
  trial.allocation = DrawAllocation(protocol.design, seed);
  return absl::OkStatus();
}

absl::Status PauseFrom(Trial& trial, const Protocol& protocol, Date pause_date,
                       const std::string& reason, Date today) {
  if (StateOn(trial, protocol, today) != EffectiveState::kRunning) {
    return WrongState("only a running trial can be paused");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckTodayOrTomorrow("pause_date", pause_date, today));
  if (pause_date < *trial.start_date) {
    return InvalidField("pause_date", absl::StrFormat("is before the first day, %s",
                                                      FormatDate(*trial.start_date)));
  }
  if (!trial.pauses.empty() && pause_date < *trial.pauses.back().resume_date) {
    return InvalidField("pause_date",
                        absl::StrFormat("is before the end of the last pause, %s: was a clock set "
                                        "back?",
                                        FormatDate(*trial.pauses.back().resume_date)));
  }
  const Schedule schedule(protocol, trial);
  if (pause_date > *schedule.last_date()) {
    return WrongState("nothing is scheduled after the last day, " +
                      FormatDate(*schedule.last_date()));
  }
  trial.pauses.push_back({pause_date, std::nullopt, reason});
  trial.state = Trial::State::kPaused;
  return absl::OkStatus();
}

absl::Status ResumeFrom(Trial& trial, Date resume_date, Date today) {
  if (trial.state != Trial::State::kPaused) {
    return WrongState("only a paused trial can be resumed");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckTodayOrTomorrow("resume_date", resume_date, today));
  Pause& pause = trial.pauses.back();
  if (resume_date < pause.pause_date) {
    // A pause that was to begin tomorrow can be called off today.
    const bool not_begun = pause.pause_date == today + 1;
    if (!not_begun) {
      return InvalidField("resume_date", absl::StrFormat("is before the pause began, %s: was a "
                                                         "clock set back?",
                                                         FormatDate(pause.pause_date)));
    }
  }
  if (resume_date <= pause.pause_date) {
    trial.pauses.pop_back();
  } else {
    pause.resume_date = resume_date;
  }
  trial.state = Trial::State::kRunning;
  return absl::OkStatus();
}

absl::Status StopOn(Trial& trial, const Protocol& protocol, const std::string& reason, Date today) {
  const EffectiveState state = StateOn(trial, protocol, today);
  if (state != EffectiveState::kRunning && state != EffectiveState::kPaused) {
    return WrongState("only a running or paused trial can be stopped");
  }
  Date stop_date = today;
  if (state == EffectiveState::kPaused && trial.pauses.back().pause_date <= today) {
    stop_date = trial.pauses.back().pause_date - 1;
  }
  if (stop_date < *trial.start_date) stop_date = *trial.start_date - 1;
  trial.stop = Stop{stop_date, reason};
  trial.state = Trial::State::kStopped;
  return absl::OkStatus();
}

}  // namespace solotrial::trial

#include "engine/trial/trial.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/trial/schedule.h"

namespace solotrial::trial {
namespace {

constexpr int kLongestStartDelayDays = 60;
constexpr int kMostSkippedDays = 366;
constexpr int kMostNameCharacters = 100;

absl::Status WrongState(const std::string& message) {
  return FaultStatus(Reason::kWrongState, message);
}

absl::Status CheckTodayOrTomorrow(const std::string& field, Date date, Date today) {
  if (date == today || date == today + 1) return absl::OkStatus();
  return InvalidField(field, absl::StrFormat("must be today, %s, or tomorrow", FormatDate(today)));
}

// The first pause that begins at `date` or later.
std::vector<Pause>::iterator NextPause(Trial& trial, Date date) {
  return std::find_if(trial.pauses.begin(), trial.pauses.end(),
                      [date](const Pause& pause) { return pause.pause_date >= date; });
}

// The pause of a paused trial.
std::vector<Pause>::iterator OpenPause(Trial& trial) {
  return std::find_if(trial.pauses.begin(), trial.pauses.end(),
                      [](const Pause& pause) { return !pause.resume_date.has_value(); });
}

// `pause` has been ended: what of the days to be skipped lies in it was lived as part of it. No
// reason is lost.
void SwallowSkipped(Trial& trial, std::vector<Pause>::iterator pause) {
  auto next = std::next(pause);
  while (next != trial.pauses.end() && next->pause_date < *pause->resume_date) {
    if (*next->resume_date > *pause->resume_date) {
      next->pause_date = *pause->resume_date;
      return;
    }
    if (!next->reason.empty()) {
      pause->reason += (pause->reason.empty() ? "" : "; ") + next->reason;
    }
    next = trial.pauses.erase(next);
    pause = std::prev(next);
  }
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
  const Date first_block = start_date + protocol.design.run_in_days;
  if (protocol.design.blinding == Blinding::kByHelper && first_block <= today) {
    return InvalidField("start_date",
                        "must be so late that the first block begins tomorrow, " +
                            FormatDate(today + 1) +
                            ", or later: the envelopes of a blinded trial are packed before");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckMayStart(protocol, trial.safety_confirmation));
  trial.state = Trial::State::kRunning;
  trial.protocol_document = protocol_document;
  trial.protocol_digest = Sha256(protocol_document);
  trial.start_date = start_date;
  trial.seed = seed;
  trial.commitment = Sha256(seed + trial.protocol_digest);
  trial.allocation = DrawAllocation(protocol.design, seed);
  return absl::OkStatus();
}

absl::Status Confirm(Trial& trial, const Protocol& protocol,
                     const std::vector<std::string>& findings, const std::string& clinician,
                     absl::Time now) {
  if (trial.state != Trial::State::kDraft) {
    return WrongState("only a draft can be confirmed: the trial has been started before");
  }
  const auto characters =
      std::count_if(clinician.begin(), clinician.end(), [](char c) { return (c & 0xc0) != 0x80; });
  if (characters < 1 || characters > kMostNameCharacters) {
    return InvalidField("clinician", absl::StrFormat("is required: who confirms, 1 to %d "
                                                     "characters",
                                                     kMostNameCharacters));
  }
  std::set<std::string> grave;
  std::string names;
  for (const SafetyFinding& found : ScreenSafety(protocol).findings) {
    if (found.finding->action == SafetyAction::kWarn) continue;
    grave.insert(found.finding->id);
    names += (names.empty() ? "" : ", ") + found.finding->id;
  }
  if (grave.empty()) {
    return WrongState("nothing in this trial needs a clinician's confirmation");
  }
  if (std::set<std::string>(findings.begin(), findings.end()) != grave) {
    return InvalidField("findings", "must be exactly what needs a clinician: " + names);
  }
  trial.safety_confirmation =
      SafetyConfirmation{.name = clinician, .time = now, .digest = SafetyDigest(protocol)};
  return absl::OkStatus();
}

absl::Status PauseFrom(Trial& trial, const Protocol& protocol, Date pause_date,
                       const std::string& reason, Date today, Pause::Cause cause) {
  if (StateOn(trial, protocol, today) != EffectiveState::kRunning) {
    return WrongState("only a running trial can be paused");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckTodayOrTomorrow("pause_date", pause_date, today));
  if (pause_date < *trial.start_date) {
    return InvalidField("pause_date", absl::StrFormat("is before the first day, %s",
                                                      FormatDate(*trial.start_date)));
  }
  const auto next = NextPause(trial, pause_date);
  if (next != trial.pauses.begin() && pause_date < *std::prev(next)->resume_date) {
    return InvalidField("pause_date", absl::StrFormat("is before the end of the last pause, %s",
                                                      FormatDate(*std::prev(next)->resume_date)));
  }
  const std::optional<Date> last = Schedule(protocol, trial).last_date();
  if (last.has_value() && pause_date > *last) {
    return WrongState("nothing is scheduled after the last day, " + FormatDate(*last));
  }
  trial.pauses.insert(next, {pause_date, std::nullopt, reason, cause});
  trial.state = Trial::State::kPaused;
  return absl::OkStatus();
}

absl::Status ResumeFrom(Trial& trial, Date resume_date, Date today, bool acknowledged) {
  if (trial.state != Trial::State::kPaused) {
    return WrongState("only a paused trial can be resumed");
  }
  if (OpenPause(trial)->cause == Pause::Cause::kSideEffect && !acknowledged) {
    return FieldFault(Reason::kNeedsAcknowledgement, "acknowledge_side_effect",
                      "is required: the trial was paused because of a side effect; after a severe "
                      "one see a doctor first");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckTodayOrTomorrow("resume_date", resume_date, today));
  const auto pause = OpenPause(trial);
  // A pause that was to begin tomorrow can be called off today.
  if (resume_date < pause->pause_date && pause->pause_date != today + 1) {
    return InvalidField("resume_date", absl::StrFormat("is before the pause began, %s: was a "
                                                       "clock set back?",
                                                       FormatDate(pause->pause_date)));
  }
  trial.state = Trial::State::kRunning;
  if (resume_date <= pause->pause_date) {
    trial.pauses.erase(pause);
    return absl::OkStatus();
  }
  pause->resume_date = resume_date;
  SwallowSkipped(trial, pause);
  return absl::OkStatus();
}

absl::Status SkipDays(Trial& trial, const Protocol& protocol, Date first_date, int days,
                      const std::string& reason, Date today) {
  if (StateOn(trial, protocol, today) != EffectiveState::kRunning) {
    return WrongState("days can be skipped only in a running trial");
  }
  if (days < 1 || days > kMostSkippedDays) {
    return InvalidField("days", absl::StrFormat("must be from 1 to %d", kMostSkippedDays));
  }
  if (protocol.design.block_unit == BlockUnit::kVisits) {
    return WrongState("a trial by visits has no days to skip: a visit is when it takes place");
  }
  const Date first_possible = std::max(today, *trial.start_date);
  const Date last =
      Schedule(protocol, trial).last_date().value_or(first_possible + kMostSkippedDays);
  if (first_date < first_possible || first_date > last) {
    return InvalidField(
        "first_date", absl::StrFormat("must be from %s to %s; days that are past stay as they were "
                                      "lived: record a deviation for them",
                                      FormatDate(first_possible), FormatDate(last)));
  }
  const auto next = NextPause(trial, first_date);
  const bool meets_next = next != trial.pauses.end() && first_date + days > next->pause_date;
  const bool meets_last =
      next != trial.pauses.begin() && first_date < *std::prev(next)->resume_date;
  if (meets_next || meets_last) {
    return InvalidField("first_date", "meets a pause or days that are skipped already");
  }
  trial.pauses.insert(next, {first_date, first_date + days, reason});
  return absl::OkStatus();
}

absl::Status StopOn(Trial& trial, const Protocol& protocol, const std::string& reason, Date today) {
  const EffectiveState state = StateOn(trial, protocol, today);
  if (state != EffectiveState::kRunning && state != EffectiveState::kPaused) {
    return WrongState("only a running or paused trial can be stopped");
  }
  Date stop_date = today;
  if (state == EffectiveState::kPaused && OpenPause(trial)->pause_date <= today) {
    stop_date = OpenPause(trial)->pause_date - 1;
  }
  if (stop_date < *trial.start_date) stop_date = *trial.start_date - 1;
  trial.stop = Stop{stop_date, reason};
  trial.state = Trial::State::kStopped;
  return absl::OkStatus();
}

}  // namespace solotrial::trial

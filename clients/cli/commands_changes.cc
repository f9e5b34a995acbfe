// What is done to a started trial.
#include <algorithm>

#include "clients/cli/commands.h"
#include "clients/cli/dates.h"
#include "clients/cli/errors.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_answers.h"
#include "clients/cli/trial_choice.h"

namespace solotrial::cli {
namespace {

const std::vector<v1::TrialState> kRunning = {v1::TRIAL_STATE_RUNNING};
const std::vector<v1::TrialState> kPaused = {v1::TRIAL_STATE_PAUSED};

std::string LastDay(const v1::Trial& trial) {
  if (trial.last_date().empty()) return "";
  return "; the last day is now " + ReadableDate(trial.last_date());
}

}  // namespace

absl::StatusOr<int> TrialPause(Session& session, const std::string& trial, const std::string& date,
                               const std::string& reason) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kRunning));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::PauseTrialRequest request;
  request.set_name(chosen.name());
  CLIENT_ASSIGN_OR_RETURN(std::string day, DateOf(session, chosen, date));
  request.set_pause_date(day);
  request.set_reason(reason);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial paused, engine->PauseTrial(request));
  const std::string from = paused.pauses().empty()
                               ? ""
                               : " from " + ReadableDate(paused.pauses().rbegin()->pause_date());
  CLIENT_RETURN_IF_ERROR(session.Print(
      paused, "Paused" + from + ". Nothing is scheduled until:\n  solotrial trial resume\n"));
  return kOk;
}

absl::StatusOr<int> TrialResume(Session& session, const std::string& trial, const std::string& date,
                                bool acknowledged) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kPaused));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::ResumeTrialRequest request;
  request.set_name(chosen.name());
  CLIENT_ASSIGN_OR_RETURN(std::string day, DateOf(session, chosen, date));
  request.set_resume_date(day);
  request.set_acknowledge_side_effect(acknowledged);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial resumed, engine->ResumeTrial(request));
  const std::string from = resumed.pauses().empty()
                               ? ""
                               : " from " + ReadableDate(resumed.pauses().rbegin()->resume_date());
  CLIENT_RETURN_IF_ERROR(session.Print(resumed, "Going on" + from + "; the last day is now " +
                                                    ReadableDate(resumed.last_date()) + ".\n"));
  return kOk;
}

absl::StatusOr<int> TrialStop(Session& session, const std::string& trial,
                              const std::string& reason) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::StopTrialRequest request;
  request.set_name(chosen.name());
  request.set_reason(reason);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial stopped, engine->StopTrial(request));
  CLIENT_RETURN_IF_ERROR(
      PrintTrial(session, stopped, "Stopped for good; what was recorded is kept.",
                 "See what it says with:\n  solotrial analyze " + IdOf(stopped)));
  return kOk;
}

absl::StatusOr<int> TrialSkip(Session& session, const std::string& trial, const std::string& date,
                              int days, const std::string& reason) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kRunning));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::SkipDaysRequest request;
  request.set_name(chosen.name());
  CLIENT_ASSIGN_OR_RETURN(std::string day, DateOf(session, chosen, date));
  request.set_first_date(day);
  request.set_days(days);
  request.set_reason(reason);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial changed, engine->SkipDays(request));
  CLIENT_RETURN_IF_ERROR(session.Print(
      changed, "Nothing is scheduled on " + Count(static_cast<size_t>(std::max(days, 1)), "day") +
                   LastDay(changed) + ".\n"));
  return kOk;
}

absl::StatusOr<int> TrialExtend(Session& session, const std::string& trial, int pairs,
                                const std::string& reason) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::ExtendTrialRequest request;
  request.set_name(chosen.name());
  request.set_pairs(pairs);
  request.set_reason(reason);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial changed, engine->ExtendTrial(request));
  CLIENT_RETURN_IF_ERROR(session.Print(
      changed, "Extended by " + Count(static_cast<size_t>(std::max(pairs, 0)), "pair") +
                   LastDay(changed) + ". Their order comes from the seed of the start.\n" +
                   (IsBlinded(changed) ? "Your helper has further envelopes to pack:\n"
                                         "  solotrial packing-list\n"
                                       : "")));
  return kOk;
}

absl::StatusOr<int> TrialZone(Session& session, const std::string& trial, const std::string& zone,
                              const std::string& reason) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::ChangeTimeZoneRequest request;
  request.set_name(chosen.name());
  request.set_time_zone(zone);
  request.set_reason(reason);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial changed, engine->ChangeTimeZone(request));
  CLIENT_RETURN_IF_ERROR(session.Print(changed, "Days are counted in " + Clean(zone) +
                                                    " from now on. What was recorded keeps its "
                                                    "date.\n"));
  return kOk;
}

absl::StatusOr<int> TrialUnblind(Session& session, const std::string& trial,
                                 const std::string& reason) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::UnblindTrialRequest request;
  request.set_name(chosen.name());
  request.set_reason(reason);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial changed, engine->UnblindTrial(request));
  CLIENT_RETURN_IF_ERROR(
      session.Print(changed,
                    "Unblinded; this is kept with its reason. What is, and was, taken:\n"
                    "  solotrial trial schedule " +
                        IdOf(changed) + "\n"));
  return kOk;
}

}  // namespace solotrial::cli

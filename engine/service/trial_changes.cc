// What is done to a started trial.
#include "engine/base/fault.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/request_fields.h"
#include "engine/service/trial_handlers.h"
#include "engine/trial/amendment.h"

namespace solotrial::service {
namespace {

trial::Occasion OccasionOf(const LoadedTrial& loaded, const Clock& clock,
                           const std::string& reason) {
  return {loaded.today, clock.Now(), reason};
}

}  // namespace

absl::Status TrialHandlers::PauseTrial(const access::Caller& caller,
                                       store::WriteTransaction& transaction,
                                       const v1::PauseTrialRequest& request,
                                       v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_RETURN_IF_ERROR(CheckReason(request.reason(), false));
  SOLOTRIAL_ASSIGN_OR_RETURN(const Date date,
                             DateOr("pause_date", request.pause_date(), loaded.today));
  SOLOTRIAL_RETURN_IF_ERROR(
      trial::PauseFrom(loaded.trial, loaded.protocol, date, request.reason(), loaded.today));
  return SaveTrial(transaction, loaded, clock_, response);
}

absl::Status TrialHandlers::ResumeTrial(const access::Caller& caller,
                                        store::WriteTransaction& transaction,
                                        const v1::ResumeTrialRequest& request,
                                        v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_ASSIGN_OR_RETURN(const Date date,
                             DateOr("resume_date", request.resume_date(), loaded.today));
  SOLOTRIAL_RETURN_IF_ERROR(
      trial::ResumeFrom(loaded.trial, date, loaded.today, request.acknowledge_side_effect()));
  return SaveTrial(transaction, loaded, clock_, response);
}

absl::Status TrialHandlers::StopTrial(const access::Caller& caller,
                                      store::WriteTransaction& transaction,
                                      const v1::StopTrialRequest& request,
                                      v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_RETURN_IF_ERROR(CheckReason(request.reason(), true));
  SOLOTRIAL_RETURN_IF_ERROR(
      trial::StopOn(loaded.trial, loaded.protocol, request.reason(), loaded.today));
  return SaveTrial(transaction, loaded, clock_, response);
}

absl::Status TrialHandlers::SkipDays(const access::Caller& caller,
                                     store::WriteTransaction& transaction,
                                     const v1::SkipDaysRequest& request,
                                     v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_RETURN_IF_ERROR(CheckReason(request.reason(), false));
  SOLOTRIAL_ASSIGN_OR_RETURN(const Date first,
                             DateOr("first_date", request.first_date(), loaded.today));
  SOLOTRIAL_RETURN_IF_ERROR(trial::SkipDays(loaded.trial, loaded.protocol, first,
                                            request.days() == 0 ? 1 : request.days(),
                                            request.reason(), loaded.today));
  return SaveTrial(transaction, loaded, clock_, response);
}

absl::Status TrialHandlers::ExtendTrial(const access::Caller& caller,
                                        store::WriteTransaction& transaction,
                                        const v1::ExtendTrialRequest& request,
                                        v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_RETURN_IF_ERROR(CheckReason(request.reason(), true));
  SOLOTRIAL_RETURN_IF_ERROR(trial::Extend(loaded.trial, loaded.protocol, request.pairs(),
                                          OccasionOf(loaded, clock_, request.reason())));
  return SaveTrial(transaction, loaded, clock_, response);
}

absl::Status TrialHandlers::ChangeTimeZone(const access::Caller& caller,
                                           store::WriteTransaction& transaction,
                                           const v1::ChangeTimeZoneRequest& request,
                                           v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_RETURN_IF_ERROR(CheckReason(request.reason(), false));
  SOLOTRIAL_RETURN_IF_ERROR(trial::ChangeTimeZone(loaded.trial, loaded.protocol,
                                                  request.time_zone(),
                                                  OccasionOf(loaded, clock_, request.reason())));
  return SaveTrial(transaction, loaded, clock_, response);
}

absl::Status TrialHandlers::UnblindTrial(const access::Caller& caller,
                                         store::WriteTransaction& transaction,
                                         const v1::UnblindTrialRequest& request,
                                         v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_RETURN_IF_ERROR(CheckReason(request.reason(), true));
  SOLOTRIAL_RETURN_IF_ERROR(
      trial::Unblind(loaded.trial, loaded.protocol, OccasionOf(loaded, clock_, request.reason())));
  return SaveTrial(transaction, loaded, clock_, response);
}

}  // namespace solotrial::service

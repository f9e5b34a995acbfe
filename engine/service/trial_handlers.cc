#include "engine/service/trial_handlers.h"

#include <algorithm>
#include <utility>

#include "engine/base/fault.h"
#include "engine/base/random.h"
#include "engine/base/uuid.h"
#include "engine/report/diary_csv.h"
#include "engine/service/convert.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/protocol_json.h"
#include "engine/service/request_fields.h"
#include "engine/trial/amendment.h"
#include "engine/trial/record.h"
#include "engine/trial/today.h"

namespace solotrial::service {
namespace {

constexpr size_t kSeedBytes = 32;
constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 100;

absl::Status NeedsStart(const LoadedTrial& loaded) {
  if (loaded.state == trial::EffectiveState::kDraft) {
    return FaultStatus(Reason::kWrongState, "the trial is a draft; start it first");
  }
  return absl::OkStatus();
}

absl::Status NeedsSchedule(const LoadedTrial& loaded) {
  SOLOTRIAL_RETURN_IF_ERROR(NeedsStart(loaded));
  if (loaded.state == trial::EffectiveState::kImported) {
    return FaultStatus(Reason::kWrongState, "an imported record has no schedule");
  }
  return absl::OkStatus();
}

// A draft that is to be blinded has a helper who has accepted their invitation.
absl::Status CheckHelper(const access::Caller& caller, store::ReadTransaction& transaction,
                         const LoadedTrial& loaded) {
  const bool blinded = loaded.protocol.design.blinding == trial::Blinding::kByHelper;
  if (!blinded || loaded.state != trial::EffectiveState::kDraft) return absl::OkStatus();
  SOLOTRIAL_ASSIGN_OR_RETURN(const auto devices, transaction.ListDevices(caller.person_id));
  const bool ready = std::any_of(devices.begin(), devices.end(), [&](const auto& device) {
    return device.role == access::Role::kHelper && device.trial_id == loaded.trial.id;
  });
  if (ready) return absl::OkStatus();
  return FaultStatus(Reason::kHelperNeeded,
                     "a blinded trial needs a helper who packs the envelopes: invite one to this "
                     "trial, and start it when they have accepted");
}

}  // namespace

absl::Status TrialHandlers::CreateTrial(const access::Caller& caller,
                                        store::WriteTransaction& transaction,
                                        const v1::CreateTrialRequest& request,
                                        v1::Trial* response) const {
  LoadedTrial loaded;
  loaded.proto = request.protocol();
  SOLOTRIAL_ASSIGN_OR_RETURN(loaded.protocol, ToDomain(request.protocol(), trial::Purpose::kTrial));
  SOLOTRIAL_ASSIGN_OR_RETURN(loaded.today, TodayOf(loaded.protocol, clock_.Now()));
  if (!request.validate_only()) {
    loaded.trial.id = MakeUuid4();
    loaded.trial.person_id = caller.person_id;
    loaded.trial.protocol_document = CanonicalProtocolJson(request.protocol());
    loaded.trial.create_time = clock_.Now();
    SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertTrial(loaded.trial));
    SOLOTRIAL_ASSIGN_OR_RETURN(loaded.trial,
                               transaction.GetTrial(caller.person_id, loaded.trial.id));
  }
  *response = ToProto(loaded);
  return absl::OkStatus();
}

absl::Status TrialHandlers::UpdateTrial(const access::Caller& caller,
                                        store::WriteTransaction& transaction,
                                        const v1::UpdateTrialRequest& request,
                                        v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  if (loaded.state != trial::EffectiveState::kDraft) {
    return FaultStatus(Reason::kWrongState,
                       "the trial has started: its protocol is frozen; create another trial");
  }
  if (!request.etag().empty() && request.etag() != std::to_string(loaded.trial.revision)) {
    return FaultStatus(Reason::kConflict, "the trial was changed since it was read; read it again");
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(loaded.protocol, ToDomain(request.protocol(), trial::Purpose::kTrial));
  loaded.proto = request.protocol();
  loaded.trial.protocol_document = CanonicalProtocolJson(request.protocol());
  return SaveTrial(transaction, loaded, clock_, response);
}

absl::Status TrialHandlers::DeleteTrial(const access::Caller& caller,
                                        store::WriteTransaction& transaction,
                                        const v1::DeleteTrialRequest& request,
                                        google::protobuf::Empty* /*response*/) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, TrialId(request.name()));
  return transaction.DeleteTrial(caller.person_id, id);
}

absl::Status TrialHandlers::GetTrial(const access::Caller& caller,
                                     store::ReadTransaction& transaction,
                                     const v1::GetTrialRequest& request,
                                     v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  *response = ToProto(loaded);
  return absl::OkStatus();
}

absl::Status TrialHandlers::ListTrials(const access::Caller& caller,
                                       store::ReadTransaction& transaction,
                                       const v1::ListTrialsRequest& request,
                                       v1::ListTrialsResponse* response) const {
  if (request.page_size() < 0) return InvalidField("page_size", "must not be negative");
  if (!request.page_token().empty() && !IsUuid(request.page_token())) {
    return InvalidField("page_token", "must be the next_page_token of an earlier answer");
  }
  const int limit =
      request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage);
  SOLOTRIAL_ASSIGN_OR_RETURN(store::TrialPage page,
                             transaction.ListTrials(caller.person_id, limit, request.page_token()));
  for (trial::Trial& row : page.trials) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded, ParseTrial(std::move(row), clock_));
    *response->add_trials() = ToProto(loaded);
  }
  if (page.more) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::string last,
                               TrialId(response->trials(response->trials_size() - 1).name()));
    response->set_next_page_token(last);
  }
  return absl::OkStatus();
}

absl::Status TrialHandlers::StartTrial(const access::Caller& caller,
                                       store::WriteTransaction& transaction,
                                       const v1::StartTrialRequest& request,
                                       v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_ASSIGN_OR_RETURN(const Date start_date,
                             DateOr("start_date", request.start_date(), loaded.today));
  SOLOTRIAL_RETURN_IF_ERROR(CheckHelper(caller, transaction, loaded));
  SOLOTRIAL_RETURN_IF_ERROR(trial::Start(loaded.trial, loaded.protocol,
                                         CanonicalProtocolJson(loaded.proto),
                                         SystemRandomBytes(kSeedBytes), start_date, loaded.today));
  return SaveTrial(transaction, loaded, clock_, response);
}

absl::Status TrialHandlers::ConfirmSafety(const access::Caller& caller,
                                          store::WriteTransaction& transaction,
                                          const v1::ConfirmSafetyRequest& request,
                                          v1::Trial* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  if (request.etag().empty()) {
    return InvalidField("etag", "is required: that of the trial as it was read");
  }
  if (request.etag() != std::to_string(loaded.trial.revision)) {
    return FaultStatus(Reason::kConflict,
                       "the trial was changed since it was read: read it again before confirming");
  }
  SOLOTRIAL_RETURN_IF_ERROR(trial::Confirm(loaded.trial, loaded.protocol,
                                           {request.findings().begin(), request.findings().end()},
                                           request.clinician(), clock_.Now()));
  return SaveTrial(transaction, loaded, clock_, response);
}

absl::Status TrialHandlers::GetToday(const access::Caller& caller,
                                     store::ReadTransaction& transaction,
                                     const v1::GetTodayRequest& request,
                                     v1::Today* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_RETURN_IF_ERROR(NeedsSchedule(loaded));
  SOLOTRIAL_ASSIGN_OR_RETURN(const Date date, DateOr("date", request.date(), loaded.today));
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<trial::Entry> current,
                             LoadCurrentEntries(transaction, loaded.trial));
  *response = ToProto(trial::WhatToDo(loaded.protocol, loaded.trial, current, date, loaded.today),
                      report::LanguageOf(request.locale()));
  return absl::OkStatus();
}

absl::Status TrialHandlers::GetSchedule(const access::Caller& caller,
                                        store::ReadTransaction& transaction,
                                        const v1::GetScheduleRequest& request,
                                        v1::Schedule* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_RETURN_IF_ERROR(NeedsSchedule(loaded));
  *response = ToProto(trial::ViewOf(loaded.protocol, loaded.trial, loaded.today));
  return absl::OkStatus();
}

absl::Status TrialHandlers::ExportDiary(const access::Caller& caller,
                                        store::ReadTransaction& transaction,
                                        const v1::ExportDiaryRequest& request,
                                        v1::ExportDiaryResponse* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.name(), clock_));
  SOLOTRIAL_RETURN_IF_ERROR(NeedsStart(loaded));
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<trial::DiaryRow> rows,
                             LoadRows(transaction, loaded));
  response->set_diary_csv(report::WriteDiaryCsv(
      loaded.protocol, rows, trial::IsConcealed(loaded.protocol, loaded.trial, loaded.today)));
  return absl::OkStatus();
}

}  // namespace solotrial::service

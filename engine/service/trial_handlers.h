// What the methods of TrialService do, apart from transport, authorisation and threads.
#ifndef SOLOTRIAL_ENGINE_SERVICE_TRIAL_HANDLERS_H_
#define SOLOTRIAL_ENGINE_SERVICE_TRIAL_HANDLERS_H_

#include "absl/status/status.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"
#include "google/protobuf/empty.pb.h"
#include "solotrial/v1/trial_service.pb.h"

namespace solotrial::service {

// TrialService.VerifyOrder: needs nothing but the request. Thread-safe.
absl::Status VerifyOrder(const v1::VerifyOrderRequest& request, v1::OrderVerification* response);

// TrialService.PreviewImport: needs nothing but the request. Thread-safe.
absl::Status PreviewImport(const v1::PreviewImportRequest& request, v1::ImportPreview* response);

// Immutable; thread-safe. Errors are as trial_service.proto says.
class TrialHandlers {
 public:
  // `clock` must outlive the handlers.
  explicit TrialHandlers(const Clock& clock) : clock_(clock) {}

  absl::Status CreateTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                           const v1::CreateTrialRequest& request, v1::Trial* response) const;
  absl::Status UpdateTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                           const v1::UpdateTrialRequest& request, v1::Trial* response) const;
  absl::Status DeleteTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                           const v1::DeleteTrialRequest& request,
                           google::protobuf::Empty* response) const;
  absl::Status GetTrial(const access::Caller& caller, store::ReadTransaction& transaction,
                        const v1::GetTrialRequest& request, v1::Trial* response) const;
  absl::Status ListTrials(const access::Caller& caller, store::ReadTransaction& transaction,
                          const v1::ListTrialsRequest& request,
                          v1::ListTrialsResponse* response) const;
  absl::Status StartTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                          const v1::StartTrialRequest& request, v1::Trial* response) const;
  absl::Status ConfirmSafety(const access::Caller& caller, store::WriteTransaction& transaction,
                             const v1::ConfirmSafetyRequest& request, v1::Trial* response) const;
  absl::Status GetToday(const access::Caller& caller, store::ReadTransaction& transaction,
                        const v1::GetTodayRequest& request, v1::Today* response) const;
  absl::Status GetSchedule(const access::Caller& caller, store::ReadTransaction& transaction,
                           const v1::GetScheduleRequest& request, v1::Schedule* response) const;
  absl::Status PauseTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                          const v1::PauseTrialRequest& request, v1::Trial* response) const;
  absl::Status ResumeTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                           const v1::ResumeTrialRequest& request, v1::Trial* response) const;
  absl::Status StopTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                         const v1::StopTrialRequest& request, v1::Trial* response) const;
  absl::Status SkipDays(const access::Caller& caller, store::WriteTransaction& transaction,
                        const v1::SkipDaysRequest& request, v1::Trial* response) const;
  absl::Status ExtendTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                           const v1::ExtendTrialRequest& request, v1::Trial* response) const;
  absl::Status ChangeTimeZone(const access::Caller& caller, store::WriteTransaction& transaction,
                              const v1::ChangeTimeZoneRequest& request, v1::Trial* response) const;
  absl::Status UnblindTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                            const v1::UnblindTrialRequest& request, v1::Trial* response) const;
  // Writes down the opening in the trial and in the audit log. Waits for the writer; takes up to a
  // second more when the request sets a passphrase.
  absl::Status GetPackingList(const access::Caller& caller, store::TrialStore& store,
                              const v1::GetPackingListRequest& request,
                              v1::PackingList* response) const;
  absl::Status ImportTrial(const access::Caller& caller, store::WriteTransaction& transaction,
                           const v1::ImportTrialRequest& request, v1::Trial* response) const;
  absl::Status ExportDiary(const access::Caller& caller, store::ReadTransaction& transaction,
                           const v1::ExportDiaryRequest& request,
                           v1::ExportDiaryResponse* response) const;

 private:
  const Clock& clock_;
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_TRIAL_HANDLERS_H_

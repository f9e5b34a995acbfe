// What the methods of ReportService do that write a trial for other programs.
#ifndef SOLOTRIAL_ENGINE_SERVICE_EXPORT_HANDLERS_H_
#define SOLOTRIAL_ENGINE_SERVICE_EXPORT_HANDLERS_H_

#include "absl/status/status.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/service/report_handlers.h"
#include "engine/store/trial_store.h"
#include "solotrial/v1/report_service.pb.h"

namespace solotrial::service {

// Thread-safe. Errors are as report_service.proto says. Each reads a snapshot, then computes: on a
// worker only.
class ExportHandlers {
 public:
  // All must outlive the handlers.
  ExportHandlers(store::TrialStore& store, const Clock& clock, const ReportHandlers& reports)
      : store_(store), clock_(clock), reports_(reports) {}

  absl::Status ExportTable(const access::Caller& caller, const v1::ExportTableRequest& request,
                           v1::RenderedDocument* response) const;
  absl::Status ExportFhir(const access::Caller& caller, const v1::ExportFhirRequest& request,
                          v1::RenderedDocument* response) const;
  absl::Status GetCalendar(const access::Caller& caller, const v1::GetCalendarRequest& request,
                           v1::RenderedDocument* response) const;

 private:
  store::TrialStore& store_;
  const Clock& clock_;
  const ReportHandlers& reports_;
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_EXPORT_HANDLERS_H_

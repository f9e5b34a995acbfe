#include "engine/service/report_service.h"

#include "engine/service/export_handlers.h"
#include "engine/service/gate.h"
#include "engine/service/report_handlers.h"
#include "solotrial/v1/report_service.grpc.pb.h"

namespace solotrial::service {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class ReportServiceImpl final : public v1::ReportService::CallbackService {
 public:
  ReportServiceImpl(Gate& gate, store::TrialStore& store, const Clock& clock, PowerKeeper& power)
      : gate_(gate), handlers_(store, clock, power), exports_(store, clock, handlers_) {}

  ServerUnaryReactor* GetSummary(CallbackServerContext* context,
                                 const v1::GetSummaryRequest* request,
                                 v1::TrialSummary* response) override {
    return Run(context, "GetSummary", request, response, handlers_, &ReportHandlers::GetSummary);
  }
  ServerUnaryReactor* RenderSummary(CallbackServerContext* context,
                                    const v1::RenderSummaryRequest* request,
                                    v1::RenderedDocument* response) override {
    return Run(context, "RenderSummary", request, response, handlers_,
               &ReportHandlers::RenderSummary);
  }
  ServerUnaryReactor* RenderProtocol(CallbackServerContext* context,
                                     const v1::RenderProtocolRequest* request,
                                     v1::RenderedDocument* response) override {
    return Run(context, "RenderProtocol", request, response, handlers_,
               &ReportHandlers::RenderProtocol);
  }
  ServerUnaryReactor* ExportTable(CallbackServerContext* context,
                                  const v1::ExportTableRequest* request,
                                  v1::RenderedDocument* response) override {
    return Run(context, "ExportTable", request, response, exports_, &ExportHandlers::ExportTable);
  }
  ServerUnaryReactor* ExportFhir(CallbackServerContext* context,
                                 const v1::ExportFhirRequest* request,
                                 v1::RenderedDocument* response) override {
    return Run(context, "ExportFhir", request, response, exports_, &ExportHandlers::ExportFhir);
  }
  ServerUnaryReactor* GetCalendar(CallbackServerContext* context,
                                  const v1::GetCalendarRequest* request,
                                  v1::RenderedDocument* response) override {
    return Run(context, "GetCalendar", request, response, exports_, &ExportHandlers::GetCalendar);
  }

 private:
  template <typename Handlers, typename Request, typename Response>
  ServerUnaryReactor* Run(CallbackServerContext* context, const std::string& method,
                          const Request* request, Response* response, const Handlers& handlers,
                          absl::Status (Handlers::*body)(const access::Caller&, const Request&,
                                                         Response*) const) {
    return gate_.Work<Request, Response>(
        context, "solotrial.v1.ReportService." + method, request, response,
        [&handlers, body](const access::Caller& caller, const Request& in, Response* out) {
          return (handlers.*body)(caller, in, out);
        });
  }

  Gate& gate_;
  const ReportHandlers handlers_;
  const ExportHandlers exports_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReportService(Gate& gate, store::TrialStore& store,
                                                 const Clock& clock, PowerKeeper& power) {
  return std::make_unique<ReportServiceImpl>(gate, store, clock, power);
}

}  // namespace solotrial::service

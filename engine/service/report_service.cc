#include "engine/service/report_service.h"

#include "engine/service/gate.h"
#include "engine/service/report_handlers.h"
#include "solotrial/v1/report_service.grpc.pb.h"

namespace solotrial::service {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class ReportServiceImpl final : public v1::ReportService::CallbackService {
 public:
  ReportServiceImpl(Gate& gate, store::TrialStore& store, const Clock& clock)
      : gate_(gate), handlers_(store, clock) {}

  ServerUnaryReactor* GetSummary(CallbackServerContext* context,
                                 const v1::GetSummaryRequest* request,
                                 v1::TrialSummary* response) override {
    return Run(context, "GetSummary", request, response, &ReportHandlers::GetSummary);
  }
  ServerUnaryReactor* RenderSummary(CallbackServerContext* context,
                                    const v1::RenderSummaryRequest* request,
                                    v1::RenderedDocument* response) override {
    return Run(context, "RenderSummary", request, response, &ReportHandlers::RenderSummary);
  }
  ServerUnaryReactor* RenderProtocol(CallbackServerContext* context,
                                     const v1::RenderProtocolRequest* request,
                                     v1::RenderedDocument* response) override {
    return Run(context, "RenderProtocol", request, response, &ReportHandlers::RenderProtocol);
  }

 private:
  template <typename Request, typename Response>
  ServerUnaryReactor* Run(CallbackServerContext* context, const std::string& method,
                          const Request* request, Response* response,
                          absl::Status (ReportHandlers::*body)(const access::Caller&,
                                                               const Request&, Response*) const) {
    return gate_.Work<Request, Response>(
        context, "solotrial.v1.ReportService." + method, request, response,
        [this, body](const access::Caller& caller, const Request& in, Response* out) {
          return (handlers_.*body)(caller, in, out);
        });
  }

  Gate& gate_;
  const ReportHandlers handlers_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReportService(Gate& gate, store::TrialStore& store,
                                                 const Clock& clock) {
  return std::make_unique<ReportServiceImpl>(gate, store, clock);
}

}  // namespace solotrial::service

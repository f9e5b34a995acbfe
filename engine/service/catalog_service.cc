#include "engine/service/catalog_service.h"

#include "engine/service/convert.h"
#include "engine/service/gate.h"
#include "engine/trial/catalog.h"
#include "engine/trial/draft.h"
#include "solotrial/v1/catalog_service.grpc.pb.h"

namespace solotrial::service {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

// A method that concerns nobody in particular.
template <typename Request, typename Response>
ServerUnaryReactor* Run(Gate& gate, CallbackServerContext* context, const std::string& method,
                        const Request* request, Response* response,
                        absl::Status (*body)(const Request&, Response*)) {
  return gate.Work<Request, Response>(
      context, "solotrial.v1.CatalogService." + method, request, response,
      [body](const access::Caller&, const Request& in, Response* out) { return body(in, out); });
}

class CatalogServiceImpl final : public v1::CatalogService::CallbackService {
 public:
  explicit CatalogServiceImpl(Gate& gate) : gate_(gate) {}

  ServerUnaryReactor* ListCatalog(CallbackServerContext* context,
                                  const v1::ListCatalogRequest* request,
                                  v1::Catalog* response) override {
    return Run(gate_, context, "ListCatalog", request, response, &service::ListCatalog);
  }
  ServerUnaryReactor* DraftProtocol(CallbackServerContext* context,
                                    const v1::DraftProtocolRequest* request,
                                    v1::ProtocolDraft* response) override {
    return Run(gate_, context, "DraftProtocol", request, response, &service::DraftProtocol);
  }
  ServerUnaryReactor* ScreenSafety(CallbackServerContext* context,
                                   const v1::ScreenSafetyRequest* request,
                                   v1::SafetyScreen* response) override {
    return Run(gate_, context, "ScreenSafety", request, response, &service::ScreenSafety);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCatalogService(Gate& gate) {
  return std::make_unique<CatalogServiceImpl>(gate);
}

absl::Status ListCatalog(const v1::ListCatalogRequest& request, v1::Catalog* catalog) {
  *catalog = ToProto(trial::TheCatalog(), LocaleOf(request.locale()));
  return absl::OkStatus();
}

absl::Status DraftProtocol(const v1::DraftProtocolRequest& request, v1::ProtocolDraft* draft) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::DraftRequest asked, ToDomain(request));
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Draft made, trial::DraftProtocol(asked));
  *draft = ToProto(made, asked.locale);
  return absl::OkStatus();
}

absl::Status ScreenSafety(const v1::ScreenSafetyRequest& request, v1::SafetyScreen* screen) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Protocol protocol,
                             ToDomain(request.protocol(), trial::Purpose::kTrial));
  *screen = SafetyToProto(protocol, std::nullopt, LocaleOf(request.locale()));
  return absl::OkStatus();
}

}  // namespace solotrial::service

#include "engine/service/unreadable_request.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/server_interceptor.h>
#include <grpcpp/support/status.h>

#include <algorithm>
#include <string>

#include "engine/base/fault.h"
#include "engine/service/wire_error.h"

namespace solotrial::service {
namespace {

using grpc::experimental::InterceptionHookPoints;

class Explainer final : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      const grpc::Status status = methods->GetSendStatus();
      // Our handlers never send this code: every method of the API is implemented.
      if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
        methods->ModifySendStatus(ToWire(InvalidField(
            "request", "cannot be read: its texts must be UTF-8 and its bytes a whole message")));
      }
    }
    methods->Proceed();
  }
};

// `path` is `/solotrial.v1.TrialService/GetTrial`.
bool IsOfTheApi(const char* path) {
  std::string name = path == nullptr || *path == '\0' ? "" : path + 1;
  std::replace(name.begin(), name.end(), '/', '.');
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name) != nullptr;
}

class Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  // A method that is not of the API stays UNIMPLEMENTED: whoever calls it is newer than the engine.
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    return IsOfTheApi(info->method()) ? new Explainer : nullptr;  // gRPC owns it
  }
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> ExplainUnreadableRequests() {
  return std::make_unique<Factory>();
}

}  // namespace solotrial::service

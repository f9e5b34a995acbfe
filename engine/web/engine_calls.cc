#include "engine/web/engine_calls.h"

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <utility>

#include "engine/service/engine_server.h"
#include "engine/web/byte_buffer.h"

namespace solotrial::web {
namespace {

constexpr auto kLongest = std::chrono::minutes(1);

// Lives until its answer is there.
struct Running {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

}  // namespace

class EngineCalls::Impl {
 public:
  explicit Impl(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {}

  void Call(const std::string& method, const google::protobuf::Message& request,
            const std::string& token, const CallerIdentity& caller, Done done) {
    const auto running = std::make_shared<Running>();
    running->request = BufferOf(request.SerializeAsString());
    running->context.set_deadline(std::chrono::system_clock::now() + kLongest);
    running->context.AddMetadata("authorization", "Bearer " + token);
    running->context.AddMetadata(service::kForwardedFor, caller.address);
    running->context.AddMetadata(service::kForwardedHost, caller.host);
    std::string path = "/" + method;
    path[path.rfind('.')] = '/';
    stub_.UnaryCall(&running->context, path, {}, &running->request, &running->response,
                    [running, done = std::move(done)](const grpc::Status& status) {
                      done(absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                                        status.error_message()),
                           status.ok() ? TextOf(running->response) : "");
                    });
  }

 private:
  grpc::GenericStub stub_;
};

EngineCalls::EngineCalls(std::shared_ptr<grpc::Channel> channel)
    : impl_(std::make_unique<Impl>(channel)) {}
EngineCalls::~EngineCalls() = default;

void EngineCalls::Call(const std::string& method, const google::protobuf::Message& request,
                       const std::string& token, const CallerIdentity& caller, Done done) {
  impl_->Call(method, request, token, caller, std::move(done));
}

}  // namespace solotrial::web

// Any bytes at all as the request of any method, from the owner and from a stranger, through a
// channel within the process: an answer or an error, never INTERNAL or UNKNOWN, never a crash. The
// first byte chooses the method, the second who calls.
#include <google/protobuf/descriptor.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/civil_time.h"
#include "engine/service/engine_server.h"
#include "engine/service/services.h"
#include "engine/store/sqlite_trial_store.h"

namespace solotrial {
namespace {

void Require(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

class FixedClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'767'600'000); }
  bool IsManual() const override { return true; }
};

struct Method {
  std::string path;  // `/solotrial.v1.TrialService/GetTrial`
  bool streams = false;
};

// One engine for all inputs; what one leaves behind the next one finds.
class Engine {
 public:
  Engine() {
    std::string name =
        (std::filesystem::exists("/dev/shm") ? std::string("/dev/shm") : std::string("/tmp")) +
        "/solotrial-fuzz-XXXXXX";
    Require(mkdtemp(name.data()) != nullptr, "no directory");
    auto store = store::OpenSqliteTrialStore(name + "/fuzz.db");
    Require(store.ok(), "no store");
    store_ = *std::move(store);
    Require(service::EnsureOwner(*store_, name + "/token", clock_.Now()).ok(), "no owner");
    std::ifstream(name + "/token") >> token_;
    auto server = service::EngineServer::Start({}, *store_, clock_);
    Require(server.ok(), "no server");
    server_ = *std::move(server);
    stub_ = std::make_unique<grpc::GenericStub>(server_->InProcessChannel());
    for (const google::protobuf::ServiceDescriptor* service : service::ApiServices()) {
      for (int i = 0; i < service->method_count(); ++i) {
        methods_.push_back({"/" + service->full_name() + "/" + service->method(i)->name(),
                            service->method(i)->server_streaming()});
      }
    }
  }

  void Call(uint8_t method, bool owner, const std::string& request) {
    const Method& called = methods_[method % methods_.size()];
    // A stream ends when its client does: nothing to wait for.
    if (called.streams) return;
    grpc::ClientContext context;
    if (owner) context.AddMetadata("authorization", "Bearer " + token_);
    grpc::Slice slice(request);
    grpc::ByteBuffer out(&slice, 1);
    grpc::ByteBuffer in;
    grpc::Status status;
    grpc::CompletionQueue queue;
    const auto call = stub_->PrepareUnaryCall(&context, called.path, out, &queue);
    call->StartCall();
    call->Finish(&in, &status, &queue);
    void* tag = nullptr;
    bool ok = false;
    Require(queue.Next(&tag, &ok), "no answer");
    Require(status.error_code() != grpc::StatusCode::INTERNAL &&
                status.error_code() != grpc::StatusCode::UNKNOWN &&
                status.error_code() != grpc::StatusCode::UNIMPLEMENTED,
            called.path + ": " + status.error_message());
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
  }

 private:
  const FixedClock clock_;
  std::string token_;
  std::unique_ptr<store::TrialStore> store_;
  std::unique_ptr<service::EngineServer> server_;
  std::unique_ptr<grpc::GenericStub> stub_;
  std::vector<Method> methods_;
};

}  // namespace
}  // namespace solotrial

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const engine = new solotrial::Engine();  // lives as long as the process
  if (size < 2) return 0;
  engine->Call(data[0], data[1] != 's',
               std::string(reinterpret_cast<const char*>(data + 2), size - 2));
  return 0;
}

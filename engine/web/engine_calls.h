// Calls of the engine's methods that the door makes for whoever has a link.
#ifndef SOLOTRIAL_ENGINE_WEB_ENGINE_CALLS_H_
#define SOLOTRIAL_ENGINE_WEB_ENGINE_CALLS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "engine/web/grpc_bridge.h"

namespace google::protobuf {
class Message;
}

namespace solotrial::web {

// Thread-safe.
class EngineCalls {
 public:
  explicit EngineCalls(std::shared_ptr<grpc::Channel> channel);
  EngineCalls(const EngineCalls&) = delete;
  EngineCalls& operator=(const EngineCalls&) = delete;
  ~EngineCalls();

  // Calls `method` (`solotrial.v1.AccessService.GetAccess`) with a credential, for `caller`, within
  // a minute; `done` gets the answer's bytes, on a thread of gRPC's.
  using Done = std::function<void(const absl::Status&, const std::string& answer)>;
  void Call(const std::string& method, const google::protobuf::Message& request,
            const std::string& token, const CallerIdentity& caller, Done done);

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_ENGINE_CALLS_H_

// Carries gRPC-Web calls to the engine's services: any method, by its path, unary or streaming.
#ifndef SOLOTRIAL_ENGINE_WEB_GRPC_BRIDGE_H_
#define SOLOTRIAL_ENGINE_WEB_GRPC_BRIDGE_H_

#include <memory>
#include <string>

#include "engine/web/http.h"

namespace grpc {
class Channel;
}

namespace solotrial::web {

// For whom a call within the process is made.
struct CallerIdentity {
  std::string address;  // the client's, as EngineServer::ClientAddress has it
  std::string host;     // that it asked for
};

// Thread-safe.
class GrpcBridge {
 public:
  explicit GrpcBridge(std::shared_ptr<grpc::Channel> channel);
  GrpcBridge(const GrpcBridge&) = delete;
  GrpcBridge& operator=(const GrpcBridge&) = delete;
  ~GrpcBridge();

  // Whether the request is one of gRPC-Web, by its Content-Type.
  static bool Takes(const Request& request);

  // Calls the method that the request's path names and answers with what it answers; the call is
  // cancelled when the client goes. What cannot be carried is answered with a grpc-status, too.
  void Answer(const std::shared_ptr<Exchange>& exchange, const CallerIdentity& caller);

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_GRPC_BRIDGE_H_

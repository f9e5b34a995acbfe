// On which addresses the engine listens, with which transport security and limits.
#ifndef SOLOTRIAL_ENGINE_SERVICE_LISTENER_H_
#define SOLOTRIAL_ENGINE_SERVICE_LISTENER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/service/access_handlers.h"
#include "engine/service/engine_server.h"

namespace grpc {
class ServerBuilder;
}

namespace solotrial::service {

// Not thread-safe until Started has returned; constant from then on.
class Listener {
 public:
  explicit Listener(const EngineServer::Options& options);

  // Sets the ports and limits of a server. An error says what is wrong with the options.
  absl::Status AddTo(grpc::ServerBuilder& builder);
  // After the server was built; an error says which port could not be taken.
  absl::Status Started(bool built);

  // Host names by which the engine may be called, beside addresses and localhost.
  std::vector<std::string> AllowedHosts() const;

  std::string local_address() const { return local_.ToText(); }
  std::string remote_address() const { return remote_.ToText(); }
  // What links say; the pin is that of the certificate as it is now.
  Endpoint endpoint() const;

 private:
  struct Port {
    std::string host;  // with the brackets of IPv6; empty: none
    std::string asked = "";
    int bound = 0;
    std::string ToText() const { return host.empty() ? "" : host + ":" + std::to_string(bound); }
  };

  absl::Status AddTls(grpc::ServerBuilder& builder);

  const EngineServer::Options options_;
  Port local_;
  Port remote_;
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_LISTENER_H_

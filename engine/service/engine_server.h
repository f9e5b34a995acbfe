// The engine as a server: its services over gRPC, on loopback or within the process.
#ifndef SOLOTRIAL_ENGINE_SERVICE_ENGINE_SERVER_H_
#define SOLOTRIAL_ENGINE_SERVICE_ENGINE_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"

namespace grpc {
class Channel;
}

namespace solotrial::service {

// A running engine. Stops when it is destroyed: running calls get a moment, streams are cancelled.
class EngineServer {
 public:
  struct Options {
    // `127.0.0.1:7311`, `[::1]:7311` or `localhost:7311`, port 0 for a free one; empty: only
    // reachable in process. Beyond loopback there is no transport security yet, so that any other
    // host is refused.
    std::string listen_address;
  };

  // `store` and `clock` must outlive the server. Errors say in one sentence what is wrong: a method
  // without roles, an address that is not loopback, a port in use.
  static absl::StatusOr<std::unique_ptr<EngineServer>> Start(const Options& options,
                                                             store::TrialStore& store,
                                                             const Clock& clock);
  virtual ~EngineServer() = default;

  // Where it listens, `host:port`; empty when it does not.
  virtual std::string address() const = 0;

  // A channel within the process. Calls go through the same gate as any others.
  virtual std::shared_ptr<grpc::Channel> InProcessChannel() = 0;
};

// The token of the owner, kept in the file `token_file` that only its user can read: made, with the
// owner, at the first start; made anew when the file is gone or does not fit the store.
absl::Status EnsureOwner(store::TrialStore& store, const std::string& token_file, absl::Time now);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_ENGINE_SERVER_H_

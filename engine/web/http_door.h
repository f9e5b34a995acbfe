// The HTTP door: the phone app's files, gRPC-Web for it, and pages for whoever has a link.
#ifndef SOLOTRIAL_ENGINE_WEB_HTTP_DOOR_H_
#define SOLOTRIAL_ENGINE_WEB_HTTP_DOOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/service/engine_server.h"
#include "engine/web/http_server.h"
#include "engine/web/trust_page.h"

namespace solotrial::web {

// Serves an engine's methods to browsers: who may call what, limits and rates are the engine's, the
// same as over gRPC. Stops when it is destroyed.
class HttpDoor {
 public:
  struct Options {
    std::string listen_address;  // HOST:PORT, port 0 for a free one
    // PEM files, needed beyond loopback; empty: without TLS. Read again when they change.
    std::string certificate_file;
    std::string key_file;
    // Who made the certificate, where that is the engine itself.
    Authority authority;
    // By which browsers reach the door, `https://trials.example.org`, where that is another than
    // the one it listens on (behind a proxy); its host must be allowed by the engine.
    std::string public_url;
    // The app to serve; empty: the one that was built in, if any.
    std::string app_directory;
    HttpServer::Limits limits;
  };

  // Tells the engine the URL for its links. `engine` must outlive the door. Errors say in one
  // sentence what is wrong with the options.
  static absl::StatusOr<std::unique_ptr<HttpDoor>> Start(const Options& options,
                                                         service::EngineServer& engine);
  virtual ~HttpDoor() = default;

  // Where it listens, `host:port`.
  virtual std::string address() const = 0;
  // By which browsers reach it, without a slash at its end: `http://127.0.0.1:7312`.
  virtual std::string url() const = 0;
};

// The host and port of `https://HOST`, `http://HOST:PORT`; empty for anything else.
std::string AuthorityOf(const std::string& url);

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_HTTP_DOOR_H_

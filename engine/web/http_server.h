// An HTTP/1.1 server: connections, TLS, limits and time; what is answered is somebody else's.
#ifndef SOLOTRIAL_ENGINE_WEB_HTTP_SERVER_H_
#define SOLOTRIAL_ENGINE_WEB_HTTP_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/web/http.h"

namespace solotrial::web {

// Listens from Start until it is destroyed. Keeps connections alive; who is slow is cut off.
class HttpServer {
 public:
  // Times are of the machine's steady clock.
  struct Limits {
    size_t header_bytes = 16 << 10;  // request line and headers: 431
    size_t body_bytes = 6 << 20;     // larger ones are Request::body_too_large
    // Bodies that are being read or answered, of all connections together: 503 beyond.
    size_t all_body_bytes = 256 << 20;
    size_t connections = 1000;
    size_t connections_per_address = 250;  // others are closed unanswered
    absl::Duration handshake_time = absl::Seconds(10);
    absl::Duration header_time = absl::Seconds(10);  // from a request's first byte
    absl::Duration body_time = absl::Seconds(60);    // for a whole body
    absl::Duration write_time = absl::Seconds(30);   // without the client taking anything
    absl::Duration idle_time = absl::Seconds(60);    // between requests
    absl::Duration stop_time = absl::Seconds(2);     // for what is being answered at the end
  };
  struct Options {
    std::string address;  // HOST:PORT, port 0 for a free one
    // PEM files; with them TLS. They are read again within ten seconds when they change.
    std::string certificate_file;
    std::string key_file;
    Limits limits;
  };
  // Called on the server's threads, one request of a connection at a time; must not block.
  using Handler = std::function<void(std::shared_ptr<Exchange>)>;

  // An error says in one sentence what is wrong with the options.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const Options& options, Handler handler);
  // Takes no further requests, lets what is being answered end, cuts off what does not.
  virtual ~HttpServer() = default;

  virtual int port() const = 0;
};

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_HTTP_SERVER_H_

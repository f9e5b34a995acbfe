#include "engine/web/http_door.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <utility>

#include "engine/web/grpc_bridge.h"
#include "engine/web/page.h"
#include "engine/web/quality_list.h"
#include "engine/web/share_pages.h"
#include "engine/web/static_files.h"

namespace solotrial::web {
namespace {

std::string HostPart(const std::string& address) { return address.substr(0, address.rfind(':')); }

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return text;
}

// Without the port that the scheme means anyway.
std::string WithoutDefaultPort(const std::string& authority) {
  for (const std::string port : {":80", ":443"}) {
    const size_t at = authority.size() - std::min(authority.size(), port.size());
    if (authority.compare(at, std::string::npos, port) == 0) return authority.substr(0, at);
  }
  return authority;
}

// Whether the page that asks was served under the name that it asks. A request without Origin comes
// from no other page: browsers send it with everything that is not a plain GET.
bool IsOwnOrigin(const Request& request) {
  const std::string origin = Lower(JoinedValues(request.headers, "origin"));
  if (origin.empty()) return true;
  const std::string authority = AuthorityOf(origin);
  return !authority.empty() &&
         WithoutDefaultPort(authority) == WithoutDefaultPort(Lower(request.host));
}

// The answer to a browser that asks what it may ask, which it does for other origins only.
Response Preflight(const Request& request, bool calls) {
  if (!IsOwnOrigin(request)) return TextResponse(403, "Pages of other origins may ask nothing.");
  return {{204, {{"allow", calls ? "POST, OPTIONS" : "GET, HEAD, OPTIONS"}}}, ""};
}

class Door final : public HttpDoor {
 public:
  Door(const Options& options, service::EngineServer& engine)
      : options_(options),
        engine_(engine),
        bridge_(engine.InProcessChannel()),
        calls_(engine.InProcessChannel()) {}
  ~Door() override { engine_.SetWebUrl("", false); }

  absl::Status Open() {
    if (!options_.public_url.empty() && AuthorityOf(options_.public_url).empty()) {
      return absl::InvalidArgumentError("--public-url must be https://HOST or http://HOST:PORT: " +
                                        options_.public_url);
    }
    if (service::IsBeyondLoopback(options_.listen_address) && options_.certificate_file.empty()) {
      return absl::InvalidArgumentError(
          "cannot serve pages on " + options_.listen_address +
          ": beyond this machine only with a certificate and its key");
    }
    if (options_.app_directory.empty()) {
      files_ = StaticFiles::Embedded();
    } else {
      absl::StatusOr<StaticFiles> read = StaticFiles::Read(options_.app_directory);
      if (!read.ok()) return read.status();
      files_ = *std::move(read);
    }
    auto server =
        HttpServer::Start({.address = options_.listen_address,
                           .certificate_file = options_.certificate_file,
                           .key_file = options_.key_file,
                           .limits = options_.limits},
                          [this](const std::shared_ptr<Exchange>& exchange) { Answer(exchange); });
    if (!server.ok()) return server.status();
    server_ = *std::move(server);
    engine_.SetWebUrl(url(), !files_.empty());
    return absl::OkStatus();
  }

  std::string address() const override {
    return HostPart(options_.listen_address) + ":" + std::to_string(server_->port());
  }
  std::string url() const override {
    if (!options_.public_url.empty()) {
      std::string url = options_.public_url;
      while (url.back() == '/') url.pop_back();
      return url;
    }
    std::string host = HostPart(options_.listen_address);
    if (host == "0.0.0.0" || host == "[::]") {
      const std::string machine = service::MachineAddress();
      host = machine.empty() ? "localhost" : machine;
    }
    return (options_.certificate_file.empty() ? "http://" : "https://") + host + ":" +
           std::to_string(server_->port());
  }

 private:
  void Answer(const std::shared_ptr<Exchange>& exchange) {
    const Request& request = exchange->request();
    const CallerIdentity caller{
        engine_.ClientAddress(request.peer, JoinedValues(request.headers, "x-forwarded-for")),
        request.host};
    if (GrpcBridge::Takes(request)) {
      if (request.method == "OPTIONS") return exchange->Answer(Preflight(request, true));
      if (!IsOwnOrigin(request)) {
        return exchange->Answer(TextResponse(403, "Pages of other origins may ask nothing."));
      }
      // Whether the host may be asked for is for the engine to say, as over gRPC.
      return bridge_.Answer(exchange, caller);
    }
    if (SharePages::Takes(request) && engine_.IsHostAllowed(request.host)) {
      return shares_.Answer(exchange, caller);
    }
    exchange->Answer(AnswerPage(request));
  }

  Response AnswerPage(const Request& request) const {
    if (!engine_.IsHostAllowed(request.host)) {
      return TextResponse(421,
                          "The engine does not know this host name: call it by its address, or "
                          "start it with --allow-host NAME.");
    }
    if (request.body_too_large) return TextResponse(413, "The request is too large.");
    if (request.method == "OPTIONS") return Preflight(request, false);
    const std::string language = ChooseLanguage(JoinedValues(request.headers, "accept-language"));
    if (files_.Has(request.path)) return files_.Answer(request);
    const bool gets = request.method == "GET" || request.method == "HEAD";
    if (IsTrustPath(request.path) && gets) {
      return TrustPage(request.path, options_.authority, language);
    }
    if (request.path == "/robots.txt" && gets) {
      return TextResponse(200, "User-agent: *\nDisallow: /");
    }
    if (request.path == "/") return gets ? FrontPage(language) : MethodNotAllowed("GET, HEAD");
    if (request.method == "POST") {
      return TextResponse(415, "Methods are called with application/grpc-web.");
    }
    return gets ? NotFound(language) : MethodNotAllowed("GET, HEAD, POST");
  }

  static Response NotFound(const std::string& language) {
    if (language == "de") {
      return Page(404, language, "Nicht gefunden",
                  "<main><h1>Hier ist nichts</h1>\n<p>Unter dieser Adresse gibt es keine Seite."
                  "</p></main>\n");
    }
    return Page(
        404, language, "Not found",
        "<main><h1>Nothing is here</h1>\n<p>There is no page at this address.</p></main>\n");
  }

  const Options options_;
  service::EngineServer& engine_;
  GrpcBridge bridge_;
  EngineCalls calls_;
  const SharePages shares_{calls_};
  StaticFiles files_;                   // constant after Open
  std::unique_ptr<HttpServer> server_;  // ends first, with every call that it began
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpDoor>> HttpDoor::Start(const Options& options,
                                                          service::EngineServer& engine) {
  auto door = std::make_unique<Door>(options, engine);
  if (absl::Status status = door->Open(); !status.ok()) return status;
  return door;
}

std::string AuthorityOf(const std::string& url) {
  for (const std::string scheme : {"https://", "http://"}) {
    if (url.compare(0, scheme.size(), scheme) != 0) continue;
    std::string authority = url.substr(scheme.size());
    if (!authority.empty() && authority.back() == '/') authority.pop_back();
    const bool plain = std::all_of(authority.begin(), authority.end(), [](unsigned char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
    });
    return plain ? authority : "";
  }
  return "";
}

}  // namespace solotrial::web

#include "engine/service/listener.h"

#include <arpa/inet.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server_builder.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/access/peer.h"
#include "engine/service/certificate.h"

namespace solotrial::service {
namespace {

constexpr int kMaxMessageBytes = 4 << 20;
constexpr int kMaxHeaderBytes = 16 << 10;
constexpr int kMostStreamsPerConnection = 256;
// What gRPC may hold in buffers for all connections together; beyond it slow readers are cut off.
constexpr size_t kBufferBytes = size_t{256} << 20;
constexpr unsigned kCertificateRefreshSeconds = 10;

constexpr int kSecond = 1000;
constexpr int kMinute = 60 * kSecond;
constexpr int kHour = 60 * kMinute;

std::string HostPart(const std::string& address) { return address.substr(0, address.rfind(':')); }

// `HOST:PORT` with a port that is a number.
bool IsAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const std::string port = address.substr(colon + 1);
  return !port.empty() && port.size() <= 5 &&
         std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsLoopbackHost(const std::string& host) {
  return host == "localhost" || host == "[::1]" || access::IsLoopback(host);
}

absl::Status PortTaken(const std::string& address) {
  return absl::UnavailableError("cannot listen on " + address +
                                ": the port is in use or not allowed; choose another with "
                                "--listen HOST:PORT");
}

}  // namespace

std::string MachineAddress() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return "";
  std::string found;
  for (const ifaddrs* at = list; at != nullptr && found.empty(); at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
    if ((at->ifa_flags & IFF_LOOPBACK) != 0 || (at->ifa_flags & IFF_UP) == 0) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    const auto* address = reinterpret_cast<const sockaddr_in*>(at->ifa_addr);
    inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
    found = text.data();
  }
  freeifaddrs(list);
  return found;
}

bool IsBeyondLoopback(const std::string& address) {
  return !address.empty() && !IsLoopbackHost(HostPart(address));
}

Listener::Listener(const EngineServer::Options& options) : options_(options) {
  const std::string& address = options.listen_address;
  if (address.empty()) return;
  const std::string host = HostPart(address);
  if (IsBeyondLoopback(address) || options.always_tls) {
    local_ = {"127.0.0.1", "127.0.0.1:0"};
    remote_ = {host, address};
  } else {
    local_ = {host, address};
  }
}

absl::Status Listener::AddTo(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  grpc::ResourceQuota quota("engine");
  quota.Resize(kBufferBytes);
  builder.SetResourceQuota(quota);
  const std::pair<const char*, int> arguments[] = {
      {GRPC_ARG_ALLOW_REUSEPORT, 0},  // a port in use is an error
      {GRPC_ARG_MAX_METADATA_SIZE, kMaxHeaderBytes},
      {GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostStreamsPerConnection},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10 * kSecond},
      {GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2},
      // Who connects and says nothing, or stops answering, is let go; so is in the end who sends a
      // request byte by byte.
      {GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10 * kSecond},
      {GRPC_ARG_KEEPALIVE_TIME_MS, kMinute},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20 * kSecond},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS, 10 * kMinute},
      {GRPC_ARG_MAX_CONNECTION_AGE_MS, 24 * kHour},
      {GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kHour},
  };
  for (const auto& [name, value] : arguments) builder.AddChannelArgument(name, value);
  if (options_.listen_address.empty()) return absl::OkStatus();
  if (!IsAddress(options_.listen_address)) {
    return absl::InvalidArgumentError("cannot listen on " + options_.listen_address +
                                      ": it must be HOST:PORT, for example 127.0.0.1:7311");
  }
  builder.AddListeningPort(local_.asked, grpc::InsecureServerCredentials(), &local_.bound);
  return remote_.host.empty() ? absl::OkStatus() : AddTls(builder);
}

absl::Status Listener::AddTls(grpc::ServerBuilder& builder) {
  if (options_.certificate_file.empty() || options_.key_file.empty()) {
    return absl::InvalidArgumentError("cannot listen on " + options_.listen_address +
                                      ": beyond this machine only with a certificate and its key");
  }
  // gRPC itself would start, and then refuse every connection without a word.
  if (const absl::Status status = CheckKeyPair(options_.certificate_file, options_.key_file);
      !status.ok()) {
    return status;
  }
  grpc::experimental::TlsServerCredentialsOptions tls(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          options_.key_file, options_.certificate_file, kCertificateRefreshSeconds));
  tls.watch_identity_key_cert_pairs();
  tls.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  builder.AddListeningPort(remote_.asked, grpc::experimental::TlsServerCredentials(tls),
                           &remote_.bound);
  return absl::OkStatus();
}

absl::Status Listener::Started(bool built) {
  if (!remote_.host.empty() && (!built || remote_.bound == 0)) return PortTaken(remote_.asked);
  if (!local_.host.empty() && (!built || local_.bound == 0)) return PortTaken(local_.asked);
  return built ? absl::OkStatus() : absl::InternalError("the gRPC server does not start");
}

std::vector<std::string> Listener::AllowedHosts() const {
  std::vector<std::string> hosts = options_.allowed_hosts;
  if (!remote_.host.empty()) hosts.push_back(remote_.host);
  if (!options_.public_address.empty()) hosts.push_back(HostPart(options_.public_address));
  // What native clients of the engine's own certificate may ask for.
  if (options_.pin_certificate) hosts.push_back(kOwnCertificateHost);
  return hosts;
}

Endpoint Listener::endpoint() const {
  Endpoint endpoint;
  if (!options_.public_address.empty()) {
    endpoint.address = options_.public_address;
  } else if (remote_.host.empty()) {
    endpoint.address = local_address();
  } else {
    const bool any = remote_.host == "0.0.0.0" || remote_.host == "[::]";
    const std::string machine = any ? MachineAddress() : remote_.host;
    endpoint.address =
        (machine.empty() ? "localhost" : machine) + ":" + std::to_string(remote_.bound);
  }
  if (options_.pin_certificate && !remote_.host.empty()) {
    endpoint.pin = CertificatePin(options_.certificate_file).value_or("");
  }
  return endpoint;
}

}  // namespace solotrial::service

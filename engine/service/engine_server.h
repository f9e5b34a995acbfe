// The engine as a server: its services over gRPC, on loopback or within the process.
#ifndef SOLOTRIAL_ENGINE_SERVICE_ENGINE_SERVER_H_
#define SOLOTRIAL_ENGINE_SERVICE_ENGINE_SERVER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/access/rate_limit.h"
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
    // HOST:PORT, port 0 for a free one; empty: only reachable in process. On loopback
    // (`127.0.0.1`, `[::1]`, `localhost`) without TLS. Beyond it with TLS, and besides on a free
    // port of 127.0.0.1 without, for the clients of this machine.
    std::string listen_address;
    // With TLS also on loopback, as beyond it: behind a proxy, or in a test.
    bool always_tls = false;

    // PEM files of the certificate and its key, needed beyond loopback. They are read again within
    // ten seconds when they change.
    std::string certificate_file;
    std::string key_file;
    // The certificate is the engine's own (EnsureOwnCertificate): links carry its fingerprint.
    bool pin_certificate = false;

    // 127.0.0.1:PORT on which numbers are served for Prometheus (see metrics.h); empty: nowhere.
    std::string metrics_address;

    // Where the engine's backups are, which are rewritten when a person is deleted; empty: nowhere.
    std::string backup_directory;

    // HOST:PORT by which other machines reach the engine, for links; empty: as it listens.
    std::string public_address;
    // Host names that it may be called by, beside addresses, localhost and that of public_address.
    std::vector<std::string> allowed_hosts;
    // Addresses and ranges whose X-Forwarded-For is believed.
    std::vector<std::string> trusted_proxies;

    // Simulated trials behind each number of a summary's simulated power; > 0.
    int power_trials = 100;

    // Calls per second, and at once: of one address without a credential, and of one device.
    access::RateLimit::Rate stranger_rate = {.per_second = 60, .burst = 600};
    access::RateLimit::Rate device_rate = {.per_second = 200, .burst = 2000};
    std::function<absl::Duration()> steady_now = SteadyNow;
  };

  // `store` and `clock` must outlive the server. Errors say in one sentence what is wrong: a method
  // without roles, no certificate beyond loopback, a port in use.
  static absl::StatusOr<std::unique_ptr<EngineServer>> Start(const Options& options,
                                                             store::TrialStore& store,
                                                             const Clock& clock);
  virtual ~EngineServer() = default;

  // Where the clients of this machine find it, without TLS, `host:port`; empty when it does not
  // listen.
  virtual std::string address() const = 0;
  // Where other machines find it, with TLS; empty when they cannot.
  virtual std::string remote_address() const = 0;

  // A code for the owner's first device, as AccessService.CreatePairingCode makes it, and its link;
  // nullopt when there is one already beside this machine. For the terminal that starts the engine.
  struct FirstPairing {
    std::string code;
    std::string link;
    std::string web_link;  // for a browser; empty without an app
  };
  virtual absl::StatusOr<std::optional<FirstPairing>> OfferFirstPairing() = 0;

  // A channel within the process. Calls go through the same gate as any others; those that are made
  // for somebody else say for whom in kForwardedFor and kForwardedHost.
  virtual std::shared_ptr<grpc::Channel> InProcessChannel() = 0;

  // The rest is for the HTTP door (engine/web), which admits as the engine's own ports do.

  // Whether a request for `host` or `host:port` may be served: see access::IsHostAllowed.
  virtual bool IsHostAllowed(const std::string& authority) const = 0;
  // Who asks when the connection comes from `peer`, an address, and the request's X-Forwarded-For
  // is `forwarded_for` (only trusted proxies are believed).
  virtual std::string ClientAddress(const std::string& peer,
                                    const std::string& forwarded_for) const = 0;
  // From now on links come with one for browsers that begins with `url`, `https://HOST:PORT`;
  // empty: without. Those of codes only when the door `has_app` to claim them.
  virtual void SetWebUrl(const std::string& url, bool has_app) = 0;
};

// Metadata of calls within the process that are made for somebody else: the client's address, and
// the host name that it asked for. Without kForwardedFor the process calls for itself.
inline constexpr char kForwardedFor[] = "x-forwarded-for";
inline constexpr char kForwardedHost[] = "x-forwarded-host";

// The first address of this machine that others may reach; empty when there is none.
std::string MachineAddress();

// Whether listening on `address` (HOST:PORT) lets other machines in, so that it takes TLS.
bool IsBeyondLoopback(const std::string& address);

// The token of the owner, kept in the file `token_file` that only its user can read: made, with the
// owner, at the first start; made anew when the file is gone or does not fit the store.
absl::Status EnsureOwner(store::TrialStore& store, const std::string& token_file, absl::Time now);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_ENGINE_SERVER_H_

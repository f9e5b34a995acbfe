// The engine's own authority for browsers, which cannot pin a certificate as native clients do: a
// person installs its certificate once on each phone, and from then on the phone trusts whatever
// certificate the engine has at its present addresses.
#ifndef SOLOTRIAL_ENGINE_SERVICE_LOCAL_AUTHORITY_H_
#define SOLOTRIAL_ENGINE_SERVICE_LOCAL_AUTHORITY_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/service/certificate.h"

namespace solotrial::service {

// `web-authority.crt` and `web-authority.key` in a directory, made at the first use: ECDSA P-256,
// good for ten years. Name constraints (RFC 5280, 4.2.1.10) keep it to machines of a home: private
// addresses (RFC 1918, RFC 4193, RFC 6598, link-local, loopback), names under .local, .lan, .home,
// .home.arpa, .internal and localhost, and to this machine's own name and addresses and the names
// that it was made with.
// So whoever steals the key can be the engine to those phones, and no other site.
class LocalAuthority {
 public:
  // `names`: DNS names beyond those above by which browsers reach the engine. Only the names of
  // the first use count; with others a new authority would be needed, which an error says.
  static absl::StatusOr<LocalAuthority> Ensure(const std::string& directory,
                                               const std::vector<std::string>& names);

  // `web.crt` (with the authority's behind it) and `web.key` for this machine's addresses, its name
  // and `names`: written anew when those have changed or 30 days of it are left, else as they are.
  // A certificate is good for 397 days, the most that browsers take.
  absl::StatusOr<CertificateFiles> EnsureServerCertificate(
      const std::vector<std::string>& names) const;

  // The authority's certificate as phones install it.
  std::string der() const;
  // SHA-256 of that, in upper-case hexadecimal with colons, as phones show it.
  std::string fingerprint() const;

 private:
  explicit LocalAuthority(std::string directory) : directory_(std::move(directory)) {}

  CertificateFiles files() const;

  std::string directory_;
  std::string der_;
};

// Renews the server certificate of an authority now and then while an engine runs: its addresses
// change, and its time runs out.
class CertificateRenewal {
 public:
  // `report` gets what went wrong, on the renewal's thread.
  CertificateRenewal(LocalAuthority authority, std::vector<std::string> names, absl::Duration every,
                     std::function<void(const absl::Status&)> report);
  CertificateRenewal(const CertificateRenewal&) = delete;
  CertificateRenewal& operator=(const CertificateRenewal&) = delete;
  ~CertificateRenewal();

 private:
  void Run();

  const LocalAuthority authority_;
  const std::vector<std::string> names_;
  const absl::Duration every_;
  const std::function<void(const absl::Status&)> report_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false;  // guarded by mutex_

  std::thread thread_;  // last: starts when all else is there
};

// The addresses of this machine's interfaces that are up, IPv4 and IPv6, loopback first.
std::vector<std::string> MachineAddresses();

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_LOCAL_AUTHORITY_H_

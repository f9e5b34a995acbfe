#include "engine/service/local_authority.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <memory>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/service/x509.h"

namespace solotrial::service {
namespace {

constexpr int kAuthorityDays = 10 * 365;
constexpr int kServerDays = 397;
constexpr int kRenewDays = 30;
constexpr const char* kHomeNames[] = {"localhost", "local", "lan", "home", "home.arpa", "internal"};
constexpr const char* kPrivateRanges[] = {"127.0.0.0/255.0.0.0",
                                          "10.0.0.0/255.0.0.0",
                                          "172.16.0.0/255.240.0.0",
                                          "192.168.0.0/255.255.0.0",
                                          "169.254.0.0/255.255.0.0",
                                          "100.64.0.0/255.192.0.0",
                                          "::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                          "fc00::/fe00::",
                                          "fe80::/ffc0::"};

std::string MachineName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "";
  std::string text = name.data();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool IsIpAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

// Whether `host` can stand in a certificate: no separators of OpenSSL's notation in it.
bool IsPlainName(const std::string& host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' &&
         std::all_of(host.begin(), host.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':';
         });
}

// `DNS:name` or `IP:address`.
std::string AltName(const std::string& host) { return (IsIpAddress(host) ? "IP:" : "DNS:") + host; }

// Whether kPrivateRanges has `address`.
bool IsPrivate(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> b{};
  if (inet_pton(AF_INET, address.c_str(), b.data()) == 1) {
    return b[0] == 127 || b[0] == 10 || (b[0] == 172 && (b[1] & 0xF0) == 16) ||
           (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254) ||
           (b[0] == 100 && (b[1] & 0xC0) == 64);
  }
  return inet_pton(AF_INET6, address.c_str(), b.data()) == 1 &&
         (address == "::1" || (b[0] & 0xFE) == 0xFC || (b[0] == 0xFE && (b[1] & 0xC0) == 0x80));
}

std::string Constraints(const std::vector<std::string>& names) {
  std::string text = "critical";
  for (const char* name : kHomeNames) text += std::string(",permitted;DNS:") + name;
  for (const char* range : kPrivateRanges) text += std::string(",permitted;IP:") + range;
  for (const std::string& name : names) {
    if (!IsIpAddress(name)) {
      text += ",permitted;DNS:" + name;
    } else if (!IsPrivate(name)) {
      const bool v4 = name.find(':') == std::string::npos;
      text += ",permitted;IP:" + name +
              (v4 ? "/255.255.255.255" : "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    }
  }
  return text;
}

std::string AltNames(const std::vector<std::string>& hosts) {
  std::string text;
  for (const std::string& host : hosts) text += (text.empty() ? "" : ",") + AltName(host);
  return text;
}

// What a browser may call this machine; `everywhere`, also by addresses of the open internet.
std::vector<std::string> HostsOf(const std::vector<std::string>& names, bool everywhere) {
  std::vector<std::string> hosts = {"localhost"};
  if (const std::string machine = MachineName(); IsPlainName(machine)) {
    hosts.push_back(machine);
    if (machine.find('.') == std::string::npos) hosts.push_back(machine + ".local");
  }
  for (const std::string& address : MachineAddresses()) {
    if (everywhere || IsPrivate(address)) hosts.push_back(address);
  }
  hosts.insert(hosts.end(), names.begin(), names.end());
  std::vector<std::string> once;
  for (const std::string& host : hosts) {
    if (std::find(once.begin(), once.end(), host) == once.end()) once.push_back(host);
  }
  return once;
}

// Whether the authority's name constraints let the certificate's names pass.
bool IsPermitted(X509* certificate, X509* authority) {
  X509_check_purpose(certificate, -1, 0);  // has OpenSSL read the names that are checked
  const std::unique_ptr<NAME_CONSTRAINTS, OpenSslFreer<NAME_CONSTRAINTS_free>> constraints(
      static_cast<NAME_CONSTRAINTS*>(
          X509_get_ext_d2i(authority, NID_name_constraints, nullptr, nullptr)));
  return constraints != nullptr &&
         NAME_CONSTRAINTS_check(certificate, constraints.get()) == X509_V_OK;
}

bool Names(X509* certificate, const std::string& host) {
  return IsIpAddress(host)
             ? X509_check_ip_asc(certificate, host.c_str(), 0) == 1
             : X509_check_host(certificate, host.c_str(), host.size(), 0, nullptr) == 1;
}

// Whether what stands there will do: every host is in it, the authority signed it, time is left.
bool IsGood(const CertificateFiles& files, const std::vector<std::string>& hosts, X509* authority) {
  if (!CheckKeyPair(files.certificate, files.key).ok()) return false;
  const absl::StatusOr<X509Ptr> certificate = ReadCertificate(files.certificate);
  if (!certificate.ok()) return false;
  std::time_t soon = std::time(nullptr) + kRenewDays * 24L * 60 * 60;
  const PrivateKey signer(X509_get_pubkey(authority));
  return X509_cmp_time(X509_get0_notAfter(certificate->get()), &soon) > 0 &&
         X509_verify(certificate->get(), signer.get()) == 1 &&
         std::all_of(hosts.begin(), hosts.end(),
                     [&](const std::string& host) { return Names(certificate->get(), host); });
}

}  // namespace

std::vector<std::string> MachineAddresses() {
  std::vector<std::string> addresses = {"127.0.0.1", "::1"};
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return addresses;
  for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || (at->ifa_flags & IFF_UP) == 0) continue;
    if ((at->ifa_flags & IFF_LOOPBACK) != 0) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* address = nullptr;
    if (at->ifa_addr->sa_family == AF_INET) {
      address = &reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr;
    } else if (at->ifa_addr->sa_family == AF_INET6) {
      address = &reinterpret_cast<const sockaddr_in6*>(at->ifa_addr)->sin6_addr;
    } else {
      continue;
    }
    if (inet_ntop(at->ifa_addr->sa_family, address, text.data(), text.size()) == nullptr) continue;
    addresses.emplace_back(text.data());
  }
  freeifaddrs(list);
  std::sort(addresses.begin() + 2, addresses.end());
  return addresses;
}

CertificateRenewal::CertificateRenewal(LocalAuthority authority, std::vector<std::string> names,
                                       absl::Duration every,
                                       std::function<void(const absl::Status&)> report)
    : authority_(std::move(authority)),
      names_(std::move(names)),
      every_(every),
      report_(std::move(report)),
      thread_([this] { Run(); }) {}

CertificateRenewal::~CertificateRenewal() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void CertificateRenewal::Run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, absl::ToChronoNanoseconds(every_), [this] { return closing_; })) {
    lock.unlock();
    const absl::Status status = authority_.EnsureServerCertificate(names_).status();
    if (!status.ok()) report_(status);
    lock.lock();
  }
}

CertificateFiles LocalAuthority::files() const {
  return {directory_ + "/web-authority.crt", directory_ + "/web-authority.key"};
}

absl::StatusOr<LocalAuthority> LocalAuthority::Ensure(const std::string& directory,
                                                      const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!IsPlainName(name)) {
      return absl::InvalidArgumentError("'" + name + "' is no host name for a certificate");
    }
  }
  LocalAuthority authority(directory);
  const CertificateFiles files = authority.files();
  std::error_code ignored;
  if (!std::filesystem::exists(files.certificate, ignored) ||
      !std::filesystem::exists(files.key, ignored)) {
    std::vector<std::string> permitted = names;
    if (const std::string machine = MachineName(); IsPlainName(machine)) {
      permitted.push_back(machine);
    }
    for (const std::string& address : MachineAddresses()) permitted.push_back(address);
    const PrivateKey key = MakePrivateKey();
    const X509Ptr made = MakeCertificate(
        {.common_name = "solotrial on " + (MachineName().empty() ? "this machine" : MachineName()),
         .days = kAuthorityDays,
         .basic_constraints = "critical,CA:TRUE,pathlen:0",
         .key_usage = "critical,keyCertSign,cRLSign",
         .name_constraints = Constraints(permitted)},
        key.get(), nullptr, key.get());
    if (made == nullptr) return absl::InternalError("making an authority failed");
    SOLOTRIAL_RETURN_IF_ERROR(WritePem(files.key, key.get()));
    SOLOTRIAL_RETURN_IF_ERROR(WritePem(files.certificate, made.get(), nullptr));
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckKeyPair(files.certificate, files.key));
  SOLOTRIAL_ASSIGN_OR_RETURN(const X509Ptr certificate, ReadCertificate(files.certificate));
  authority.der_ = DerOf(certificate.get());
  return authority;
}

absl::StatusOr<CertificateFiles> LocalAuthority::EnsureServerCertificate(
    const std::vector<std::string>& names) const {
  const CertificateFiles own = files();
  CertificateFiles server{directory_ + "/web.crt", directory_ + "/web.key"};
  SOLOTRIAL_ASSIGN_OR_RETURN(const X509Ptr issuer, ReadCertificate(own.certificate));
  SOLOTRIAL_ASSIGN_OR_RETURN(const PrivateKey issuer_key, ReadPrivateKey(own.key));
  const PrivateKey key = MakePrivateKey();
  // An address of the open internet that came after the authority is one that it cannot speak for;
  // the others still work.
  for (const bool everywhere : {true, false}) {
    const std::vector<std::string> hosts = HostsOf(names, everywhere);
    if (IsGood(server, hosts, issuer.get())) return server;
    const X509Ptr made = MakeCertificate({.common_name = "solotrial",
                                          .days = kServerDays - 1,
                                          .alt_names = AltNames(hosts),
                                          .basic_constraints = "critical,CA:FALSE",
                                          .key_usage = "critical,digitalSignature",
                                          .extended_key_usage = "serverAuth"},
                                         key.get(), issuer.get(), issuer_key.get());
    if (made == nullptr) return absl::InternalError("making a certificate failed");
    if (!IsPermitted(made.get(), issuer.get())) continue;
    SOLOTRIAL_RETURN_IF_ERROR(WritePem(server.key, key.get()));
    SOLOTRIAL_RETURN_IF_ERROR(WritePem(server.certificate, made.get(), issuer.get()));
    return server;
  }
  return absl::FailedPreconditionError(
      "the authority in " + own.certificate +
      " may not speak for a name that the engine is to have now. Remove it and its key: the engine "
      "makes another, which every phone then has to install");
}

std::string LocalAuthority::der() const { return der_; }

std::string LocalAuthority::fingerprint() const {
  const std::string digits = Hex(Sha256(der_));
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i % 2 == 0) text += ':';
    text += static_cast<char>(std::toupper(static_cast<unsigned char>(digits[i])));
  }
  return text;
}

}  // namespace solotrial::service

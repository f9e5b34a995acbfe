#include "engine/service/certificate.h"

#include <filesystem>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/service/x509.h"

namespace solotrial::service {
namespace {

constexpr int kDays = 20 * 365;

}  // namespace

absl::StatusOr<CertificateFiles> EnsureOwnCertificate(const std::string& directory) {
  CertificateFiles files{directory + "/tls.crt", directory + "/tls.key"};
  std::error_code ignored;
  if (std::filesystem::exists(files.certificate, ignored) &&
      std::filesystem::exists(files.key, ignored)) {
    return files;
  }
  const PrivateKey key = MakePrivateKey();
  const X509Ptr certificate =
      MakeCertificate({.common_name = kOwnCertificateHost,
                       .days = kDays,
                       .alt_names = std::string("DNS:") + kOwnCertificateHost,
                       .basic_constraints = "critical,CA:TRUE,pathlen:0",
                       .extended_key_usage = "serverAuth"},
                      key.get(), nullptr, key.get());
  if (certificate == nullptr) return absl::InternalError("making a certificate failed");
  SOLOTRIAL_RETURN_IF_ERROR(WritePem(files.key, key.get()));
  SOLOTRIAL_RETURN_IF_ERROR(WritePem(files.certificate, certificate.get(), nullptr));
  return files;
}

absl::StatusOr<std::string> CertificatePin(const std::string& certificate_file) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const X509Ptr certificate, ReadCertificate(certificate_file));
  const std::string der = DerOf(certificate.get());
  if (der.empty()) return absl::InternalError("encoding a certificate failed");
  return Hex(Sha256(der));
}

absl::Status CheckKeyPair(const std::string& certificate_file, const std::string& key_file) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const X509Ptr certificate, ReadCertificate(certificate_file));
  SOLOTRIAL_ASSIGN_OR_RETURN(const PrivateKey key, ReadPrivateKey(key_file));
  if (X509_check_private_key(certificate.get(), key.get()) == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(key_file + " is not the key of the certificate in " +
                                    certificate_file);
}

}  // namespace solotrial::service

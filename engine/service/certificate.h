// The engine's own certificate, for machines that have none by their operator.
#ifndef SOLOTRIAL_ENGINE_SERVICE_CERTIFICATE_H_
#define SOLOTRIAL_ENGINE_SERVICE_CERTIFICATE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace solotrial::service {

// The name that the engine's own certificate is made out to. Clients know the engine by the
// certificate's fingerprint, and ask for this name whatever its address is.
inline constexpr char kOwnCertificateHost[] = "engine.solotrial.internal";

struct CertificateFiles {
  std::string certificate;  // PEM
  std::string key;          // PEM, readable by its owner only
};

// `tls.crt` and `tls.key` in `directory`; made where one of them is missing: ECDSA P-256,
// self-signed, good for 20 years, since a new one means pairing every device again. Their
// fingerprint is in every pairing code.
absl::StatusOr<CertificateFiles> EnsureOwnCertificate(const std::string& directory);

// SHA-256 over the first certificate in the PEM file (its DER form), lower-case hexadecimal.
absl::StatusOr<std::string> CertificatePin(const std::string& certificate_file);

// Whether both can be read and belong together; an error says in one sentence what is wrong.
absl::Status CheckKeyPair(const std::string& certificate_file, const std::string& key_file);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_CERTIFICATE_H_

// The certificate of an engine that is known by its fingerprint.
#ifndef SOLOTRIAL_CLIENTS_CPP_CERTIFICATE_H_
#define SOLOTRIAL_CLIENTS_CPP_CERTIFICATE_H_

#include <string>

#include "absl/status/statusor.h"

namespace solotrial::client {

// The certificate, in PEM, that the engine at `address` (HOST:PORT) shows; an error unless the
// SHA-256 of its DER form is `pin` (hexadecimal), so that nobody between can put up another.
absl::StatusOr<std::string> FetchPinnedCertificate(const std::string& address,
                                                   const std::string& pin);

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_CERTIFICATE_H_

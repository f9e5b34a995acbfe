// Certificates, as OpenSSL makes, reads and writes them. For the files of this room that make the
// engine's own.
#ifndef SOLOTRIAL_ENGINE_SERVICE_X509_H_
#define SOLOTRIAL_ENGINE_SERVICE_X509_H_

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace solotrial::service {

template <auto Free>
struct OpenSslFreer {
  template <typename T>
  void operator()(T* value) const {
    Free(value);
  }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, OpenSslFreer<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, OpenSslFreer<X509_free>>;
using Bio = std::unique_ptr<BIO, OpenSslFreer<BIO_free_all>>;

// What a certificate says. Extensions are in the notation of OpenSSL's x509v3_config; empty ones
// are left out.
struct CertificateContent {
  std::string common_name;
  int days = 0;           // that it is good for, beside the day before now
  std::string alt_names;  // `DNS:a.example,IP:192.168.0.2`
  std::string basic_constraints;
  std::string key_usage;
  std::string extended_key_usage;
  std::string name_constraints;
};

// ECDSA P-256; nullptr when OpenSSL has none.
PrivateKey MakePrivateKey();

// For `key`, signed with `issuer_key` in the name of `issuer`; without `issuer` self-signed.
// nullptr when a part of `content` is not valid.
X509Ptr MakeCertificate(const CertificateContent& content, EVP_PKEY* key, X509* issuer,
                        EVP_PKEY* issuer_key);

// The first certificate of a PEM file.
absl::StatusOr<X509Ptr> ReadCertificate(const std::string& path);
absl::StatusOr<PrivateKey> ReadPrivateKey(const std::string& path);

// PEM, readable by the owner only; replaced in one step, so that no reader ever sees half a file.
absl::Status WritePem(const std::string& path, X509* certificate, X509* issuer);
absl::Status WritePem(const std::string& path, EVP_PKEY* key);

// DER; empty when it cannot be encoded.
std::string DerOf(X509* certificate);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_X509_H_

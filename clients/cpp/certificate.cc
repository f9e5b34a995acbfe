#include "clients/cpp/certificate.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cctype>
#include <memory>

#include "clients/cpp/fault.h"

namespace solotrial::client {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string Fingerprint(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return "";
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

}  // namespace

absl::StatusOr<std::string> FetchPinnedCertificate(const std::string& address,
                                                   const std::string& pin) {
  // What the connection is checked by is the fingerprint below, and nothing is sent over it.
  const std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return absl::InternalError("OpenSSL does not start.");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_ssl_connect(context.get()));
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  // gRPC servers talk to nobody who does not ask for HTTP/2.
  constexpr unsigned char kHttp2[] = {2, 'h', '2'};
  if (ssl == nullptr || SSL_set_alpn_protos(ssl, kHttp2, sizeof kHttp2) != 0) {
    return absl::InternalError("OpenSSL does not start.");
  }
  BIO_set_conn_hostname(bio.get(), address.c_str());
  if (BIO_do_connect(bio.get()) <= 0 || BIO_do_handshake(bio.get()) <= 0) {
    return MakeFault(FaultKind::kUnreachable, absl::StatusCode::kUnavailable,
                     "The engine at " + address + " cannot be reached with TLS.");
  }
  const std::unique_ptr<X509, FreeCertificate> certificate(SSL_get1_peer_certificate(ssl));
  if (certificate == nullptr || Fingerprint(certificate.get()) != Lower(pin)) {
    return MakeFault(FaultKind::kWrongCertificate, absl::StatusCode::kUnauthenticated,
                     "What answers at " + address +
                         " has not the certificate that the pairing code names: nothing was sent.");
  }
  const std::unique_ptr<BIO, FreeBio> text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(text.get(), certificate.get()) != 1) {
    return absl::InternalError("The certificate cannot be written.");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

}  // namespace solotrial::client

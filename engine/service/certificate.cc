#include "engine/service/certificate.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "engine/base/digest.h"

namespace solotrial::service {
namespace {

constexpr long kYear = 365L * 24 * 60 * 60;
constexpr long kYears = 20;

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* value) const {
    Free(value);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;

absl::Status Failed(const std::string& what) { return absl::InternalError(what + " failed"); }

bool AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Self-signed, for the engine's own name.
X509Ptr MakeCertificate(EVP_PKEY* key) {
  X509Ptr certificate(X509_new());
  X509* x = certificate.get();
  const auto* host = reinterpret_cast<const unsigned char*>(kOwnCertificateHost);
  uint64_t serial = 0;
  const bool made =
      x != nullptr && X509_set_version(x, X509_VERSION_3) == 1 &&
      RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1 &&
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1) == 1 &&
      // A day back, for clients whose clock is behind.
      X509_gmtime_adj(X509_getm_notBefore(x), -kYear / 365) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(x), kYears * kYear) != nullptr &&
      X509_set_pubkey(x, key) == 1 &&
      X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, host, -1, -1, 0) ==
          1 &&
      X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
      AddExtension(x, NID_subject_alt_name, std::string("DNS:") + kOwnCertificateHost) &&
      AddExtension(x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      AddExtension(x, NID_ext_key_usage, "serverAuth") && X509_sign(x, key, EVP_sha256()) > 0;
  if (!made) certificate.reset();
  return certificate;
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

// Written beside and renamed, so that no reader ever sees half a file.
absl::Status WriteOwnFile(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  bool written = file >= 0;
  if (written) {
    written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
              fsync(file) == 0;
    close(file);
  }
  if (written && rename(fresh.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return absl::UnavailableError("cannot write " + path);
}

absl::StatusOr<X509Ptr> ReadCertificate(const std::string& path) {
  const Bio file(BIO_new_file(path.c_str(), "r"));
  X509Ptr certificate;
  if (file != nullptr) {
    certificate.reset(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  }
  if (certificate != nullptr) return certificate;
  return absl::InvalidArgumentError("cannot read a certificate in PEM from " + path);
}

}  // namespace

absl::StatusOr<CertificateFiles> EnsureOwnCertificate(const std::string& directory) {
  const CertificateFiles files{directory + "/tls.crt", directory + "/tls.key"};
  std::error_code ignored;
  if (std::filesystem::exists(files.certificate, ignored) &&
      std::filesystem::exists(files.key, ignored)) {
    return files;
  }
  const Key key(EVP_EC_gen("P-256"));
  if (key == nullptr) return Failed("making a key");
  const X509Ptr certificate = MakeCertificate(key.get());
  const Bio key_text(BIO_new(BIO_s_mem()));
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  if (certificate == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1) {
    return Failed("making a certificate");
  }
  if (absl::Status status = WriteOwnFile(files.key, TextOf(key_text.get())); !status.ok()) {
    return status;
  }
  if (absl::Status status = WriteOwnFile(files.certificate, TextOf(certificate_text.get()));
      !status.ok()) {
    return status;
  }
  return files;
}

absl::StatusOr<std::string> CertificatePin(const std::string& certificate_file) {
  absl::StatusOr<X509Ptr> certificate = ReadCertificate(certificate_file);
  if (!certificate.ok()) return certificate.status();
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate->get(), &der);
  if (size <= 0) return Failed("encoding a certificate");
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return Hex(Sha256(bytes));
}

absl::Status CheckKeyPair(const std::string& certificate_file, const std::string& key_file) {
  absl::StatusOr<X509Ptr> certificate = ReadCertificate(certificate_file);
  if (!certificate.ok()) return certificate.status();
  const Bio file(BIO_new_file(key_file.c_str(), "r"));
  Key key;
  if (file != nullptr) key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        "cannot read a private key in PEM, without a passphrase, "
        "from " +
        key_file);
  }
  if (X509_check_private_key(certificate->get(), key.get()) == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(key_file + " is not the key of the certificate in " +
                                    certificate_file);
}

}  // namespace solotrial::service

#include "engine/service/x509.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

namespace solotrial::service {
namespace {

constexpr long kDay = 24L * 60 * 60;

using Extension = std::unique_ptr<X509_EXTENSION, OpenSslFreer<X509_EXTENSION_free>>;

bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return true;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

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

}  // namespace

PrivateKey MakePrivateKey() { return PrivateKey(EVP_EC_gen("P-256")); }

X509Ptr MakeCertificate(const CertificateContent& content, EVP_PKEY* key, X509* issuer,
                        EVP_PKEY* issuer_key) {
  X509Ptr certificate(X509_new());
  X509* x = certificate.get();
  X509* signer = issuer == nullptr ? x : issuer;
  const auto* name = reinterpret_cast<const unsigned char*>(content.common_name.c_str());
  uint64_t serial = 0;
  const bool made = x != nullptr && key != nullptr && X509_set_version(x, X509_VERSION_3) == 1 &&
                    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1 &&
                    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1) == 1 &&
                    // A day back, for clients whose clock is behind.
                    X509_gmtime_adj(X509_getm_notBefore(x), -kDay) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(x), content.days * kDay) != nullptr &&
                    X509_set_pubkey(x, key) == 1 &&
                    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, name,
                                               -1, -1, 0) == 1 &&
                    X509_set_issuer_name(x, X509_get_subject_name(signer)) == 1 &&
                    AddExtension(x, signer, NID_subject_alt_name, content.alt_names) &&
                    AddExtension(x, signer, NID_basic_constraints, content.basic_constraints) &&
                    AddExtension(x, signer, NID_key_usage, content.key_usage) &&
                    AddExtension(x, signer, NID_ext_key_usage, content.extended_key_usage) &&
                    AddExtension(x, signer, NID_name_constraints, content.name_constraints) &&
                    X509_sign(x, issuer_key, EVP_sha256()) > 0;
  if (!made) certificate.reset();
  return certificate;
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

absl::StatusOr<PrivateKey> ReadPrivateKey(const std::string& path) {
  const Bio file(BIO_new_file(path.c_str(), "r"));
  PrivateKey key;
  if (file != nullptr) key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
  if (key != nullptr) return key;
  return absl::InvalidArgumentError(
      "cannot read a private key in PEM, without a passphrase, from " + path);
}

absl::Status WritePem(const std::string& path, X509* certificate, X509* issuer) {
  const Bio text(BIO_new(BIO_s_mem()));
  if (text == nullptr || PEM_write_bio_X509(text.get(), certificate) != 1 ||
      (issuer != nullptr && PEM_write_bio_X509(text.get(), issuer) != 1)) {
    return absl::InternalError("writing a certificate failed");
  }
  return WriteOwnFile(path, TextOf(text.get()));
}

absl::Status WritePem(const std::string& path, EVP_PKEY* key) {
  const Bio text(BIO_new(BIO_s_mem()));
  if (text == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(text.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return absl::InternalError("writing a key failed");
  }
  return WriteOwnFile(path, TextOf(text.get()));
}

std::string DerOf(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return "";
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace solotrial::service

// The engine's own authority for browsers.
#include "engine/service/local_authority.h"

#include <gmock/gmock.h>
#include <openssl/x509_vfy.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "engine/base/digest.h"
#include "engine/service/x509.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::HasSubstr;

class LocalAuthorityTest : public EngineTest {
 protected:
  using Store = std::unique_ptr<X509_STORE, OpenSslFreer<X509_STORE_free>>;
  using Context = std::unique_ptr<X509_STORE_CTX, OpenSslFreer<X509_STORE_CTX_free>>;

  // What a browser that trusts the authority alone says of the certificate at `host`.
  int Verify(const std::string& certificate_file, const std::string& host, bool is_address) {
    const X509Ptr authority = *ReadCertificate(directory_ + "/web-authority.crt");
    const X509Ptr certificate = *ReadCertificate(certificate_file);
    const Store store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), authority.get());
    const Context context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
    X509_VERIFY_PARAM* asked = X509_STORE_CTX_get0_param(context.get());
    if (is_address) {
      X509_VERIFY_PARAM_set1_ip_asc(asked, host.c_str());
    } else {
      X509_VERIFY_PARAM_set1_host(asked, host.c_str(), host.size());
    }
    X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
    X509_verify_cert(context.get());
    return X509_STORE_CTX_get_error(context.get());
  }
};

TEST_F(LocalAuthorityTest, SpeaksForThisMachineAndIsMadeOnce) {
  const auto authority = LocalAuthority::Ensure(directory_, {"trial.example.org"});
  ASSERT_TRUE(authority.ok()) << authority.status();
  const auto files = authority->EnsureServerCertificate({"trial.example.org"});
  ASSERT_TRUE(files.ok()) << files.status();
  for (const char* host : {"localhost", "trial.example.org"}) {
    EXPECT_EQ(Verify(files->certificate, host, false), X509_V_OK) << host;
  }
  for (const char* address : {"127.0.0.1", "::1"}) {
    EXPECT_EQ(Verify(files->certificate, address, true), X509_V_OK) << address;
  }
  EXPECT_EQ(Verify(files->certificate, "www.example.org", false), X509_V_ERR_HOSTNAME_MISMATCH);
  EXPECT_EQ(authority->fingerprint().size(), 32U * 3 - 1);
  struct stat info = {};
  for (const std::string key : {"/web-authority.key", "/web.key"}) {
    ASSERT_EQ(stat((directory_ + key).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U) << key;
  }

  // The next start finds both as they are.
  const std::string pin = *CertificatePin(files->certificate);
  const auto again = LocalAuthority::Ensure(directory_, {"trial.example.org"});
  EXPECT_EQ(again->der(), authority->der());
  EXPECT_EQ(again->fingerprint(), authority->fingerprint());
  ASSERT_TRUE(again->EnsureServerCertificate({"trial.example.org"}).ok());
  EXPECT_EQ(*CertificatePin(files->certificate), pin);
}

TEST_F(LocalAuthorityTest, MakesAnotherCertificateWhenThatOneWillNotDo) {
  const auto authority = LocalAuthority::Ensure(directory_, {"trial.example.org"});
  const auto files = authority->EnsureServerCertificate({});
  const std::string pin = *CertificatePin(files->certificate);
  ASSERT_TRUE(authority->EnsureServerCertificate({"trial.example.org"}).ok());  // another name
  const std::string renamed = *CertificatePin(files->certificate);
  EXPECT_NE(renamed, pin);
  std::filesystem::remove(files->key);
  ASSERT_TRUE(authority->EnsureServerCertificate({"trial.example.org"}).ok());
  EXPECT_NE(*CertificatePin(files->certificate), renamed);
  EXPECT_TRUE(CheckKeyPair(files->certificate, files->key).ok());

  // Nearly over: a certificate of the authority's with 29 days left.
  const X509Ptr issuer = *ReadCertificate(directory_ + "/web-authority.crt");
  const PrivateKey issuer_key = *ReadPrivateKey(directory_ + "/web-authority.key");
  const PrivateKey key = *ReadPrivateKey(files->key);
  const X509Ptr old = *ReadCertificate(files->certificate);
  ASSERT_NE(X509_gmtime_adj(X509_getm_notAfter(old.get()), 29L * 24 * 60 * 60), nullptr);
  ASSERT_GT(X509_sign(old.get(), issuer_key.get(), EVP_sha256()), 0);
  ASSERT_TRUE(WritePem(files->certificate, old.get(), issuer.get()).ok());
  const std::string ending = *CertificatePin(files->certificate);
  ASSERT_TRUE(authority->EnsureServerCertificate({"trial.example.org"}).ok());
  EXPECT_NE(*CertificatePin(files->certificate), ending);
}

// A stolen key makes nobody's bank.
TEST_F(LocalAuthorityTest, CannotSpeakForOtherSites) {
  const auto authority = LocalAuthority::Ensure(directory_, {});
  EXPECT_THAT(std::string(authority->EnsureServerCertificate({"bank.example"}).status().message()),
              HasSubstr("may not speak for a name"));
  EXPECT_FALSE(authority->EnsureServerCertificate({"8.8.8.8"}).ok());
  EXPECT_TRUE(authority->EnsureServerCertificate({"192.168.3.4", "box.lan"}).ok());
  const X509Ptr issuer = *ReadCertificate(directory_ + "/web-authority.crt");
  const PrivateKey issuer_key = *ReadPrivateKey(directory_ + "/web-authority.key");
  const PrivateKey key = MakePrivateKey();
  const X509Ptr forged = MakeCertificate({.common_name = "bank.example",
                                          .days = 30,
                                          .alt_names = "DNS:bank.example",
                                          .basic_constraints = "critical,CA:FALSE"},
                                         key.get(), issuer.get(), issuer_key.get());
  ASSERT_TRUE(WritePem(directory_ + "/forged.crt", forged.get(), nullptr).ok());
  EXPECT_EQ(Verify(directory_ + "/forged.crt", "bank.example", false),
            X509_V_ERR_PERMITTED_VIOLATION);
}

TEST_F(LocalAuthorityTest, RefusesWhatIsNoName) {
  for (const char* name : {"", "a b", "x,DNS:evil.example", "a\nb", ".example"}) {
    EXPECT_FALSE(LocalAuthority::Ensure(directory_, {name}).ok()) << name;
  }
  EXPECT_FALSE(LocalAuthority::Ensure("/nowhere/at/all", {}).ok());
}

}  // namespace
}  // namespace solotrial::service

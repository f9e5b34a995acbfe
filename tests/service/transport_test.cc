// How clients connect: TLS beyond loopback, limits, host names, proxies.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/service/certificate.h"
#include "engine/service/qr_code.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::HasSubstr;

std::string Text(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class TransportTest : public EngineTest {
 protected:
  void ListenWithTls() {
    const auto files = EnsureOwnCertificate(directory_);
    ASSERT_TRUE(files.ok()) << files.status();
    options_.listen_address = "127.0.0.1:0";
    options_.always_tls = true;
    options_.certificate_file = files->certificate;
    options_.key_file = files->key;
    options_.pin_certificate = true;
    Restart();
  }
  std::string TlsAddress() const { return server_->remote_address(); }
  static std::shared_ptr<grpc::Channel> TlsChannel(const std::string& address,
                                                   const std::string& root,
                                                   const std::string& host) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = root;
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride(host);
    // Channels to one address with other certificates must not share a connection.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    return grpc::CreateCustomChannel(address, grpc::SslCredentials(ssl), arguments);
  }
  static std::shared_ptr<grpc::Channel> PlainChannel(const std::string& address,
                                                     const std::string& authority = "") {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    if (!authority.empty()) arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, authority);
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  }
  static grpc::Status ListTrials(const std::shared_ptr<grpc::Channel>& channel,
                                 const std::string& token, const std::string& forwarded_for = "") {
    grpc::ClientContext context;
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    if (!forwarded_for.empty()) context.AddMetadata("x-forwarded-for", forwarded_for);
    v1::ListTrialsResponse response;
    return v1::TrialService::NewStub(channel)->ListTrials(&context, {}, &response);
  }
  static std::string Reason(const grpc::Status& status) {
    return status.ok() ? "" : FaultIn(status).reason;
  }
};

TEST_F(TransportTest, TheOwnCertificateIsMadeOnceAndItsKeyIsItsOwnersAlone) {
  const auto files = EnsureOwnCertificate(directory_);
  ASSERT_TRUE(files.ok()) << files.status();
  struct stat info = {};
  ASSERT_EQ(stat(files->key.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_TRUE(CheckKeyPair(files->certificate, files->key).ok());
  const std::string pin = *CertificatePin(files->certificate);
  EXPECT_EQ(pin.size(), 64U);
  ASSERT_TRUE(EnsureOwnCertificate(directory_).ok());
  EXPECT_EQ(*CertificatePin(files->certificate), pin);
}

TEST_F(TransportTest, FilesThatAreNoPairAreRefusedWithAWord) {
  const auto files = EnsureOwnCertificate(directory_);
  std::filesystem::create_directory(directory_ + "/other");
  const auto others = EnsureOwnCertificate(directory_ + "/other");
  EXPECT_THAT(std::string(CheckKeyPair(files->certificate, others->key).message()),
              HasSubstr("is not the key of"));
  EXPECT_FALSE(CheckKeyPair(files->key, files->key).ok());
  EXPECT_FALSE(CheckKeyPair(files->certificate, files->certificate).ok());
  EXPECT_FALSE(CertificatePin(directory_ + "/none").ok());
  options_.listen_address = "127.0.0.1:0";
  options_.always_tls = true;
  options_.certificate_file = files->certificate;
  options_.key_file = others->key;
  EXPECT_FALSE(EngineServer::Start(options_, *store_, clock_).ok());
}

TEST_F(TransportTest, BeyondLoopbackThereIsNothingWithoutTls) {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.org:0"}) {
    EXPECT_TRUE(IsBeyondLoopback(address)) << address;
    EXPECT_FALSE(EngineServer::Start({.listen_address = address}, *store_, clock_).ok()) << address;
  }
  for (const char* address : {"127.0.0.1:0", "127.8.8.8:0", "[::1]:0", "localhost:0", ""}) {
    EXPECT_FALSE(IsBeyondLoopback(address)) << address;
  }
  for (const char* address : {"7311", ":7311", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x"}) {
    EXPECT_FALSE(EngineServer::Start({.listen_address = address}, *store_, clock_).ok()) << address;
  }
  ListenWithTls();
  EXPECT_EQ(ListTrials(PlainChannel(TlsAddress()), TokenOf(access::Role::kOwner)).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TransportTest, APortIsTakenOnce) {
  const auto first = EngineServer::Start({.listen_address = "127.0.0.1:0"}, *store_, clock_);
  ASSERT_TRUE(first.ok());
  const auto second = EngineServer::Start({.listen_address = (*first)->address()}, *store_, clock_);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use"));
}

TEST_F(TransportTest, ClientsThatPinTheCertificateConnectAndOthersDoNot) {
  ListenWithTls();
  const std::string phone = TokenOf(access::Role::kOwner);
  const std::string root = Text(options_.certificate_file);
  EXPECT_TRUE(ListTrials(TlsChannel(TlsAddress(), root, kOwnCertificateHost), phone).ok());
  EXPECT_EQ(ListTrials(TlsChannel(TlsAddress(), root, "localhost"), phone).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  std::filesystem::create_directory(directory_ + "/other");
  const std::string impostor = Text(EnsureOwnCertificate(directory_ + "/other")->certificate);
  EXPECT_EQ(ListTrials(TlsChannel(TlsAddress(), impostor, kOwnCertificateHost), phone).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  // The clients of this machine still come in as before.
  EXPECT_TRUE(ListTrials(PlainChannel(server_->address()), token_).ok());
  v1::PairingCode code;
  ASSERT_TRUE(Call(*access_, &v1::AccessService::Stub::CreatePairingCode, {}, &code).ok());
  EXPECT_THAT(code.link(), HasSubstr("&pin=" + *CertificatePin(options_.certificate_file)));
}

// DNS rebinding: a web page's own host name that points to this machine.
TEST_F(TransportTest, AStrangersHostNameIsRefused) {
  options_.listen_address = "127.0.0.1:0";
  options_.allowed_hosts = {"trial.example.org"};
  Restart();
  const auto reason = [&](const std::string& authority) {
    return Reason(ListTrials(PlainChannel(server_->address(), authority), token_));
  };
  EXPECT_EQ(reason(""), "");
  EXPECT_EQ(reason("localhost:7311"), "");
  EXPECT_EQ(reason("192.0.2.1:7311"), "");
  EXPECT_EQ(reason("trial.example.org"), "");
  EXPECT_EQ(reason("evil.example"), "HOST_NOT_ALLOWED");
  EXPECT_EQ(reason("localhost.evil.example:7311"), "HOST_NOT_ALLOWED");
}

TEST_F(TransportTest, TheTokenOfThisMachineIsWorthNothingThroughAProxy) {
  options_.listen_address = "127.0.0.1:0";
  Restart();
  auto channel = PlainChannel(server_->address());
  // Nobody is trusted yet: the header counts for nothing.
  EXPECT_EQ(Reason(ListTrials(channel, token_, "198.51.100.1")), "");
  options_.trusted_proxies = {"127.0.0.1"};
  Restart();
  channel = PlainChannel(server_->address());
  EXPECT_EQ(Reason(ListTrials(channel, token_)), "");
  EXPECT_EQ(Reason(ListTrials(channel, token_, "198.51.100.1")), "UNAUTHENTICATED");
  EXPECT_EQ(Reason(ListTrials(channel, TokenOf(access::Role::kOwner), "198.51.100.1")), "");
  EXPECT_EQ(Reason(ListTrials(channel, token_, "127.0.0.1, 198.51.100.1")), "UNAUTHENTICATED");
  EXPECT_FALSE(EngineServer::Start({.trusted_proxies = {"everybody"}}, *store_, clock_).ok());
}

TEST_F(TransportTest, AFloodIsHeldBackAndCostsNobodyElse) {
  absl::Duration now = absl::Hours(1);
  options_.listen_address = "127.0.0.1:0";
  options_.trusted_proxies = {"127.0.0.1"};
  options_.stranger_rate = {.per_second = 1, .burst = 3};
  options_.device_rate = {.per_second = 1, .burst = 2};
  options_.steady_now = [&now] { return now; };
  Restart();
  const auto channel = PlainChannel(server_->address());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Reason(ListTrials(channel, "guess", "198.51.100.1")), "UNAUTHENTICATED");
  }
  EXPECT_EQ(Reason(ListTrials(channel, "guess", "198.51.100.1")), "BUSY");
  EXPECT_EQ(Reason(ListTrials(channel, "guess", "198.51.100.2")), "UNAUTHENTICATED");
  const std::string phone = TokenOf(access::Role::kOwner);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Reason(ListTrials(channel, phone, "198.51.100.1")), "");
  EXPECT_EQ(Reason(ListTrials(channel, phone, "198.51.100.1")), "BUSY");
  EXPECT_EQ(Reason(ListTrials(channel, TokenOf(access::Role::kOwner), "198.51.100.1")), "");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Reason(ListTrials(channel, token_)), "");
  now += absl::Seconds(1);
  EXPECT_EQ(Reason(ListTrials(channel, phone, "198.51.100.1")), "");
}

TEST_F(TransportTest, OversizedRequestsAreRefusedAndTheConnectionLives) {
  options_.listen_address = "127.0.0.1:0";
  Restart();
  const auto channel = PlainChannel(server_->address());
  v1::ImportTrialRequest huge;
  huge.set_diary_csv(std::string(5 << 20, 'x'));
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token_);
  v1::Trial trial;
  EXPECT_EQ(v1::TrialService::NewStub(channel)->ImportTrial(&context, huge, &trial).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(ListTrials(channel, token_).ok());
  const grpc::Status headers = ListTrials(channel, std::string(40'000, 'x'));
  EXPECT_EQ(headers.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << headers.error_message();
  const grpc::Status after = ListTrials(PlainChannel(server_->address()), token_);
  EXPECT_TRUE(after.ok()) << after.error_message();
}

TEST_F(TransportTest, AQrCodeIsDrawnInHalfBlocks) {
  const std::string drawn = QrCode("solotrial:pair?engine=192.0.2.1:7311&code=K7Q2-9XMV-4T8P");
  EXPECT_THAT(drawn, HasSubstr("█"));
  // Version 4 has 33 modules; with a quiet zone of two on each side that is 19 lines.
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), '\n'), 19);
  EXPECT_EQ(QrCode(std::string(5000, 'x')), "");
}

}  // namespace
}  // namespace solotrial::service

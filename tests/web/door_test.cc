// What the door adds to calls: who asks, streams that are left, pages, headers.
#include "tests/web/door.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_replace.h"
#include "engine/service/certificate.h"
#include "engine/service/local_authority.h"
#include "engine/web/grpc_web.h"
#include "engine/web/page.h"

namespace solotrial::web {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kListTrials[] = "/solotrial.v1.TrialService/ListTrials";

class HttpDoorTest : public DoorTest {
 protected:
  std::string ReasonOf(const CallAnswer& answer) {
    if (answer.code == 0) return "";
    return service::FaultIn(
               {static_cast<grpc::StatusCode>(answer.code), answer.message, answer.details})
        .reason;
  }
  std::string ListTrials(const std::string& token, const std::vector<std::string>& headers = {}) {
    return ReasonOf(CallThroughDoor(kListTrials, token, "", headers));
  }
};

TEST_F(HttpDoorTest, AStrangersHostNameIsRefused) {
  options_.allowed_hosts = {"trial.example.org"};
  Open();
  for (const char* host : {"localhost:80", "127.0.0.1", "[::1]:1", "trial.example.org"}) {
    EXPECT_EQ(ListTrials(token_, {std::string("host: ") + host}), "") << host;
    EXPECT_EQ(HttpClient(address()).Ask("GET", "/", {std::string("host: ") + host}).status, 200);
  }
  for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example"}) {
    EXPECT_EQ(ListTrials(token_, {std::string("host: ") + host}), "HOST_NOT_ALLOWED") << host;
    EXPECT_EQ(HttpClient(address()).Ask("GET", "/", {std::string("host: ") + host}).status, 421);
  }
}

TEST_F(HttpDoorTest, PagesOfOtherOriginsMayAskNothing) {
  Open();
  const auto status = [&](const std::string& origin, const std::string& method) {
    HttpClient client(address());
    return client
        .Ask(method, kListTrials, {"origin: " + origin, "content-type: application/grpc-web+proto"},
             method == "POST" ? MessageFrame("", WebFormat::kBinary) : "")
        .status;
  };
  EXPECT_EQ(status("http://" + address(), "POST"), 200);
  EXPECT_EQ(status("http://" + address(), "OPTIONS"), 204);
  for (const std::string origin : {"http://evil.example", "null", "http://127.0.0.1:1", "x"}) {
    EXPECT_EQ(status(origin, "POST"), 403) << origin;
    EXPECT_EQ(status(origin, "OPTIONS"), 403) << origin;
  }
  HttpClient client(address());
  const HttpReply preflight = client.Ask("OPTIONS", kListTrials, {"origin: http://evil.example"});
  EXPECT_EQ(preflight.Header("access-control-allow-origin"), "");
}

// As TransportTest has it over gRPC.
TEST_F(HttpDoorTest, TheTokenOfThisMachineIsWorthNothingThroughAProxy) {
  Open();
  EXPECT_EQ(ListTrials(token_, {"x-forwarded-for: 198.51.100.1"}), "");
  options_.trusted_proxies = {"127.0.0.1"};
  Open();
  EXPECT_EQ(ListTrials(token_), "");
  EXPECT_EQ(ListTrials(token_, {"x-forwarded-for: 198.51.100.1"}), "UNAUTHENTICATED");
  EXPECT_EQ(ListTrials(token_, {"x-forwarded-for: 127.0.0.1, 198.51.100.1"}), "UNAUTHENTICATED");
  EXPECT_EQ(ListTrials(token_, {"x-forwarded-for: 198.51.100.1", "x-forwarded-for: 127.0.0.1"}),
            "UNAUTHENTICATED");
  EXPECT_EQ(ListTrials(TokenOf(access::Role::kOwner), {"x-forwarded-for: 198.51.100.1"}), "");
}

TEST_F(HttpDoorTest, AFloodIsHeldBackByAddress) {
  absl::Duration now = absl::Hours(1);
  options_.trusted_proxies = {"127.0.0.1"};
  options_.stranger_rate = {.per_second = 1, .burst = 3};
  options_.device_rate = {.per_second = 1, .burst = 2};
  options_.steady_now = [&now] { return now; };
  Open();
  const std::vector<std::string> one = {"x-forwarded-for: 198.51.100.1"};
  const std::vector<std::string> two = {"x-forwarded-for: 198.51.100.2"};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ListTrials("guess", one), "UNAUTHENTICATED");
  EXPECT_EQ(ListTrials("guess", one), "BUSY");
  EXPECT_EQ(ListTrials("guess", two), "UNAUTHENTICATED");
  const std::string phone = TokenOf(access::Role::kOwner);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ListTrials(phone, one), "");
  EXPECT_EQ(ListTrials(phone, two), "BUSY");
  now += absl::Seconds(1);
  EXPECT_EQ(ListTrials(phone, one), "");
}

TEST_F(HttpDoorTest, TwoCredentialsAreNone) {
  Open();
  EXPECT_EQ(ListTrials(token_, {"authorization: Bearer x"}), "UNAUTHENTICATED");
  // A name that browsers' scripts cannot set, and that the engine believes.
  EXPECT_EQ(ListTrials(token_, {"x-forwarded-host: evil.example"}), "");
}

// A watch that is left: were its call not cancelled, the door would wait for it for ever.
TEST_F(HttpDoorTest, AStreamGoesOnUntilTheClientGoes) {
  door_options_.limits.stop_time = absl::Hours(1);
  Open();
  const std::string trial = StartedTrial();
  v1::WatchAnalysisRequest watch;
  watch.set_trial(trial);
  const std::string frame = MessageFrame(watch.SerializeAsString(), WebFormat::kBinary);
  HttpClient client(address());
  ASSERT_TRUE(client.Write("POST /solotrial.v1.AnalysisService/WatchAnalysis HTTP/1.1\r\nhost: " +
                           address() + "\r\nauthorization: Bearer " + token_ +
                           "\r\ncontent-type: application/grpc-web+proto\r\ncontent-length: " +
                           std::to_string(frame.size()) + "\r\n\r\n" + frame));
  const HttpReply head = client.ReadHead();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("transfer-encoding"), "chunked");
  ASSERT_TRUE(client.ReadChunk().has_value());
  Record(trial, {Score(1, service::kMonday, 3)});
  const auto second = client.ReadChunk();
  ASSERT_TRUE(second.has_value());
  v1::Analysis analysis;
  EXPECT_TRUE(analysis.ParseFromString(second->substr(5)));
  client.Close();
  door_.reset();
}

// What does not end by itself is cut off in the end, and the engine's end waits for nothing either.
TEST_F(HttpDoorTest, AWatchDoesNotKeepTheDoorOpen) {
  door_options_.limits.stop_time = absl::Milliseconds(1);
  Open();
  v1::WatchAnalysisRequest watch;
  watch.set_trial(StartedTrial());
  const std::string frame = MessageFrame(watch.SerializeAsString(), WebFormat::kBinary);
  HttpClient client(address());
  client.Write("POST /solotrial.v1.AnalysisService/WatchAnalysis HTTP/1.1\r\nhost: " + address() +
               "\r\nauthorization: Bearer " + token_ +
               "\r\ncontent-type: application/grpc-web+proto\r\ncontent-length: " +
               std::to_string(frame.size()) + "\r\n\r\n" + frame);
  EXPECT_EQ(client.ReadHead().status, 200);
  ASSERT_TRUE(client.ReadChunk().has_value());
  door_.reset();
  EXPECT_EQ(client.ReadChunk(), std::nullopt);
}

TEST_F(HttpDoorTest, ManyCallsAtOnceAreAllAnswered) {
  Open();
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int c = 0; c < 16; ++c) {
    clients.emplace_back([&] {
      HttpClient client(address());
      for (int i = 0; i < 25; ++i) {
        const HttpReply reply = client.Ask(
            "POST", kListTrials,
            {"authorization: Bearer " + token_, "content-type: application/grpc-web+proto"},
            MessageFrame("", WebFormat::kBinary));
        if (ReadAnswer(reply.body, false).code == 0) ++answered;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 16 * 25);
}

TEST_F(HttpDoorTest, AddressesThatAreNotThereAreSaidToBe) {
  Open();
  HttpClient client(address());
  const HttpReply front = client.Ask("GET", "/");
  EXPECT_EQ(front.status, 200);
  EXPECT_THAT(front.body, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(client.Ask("GET", "/", {"accept-language: de-DE"}).body, HasSubstr("lang=\"de\""));
  const HttpReply head = client.Ask("HEAD", "/");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("content-length"), std::to_string(front.body.size()));
  EXPECT_EQ(client.Ask("GET", "/nothing").status, 404);
  const HttpReply removed = client.Ask("DELETE", "/");
  EXPECT_EQ(removed.status, 405);
  EXPECT_EQ(removed.Header("allow"), "GET, HEAD");
  EXPECT_EQ(client.Ask("POST", kListTrials, {"content-type: application/json"}, "{}").status, 415);
  const HttpReply get =
      client.Ask("GET", kListTrials, {"content-type: application/grpc-web+proto"});
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.Header("allow"), "POST");
  EXPECT_EQ(client.Ask("POST", "/", {"content-type: application/grpc-web+proto"}, "x").status, 404);
  for (const HttpReply& reply : {front, client.Ask("GET", "/nothing")}) {
    EXPECT_EQ(reply.Header("cache-control"), "no-store");
    EXPECT_EQ(reply.Header("referrer-policy"), "no-referrer");
    EXPECT_THAT(reply.Header("content-security-policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(reply.Header("content-security-policy"), Not(HasSubstr("unsafe")));
  }
  // One connection took them all.
  EXPECT_FALSE(front.closes);
}

TEST_F(HttpDoorTest, BeyondLoopbackThereIsNothingWithoutTls) {
  Open();
  for (const char* wanted : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0"}) {
    EXPECT_FALSE(HttpDoor::Start({.listen_address = wanted}, *server_).ok()) << wanted;
  }
  for (const char* wanted : {"7312", ":7312", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x"}) {
    EXPECT_FALSE(HttpDoor::Start({.listen_address = wanted}, *server_).ok()) << wanted;
  }
  const auto taken = HttpDoor::Start({.listen_address = address()}, *server_);
  ASSERT_FALSE(taken.ok());
  EXPECT_THAT(std::string(taken.status().message()), HasSubstr("in use"));
  EXPECT_FALSE(
      HttpDoor::Start({.listen_address = "127.0.0.1:0", .public_url = "ftp://x"}, *server_).ok());
}

TEST_F(HttpDoorTest, WithACertificateItSpeaksTlsAndNothingElse) {
  const auto files = service::EnsureOwnCertificate(directory_);
  door_options_.certificate_file = files->certificate;
  door_options_.key_file = files->key;
  Open();
  EXPECT_THAT(door_->url(), HasSubstr("https://127.0.0.1:"));
  HttpClient client(address(), files->certificate, service::kOwnCertificateHost);
  ASSERT_TRUE(client.connected());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Ask("GET", "/").status, 200);
  const HttpReply last = client.Ask("GET", "/", {"connection: close"});
  EXPECT_TRUE(last.closes);
  EXPECT_TRUE(client.Ends());
  EXPECT_EQ(HttpClient(address()).Ask("GET", "/").status, 0);
  std::filesystem::create_directory(directory_ + "/other");
  const auto other = service::EnsureOwnCertificate(directory_ + "/other");
  EXPECT_FALSE(HttpClient(address(), other->certificate, service::kOwnCertificateHost).connected());
  door_options_.key_file = other->key;
  EXPECT_FALSE(HttpDoor::Start(door_options_, *server_).ok());
}

TEST_F(HttpDoorTest, AnAuthorityOfItsOwnIsOfferedToPhones) {
  Open();
  EXPECT_THAT(HttpClient(address()).Ask("GET", "/trust").body, HasSubstr("nothing to do"));

  const auto authority = service::LocalAuthority::Ensure(directory_, {});
  const auto files = authority->EnsureServerCertificate({});
  door_options_.certificate_file = files->certificate;
  door_options_.key_file = files->key;
  door_options_.authority = {authority->der(), authority->fingerprint()};
  Open();
  // As a phone that installed it, and nothing else.
  HttpClient client(address(), directory_ + "/web-authority.crt", "localhost");
  ASSERT_TRUE(client.connected());
  const HttpReply page = client.Ask("GET", "/trust");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(absl::StrReplaceAll(page.body, {{"<wbr>", ""}}), HasSubstr(authority->fingerprint()));
  EXPECT_THAT(page.body, HasSubstr("href=\"trust/solotrial.crt\""));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  EXPECT_THAT(client.Ask("GET", "/trust", {"accept-language: de"}).body, HasSubstr("lang=\"de\""));
  const HttpReply certificate = client.Ask("GET", "/trust/solotrial.crt");
  EXPECT_EQ(certificate.Header("content-type"), "application/x-x509-ca-cert");
  EXPECT_EQ(certificate.body, authority->der());
  EXPECT_EQ(client.Ask("GET", "/trust/web-authority.key").status, 404);
}

TEST_F(HttpDoorTest, ALinkForABrowserNamesTheDoor) {
  Open();
  v1::CreateShareLinkRequest request;
  request.set_trial(StartedTrial());
  request.set_label("my doctor");
  v1::ShareLink link;
  ASSERT_TRUE(Call(*access_, &v1::AccessService::Stub::CreateShareLink, request, &link).ok());
  EXPECT_EQ(link.web_link(), door_->url() + "/s/" + link.token());
  door_options_.public_url = "https://trial.example.org/";
  Open();
  ASSERT_TRUE(Call(*access_, &v1::AccessService::Stub::CreateShareLink, request, &link).ok());
  EXPECT_EQ(link.web_link(), "https://trial.example.org/s/" + link.token());
  door_.reset();
  ASSERT_TRUE(Call(*access_, &v1::AccessService::Stub::CreateShareLink, request, &link).ok());
  EXPECT_EQ(link.web_link(), "");
}

TEST_F(HttpDoorTest, ACodeComesWithALinkForTheApp) {
  using Stub = v1::AccessService::Stub;
  v1::PairingCode code;
  Open();
  ASSERT_TRUE(Call(*access_, &Stub::CreatePairingCode, {}, &code).ok());
  EXPECT_EQ(code.web_link(), "");

  door_options_.app_directory = directory_ + "/app";
  std::filesystem::create_directory(door_options_.app_directory);
  std::ofstream(door_options_.app_directory + "/index.html") << "<!doctype html>";
  Open();
  ASSERT_TRUE(Call(*access_, &Stub::CreatePairingCode, {}, &code).ok());
  EXPECT_EQ(code.web_link(), door_->url() + "/#pair=" + code.code());
  v1::CreateInvitationRequest request;
  v1::Invitation invitation;
  request.set_role(v1::ROLE_PARTICIPANT);
  ASSERT_TRUE(Call(*access_, &Stub::CreateInvitation, request, &invitation).ok());
  EXPECT_EQ(invitation.web_link(), door_->url() + "/#pair=" + invitation.code());
  // The app is for those whose trial it is.
  request.set_role(v1::ROLE_CLINICIAN);
  request.set_trial(StartedTrial());
  ASSERT_TRUE(Call(*access_, &Stub::CreateInvitation, request, &invitation).ok());
  EXPECT_EQ(invitation.web_link(), "");
}

}  // namespace
}  // namespace solotrial::web

// Numbers for the operator, and nothing about anybody.
#include "engine/service/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MetricsTest : public EngineTest {
 protected:
  // A port of 127.0.0.1 that was free a moment ago.
  static int FreePort() {
    const int file = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(file, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(getsockname(file, reinterpret_cast<sockaddr*>(&address), &size), 0);
    close(file);
    return ntohs(address.sin_port);
  }
  // What `GET /metrics` answers.
  static std::string Scrape(int port) {
    const int file = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(file, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
    EXPECT_EQ(write(file, request.data(), request.size()), static_cast<ssize_t>(request.size()));
    std::string answer;
    char buffer[4096];
    for (ssize_t size = 0; (size = read(file, buffer, sizeof buffer)) > 0;) {
      answer.append(buffer, static_cast<size_t>(size));
    }
    close(file);
    return answer;
  }
};

TEST_F(MetricsTest, CountsCallsCommitsAndAnalysesAndNamesNobody) {
  server_.reset();
  const int port = FreePort();
  auto server = EngineServer::Start({.metrics_address = "127.0.0.1:" + std::to_string(port)},
                                    *store_, clock_);
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  trials_ = v1::TrialService::NewStub(server_->InProcessChannel());
  diary_ = v1::DiaryService::NewStub(server_->InProcessChannel());
  const std::string name = StartedTrial();
  Record(name, {Score(1, kMonday, 3)});
  v1::GetTodayRequest request;
  v1::Today today;
  Call(*trials_, &v1::TrialService::Stub::GetToday, request, &today);
  const std::string text = Scrape(port);
  EXPECT_THAT(text, HasSubstr("200 OK"));
  EXPECT_THAT(
      text,
      HasSubstr("solotrial_requests_total{code=\"OK\",method=\"DiaryService.RecordEntries\"} 1"));
  EXPECT_THAT(
      text,
      HasSubstr("solotrial_requests_total{code=\"NOT_FOUND\",method=\"TrialService.GetToday\"} 1"));
  EXPECT_THAT(text,
              HasSubstr("solotrial_request_seconds_count{method=\"TrialService.GetToday\"} 1"));
  EXPECT_THAT(text, HasSubstr("solotrial_analyses_total 0"));
  EXPECT_THAT(text, HasSubstr("solotrial_write_queue 0"));
  EXPECT_THAT(text, HasSubstr("solotrial_commits_total"));
  EXPECT_THAT(text, Not(HasSubstr(name.substr(7))));
}

TEST_F(MetricsTest, AreForThisMachineOnly) {
  for (const char* address : {"0.0.0.0:9464", "192.168.0.1:9464", "9464", "example.org:9464"}) {
    Metrics metrics(*store_, [] { return size_t{0}; });
    EXPECT_THAT(std::string(metrics.Serve(address).message()), HasSubstr("127.0.0.1:PORT"));
  }
}

}  // namespace
}  // namespace solotrial::service

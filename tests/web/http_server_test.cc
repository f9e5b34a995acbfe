// Connections: what is kept alive, what is refused, who is cut off.
#include "engine/web/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <thread>

#include "tests/web/http_client.h"

namespace solotrial::web {
namespace {

using testing::HasSubstr;

class HttpServerTest : public testing::Test {
 protected:
  // Answers with method, path, query and the size of the body.
  void Start(HttpServer::Limits limits = {}) {
    auto server = HttpServer::Start({.address = "127.0.0.1:0", .limits = limits},
                                    [this](const std::shared_ptr<Exchange>& exchange) {
                                      if (exchange->request().path == "/hold") {
                                        const std::lock_guard lock(mutex_);
                                        held_.push_back(exchange);
                                        return;
                                      }
                                      exchange->Answer(Describe(exchange->request()));
                                    });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    address_ = "127.0.0.1:" + std::to_string(server_->port());
  }
  static Response Describe(const Request& request) {
    return TextResponse(request.body_too_large ? 413 : 200,
                        request.method + " " + request.path + " " + request.query + " " +
                            std::to_string(request.body.size()) + " from " + request.peer);
  }
  HttpReply Raw(const std::string& bytes) {
    HttpClient client(address_);
    client.Write(bytes);
    return client.Read();
  }

  std::mutex mutex_;
  std::vector<std::shared_ptr<Exchange>> held_;  // guarded by mutex_
  std::unique_ptr<HttpServer> server_;
  std::string address_;
};

TEST_F(HttpServerTest, OneConnectionServesManyRequests) {
  Start();
  HttpClient client(address_);
  EXPECT_THAT(client.Ask("GET", "/a?b=c").body, HasSubstr("GET /a b=c 0 from 127.0.0.1"));
  EXPECT_THAT(client.Ask("POST", "/b", {}, "12345").body, HasSubstr("POST /b  5"));
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  Start();
  HttpClient client(address_);
  client.Write(
      "POST /1 HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\nxxGET /2 HTTP/1.1\r\nhost: h\r\n\r\n"
      "GET /3 HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
  EXPECT_THAT(client.Read().body, HasSubstr("POST /1  2"));
  EXPECT_THAT(client.Read().body, HasSubstr("GET /2"));
  const HttpReply last = client.Read();
  EXPECT_THAT(last.body, HasSubstr("GET /3"));
  EXPECT_TRUE(last.closes);
  EXPECT_TRUE(client.Ends());
}

TEST_F(HttpServerTest, BodiesInChunksAndOnRequestAreRead) {
  Start();
  EXPECT_THAT(Raw("POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                  .body,
              HasSubstr("POST /  5"));
  HttpClient client(address_);
  client.Write("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadHead().status, 100);
  client.Write("abc");
  EXPECT_THAT(client.Read().body, HasSubstr("POST /  3"));
}

TEST_F(HttpServerTest, OldClientsAreServedAndLeft) {
  Start();
  const HttpReply reply = Raw("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.closes);
}

TEST_F(HttpServerTest, WhatIsNoRequestIsRefused) {
  Start();
  const std::string long_header = "a: " + std::string(20'000, 'x') + "\r\n";
  const std::vector<std::pair<std::string, int>> requests = {
      {"rubbish\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},                        // no host
      {"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400},  // two
      {"GET http://h/ HTTP/1.1\r\nhost: h\r\n\r\n", 400},     // a proxy's form
      {"GET / HTTP/1.1\r\nhost : h\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nhost: h\r\n" + long_header + "\r\n", 431},
      {"GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nhost: h\r\n\r\n", 431},
      // What proxies and servers have read differently.
      {"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nx\r\n", 400},
  };
  for (const auto& [request, status] : requests) {
    const HttpReply reply = Raw(request);
    EXPECT_EQ(reply.status, status) << request.substr(0, 80);
    EXPECT_TRUE(reply.closes) << request.substr(0, 80);
  }
}

TEST_F(HttpServerTest, ABodyThatIsTooLargeIsAnsweredWhileItIsStillSent) {
  Start({.body_bytes = 1000});
  EXPECT_EQ(HttpClient(address_).Ask("POST", "/", {}, std::string(1000, 'x')).status, 200);
  const HttpReply reply = HttpClient(address_).Ask("POST", "/", {}, std::string(8 << 20, 'x'));
  EXPECT_EQ(reply.status, 413);
  EXPECT_TRUE(reply.closes);
  EXPECT_EQ(Raw("POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n" +
                std::string(2000, 'x') + "\r\n0\r\n\r\n")
                .status,
            413);
}

TEST_F(HttpServerTest, BodiesOfAllConnectionsHaveALimit) {
  Start({.body_bytes = 1000, .all_body_bytes = 1500});
  HttpClient first(address_);
  first.Write("POST /hold HTTP/1.1\r\nhost: h\r\ncontent-length: 1000\r\n\r\n" +
              std::string(1000, 'x'));
  for (bool holds = false; !holds;) {
    HttpClient(address_).Ask("GET", "/");  // until the first one has been read
    const std::lock_guard lock(mutex_);
    holds = !held_.empty();
  }
  const HttpReply busy = HttpClient(address_).Ask("POST", "/", {}, std::string(1000, 'x'));
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.Header("retry-after"), "5");
  {
    const std::lock_guard lock(mutex_);
    held_.front()->Answer(Describe(held_.front()->request()));
    held_.clear();
  }
  EXPECT_EQ(first.Read().status, 200);
  EXPECT_EQ(HttpClient(address_).Ask("POST", "/", {}, std::string(1000, 'x')).status, 200);
}

TEST_F(HttpServerTest, WhoIsSlowIsCutOff) {
  Start({.header_time = absl::Milliseconds(20),
         .body_time = absl::Milliseconds(20),
         .idle_time = absl::Milliseconds(20)});
  HttpClient silent(address_);
  EXPECT_TRUE(silent.Ends());
  HttpClient header(address_);
  header.Write("GET / HTTP/1.1\r\nhos");
  EXPECT_TRUE(header.Ends());
  HttpClient body(address_);
  body.Write("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\nab");
  EXPECT_TRUE(body.Ends());
  HttpClient idle(address_);
  EXPECT_EQ(idle.Ask("GET", "/").status, 200);
  EXPECT_TRUE(idle.Ends());
}

// 32 MiB that nobody takes: more than the system's buffers hold.
TEST_F(HttpServerTest, WhoTakesNothingIsCutOff) {
  auto server = HttpServer::Start(
      {.address = "127.0.0.1:0", .limits = {.write_time = absl::Milliseconds(20)}},
      [](const std::shared_ptr<Exchange>& exchange) {
        exchange->Answer(TextResponse(200, std::string(32 << 20, 'x')));
      });
  ASSERT_TRUE(server.ok());
  HttpClient client("127.0.0.1:" + std::to_string((*server)->port()));
  client.Write("GET / HTTP/1.1\r\nhost: h\r\n\r\n");
  server->reset();  // waits until the connection is gone
  EXPECT_LT(client.Read().body.size(), size_t{32} << 20);
}

TEST_F(HttpServerTest, ConnectionsHaveALimit) {
  Start({.connections = 2});
  HttpClient first(address_);
  HttpClient second(address_);
  EXPECT_EQ(first.Ask("GET", "/").status, 200);
  EXPECT_EQ(second.Ask("GET", "/").status, 200);
  EXPECT_EQ(HttpClient(address_).Ask("GET", "/").status, 0);
  first.Close();
  // The server notices it in its own time.
  while (HttpClient(address_).Ask("GET", "/").status != 200) {
  }
  Start({.connections_per_address = 1});
  HttpClient only(address_);
  EXPECT_EQ(only.Ask("GET", "/").status, 200);
  EXPECT_EQ(HttpClient(address_).Ask("GET", "/").status, 0);
}

TEST_F(HttpServerTest, WhoeverIsBeingAnsweredAtTheEndIsStillAnswered) {
  Start({.stop_time = absl::Hours(1)});
  HttpClient idle(address_);
  EXPECT_EQ(idle.Ask("GET", "/").status, 200);
  HttpClient client(address_);
  client.Write("GET /hold HTTP/1.1\r\nhost: h\r\n\r\n");
  for (bool holds = false; !holds;) {
    idle.Ask("GET", "/");
    const std::lock_guard lock(mutex_);
    holds = !held_.empty();
  }
  std::thread stop([this] { server_.reset(); });
  EXPECT_TRUE(idle.Ends());
  {
    const std::lock_guard lock(mutex_);
    held_.front()->Answer(Describe(held_.front()->request()));
    held_.clear();
  }
  const HttpReply reply = client.Read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.closes);
  stop.join();
}

}  // namespace
}  // namespace solotrial::web

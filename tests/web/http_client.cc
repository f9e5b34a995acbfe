#include "tests/web/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace solotrial::web {

struct HttpClient::Connection {
  int socket = -1;
  SSL_CTX* context = nullptr;
  SSL* tls = nullptr;
};

std::string HttpReply::Header(const std::string& name) const {
  std::string joined;
  for (const auto& [key, value] : headers) {
    if (key == name) joined += (joined.empty() ? "" : "|") + value;
  }
  return joined;
}

HttpClient::HttpClient(const std::string& address, const std::string& root,
                       const std::string& tls_host)
    : connection_(std::make_unique<Connection>()), address_(address) {
  Connection& c = *connection_;
  c.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(c.socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) Close();
  if (root.empty() || !connected()) return;
  c.context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_load_verify_locations(c.context, root.c_str(), nullptr);
  SSL_CTX_set_verify(c.context, SSL_VERIFY_PEER, nullptr);
  c.tls = SSL_new(c.context);
  SSL_set1_host(c.tls, tls_host.c_str());
  SSL_set_tlsext_host_name(c.tls, tls_host.c_str());
  SSL_set_fd(c.tls, c.socket);
  if (SSL_connect(c.tls) != 1) Close();
}

HttpClient::~HttpClient() { Close(); }

void HttpClient::Close() {
  Connection& c = *connection_;
  if (c.tls != nullptr) SSL_free(c.tls);
  if (c.context != nullptr) SSL_CTX_free(c.context);
  if (c.socket >= 0) close(c.socket);
  c = Connection();
}

bool HttpClient::connected() const { return connection_->socket >= 0; }

bool HttpClient::Write(const std::string& bytes) {
  size_t written = 0;
  while (connected() && written < bytes.size()) {
    const auto size = bytes.size() - written;
    const ssize_t more =
        connection_->tls != nullptr
            ? SSL_write(connection_->tls, bytes.data() + written, static_cast<int>(size))
            : send(connection_->socket, bytes.data() + written, size, MSG_NOSIGNAL);
    if (more <= 0) return false;
    written += static_cast<size_t>(more);
  }
  return connected();
}

bool HttpClient::Fill() {
  if (!connected()) return false;
  std::array<char, 16384> bytes{};
  const ssize_t more = connection_->tls != nullptr
                           ? SSL_read(connection_->tls, bytes.data(), bytes.size())
                           : recv(connection_->socket, bytes.data(), bytes.size(), 0);
  if (more <= 0) return false;
  buffer_.append(bytes.data(), static_cast<size_t>(more));
  return true;
}

std::string HttpClient::Take(size_t bytes) {
  while (buffer_.size() < bytes && Fill()) {
  }
  const std::string taken = buffer_.substr(0, bytes);
  buffer_.erase(0, taken.size());
  return taken;
}

std::optional<std::string> HttpClient::Line() {
  size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  return Take(end + 2).substr(0, end);
}

bool HttpClient::Ends() { return buffer_.empty() && !Fill(); }

HttpReply HttpClient::ReadHead() {
  HttpReply reply;
  std::optional<std::string> line = Line();
  if (!line.has_value() || line->size() < 12) return reply;
  const int status = std::stoi(line->substr(9, 3));
  while ((line = Line()).has_value() && !line->empty()) {
    const size_t colon = line->find(": ");
    reply.headers.emplace_back(line->substr(0, colon), line->substr(colon + 2));
  }
  if (line.has_value()) reply.status = status;
  reply.closes = reply.Header("connection") == "close";
  return reply;
}

std::optional<std::string> HttpClient::ReadChunk() {
  const std::optional<std::string> size = Line();
  if (!size.has_value()) return std::nullopt;
  const std::string chunk = Take(std::stoul(*size, nullptr, 16));
  Line();
  return chunk.empty() ? std::nullopt : std::optional(chunk);
}

HttpReply HttpClient::Read(bool head) {
  HttpReply reply = ReadHead();
  if (reply.status == 0 || head || reply.status == 204 || reply.status == 304) return reply;
  if (reply.Header("transfer-encoding") == "chunked") {
    while (const auto chunk = ReadChunk()) reply.body += *chunk;
  } else if (const std::string length = reply.Header("content-length"); !length.empty()) {
    reply.body = Take(std::stoul(length));
  } else {
    while (Fill()) {
    }
    reply.body = Take(buffer_.size());
  }
  return reply;
}

HttpReply HttpClient::Ask(const std::string& method, const std::string& path,
                          const std::vector<std::string>& headers, const std::string& body) {
  std::string request = method + " " + path + " HTTP/1.1\r\n";
  bool has_host = false;
  for (const std::string& header : headers) {
    request += header + "\r\n";
    has_host = has_host || header.compare(0, 6, "host: ") == 0;
  }
  if (!has_host) request += "host: " + address_ + "\r\n";
  if (!body.empty()) request += "content-length: " + std::to_string(body.size()) + "\r\n";
  Write(request + "\r\n" + body);
  return Read(method == "HEAD");
}

}  // namespace solotrial::web

// A plain HTTP/1.1 client for tests: blocking, one connection, and as rude as the test wants it.
#ifndef SOLOTRIAL_TESTS_WEB_HTTP_CLIENT_H_
#define SOLOTRIAL_TESTS_WEB_HTTP_CLIENT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace solotrial::web {

struct HttpReply {
  int status = 0;  // 0: the connection ended before an answer
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool closes = false;  // said `connection: close`

  // Joined by `|` when there are several; empty without.
  std::string Header(const std::string& name) const;
};

class HttpClient {
 public:
  // Connects to `host:port` over loopback; with TLS when `root`, a PEM file, is not empty: the
  // server's certificate must be that one, for `tls_host`.
  explicit HttpClient(const std::string& address, const std::string& root = "",
                      const std::string& tls_host = "");
  ~HttpClient();

  bool connected() const;
  // As it is; false when the connection has ended.
  bool Write(const std::string& bytes);
  // The next answer; `head` for one that has no body whatever its headers say.
  HttpReply Read(bool head = false);
  // Up to the end of an answer's headers, then its next chunk; nullopt at the end.
  HttpReply ReadHead();
  std::optional<std::string> ReadChunk();
  // Whether the server ends the connection before it sends anything more; waits for either.
  bool Ends();
  void Close();

  // Writes a whole request and reads its answer. `headers` are lines `name: value`.
  HttpReply Ask(const std::string& method, const std::string& path,
                const std::vector<std::string>& headers = {}, const std::string& body = "");

 private:
  struct Connection;
  bool Fill();
  std::string Take(size_t bytes);
  std::optional<std::string> Line();

  std::unique_ptr<Connection> connection_;
  std::string address_;
  std::string buffer_;
};

}  // namespace solotrial::web

#endif  // SOLOTRIAL_TESTS_WEB_HTTP_CLIENT_H_

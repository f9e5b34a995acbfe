// Requests and answers of HTTP/1.1, apart from how they travel.
#ifndef SOLOTRIAL_ENGINE_WEB_HTTP_H_
#define SOLOTRIAL_ENGINE_WEB_HTTP_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace solotrial::web {

struct Header {
  std::string name;  // lower case
  std::string value;
};
using Headers = std::vector<Header>;

// The value of the header `name`; nullopt when it is absent or there are several.
std::optional<std::string> OnlyValue(const Headers& headers, const std::string& name);
// The values of all headers `name`, joined by ", ", as one header would have them.
std::string JoinedValues(const Headers& headers, const std::string& name);

struct Request {
  std::string method;
  std::string path;   // as sent, without the query; begins with a slash
  std::string query;  // behind the question mark; empty: none
  Headers headers;
  std::string body;
  // The body was larger than the server takes; `body` is empty then.
  bool body_too_large = false;
  std::string host;  // `host` or `host:port`, as asked for
  std::string peer;  // address of the other end of the connection, IPv4 as such
};

struct Head {
  int status = 200;
  // What the server adds itself stays out: Connection, Content-Length, Date, Transfer-Encoding.
  Headers headers;
};

struct Response {
  Head head;
  std::string body;
};

// One request and its answer: either Answer once, or Begin, any number of Sends and End.
// Thread-safe. What is answered to a client that has gone goes nowhere.
class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual const Request& request() const = 0;

  virtual void Answer(Response response) = 0;

  // An answer in parts, whose length is not known.
  virtual void Begin(Head head) = 0;
  // Calls `sent` once: with true when the client's connection has taken the part, which is the time
  // to send the next one; with false when the client has gone.
  virtual void Send(std::string part, std::function<void(bool)> sent) = 0;
  virtual void End(std::string last_part) = 0;

  // Calls `gone` when the client goes before it is answered, at once when it has.
  virtual void OnGone(std::function<void()> gone) = 0;
};

// A plain answer: `text` as text/plain, never cached.
Response TextResponse(int status, const std::string& text);
// 405; `allow` names the methods that there are, `GET, HEAD`.
Response MethodNotAllowed(const std::string& allow);

// Whether `text` may stand in a header's value: no control characters.
bool IsHeaderValue(const std::string& text);

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_HTTP_H_

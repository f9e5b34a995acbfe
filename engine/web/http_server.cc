// The only file with Boost.Beast and Boost.Asio, which take half a minute to compile: their
// implementations (BOOST_ASIO_SEPARATE_COMPILATION, BOOST_BEAST_SEPARATE_COMPILATION) are in it.
#include "engine/web/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/src.hpp>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/civil_time.h"

namespace solotrial::web {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::beast::error_code;

constexpr int kThreads = 2;
constexpr size_t kReadBytes = 16 << 10;
constexpr size_t kWriteBytes = 256 << 10;
constexpr absl::Duration kCertificateRefresh = absl::Seconds(10);
// For a client that still sends what is not wanted, to see the answer before the connection closes.
constexpr absl::Duration kLingerTime = absl::Seconds(5);
constexpr size_t kLingerBytes = 64 << 20;
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);

// What connections have in common.
class Shared {
 public:
  Shared(const HttpServer::Limits& given_limits, HttpServer::Handler given_handler)
      : limits(given_limits), handler(std::move(given_handler)) {}

  // A connection of `address` may be; if so, it must Leave.
  bool Enter(const std::string& address) {
    const std::lock_guard lock(mutex_);
    if (connections_ >= limits.connections) return false;
    const auto [at, fresh] = by_address_.try_emplace(address, 0);
    if (at->second >= limits.connections_per_address) return false;
    ++at->second;
    ++connections_;
    return true;
  }
  void Leave(const std::string& address) {
    const std::lock_guard lock(mutex_);
    if (const auto at = by_address_.find(address); --at->second == 0) by_address_.erase(at);
    if (--connections_ == 0) empty_.notify_all();
  }
  // Whether all connections have left within `time`.
  bool AwaitEmpty(absl::Duration time) {
    std::unique_lock lock(mutex_);
    return empty_.wait_for(lock, absl::ToChronoMilliseconds(time),
                           [this] { return connections_ == 0; });
  }

  bool Reserve(size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (body_bytes_ + bytes > limits.all_body_bytes) return false;
    body_bytes_ += bytes;
    return true;
  }
  void Release(size_t bytes) {
    const std::lock_guard lock(mutex_);
    body_bytes_ -= bytes;
  }

  std::string Date() const {
    return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", clock_->Now(), absl::UTCTimeZone());
  }

  const HttpServer::Limits limits;
  const HttpServer::Handler handler;

 private:
  // Of a header, which is no matter of trials: never set by hand.
  const std::unique_ptr<Clock> clock_ = MakeSystemClock();
  std::mutex mutex_;
  std::condition_variable empty_;
  size_t connections_ = 0;                    // guarded by mutex_
  size_t body_bytes_ = 0;                     // guarded by mutex_
  std::map<std::string, size_t> by_address_;  // guarded by mutex_
};

// A connection's place among those that may be, given back when it goes.
class Place {
 public:
  Place(Shared& shared, std::string address) : shared_(shared), address_(std::move(address)) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { shared_.Leave(address_); }

 private:
  Shared& shared_;
  const std::string address_;
};

class Connection {
 public:
  virtual ~Connection() = default;
  // Ends as soon as what is being answered is; at once when `now`.
  virtual void Stop(bool now) = 0;
};

// The running connections, to stop them. Thread-safe.
class Roster {
 public:
  void Add(const std::shared_ptr<Connection>& connection) {
    const std::lock_guard lock(mutex_);
    connections_[connection.get()] = connection;
  }
  void Remove(const Connection* connection) {
    const std::lock_guard lock(mutex_);
    connections_.erase(connection);
  }
  void StopAll(bool now) {
    std::vector<std::shared_ptr<Connection>> running;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [key, weak] : connections_) {
        if (auto connection = weak.lock()) running.push_back(std::move(connection));
      }
    }
    for (const auto& connection : running) connection->Stop(now);
  }

 private:
  std::mutex mutex_;
  std::map<const Connection*, std::weak_ptr<Connection>> connections_;  // guarded by mutex_
};

// One connection. Everything runs on the strand of its stream's executor. One request at a time:
// header, body, answer. While that is being answered one read is kept waiting (Watch), which tells
// when the client goes; there is never a second read beside it.
template <typename Stream>
class Session final : public Connection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  static constexpr bool kTls = !std::is_same_v<Stream, tcp::socket>;

  Session(Stream stream, std::string peer, Shared& shared, Roster& roster,
          std::shared_ptr<asio::ssl::context> tls)
      : place_(shared, peer),
        tls_(std::move(tls)),
        stream_(std::move(stream)),
        timer_(stream_.get_executor()),
        peer_(std::move(peer)),
        shared_(shared),
        roster_(roster) {}
  ~Session() override {
    ReleaseBody();
    roster_.Remove(this);
  }

  void Run() {
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] {
      if constexpr (kTls) {
        self->Deadline(self->shared_.limits.handshake_time);
        self->stream_.async_handshake(asio::ssl::stream_base::server, [self](error_code ec) {
          return ec ? self->Close() : self->AwaitRequest();
        });
      } else {
        self->AwaitRequest();
      }
    });
  }

  void Stop(bool now) override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this(), now] {
      self->keep_alive_ = false;
      if (now || !self->busy_ || self->lingering_) self->Close();
    });
  }

  // The parts of Exchange; on any thread.

  void Answer(Response response) {
    asio::dispatch(stream_.get_executor(),
                   [self = this->shared_from_this(), response = std::move(response)]() mutable {
                     self->DoAnswer(std::move(response));
                   });
  }
  void Begin(Head head) {
    asio::dispatch(stream_.get_executor(),
                   [self = this->shared_from_this(), head = std::move(head)] {
                     self->ReleaseBody();
                     if (!self->chunked_) self->keep_alive_ = false;  // HTTP/1.0: until it closes
                     self->out_ = self->HeadText(head) +
                                  (self->chunked_ ? "transfer-encoding: chunked\r\n\r\n" : "\r\n");
                   });
  }
  void Send(std::string part, std::function<void(bool)> sent) {
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this(), part = std::move(part),
                                            sent = std::move(sent)]() mutable {
      self->AddPart(part);
      self->Write(std::move(sent));
    });
  }
  void End(std::string last_part) {
    asio::dispatch(stream_.get_executor(),
                   [self = this->shared_from_this(), part = std::move(last_part)] {
                     self->AddPart(part);
                     if (self->chunked_ && !self->head_only_) self->out_ += "0\r\n\r\n";
                     self->Write([self](bool ok) { self->Answered(ok); });
                   });
  }
  void OnGone(std::function<void()> gone) {
    asio::dispatch(stream_.get_executor(),
                   [self = this->shared_from_this(), gone = std::move(gone)]() mutable {
                     if (self->closed_) return gone();
                     self->gone_ = std::move(gone);
                   });
  }

 private:
  class OneExchange final : public Exchange {
   public:
    OneExchange(std::shared_ptr<Session> session, Request request)
        : session_(std::move(session)), request_(std::move(request)) {}
    const Request& request() const override { return request_; }
    void Answer(Response response) override { session_->Answer(std::move(response)); }
    void Begin(Head head) override { session_->Begin(std::move(head)); }
    void Send(std::string part, std::function<void(bool)> sent) override {
      session_->Send(std::move(part), std::move(sent));
    }
    void End(std::string last_part) override { session_->End(std::move(last_part)); }
    void OnGone(std::function<void()> gone) override { session_->OnGone(std::move(gone)); }

   private:
    const std::shared_ptr<Session> session_;
    const Request request_;
  };

  tcp::socket& Socket() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  // The connection ends when nothing sets another deadline within `time`.
  void Deadline(absl::Duration time) {
    timer_.expires_after(absl::ToChronoMilliseconds(time));
    timer_.async_wait([weak = this->weak_from_this()](error_code ec) {
      const auto self = weak.lock();
      if (ec || self == nullptr) return;
      // A deadline that was moved while its end was already on the way.
      if (self->timer_.expiry() > std::chrono::steady_clock::now()) return;
      self->Close();
    });
  }

  void AwaitRequest() {
    if (buffer_.size() > 0) return ReadHeader();
    Deadline(shared_.limits.idle_time);
    if (!watching_) Watch();
  }

  void Watch() {
    watching_ = true;
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = this->shared_from_this()](error_code ec, size_t bytes) {
                              self->watching_ = false;
                              if (ec || self->closed_) return self->Close();
                              self->buffer_.commit(bytes);
                              if (!self->busy_) self->ReadHeader();
                            });
  }

  void ReadHeader() {
    busy_ = true;
    keep_alive_ = false;
    head_only_ = false;
    chunked_ = true;
    linger_ = true;
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(shared_.limits.header_bytes));
    // Compared below; Beast 1.74 takes a missing limit for one of nothing.
    parser_->body_limit(std::numeric_limits<uint64_t>::max());
    Deadline(shared_.limits.header_time);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](error_code ec, size_t) { self->OnHeader(ec); });
  }

  void OnHeader(error_code ec) {
    if (closed_) return;
    if (ec == http::error::header_limit) {
      return DoAnswer(TextResponse(431, "The request's headers are too large."));
    }
    if (ec == http::error::end_of_stream || ec == http::error::partial_message) return Close();
    if (ec.category() != http::make_error_code(http::error::bad_method).category()) {
      if (ec) return Close();
    }
    const auto& message = parser_->get();
    const auto& target = message.target();
    if (ec || message.count(http::field::host) > 1 ||
        (message.version() == 11 && message.count(http::field::host) == 0)) {
      return DoAnswer(TextResponse(400, "That is no request of HTTP/1.1."));
    }
    if (target.empty() || target[0] != '/') {
      return DoAnswer(TextResponse(400, "The address must begin with a slash."));
    }
    chunked_ = message.version() == 11;
    head_only_ = message.method() == http::verb::head;
    const auto length = parser_->content_length();
    if (length.has_value() && *length > shared_.limits.body_bytes) return Dispatch(true);
    reserved_ = length.has_value()   ? static_cast<size_t>(*length)
                : parser_->chunked() ? shared_.limits.body_bytes
                                     : 0;
    if (!shared_.Reserve(reserved_)) {
      reserved_ = 0;
      Response busy = TextResponse(503, "The engine is busy; try again in a moment.");
      busy.head.headers.push_back({"retry-after", "5"});
      return DoAnswer(std::move(busy));
    }
    parser_->body_limit(shared_.limits.body_bytes);
    Deadline(shared_.limits.body_time);
    if (message[http::field::expect] == "100-continue" && buffer_.size() == 0) {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      return Write([self = this->shared_from_this()](bool ok) {
        if (ok) self->ReadBody();
      });
    }
    ReadBody();
  }

  void ReadBody() {
    if (parser_->is_done()) return Dispatch(false);
    Deadline(shared_.limits.body_time);
    http::async_read(
        stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code ec, size_t) {
          if (self->closed_) return;
          if (ec == http::error::body_limit) return self->Dispatch(true);
          const bool malformed =
              ec.category() == http::make_error_code(http::error::bad_chunk).category();
          if (ec && (!malformed || ec == http::error::partial_message)) {
            return self->Close();
          }
          if (ec) return self->DoAnswer(TextResponse(400, "The body cannot be read."));
          self->Dispatch(false);
        });
  }

  void Dispatch(bool too_large) {
    timer_.cancel();
    auto message = parser_->release();
    keep_alive_ = message.keep_alive() && !too_large;
    linger_ = too_large;
    Request request;
    request.method = std::string(message.method_string());
    const std::string target(message.target());
    const size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != std::string::npos) request.query = target.substr(mark + 1);
    for (const auto& field : message) {
      std::string name(field.name_string());
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      });
      request.headers.push_back({std::move(name), std::string(field.value())});
    }
    request.host = OnlyValue(request.headers, "host").value_or("");
    if (!too_large) request.body = std::move(message.body());
    request.body_too_large = too_large;
    request.peer = peer_;
    // What is too large is not read any further before it is answered.
    if (!too_large && !watching_ && buffer_.size() == 0) Watch();
    shared_.handler(std::make_shared<OneExchange>(this->shared_from_this(), std::move(request)));
  }

  void DoAnswer(Response response) {
    ReleaseBody();
    out_ = HeadText(response.head);
    if (response.head.status != 204 && response.head.status != 304) {
      out_ += "content-length: " + std::to_string(response.body.size()) + "\r\n";
    } else {
      response.body.clear();
    }
    out_ += "\r\n";
    if (!head_only_) out_ += response.body;
    Write([self = this->shared_from_this()](bool ok) { self->Answered(ok); });
  }

  // Without the empty line at its end.
  std::string HeadText(const Head& head) const {
    const auto reason = http::obsolete_reason(static_cast<http::status>(head.status));
    std::string text = "HTTP/1.1 " + std::to_string(head.status) + " " + std::string(reason) +
                       "\r\ndate: " + shared_.Date() + "\r\n";
    for (const Header& header : head.headers) {
      if (IsHeaderValue(header.value)) text += header.name + ": " + header.value + "\r\n";
    }
    return text + (keep_alive_ ? "" : "connection: close\r\n");
  }

  void AddPart(const std::string& part) {
    if (part.empty() || head_only_) return;
    if (!chunked_) {
      out_ += part;
      return;
    }
    std::array<char, 20> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), part.size(), 16).ptr;
    out_.append(size.data(), end).append("\r\n").append(part).append("\r\n");
  }

  // Writes `out_`, then calls `done` once: with false when the client has gone.
  void Write(std::function<void(bool)> done) {
    if (closed_) return done(false);
    written_ = 0;
    WriteSome(std::move(done));
  }
  void WriteSome(std::function<void(bool)> done) {
    if (written_ == out_.size()) {
      out_.clear();
      timer_.cancel();
      return done(true);
    }
    Deadline(shared_.limits.write_time);
    const size_t bytes = std::min(out_.size() - written_, kWriteBytes);
    stream_.async_write_some(asio::buffer(out_.data() + written_, bytes),
                             [self = this->shared_from_this(), done = std::move(done)](
                                 error_code ec, size_t more) mutable {
                               if (ec) self->Close();
                               if (self->closed_) return done(false);
                               self->written_ += more;
                               self->WriteSome(std::move(done));
                             });
  }

  void Answered(bool ok) {
    gone_ = nullptr;
    ReleaseBody();
    if (!ok) return;
    busy_ = false;
    if (keep_alive_) return AwaitRequest();
    if (linger_) {
      error_code ignored;
      if constexpr (!kTls) Socket().shutdown(tcp::socket::shutdown_send, ignored);
      Deadline(kLingerTime);
      busy_ = true;  // nothing more is a request
      lingering_ = true;
      if (!watching_) Discard(0);
      return;
    }
    if constexpr (kTls) {
      Deadline(absl::Seconds(1));
      stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->Close(); });
    } else {
      Close();
    }
  }

  void Discard(size_t so_far) {
    if (so_far > kLingerBytes) return Close();
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = this->shared_from_this(), so_far](error_code ec, size_t bytes) {
                              if (ec || self->closed_) return self->Close();
                              self->Discard(so_far + bytes);
                            });
  }

  void ReleaseBody() {
    shared_.Release(reserved_);
    reserved_ = 0;
  }

  void Close() {
    if (closed_) return;
    closed_ = true;
    error_code ignored;
    timer_.cancel(ignored);
    Socket().shutdown(tcp::socket::shutdown_both, ignored);
    Socket().close(ignored);
    if (auto gone = std::exchange(gone_, nullptr)) gone();
  }

  // First, so that it goes last: the server may end as soon as nobody has a place.
  const Place place_;
  const std::shared_ptr<asio::ssl::context> tls_;  // outlives the stream
  Stream stream_;
  asio::steady_timer timer_;
  const std::string peer_;
  Shared& shared_;
  Roster& roster_;
  boost::beast::flat_buffer buffer_;  // what was read and is no part of a request yet
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string out_;  // what is being written
  size_t written_ = 0;
  size_t reserved_ = 0;
  std::function<void()> gone_;
  bool watching_ = false;    // a read is waiting; buffer_ is empty then
  bool busy_ = false;        // from a request's first byte to the end of its answer
  bool closed_ = false;      // nothing more is read or written
  bool keep_alive_ = false;  // after this answer
  bool head_only_ = false;
  bool chunked_ = true;
  bool linger_ = false;     // the client may still be sending
  bool lingering_ = false;  // it was answered, and what it still sends is thrown away
};

// The certificate, read again when its files change. Not thread-safe.
class Certificate {
 public:
  Certificate(std::string certificate_file, std::string key_file)
      : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

  // nullptr when it could never be read; one that cannot be read later leaves the one before.
  std::shared_ptr<asio::ssl::context> Current() {
    const absl::Duration now = SteadyNow();
    if (context_ != nullptr && now - checked_ < kCertificateRefresh) return context_;
    checked_ = now;
    const auto changed = std::pair(ChangeOf(certificate_file_), ChangeOf(key_file_));
    if (context_ != nullptr && changed == changed_) return context_;
    auto fresh = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    error_code ec;
    fresh->use_certificate_chain_file(certificate_file_, ec);
    if (!ec) fresh->use_private_key_file(key_file_, asio::ssl::context::pem, ec);
    if (ec || SSL_CTX_check_private_key(fresh->native_handle()) != 1) return context_;
    SSL_CTX_set_min_proto_version(fresh->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(fresh->native_handle(), SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_alpn_select_cb(fresh->native_handle(), ChooseHttp11, nullptr);
    context_ = std::move(fresh);
    changed_ = changed;
    return context_;
  }

 private:
  using Change = std::filesystem::file_time_type;

  static Change ChangeOf(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::last_write_time(path, ignored);
  }
  static int ChooseHttp11(SSL*, const unsigned char** out, unsigned char* out_size,
                          const unsigned char* in, unsigned in_size, void*) {
    static constexpr unsigned char kOurs[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, in, in_size) !=
        OPENSSL_NPN_NEGOTIATED) {
      return SSL_TLSEXT_ERR_NOACK;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
  }

  const std::string certificate_file_;
  const std::string key_file_;
  std::shared_ptr<asio::ssl::context> context_;
  absl::Duration checked_;
  std::pair<Change, Change> changed_;
};

// What a connection that says nothing and hears nothing is asked now and then.
void KeepAlive(tcp::socket& socket) {
  const std::pair<int, int> values[] = {
      {TCP_KEEPIDLE, 60}, {TCP_KEEPINTVL, 20}, {TCP_KEEPCNT, 3}, {TCP_NODELAY, 1}};
  error_code ignored;
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  for (const auto& [name, value] : values) {
    setsockopt(socket.native_handle(), IPPROTO_TCP, name, &value, sizeof value);
  }
}

std::string AddressOf(const tcp::endpoint& peer) {
  asio::ip::address address = peer.address();
  if (address.is_v6()) {
    if (address.to_v6().is_v4_mapped()) {
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    } else {
      asio::ip::address_v6 plain = address.to_v6();
      plain.scope_id(0);
      address = plain;
    }
  }
  return address.to_string();
}

class Server final : public HttpServer {
 public:
  Server(const Options& options, Handler handler)
      : options_(options),
        shared_(options.limits, std::move(handler)),
        certificate_(options.certificate_file, options.key_file) {}
  ~Server() override {
    asio::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel(ignored);
    });
    roster_.StopAll(false);
    if (!threads_.empty() && !shared_.AwaitEmpty(options_.limits.stop_time)) {
      roster_.StopAll(true);
      shared_.AwaitEmpty(absl::Hours(1));
    }
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
  }

  absl::Status Listen() {
    const std::string& address = options_.address;
    const size_t colon = address.rfind(':');
    const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
    std::string host = address.substr(0, colon == std::string::npos ? 0 : colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
      host = host.substr(1, host.size() - 2);
    }
    if (host.empty() || port.empty() || port.size() > 5 ||
        !std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      return absl::InvalidArgumentError("cannot serve pages on " + address +
                                        ": it must be HOST:PORT, for example 127.0.0.1:7312");
    }
    if (!options_.certificate_file.empty() && certificate_.Current() == nullptr) {
      return absl::InvalidArgumentError("cannot serve pages with the certificate in " +
                                        options_.certificate_file +
                                        ": it and its key must be PEM files that belong together");
    }
    error_code ec;
    const auto found = tcp::resolver(io_).resolve(host, port, tcp::resolver::passive, ec);
    if (!ec && !found.empty()) {
      const tcp::endpoint endpoint = found.begin()->endpoint();
      acceptor_.open(endpoint.protocol(), ec);
      if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
      if (!ec && endpoint.address().is_v6() && endpoint.address().is_unspecified()) {
        acceptor_.set_option(asio::ip::v6_only(false), ec);
      }
      if (!ec) acceptor_.bind(endpoint, ec);
      if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
      if (!ec) port_ = acceptor_.local_endpoint(ec).port();
    }
    if (ec || port_ == 0) {
      return absl::UnavailableError("cannot serve pages on " + address +
                                    ": the port is in use or not allowed; choose another with "
                                    "--http-listen HOST:PORT");
    }
    Accept();
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { io_.run(); });
    return absl::OkStatus();
  }

  int port() const override { return port_; }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](error_code ec, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (!ec) {
        Admit(std::move(socket));
        return Accept();
      }
      // Out of file descriptors, for example: not at full speed.
      pause_.expires_after(absl::ToChronoMilliseconds(kAcceptPause));
      pause_.async_wait([this](error_code stopped) {
        if (!stopped) Accept();
      });
    });
  }

  void Admit(tcp::socket socket) {
    error_code ec;
    const tcp::endpoint endpoint = socket.remote_endpoint(ec);
    if (ec) return;
    const std::string peer = AddressOf(endpoint);
    if (!shared_.Enter(peer)) return;
    KeepAlive(socket);
    if (options_.certificate_file.empty()) {
      Run(std::make_shared<Session<tcp::socket>>(std::move(socket), peer, shared_, roster_,
                                                 nullptr));
      return;
    }
    const auto tls = certificate_.Current();
    Run(std::make_shared<Session<asio::ssl::stream<tcp::socket>>>(
        asio::ssl::stream<tcp::socket>(std::move(socket), *tls), peer, shared_, roster_, tls));
  }
  template <typename Some>
  void Run(const std::shared_ptr<Some>& session) {
    roster_.Add(session);
    session->Run();
  }

  const Options options_;
  Shared shared_;
  Roster roster_;
  Certificate certificate_;  // touched where connections are accepted
  asio::io_context io_{kThreads};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_{
      io_.get_executor()};
  tcp::acceptor acceptor_{asio::make_strand(io_)};
  asio::steady_timer pause_{acceptor_.get_executor()};
  int port_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const Options& options,
                                                              Handler handler) {
  auto server = std::make_unique<Server>(options, std::move(handler));
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  return server;
}

}  // namespace solotrial::web

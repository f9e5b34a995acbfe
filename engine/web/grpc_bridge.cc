#include "engine/web/grpc_bridge.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "engine/service/engine_server.h"
#include "engine/web/byte_buffer.h"
#include "engine/web/grpc_web.h"

namespace solotrial::web {
namespace {

constexpr char kStatusDetails[] = "grpc-status-details-bin";

// `solotrial.v1.TrialService.GetTrial` of `/solotrial.v1.TrialService/GetTrial`; empty when the
// path can be no method's.
std::string FullNameOf(const std::string& path) {
  std::string name = path.substr(1);
  const size_t slash = name.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == name.size()) return "";
  name[slash] = '.';
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_';
  });
  return plain ? name : "";
}

// Whether a method's answer is sent in parts as they come. Of methods that are not the API's
// (health, reflection) it is not known: they may.
bool Streams(const std::string& full_name) {
  const auto* method =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(full_name);
  return method == nullptr || method->server_streaming();
}

// What gRPC's metadata says, as headers.
Headers HeadersOf(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  Headers headers;
  for (const auto& [key, value] : metadata) {
    Header header{std::string(key.data(), key.size()), std::string(value.data(), value.size())};
    if (header.name == kStatusDetails) continue;
    const bool binary =
        header.name.size() > 4 && header.name.compare(header.name.size() - 4, 4, "-bin") == 0;
    if (binary) header.value = absl::Base64Escape(header.value);
    headers.push_back(std::move(header));
  }
  return headers;
}

Head HeadOf(WebFormat format, Headers metadata) {
  Head head{200, std::move(metadata)};
  head.headers.push_back({"content-type", ContentTypeOf(format)});
  head.headers.push_back({"cache-control", "no-store"});
  head.headers.push_back({"x-content-type-options", "nosniff"});
  return head;
}

Headers TrailersOf(const grpc::Status& status, Headers metadata) {
  Headers trailers = {{"grpc-status", std::to_string(status.error_code())}};
  if (!status.error_message().empty()) {
    trailers.push_back({"grpc-message", PercentEncoded(status.error_message())});
  }
  if (!status.error_details().empty()) {
    trailers.push_back({kStatusDetails, absl::Base64Escape(status.error_details())});
  }
  std::move(metadata.begin(), metadata.end(), std::back_inserter(trailers));
  return trailers;
}

// One call, from its start to the end of its answer; deletes itself by dropping `self_`.
//
// A read waits from the beginning: within the process gRPC drops a message that comes together with
// the status when nobody waits for it. The next read of a stream is begun when the client has taken
// the message before, on its connection's thread: the hold until the last read keeps gRPC from
// ending the call in between. (A stream's status must follow its last message, not come with it.)
class Call final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                   public std::enable_shared_from_this<Call> {
 public:
  Call(std::shared_ptr<Exchange> exchange, WebFormat format, bool streams)
      : exchange_(std::move(exchange)), format_(format), streams_(streams) {}

  grpc::ClientContext& context() { return context_; }

  void Start(grpc::GenericStub& stub, const std::string& message) {
    self_ = shared_from_this();
    request_ = BufferOf(message);
    stub.PrepareBidiStreamingCall(&context_, exchange_->request().path, {}, this);
    AddHold();
    StartWriteLast(&request_, {});
    StartRead(&response_);
    exchange_->OnGone([weak = weak_from_this()] {
      if (const auto call = weak.lock()) call->context_.TryCancel();
    });
    StartCall();
  }

 private:
  // The first message may be there before the metadata that precedes it.
  void OnReadInitialMetadataDone(bool ok) override {
    std::optional<bool> read;
    {
      const std::lock_guard lock(mutex_);
      if (ok) metadata_ = HeadersOf(context_.GetServerInitialMetadata());
      metadata_known_ = true;
      read = std::exchange(read_, std::nullopt);
    }
    if (read.has_value()) Take(*read);
  }
  void OnReadDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      if (!metadata_known_) {
        read_ = ok;
        return;
      }
    }
    Take(ok);
  }

  // A message was read; or there are no more.
  void Take(bool ok) {
    if (!ok) return RemoveHold();
    std::string frame = MessageFrame(TextOf(response_), format_);
    response_.Clear();
    if (!streams_) {
      body_ += frame;
      return StartRead(&response_);
    }
    if (!std::exchange(begun_, true)) exchange_->Begin(HeadOf(format_, metadata_));
    exchange_->Send(std::move(frame), [this](bool sent) {
      if (sent) return StartRead(&response_);
      context_.TryCancel();
      RemoveHold();
    });
  }

  void OnDone(const grpc::Status& status) override {
    const std::string trailers =
        TrailersFrame(TrailersOf(status, HeadersOf(context_.GetServerTrailingMetadata())), format_);
    if (begun_) {
      exchange_->End(trailers);
    } else {
      exchange_->Answer({HeadOf(format_, metadata_), body_ + trailers});
    }
    self_.reset();
  }

  const std::shared_ptr<Exchange> exchange_;
  const WebFormat format_;
  const bool streams_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::mutex mutex_;
  Headers metadata_;             // guarded by mutex_ until metadata_known_
  bool metadata_known_ = false;  // guarded by mutex_
  std::optional<bool> read_;     // of a read that waits for the metadata; guarded by mutex_
  std::string body_;
  bool begun_ = false;
  std::shared_ptr<Call> self_;
};

void Refuse(Exchange& exchange, WebFormat format, const absl::Status& status) {
  const grpc::Status wire(static_cast<grpc::StatusCode>(status.code()),
                          std::string(status.message()));
  exchange.Answer({HeadOf(format, {}), TrailersFrame(TrailersOf(wire, {}), format)});
}

}  // namespace

class GrpcBridge::Impl {
 public:
  explicit Impl(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {}

  void Answer(const std::shared_ptr<Exchange>& exchange, const CallerIdentity& caller) {
    const Request& request = exchange->request();
    const std::string full_name = FullNameOf(request.path);
    if (full_name.empty()) return exchange->Answer(TextResponse(404, "There is no such method."));
    if (request.method != "POST") return exchange->Answer(MethodNotAllowed("POST"));
    const WebFormat format = *FormatOf(JoinedValues(request.headers, "content-type"));
    if (request.body_too_large) {
      return Refuse(*exchange, format,
                    absl::ResourceExhaustedError("the request is larger than 4 MiB"));
    }
    const absl::StatusOr<std::string> message = ReadRequestMessage(request.body, format);
    if (!message.ok()) return Refuse(*exchange, format, message.status());
    const absl::StatusOr<Headers> metadata = MetadataOf(request.headers);
    if (!metadata.ok()) return Refuse(*exchange, format, metadata.status());

    const auto call = std::make_shared<Call>(exchange, format, Streams(full_name));
    if (const auto text = OnlyValue(request.headers, "grpc-timeout"); text.has_value()) {
      const absl::StatusOr<absl::Duration> timeout = ParseTimeout(*text);
      if (!timeout.ok()) return Refuse(*exchange, format, timeout.status());
      call->context().set_deadline(std::chrono::system_clock::now() +
                                   absl::ToChronoMicroseconds(*timeout));
    }
    for (const Header& header : *metadata) call->context().AddMetadata(header.name, header.value);
    call->context().AddMetadata(service::kForwardedFor, caller.address);
    call->context().AddMetadata(service::kForwardedHost, caller.host);
    call->Start(stub_, *message);
  }

 private:
  grpc::GenericStub stub_;
};

GrpcBridge::GrpcBridge(std::shared_ptr<grpc::Channel> channel)
    : impl_(std::make_unique<Impl>(channel)) {}
GrpcBridge::~GrpcBridge() = default;

bool GrpcBridge::Takes(const Request& request) {
  return FormatOf(JoinedValues(request.headers, "content-type")).has_value();
}

void GrpcBridge::Answer(const std::shared_ptr<Exchange>& exchange, const CallerIdentity& caller) {
  impl_->Answer(exchange, caller);
}

}  // namespace solotrial::web

// Calls to one engine.
#ifndef SOLOTRIAL_CLIENTS_CPP_CHANNEL_H_
#define SOLOTRIAL_CLIENTS_CPP_CHANNEL_H_

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace grpc {
class Channel;
class ClientContext;
class Status;
}  // namespace grpc

namespace solotrial::client {

struct ChannelOptions {
  std::string engine;  // HOST:PORT
  std::string token;   // empty: none is sent
  // PEM of the certificate that the engine must have; empty: one that this machine trusts, and no
  // TLS to an engine on this machine.
  std::string certificate;
  std::function<void(absl::Duration)> sleep = absl::SleepFor;  // between repetitions
};

// Every call has a deadline. Calls that only read, and those that the engine recognises when they
// are repeated (a request_id, or ids of entries), are repeated with growing pauses while the engine
// is unreachable or busy; the others are not. An empty `request_id` is filled in. Thread-safe.
class Channel {
 public:
  // Does not connect yet.
  static absl::StatusOr<std::unique_ptr<Channel>> Open(ChannelOptions options);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // `method`: `TrialService/GetTrial`. Errors: see fault.h.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request) {
    Response response;
    absl::Status status = CallInto(method, request, &response);
    if (!status.ok()) return status;
    return response;
  }
  absl::Status CallInto(const std::string& method, const google::protobuf::Message& request,
                        google::protobuf::Message* response);

  // For streams: the channel below, what a call needs before it begins, what its end means.
  const std::shared_ptr<grpc::Channel>& grpc() const { return channel_; }
  void Prepare(grpc::ClientContext& context, absl::Duration deadline) const;
  static absl::Status Explain(const grpc::Status& status);

  const std::string& engine() const { return options_.engine; }

 private:
  explicit Channel(ChannelOptions options);
  absl::Status CallOnce(const std::string& method, const google::protobuf::Message& request,
                        google::protobuf::Message* response);

  const ChannelOptions options_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_CHANNEL_H_

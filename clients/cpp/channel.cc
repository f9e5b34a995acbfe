#include "clients/cpp/channel.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <utility>

#include "clients/cpp/address.h"
#include "clients/cpp/fault.h"
#include "clients/cpp/ids.h"

namespace solotrial::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Certificates that this machine trusts, where Debian and its kin keep them.
constexpr char kTrustedRoots[] = "/etc/ssl/certs/ca-certificates.crt";
// The name that the engine's own certificate is made out to, whatever its address is.
constexpr char kOwnCertificateHost[] = "engine.solotrial.internal";

// An export of 3,000 days with notes is larger than gRPC's default of 4 MiB.
constexpr int kMaxAnswerBytes = 64 << 20;

const std::array<absl::Duration, 3> kPauses = {absl::Milliseconds(100), absl::Milliseconds(300),
                                               absl::Milliseconds(700)};

std::string NameOf(const std::string& method) { return method.substr(method.rfind('/') + 1); }

absl::Duration DeadlineOf(const std::string& method) {
  static const std::map<std::string, absl::Duration> long_ones = {
      {"PlanTrial", absl::Minutes(15)},    {"PredictDecision", absl::Minutes(15)},
      {"Analyze", absl::Minutes(2)},       {"AnalyzeRecord", absl::Minutes(2)},
      {"GetSummary", absl::Minutes(2)},    {"GetCalendar", absl::Minutes(2)},
      {"RenderSummary", absl::Minutes(2)}, {"RenderProtocol", absl::Minutes(2)},
      {"ExportArchive", absl::Minutes(2)}, {"ImportArchive", absl::Minutes(2)},
      {"ExportDiary", absl::Minutes(2)},   {"ImportTrial", absl::Minutes(2)},
      {"PreviewImport", absl::Minutes(2)}, {"ExportTable", absl::Minutes(2)},
      {"ExportFhir", absl::Minutes(2)},    {"DeleteEverything", absl::Minutes(2)}};
  const auto found = long_ones.find(NameOf(method));
  return found == long_ones.end() ? absl::Seconds(10) : found->second;
}

const FieldDescriptor* RequestId(const Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("request_id");
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING ? field : nullptr;
}

bool MayBeRepeated(const std::string& method, const Message& request) {
  static const std::regex harmless(
      "(Get|List|Analyze|Predict|Preview|Export|Render|Screen|Draft|Verify).*|RecordEntries");
  return RequestId(request) != nullptr || std::regex_match(NameOf(method), harmless);
}

bool IsWorthRepeating(const absl::Status& status) {
  const Fault fault = ReadFault(status);
  return fault.reason == "BUSY" ||
         (fault.kind == FaultKind::kUnreachable && absl::IsUnavailable(status));
}

std::shared_ptr<grpc::ChannelCredentials> Credentials(const ChannelOptions& options,
                                                      grpc::ChannelArguments& arguments) {
  if (options.certificate.empty() && IsLoopback(options.engine)) {
    return grpc::InsecureChannelCredentials();
  }
  grpc::SslCredentialsOptions ssl;
  if (!options.certificate.empty()) {
    // The engine's own, and no other.
    ssl.pem_root_certs = options.certificate;
    arguments.SetSslTargetNameOverride(kOwnCertificateHost);
  } else if (std::ifstream roots(kTrustedRoots); roots) {
    ssl.pem_root_certs.assign(std::istreambuf_iterator<char>(roots), {});
  }
  return grpc::SslCredentials(ssl);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Channel>> Channel::Open(ChannelOptions options) {
  CLIENT_RETURN_IF_ERROR(CheckAddress(options.engine));
  const auto fits = [](char c) { return c >= '!' && c <= '~'; };
  // Anything else would be no metadata, and gRPC aborts on it.
  if (!std::all_of(options.token.begin(), options.token.end(), fits)) {
    return absl::InvalidArgumentError(
        "The token has characters that no token has: is it the right file?");
  }
  return std::unique_ptr<Channel>(new Channel(std::move(options)));
}

Channel::Channel(ChannelOptions options) : options_(std::move(options)) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  // The token is for this engine: never through a proxy that the environment names.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  // Not GRPC_ARG_MIN_RECONNECT_BACKOFF_MS: it is also the time that a connection has to come up.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // Two channels of one process do not wait for each other's connections.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel_ =
      grpc::CreateCustomChannel(options_.engine, Credentials(options_, arguments), arguments);
}

Channel::~Channel() = default;

void Channel::Prepare(grpc::ClientContext& context, absl::Duration deadline) const {
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(deadline));
  if (!options_.token.empty()) {
    context.AddMetadata("authorization", "Bearer " + options_.token);
  }
}

absl::Status Channel::Explain(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return FromRpc(status.error_code(), status.error_message(), status.error_details());
}

absl::Status Channel::CallInto(const std::string& method, const Message& request,
                               Message* response) {
  std::unique_ptr<Message> sent(request.New());
  sent->CopyFrom(request);
  if (const FieldDescriptor* id = RequestId(request); id != nullptr) {
    const google::protobuf::Reflection& fields = *sent->GetReflection();
    if (fields.GetString(*sent, id).empty()) fields.SetString(sent.get(), id, MakeUuid4());
  }
  const bool repeatable = MayBeRepeated(method, request);
  for (const absl::Duration* pause = kPauses.begin();; ++pause) {
    absl::Status status = CallOnce(method, *sent, response);
    if (status.ok() || !repeatable || pause == kPauses.end() || !IsWorthRepeating(status)) {
      return status;
    }
    options_.sleep(*pause);
  }
}

absl::Status Channel::CallOnce(const std::string& method, const Message& request,
                               Message* response) {
  grpc::ClientContext context;
  Prepare(context, DeadlineOf(method));
  grpc::CompletionQueue queue;
  const grpc::Slice bytes(request.SerializeAsString());
  const auto call = grpc::GenericStub(channel_).PrepareUnaryCall(
      &context, "/solotrial.v1." + method, grpc::ByteBuffer(&bytes, 1), &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  if (!status.ok()) return Explain(status);
  grpc::Slice whole;
  if (!answer.DumpToSingleSlice(&whole).ok() ||
      !response->ParseFromArray(whole.begin(), static_cast<int>(whole.size()))) {
    return absl::InternalError("The engine's answer to " + method + " cannot be read.");
  }
  return absl::OkStatus();
}

}  // namespace solotrial::client

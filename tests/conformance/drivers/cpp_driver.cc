// Drives the C++ client. See ../README.md.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>

#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "clients/cpp/address.h"
#include "clients/cpp/certificate.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/days.h"
#include "clients/cpp/fault.h"
#include "clients/cpp/outbox.h"
#include "clients/cpp/sync.h"
#include "clients/cpp/versions.h"
#include "solotrial/v1/access_service.pb.h"
#include "solotrial/v1/analysis_service.pb.h"
#include "solotrial/v1/server_service.pb.h"
#include "solotrial/v1/trial_service.pb.h"

namespace solotrial::client {
namespace {

using google::protobuf::Message;
using Json = nlohmann::json;

std::string Text(const Json& request, const char* name) { return request.value(name, ""); }

Json AsJson(const Message& message) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) std::abort();
  return Json::parse(text);
}

void FromJson(const Json& json, Message* message) {
  if (!google::protobuf::util::JsonStringToMessage(json.dump(), message).ok()) {
    throw std::runtime_error("no " + message->GetTypeName() + ": " + json.dump());
  }
}

template <typename Range>
Json Rows(const Range& messages) {
  Json rows = Json::array();
  for (const Message& message : messages) rows.push_back(AsJson(message));
  return rows;
}

absl::Time Instant(const std::string& text) {
  absl::Time instant;
  std::string problem;
  if (!absl::ParseTime(absl::RFC3339_full, text, &instant, &problem)) {
    throw std::runtime_error(text + ": " + problem);
  }
  return instant;
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// One device.
class Driver {
 public:
  absl::StatusOr<Json> Answer(const Json& request) {
    static const std::map<std::string, absl::StatusOr<Json> (Driver::*)(const Json&)> operations = {
        {"connect", &Driver::Connect},
        {"check_version", &Driver::CheckTheVersion},
        {"call", &Driver::Call},
        {"follow", &Driver::Follow},
        {"record", &Driver::Record},
        {"sync", &Driver::Synchronise},
        {"pending", &Driver::Pending},
        {"current", &Driver::Current},
        {"refused", &Driver::ListRefused},
        {"discard", &Driver::Discard},
        {"day", &Driver::Day},
        {"clock", &Driver::SetClock},
        {"set_clock", &Driver::SetClock},
        {"pair", &Driver::Pair},
        {"decode", &Driver::Decode}};
    return (this->*operations.at(Text(request, "op")))(request);
  }

 private:
  absl::StatusOr<Json> Connect(const Json& request) {
    now_ = Instant(Text(request, "clock"));
    CLIENT_RETURN_IF_ERROR(Use(Text(request, "engine"), Text(request, "token"), ""));
    if (outbox_ == nullptr) {
      OutboxOptions options;
      options.device = Text(request, "device");
      options.clock = [this] { return now_; };
      CLIENT_ASSIGN_OR_RETURN(outbox_, Outbox::Open(Text(request, "store"), options));
    }
    return Json::object();
  }

  absl::Status Use(const std::string& engine, const std::string& token,
                   const std::string& certificate) {
    CLIENT_ASSIGN_OR_RETURN(channel_,
                            Channel::Open({engine, token, certificate, [](absl::Duration) {}}));
    return absl::OkStatus();
  }

  absl::StatusOr<Json> CheckTheVersion(const Json&) {
    CLIENT_ASSIGN_OR_RETURN(
        const v1::ServerInfo info,
        channel_->Call<v1::ServerInfo>("ServerService/GetServerInfo", v1::GetServerInfoRequest()));
    CLIENT_RETURN_IF_ERROR(CheckVersion(info));
    return Json::object();
  }

  absl::StatusOr<Json> Call(const Json& request) {
    const std::string path = Text(request, "method");
    const size_t slash = path.find('/');
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    const auto* service = pool->FindServiceByName("solotrial.v1." + path.substr(0, slash));
    const auto* method = service->FindMethodByName(path.substr(slash + 1));
    const std::unique_ptr<Message> sent = NewMessage(method->input_type());
    FromJson(request.value("request", Json::object()), sent.get());
    const std::unique_ptr<Message> answer = NewMessage(method->output_type());
    CLIENT_RETURN_IF_ERROR(channel_->CallInto(path, *sent, answer.get()));
    return AsJson(*answer);
  }

  absl::StatusOr<Json> Follow(const Json& request) {
    v1::GetTrialRequest get;
    get.set_name(Text(request, "trial"));
    CLIENT_ASSIGN_OR_RETURN(const v1::Trial trial,
                            channel_->Call<v1::Trial>("TrialService/GetTrial", get));
    CLIENT_RETURN_IF_ERROR(outbox_->Follow(trial));
    return Json::object();
  }

  absl::StatusOr<Json> Record(const Json& request) {
    v1::Entry content;
    FromJson(request.at("entry"), &content);
    if (request.contains("date")) content.set_date(Text(request, "date"));
    CLIENT_ASSIGN_OR_RETURN(const v1::Entry made, outbox_->Record(Text(request, "trial"), content));
    return Json{{"entry", AsJson(made)}};
  }

  absl::StatusOr<Json> Synchronise(const Json& request) {
    CLIENT_ASSIGN_OR_RETURN(
        const SyncReport report,
        Sync(*channel_, *outbox_, Text(request, "trial"), Text(request, "locale")));
    return Json{{"sent", report.sent}, {"received", report.received}, {"notices", report.notices}};
  }

  absl::StatusOr<Json> Pending(const Json& request) {
    CLIENT_ASSIGN_OR_RETURN(const auto entries, outbox_->Pending(Text(request, "trial")));
    return Json{{"entries", Rows(entries)}};
  }

  absl::StatusOr<Json> Current(const Json& request) {
    CLIENT_ASSIGN_OR_RETURN(const auto entries, outbox_->Current(Text(request, "trial")));
    return Json{{"entries", Rows(entries)}};
  }

  absl::StatusOr<Json> ListRefused(const Json& request) {
    CLIENT_ASSIGN_OR_RETURN(const auto refused, outbox_->ListRefused(Text(request, "trial")));
    Json rows = Json::array();
    for (const Refused& one : refused) {
      rows.push_back({{"id", one.entry.id()},
                      {"reason", one.rejection.reason()},
                      {"field", one.rejection.field()},
                      {"retryable", one.rejection.retryable()}});
    }
    return Json{{"refused", rows}};
  }

  absl::StatusOr<Json> Discard(const Json& request) {
    CLIENT_RETURN_IF_ERROR(outbox_->Discard(Text(request, "id")));
    return Json::object();
  }

  absl::StatusOr<Json> Day(const Json& request) {
    CLIENT_ASSIGN_OR_RETURN(const std::string date,
                            DayOf(Instant(Text(request, "instant")), Text(request, "time_zone"),
                                  request.value("day_starts_at", "04:00")));
    return Json{{"date", date}};
  }

  absl::StatusOr<Json> SetClock(const Json& request) {
    now_ = Instant(Text(request, "instant"));
    return Json::object();
  }

  absl::StatusOr<Json> Pair(const Json& request) {
    CLIENT_ASSIGN_OR_RETURN(AccessLink link, ParseAccessLink(Text(request, "link")));
    const std::string engine = link.values["engine"];
    std::string certificate;
    if (!link.values["pin"].empty()) {
      CLIENT_ASSIGN_OR_RETURN(certificate, FetchPinnedCertificate(engine, link.values["pin"]));
    }
    CLIENT_RETURN_IF_ERROR(Use(engine, "", certificate));
    v1::ClaimCodeRequest claim;
    claim.set_code(link.values["code"]);
    claim.set_device_display_name("conformance");
    CLIENT_ASSIGN_OR_RETURN(const v1::NewAccess got,
                            channel_->Call<v1::NewAccess>("AccessService/ClaimCode", claim));
    CLIENT_RETURN_IF_ERROR(Use(engine, got.token(), certificate));
    return Json{{"token", got.token()}, {"device", got.device()}};
  }

  absl::StatusOr<Json> Decode(const Json& request) {
    const std::string type = Text(request, "type");
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    const auto message = NewMessage(pool->FindMessageTypeByName("solotrial.v1." + type));
    std::string bytes;
    if (!absl::Base64Unescape(Text(request, "bytes"), &bytes) || !message->ParseFromString(bytes)) {
      return absl::InvalidArgumentError("These bytes are no " + type + ".");
    }
    std::string again;
    {
      google::protobuf::io::StringOutputStream stream(&again);
      google::protobuf::io::CodedOutputStream out(&stream);
      out.SetSerializationDeterministic(true);
      message->SerializeToCodedStream(&out);
    }
    return Json{
        {"type", type}, {"message", AsJson(*message)}, {"bytes", absl::Base64Escape(again)}};
  }

  absl::Time now_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Outbox> outbox_;
};

// What a client's program can tell about a failure without reading its text.
Json Described(const absl::Status& status) {
  static const std::map<FaultKind, std::string> kinds = {
      {FaultKind::kLocal, "client"},
      {FaultKind::kEngine, "engine"},
      {FaultKind::kUnreachable, "unreachable"},
      {FaultKind::kVersion, "version"},
      {FaultKind::kUnsupported, "unsupported-by-engine"},
      {FaultKind::kWrongCertificate, "wrong-certificate"}};
  const Fault fault = ReadFault(status);
  Json fields = Json::array();
  for (const FieldViolation& violation : fault.violations) fields.push_back(violation.field);
  return {{"kind", kinds.at(fault.kind)}, {"reason", fault.reason}, {"code", fault.code},
          {"retryable", fault.retryable}, {"fields", fields},       {"message", fault.message}};
}

// Message types are found by name: their files must be linked in.
void LinkServices() {
  v1::AnalyzeRequest::descriptor();
  v1::ClaimCodeRequest::descriptor();
  v1::GetServerInfoRequest::descriptor();
  v1::GetTrialRequest::descriptor();
}

int Run() {
  LinkServices();
  Driver driver;
  for (std::string line; std::getline(std::cin, line);) {
    const absl::StatusOr<Json> answer = driver.Answer(Json::parse(line));
    const Json said =
        answer.ok() ? Json{{"ok", *answer}} : Json{{"error", Described(answer.status())}};
    std::cout << said.dump() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace solotrial::client

int main() { return solotrial::client::Run(); }

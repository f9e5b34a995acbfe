// Records a score on this machine, and sends it when the engine can be reached:
//
//   example 'solotrial:pair?engine=...' OUTBOX TRIAL MEASURE VALUE
//
// The first time a pairing link, later HOST:PORT. The token is kept beside the outbox.
#include <fstream>
#include <iostream>
#include <string>

#include "clients/cpp/address.h"
#include "clients/cpp/certificate.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/fault.h"
#include "clients/cpp/outbox.h"
#include "clients/cpp/sync.h"
#include "clients/cpp/versions.h"
#include "solotrial/v1/access_service.pb.h"
#include "solotrial/v1/server_service.pb.h"
#include "solotrial/v1/trial_service.pb.h"

namespace client = solotrial::client;
namespace v1 = solotrial::v1;

namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A credential of this machine's own, and the certificate that the engine has to have.
absl::Status Pair(const std::string& text, const std::string& outbox) {
  CLIENT_ASSIGN_OR_RETURN(client::AccessLink link, client::ParseAccessLink(text));
  client::ChannelOptions options;
  options.engine = link.values["engine"];
  if (!link.values["pin"].empty()) {
    CLIENT_ASSIGN_OR_RETURN(options.certificate,
                            client::FetchPinnedCertificate(options.engine, link.values["pin"]));
  }
  CLIENT_ASSIGN_OR_RETURN(const auto nobody, client::Channel::Open(options));
  CLIENT_ASSIGN_OR_RETURN(
      const v1::ServerInfo info,
      nobody->Call<v1::ServerInfo>("ServerService/GetServerInfo", v1::GetServerInfoRequest()));
  CLIENT_RETURN_IF_ERROR(client::CheckVersion(info));
  v1::ClaimCodeRequest claim;
  claim.set_code(link.values["code"]);
  claim.set_device_display_name("example");
  CLIENT_ASSIGN_OR_RETURN(const v1::NewAccess access,
                          nobody->Call<v1::NewAccess>("AccessService/ClaimCode", claim));
  std::ofstream(outbox + ".token") << access.token();
  std::ofstream(outbox + ".certificate") << options.certificate;
  std::ofstream(outbox + ".engine") << options.engine;
  return absl::OkStatus();
}

absl::Status Run(const std::string& engine, const std::string& path, const std::string& trial,
                 const std::string& measure, double value) {
  if (engine.rfind("solotrial:", 0) == 0) CLIENT_RETURN_IF_ERROR(Pair(engine, path));
  CLIENT_ASSIGN_OR_RETURN(
      const auto channel,
      client::Channel::Open(
          {ReadAll(path + ".engine"), ReadAll(path + ".token"), ReadAll(path + ".certificate")}));
  CLIENT_ASSIGN_OR_RETURN(const auto outbox, client::Outbox::Open(path, {.device = "example"}));
  if (!outbox->Trial(trial).ok()) {
    v1::GetTrialRequest request;
    request.set_name(trial);
    CLIENT_ASSIGN_OR_RETURN(const v1::Trial found,
                            channel->Call<v1::Trial>("TrialService/GetTrial", request));
    CLIENT_RETURN_IF_ERROR(outbox->Follow(found));
  }

  v1::Entry score;
  score.mutable_score()->set_measure_id(measure);
  score.mutable_score()->set_value(value);
  CLIENT_ASSIGN_OR_RETURN(const v1::Entry entry, outbox->Record(trial, score));
  std::cout << "kept for " << entry.date() << "\n";  // on the disk: whatever happens now

  const absl::StatusOr<client::SyncReport> report = client::Sync(*channel, *outbox, trial);
  if (client::ReadFault(report.status()).retryable) {
    std::cout << "will be sent later\n";
    return absl::OkStatus();
  }
  CLIENT_RETURN_IF_ERROR(report.status());
  std::cout << "sent " << report->sent << "\n";
  for (const client::Refused& refused : report->refused) {
    std::cout << "refused: " << refused.rejection.message() << "\n";
  }
  for (const std::string& notice : report->notices) std::cout << notice << "\n";
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: example LINK|HOST:PORT OUTBOX TRIAL MEASURE VALUE\n";
    return 2;
  }
  const absl::Status status = Run(argv[1], argv[2], argv[3], argv[4], std::stod(argv[5]));
  if (status.ok()) return 0;
  std::cerr << client::ReadFault(status).message << "\n";
  return 1;
}

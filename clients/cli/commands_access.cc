// Pairing, devices, the recovery phrase and confirmations.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <filesystem>
#include <iostream>

#include "clients/cli/access_names.h"
#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/text.h"
#include "engine/service/embedded.h"

namespace solotrial::cli {
namespace {

std::string MachineName() {
  utsname machine{};
  return uname(&machine) == 0 && machine.nodename[0] != '\0' ? machine.nodename : "terminal";
}

// A line that somebody types, or the first line of standard input.
std::string AskLine(const std::string& question) {
  if (StdinIsTerminal()) WriteStderr(question);
  std::string line;
  std::getline(std::cin, line);
  return line;
}

// Which engine a person wants to join, and how it is known.
struct Target {
  Settings settings;
  std::string code;
};
absl::StatusOr<Target> TargetOf(const Session& session, const std::string& text,
                                const std::string& pin) {
  Target target{session.settings(), text};
  std::string fingerprint = pin;
  if (text.compare(0, 10, "solotrial:") == 0) {
    CLIENT_ASSIGN_OR_RETURN(client::AccessLink link, TypedAccessLink(text));
    if (link.what != "pair") return UsageError("That link is no pairing code or invitation.");
    target.settings.engine = link.values["engine"];
    target.code = link.values["code"];
    fingerprint = link.values["pin"];
  }
  CLIENT_RETURN_IF_ERROR(AsUsageError(client::CheckAddress(target.settings.engine)));
  target.settings.certificate.clear();
  target.settings.token_file = "/dev/null";  // there is none yet
  if (!fingerprint.empty()) {
    CLIENT_ASSIGN_OR_RETURN(target.settings.certificate,
                            FetchCertificate(target.settings.engine, fingerprint));
  }
  return target;
}

// Keeps what was got, so that every later command uses it.
absl::Status Keep(const Target& target, const v1::NewAccess& access) {
  const std::string folder = JoinedFolder(target.settings.data);
  std::error_code problem;
  umask(S_IRWXG | S_IRWXO);  // what is written here is its user's alone
  std::filesystem::create_directories(folder, problem);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, problem);
  if (problem) return MachineError("The folder " + folder + " cannot be made.");
  CLIENT_RETURN_IF_ERROR(WriteFile(folder + "/token", access.token() + "\n", true));
  CLIENT_RETURN_IF_ERROR(WriteFile(folder + "/certificate.pem", target.settings.certificate, true));
  return WriteFile(folder + "/engine", target.settings.engine + "\n", true);
}

std::string RoleWord(v1::Role role) {
  switch (role) {
    case v1::ROLE_OWNER:
      return "owner";
    case v1::ROLE_PARTICIPANT:
      return "participant";
    case v1::ROLE_HELPER:
      return "helper";
    case v1::ROLE_CLINICIAN:
      return "clinician";
    default:
      return "nobody";
  }
}

std::string Joined(const v1::NewAccess& access, const Target& target) {
  std::string text = "This machine is now paired with the engine at " + target.settings.engine +
                     ", as " + RoleWord(access.role()) + ".\n";
  if (!access.trial().empty()) text += "It may see " + access.trial() + ".\n";
  if (!access.recovery_phrase().empty()) {
    text += "\nWrite this recovery phrase down on paper, it is shown only now:\n\n  " +
            access.recovery_phrase() + "\n";
  }
  return text;
}

absl::StatusOr<v1::ListDevicesResponse> AllDevices(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  return engine->Access<v1::ListDevicesResponse>("ListDevices", v1::ListDevicesRequest());
}

absl::StatusOr<std::string> ChooseDevice(Session& session, const std::string& text) {
  CLIENT_ASSIGN_OR_RETURN(const v1::ListDevicesResponse devices, AllDevices(session));
  std::vector<std::string> names;
  for (const v1::Device& device : devices.devices()) names.push_back(device.name());
  return ChooseName(names, text, "device");
}

}  // namespace

absl::StatusOr<int> Pair(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(
      const v1::PairingCode code,
      engine->Access<v1::PairingCode>("CreatePairingCode", v1::CreatePairingCodeRequest()));
  CLIENT_ASSIGN_OR_RETURN(client::AccessLink parts, TypedAccessLink(code.link()));
  const std::string& link = code.web_link().empty() ? code.link() : code.web_link();
  std::string text = "Within ten minutes, on the other device:\n\n";
  if (!code.web_link().empty()) {
    text += "open the app\n\n  " + link + "\n\nor, with this program,\n\n";
  }
  text += "  solotrial join '" + code.link() + "'\n\nor, where it is typed,\n\n  code         " +
          code.code() + "\n  engine       " + parts.values["engine"] + "\n";
  if (const std::string& pin = parts.values["pin"]; !pin.empty()) {
    text += "  fingerprint  " + pin + "\n";
  }
  if (StdoutIsTerminal() && session.style().utf8) text += "\n" + embedded::QrCode(link);
  CLIENT_RETURN_IF_ERROR(session.Print(code, text));
  return kOk;
}

absl::StatusOr<int> Join(Session& session, const std::string& code, const std::string& pin,
                         const std::string& name) {
  CLIENT_ASSIGN_OR_RETURN(const Target target, TargetOf(session, code, pin));
  CLIENT_ASSIGN_OR_RETURN(const auto engine, Connection::Open(target.settings));
  v1::ClaimCodeRequest request;
  request.set_code(target.code);
  request.set_device_display_name(name.empty() ? MachineName() : name);
  CLIENT_ASSIGN_OR_RETURN(const v1::NewAccess access,
                          engine->Access<v1::NewAccess>("ClaimCode", request));
  CLIENT_RETURN_IF_ERROR(Keep(target, access));
  CLIENT_RETURN_IF_ERROR(session.Print(access, Joined(access, target)));
  return kOk;
}

absl::StatusOr<int> DevicesList(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(const v1::ListDevicesResponse devices, AllDevices(session));
  std::vector<std::vector<std::string>> rows = {{"ID", "NAME", "AS", "LAST USED", ""}};
  for (const v1::Device& device : devices.devices()) {
    rows.push_back({ShortId(device.name()), Clean(device.display_name()), RoleWord(device.role()),
                    ReadableTime(device.last_use_time()),
                    device.current() ? "this one"
                    : device.local() ? "the engine's machine"
                                     : ""});
  }
  CLIENT_RETURN_IF_ERROR(session.Print(devices, Table(rows, "lllll", "")));
  return kOk;
}

absl::StatusOr<int> DevicesName(Session& session, const std::string& device,
                                const std::string& name) {
  CLIENT_ASSIGN_OR_RETURN(const std::string chosen, ChooseDevice(session, device));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::RenameDeviceRequest request;
  request.set_name(chosen);
  request.set_display_name(name);
  CLIENT_ASSIGN_OR_RETURN(const v1::Device renamed,
                          engine->Access<v1::Device>("RenameDevice", request));
  CLIENT_RETURN_IF_ERROR(session.Print(renamed, "It is now called " + Clean(name) + ".\n"));
  return kOk;
}

absl::StatusOr<int> DevicesRevoke(Session& session, const std::string& device) {
  CLIENT_ASSIGN_OR_RETURN(const std::string chosen, ChooseDevice(session, device));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::RevokeDeviceRequest request;
  request.set_name(chosen);
  CLIENT_ASSIGN_OR_RETURN(const google::protobuf::Empty empty,
                          engine->Access<google::protobuf::Empty>("RevokeDevice", request));
  CLIENT_RETURN_IF_ERROR(
      session.Print(empty, "Revoked: it learns nothing more from this engine.\n"));
  return kOk;
}

absl::StatusOr<int> DevicesRotate(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(v1::NewAccess access,
                          engine->Access<v1::NewAccess>("RotateToken", v1::RotateTokenRequest()));
  CLIENT_RETURN_IF_ERROR(WriteFile(session.settings().token_file, access.token() + "\n", true));
  CLIENT_RETURN_IF_ERROR(session.Print(
      access, "This machine has a new token in " + session.settings().token_file + ".\n"));
  return kOk;
}

absl::StatusOr<int> DevicesSignOut(Session& session) {
  // What waits here would go with the pairing.
  CLIENT_RETURN_IF_ERROR(CheckNothingWaits(session));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(const google::protobuf::Empty empty,
                          engine->Access<google::protobuf::Empty>("SignOut", v1::SignOutRequest()));
  std::error_code ignored;
  std::filesystem::remove_all(JoinedFolder(session.settings().data), ignored);
  CLIENT_RETURN_IF_ERROR(session.Print(empty, "This machine is no longer paired.\n"));
  return kOk;
}

absl::StatusOr<int> RecoveryNew(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(const v1::CreateRecoveryPhraseResponse phrase,
                          engine->Access<v1::CreateRecoveryPhraseResponse>(
                              "CreateRecoveryPhrase", v1::CreateRecoveryPhraseRequest()));
  CLIENT_RETURN_IF_ERROR(session.Print(
      phrase, "Write this down on paper; it is shown only now, and the one before is void:\n\n  " +
                  phrase.recovery_phrase() +
                  "\n\nIt replaces a lost phone, and confirms what a thief of one would want.\n"));
  return kOk;
}

absl::StatusOr<int> RecoveryUse(Session& session, const std::string& pin, const std::string& name,
                                bool revoke_others) {
  CLIENT_ASSIGN_OR_RETURN(const Target target, TargetOf(session, "", pin));
  CLIENT_ASSIGN_OR_RETURN(const auto engine, Connection::Open(target.settings));
  v1::RecoverRequest request;
  request.set_recovery_phrase(AskLine("Recovery phrase: "));
  request.set_device_display_name(name.empty() ? MachineName() : name);
  request.set_revoke_other_devices(revoke_others);
  CLIENT_ASSIGN_OR_RETURN(const v1::NewAccess access,
                          engine->Access<v1::NewAccess>("Recover", request));
  CLIENT_RETURN_IF_ERROR(Keep(target, access));
  CLIENT_RETURN_IF_ERROR(session.Print(access, Joined(access, target)));
  return kOk;
}

absl::StatusOr<int> Confirm(Session& session, bool ask) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  if (ask) {
    CLIENT_ASSIGN_OR_RETURN(
        const v1::Approval approval,
        engine->Access<v1::Approval>("RequestApproval", v1::RequestApprovalRequest()));
    CLIENT_RETURN_IF_ERROR(session.Print(
        approval, "On another of your devices, approve the number " + approval.number() +
                      " within ten minutes; in a terminal:\n\n  solotrial approve " +
                      ShortId(approval.name()) + " " + approval.number() + "\n"));
    return kOk;
  }
  v1::ConfirmRequest request;
  request.set_recovery_phrase(AskLine("Recovery phrase: "));
  CLIENT_ASSIGN_OR_RETURN(const v1::Access access, engine->Access<v1::Access>("Confirm", request));
  CLIENT_RETURN_IF_ERROR(session.Print(access, "Confirmed for ten minutes.\n"));
  return kOk;
}

absl::StatusOr<int> Approve(Session& session, const std::string& id, const std::string& number) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(
      const v1::ListApprovalsResponse waiting,
      engine->Access<v1::ListApprovalsResponse>("ListApprovals", v1::ListApprovalsRequest()));
  if (id.empty()) {
    std::vector<std::vector<std::string>> rows = {{"ID", "ASKED BY", "UNTIL"}};
    for (const v1::Approval& approval : waiting.approvals()) {
      rows.push_back({ShortId(approval.name()), Clean(approval.device_display_name()),
                      ReadableTime(approval.expire_time())});
    }
    CLIENT_RETURN_IF_ERROR(session.Print(
        waiting, rows.size() == 1 ? "Nothing waits for an approval.\n" : Table(rows, "lll", "")));
    return kOk;
  }
  std::vector<std::string> names;
  for (const v1::Approval& approval : waiting.approvals()) names.push_back(approval.name());
  v1::ApproveRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_name(), ChooseName(names, id, "approval"));
  request.set_number(number);
  CLIENT_ASSIGN_OR_RETURN(const google::protobuf::Empty empty,
                          engine->Access<google::protobuf::Empty>("Approve", request));
  CLIENT_RETURN_IF_ERROR(session.Print(empty, "Approved for ten minutes.\n"));
  return kOk;
}

}  // namespace solotrial::cli

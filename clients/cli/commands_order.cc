// What tells the order of a trial's blocks: the helper's packing list, and the proof at the end.
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/offline.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

constexpr size_t kMaxPassphraseBytes = 1024;
constexpr size_t kMaxProofBytes = 4'000'000;
const std::vector<v1::TrialState> kEnded = {v1::TRIAL_STATE_COMPLETED, v1::TRIAL_STATE_STOPPED};

std::string ArmWord(v1::Arm arm) { return arm == v1::ARM_ON ? "on" : "off"; }

std::string RenderPackingList(const v1::PackingList& list, const Style& style) {
  std::vector<std::vector<std::string>> rows = {{"envelope", "arm", "days", "doses", "contents"}};
  for (const v1::Envelope& envelope : list.envelopes()) {
    rows.push_back({std::to_string(envelope.number()), ArmWord(envelope.arm()),
                    std::to_string(envelope.days()), std::to_string(envelope.doses()),
                    Clean(envelope.contents())});
  }
  std::string text = Clean(list.title()) + "\n\n" + Table(rows, "rlrrl", "") + "\n";
  text += Paragraph(
      "Number the envelopes, and see to it that nothing but the number tells them apart. Keep this "
      "list to yourself until the trial is over. That you have seen it is written down in the "
      "trial.",
      "", static_cast<size_t>(style.width));
  if (!list.archive_passphrase_set()) {
    text += "\n" + Paragraph(
                       "So that the person can take their data along without learning the order, "
                       "set a passphrase that you keep: solotrial packing-list --passphrase-file "
                       "FILE",
                       "", static_cast<size_t>(style.width));
  }
  return text;
}

// 64 hexadecimal digits as 32 bytes.
absl::StatusOr<std::string> BytesOfHex(const std::string& hex) {
  std::string bytes;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    if (digit(hex[i]) < 0 || digit(hex[i + 1]) < 0) break;
    bytes += static_cast<char>(16 * digit(hex[i]) + digit(hex[i + 1]));
  }
  if (hex.size() != 64 || bytes.size() != 32) {
    return UsageError("The commitment has 64 digits, 0 to 9 and a to f.");
  }
  return bytes;
}

absl::StatusOr<v1::VerifyOrderRequest> ProofOf(Session& session, const VerifyOptions& options) {
  v1::VerifyOrderRequest proof;
  if (!options.file.empty()) {
    CLIENT_ASSIGN_OR_RETURN(const std::string json, ReadFile(options.file, kMaxProofBytes));
    if (!google::protobuf::util::JsonStringToMessage(json, &proof).ok()) {
      return InputError(options.file + " is not what solotrial verify --output wrote.");
    }
    return proof;
  }
  CLIENT_ASSIGN_OR_RETURN(*proof.mutable_revealed(), session.FindTrial(options.trial, kEnded));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::GetScheduleRequest request;
  request.set_name(proof.revealed().name());
  CLIENT_ASSIGN_OR_RETURN(*proof.mutable_schedule(), engine->GetSchedule(request));
  return proof;
}

std::string RenderVerification(const v1::OrderVerification& verification) {
  const auto line = [](bool holds, const std::string& text) {
    return std::string(holds ? "  yes  " : "  NO   ") + text + "\n";
  };
  std::string order;
  for (const int arm : verification.order()) {
    order += (order.empty() ? "" : " ") + ArmWord(static_cast<v1::Arm>(arm));
  }
  return line(verification.protocol_digest_matches(),
              "the protocol is the one that was frozen at the start") +
         line(verification.commitment_matches(),
              "the commitment of the start is that of the seed and the protocol") +
         line(verification.order_matches(), "the seed draws the order that was lived") +
         "\nThe seed draws: " + order + "\n";
}

}  // namespace

absl::StatusOr<int> PackingList(Session& session, const std::string& passphrase_file) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(const v1::Access access,
                          engine->Access<v1::Access>("GetAccess", v1::GetAccessRequest()));
  v1::GetPackingListRequest request;
  request.set_name(access.trial());
  if (!passphrase_file.empty()) {
    CLIENT_ASSIGN_OR_RETURN(std::string text, ReadFile(passphrase_file, kMaxPassphraseBytes + 2));
    text.erase(std::min(text.find_first_of("\r\n"), text.size()));
    if (text.empty()) return InputError("The passphrase is empty.");
    request.set_archive_passphrase(text);
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::PackingList list, engine->GetPackingList(request));
  CLIENT_RETURN_IF_ERROR(session.Print(list, RenderPackingList(list, session.style())));
  return kOk;
}

absl::StatusOr<int> Verify(Session& session, const VerifyOptions& options) {
  CLIENT_ASSIGN_OR_RETURN(v1::VerifyOrderRequest proof, ProofOf(session, options));
  if (!options.commitment.empty()) {
    CLIENT_ASSIGN_OR_RETURN(*proof.mutable_commitment(), BytesOfHex(options.commitment));
  }
  // In this process: what is verified is the engine.
  CLIENT_ASSIGN_OR_RETURN(const v1::OrderVerification verification, VerifyOrder(proof));
  if (!options.output.empty()) {
    google::protobuf::util::JsonPrintOptions print;
    print.add_whitespace = true;
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(proof, &json, print).ok()) {
      return MachineError("The proof cannot be written as JSON.");
    }
    CLIENT_RETURN_IF_ERROR(WriteFile(options.output, json, options.force));
  }
  CLIENT_RETURN_IF_ERROR(session.Print(verification, RenderVerification(verification)));
  const bool holds = verification.protocol_digest_matches() && verification.commitment_matches() &&
                     verification.order_matches();
  return holds ? kOk : kInvalidInput;
}

}  // namespace solotrial::cli

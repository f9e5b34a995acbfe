// Reading archives, which anybody may have made.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "engine/access/sealing.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/service/archive.h"
#include "engine/service/archive_messages.h"
#include "engine/service/convert.h"
#include "engine/service/protocol_json.h"
#include "engine/trial/allocation.h"
#include "engine/trial/amendment.h"

namespace solotrial::service {
namespace {

using Files = std::map<std::string, std::string>;

constexpr size_t kDigestBytes = 32;
constexpr int kMostPairs = 200;
constexpr size_t kMostSealedOrders = 20;  // each costs a key

absl::Status Unreadable(const std::string& file, const std::string& what) {
  return FieldFault(Reason::kUnreadableArchive, file, what);
}

// The same fault as one of the archive's file.
absl::Status InFile(const std::string& file, const absl::Status& status) {
  const Fault fault = FaultOf(status);
  if (fault.violations.empty()) return Unreadable(file, std::string(status.message()));
  return Unreadable(file + ": " + fault.violations.front().field,
                    fault.violations.front().description);
}

absl::Status ReadJson(const Files& files, const std::string& name,
                      google::protobuf::Message& message) {
  const auto file = files.find(name);
  if (file == files.end()) return Unreadable(name, "is missing");
  // What the parser says may quote the file.
  if (!google::protobuf::util::JsonStringToMessage(file->second, &message).ok()) {
    return Unreadable(name, "is not the JSON that archive.proto describes");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ArchiveManifest> ReadManifest(const Files& files) {
  v1::ArchiveManifest manifest;
  SOLOTRIAL_RETURN_IF_ERROR(ReadJson(files, "manifest.json", manifest));
  if (manifest.format_version() != kArchiveFormat) {
    return Unreadable("manifest.json",
                      "names a format that this engine does not know; a newer "
                      "engine may");
  }
  std::set<std::string> listed = {"manifest.json", "README.txt"};
  for (const v1::ArchivedFile& file : manifest.files()) {
    const auto found = files.find(file.name());
    if (found == files.end()) return Unreadable("manifest.json", "lists a file that is missing");
    if (Sha256(found->second) != file.sha256()) {
      return Unreadable(found->first, "was changed after the archive was made");
    }
    listed.insert(file.name());
  }
  for (const auto& [name, content] : files) {
    if (!listed.contains(name)) return Unreadable("manifest.json", "does not list every file");
  }
  return manifest;
}

absl::Status OpenOrder(const std::string& passphrase, v1::ArchivedTrial& archived) {
  if (!archived.has_sealed_order()) return absl::OkStatus();
  if (archived.has_order()) return InvalidField("sealedOrder", "stands beside an open order");
  if (passphrase.empty()) {
    return InvalidField("passphrase", "is required: the order of a trial in it is sealed");
  }
  const v1::SealedOrder& sealed = archived.sealed_order();
  SOLOTRIAL_ASSIGN_OR_RETURN(
      const access::Key key,
      access::MakeKey(passphrase, {sealed.salt(), sealed.operations(), sealed.memory_bytes()}));
  const std::optional<std::string> order =
      access::OpenSealed(key, sealed.sealed(), archived.commitment());
  if (!order.has_value()) {
    return FaultStatus(Reason::kWrongPassphrase,
                       "This is not the passphrase that the order in the archive was sealed with.");
  }
  if (!archived.mutable_order()->ParseFromString(*order)) {
    return InvalidField("sealedOrder", "holds no order");
  }
  archived.clear_sealed_order();
  // Of a concealed trial the looks are sealed too.
  if (archived.order().looks_size() > 0 && archived.looks_size() > 0) {
    return InvalidField("looks", "stand beside sealed ones");
  }
  archived.mutable_looks()->MergeFrom(archived.order().looks());
  archived.mutable_order()->clear_looks();
  archived.mutable_order()->clear_padding();
  return absl::OkStatus();
}

absl::Status CheckPauses(const trial::Trial& trial) {
  using State = trial::Trial::State;
  int open = 0;
  Date earliest = *trial.start_date;
  for (const trial::Pause& pause : trial.pauses) {
    if (pause.pause_date < earliest ||
        (pause.resume_date.has_value() && *pause.resume_date <= pause.pause_date)) {
      return InvalidField("pauses", "must follow one another");
    }
    if (!pause.resume_date.has_value()) ++open;
    // Days to be skipped may lie in a pause that has no end yet.
    earliest = pause.resume_date.value_or(pause.pause_date);
  }
  if (open > 1 || (trial.state == State::kPaused && open == 0) ||
      (trial.state == State::kRunning && open > 0)) {
    return InvalidField("pauses",
                        "must hold one without an end when the trial is paused, and only then");
  }
  return absl::OkStatus();
}

absl::Status CheckAmendments(const trial::Trial& trial, const trial::Protocol& protocol) {
  using Kind = trial::Amendment::Kind;
  const bool by_twos = protocol.design.randomization == trial::Randomization::kCounterbalanced;
  const bool paired = trial::PairOf(protocol.design, 0) > 0;
  const bool blinded = protocol.design.blinding == trial::Blinding::kByHelper;
  int pairs = protocol.design.pairs;
  int unblindings = 0;
  for (const trial::Amendment& made : trial.amendments) {
    bool sound = true;
    if (made.kind == Kind::kExtension) {
      sound = paired && made.pairs >= 1 && made.pairs <= kMostPairs - pairs &&
              !(by_twos && made.pairs % 2 != 0);
      pairs += sound ? made.pairs : 0;
    } else if (made.kind == Kind::kUnblinding) {
      sound = blinded && ++unblindings == 1;
    } else if (made.kind == Kind::kTimeZone) {
      sound = LoadZone(made.text).ok();
    } else if (made.kind == Kind::kPackingList) {
      sound = blinded;
    }
    if (!sound) return InvalidField("amendments", "are none that this trial could have had");
  }
  return absl::OkStatus();
}

absl::Status CheckStarted(const trial::Trial& trial, const trial::Protocol& protocol) {
  if (!trial.start_date.has_value()) return InvalidField("startDate", "is required");
  SOLOTRIAL_RETURN_IF_ERROR(CheckAmendments(trial, protocol));
  if (trial.seed.size() != kDigestBytes || trial.allocation != trial::OrderOf(protocol, trial)) {
    return InvalidField("order", "is not the one that the seed gives");
  }
  if (trial.commitment != Sha256(trial.seed + trial.protocol_digest)) {
    return InvalidField("commitment", "is not that of the seed and the protocol");
  }
  if ((trial.state == trial::Trial::State::kStopped) != trial.stop.has_value()) {
    return InvalidField("stop", "must be there when the trial was stopped, and only then");
  }
  return CheckPauses(trial);
}

absl::Status CheckUnstarted(const trial::Trial& trial) {
  const bool clean = trial.seed.empty() && trial.allocation.empty() && trial.commitment.empty() &&
                     trial.pauses.empty() && !trial.stop.has_value() && trial.amendments.empty();
  return clean ? absl::OkStatus()
               : InvalidField("state", "is one without an order, pauses, amendments and a stop");
}

absl::Status CheckDays(const TrialData& data) {
  const bool imported = data.trial.state == trial::Trial::State::kImported;
  if (imported == data.days.empty()) {
    return InvalidField("days", "must be there for an imported record, and only then");
  }
  for (size_t i = 0; i < data.days.size(); ++i) {
    const store::ImportedDay& day = data.days[i];
    if (!(day.on >= 0 && day.on <= 1) || (i > 0 && day.date <= data.days[i - 1].date)) {
      return InvalidField("days", "must be by date, each on from 0 to 1");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLooks(const std::vector<store::LookRow>& looks) {
  for (size_t i = 0; i < looks.size(); ++i) {
    if (looks[i].pair < 1 || (i > 0 && looks[i].pair <= looks[i - 1].pair) ||
        looks[i].data_digest.size() != kDigestBytes) {
      return InvalidField("looks", "must be by pair, each with a digest of 32 bytes");
    }
  }
  return absl::OkStatus();
}

// Whether everything in `data` but the log fits together.
absl::Status CheckTrial(const TrialData& data, const trial::Protocol& protocol) {
  using State = trial::Trial::State;
  const trial::Trial& trial = data.trial;
  if (trial.revision < 0) return InvalidField("revision", "must not be negative");
  const std::string digest = trial.state == State::kDraft ? "" : Sha256(trial.protocol_document);
  if (trial.protocol_digest != digest) {
    return InvalidField("protocolDigest", "is not that of protocol.json");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckDays(data));
  SOLOTRIAL_RETURN_IF_ERROR(CheckLooks(data.looks));
  if (trial.state == State::kDraft || trial.state == State::kImported) {
    return CheckUnstarted(trial);
  }
  return CheckStarted(trial, protocol);
}

// An entry as it was stored: what was right when it came is right, wherever the days of the trial
// have been moved to since.
absl::StatusOr<trial::Entry> ReadEntry(const v1::Entry& proto, const trial::Protocol& protocol,
                                       int64_t sequence) {
  SOLOTRIAL_ASSIGN_OR_RETURN(trial::Entry entry, ToDomain(proto));
  SOLOTRIAL_RETURN_IF_ERROR(
      trial::CheckEntry(entry, protocol, {entry.date - 1, std::nullopt, entry.date}));
  if (proto.sequence() != sequence)
    return InvalidField("sequence", "must count from 1 without gap");
  if (!proto.has_record_time()) return InvalidField("recordTime", "is required");
  entry.record_time = absl::FromUnixSeconds(proto.record_time().seconds()) +
                      absl::Microseconds(proto.record_time().nanos() / 1'000);
  entry.sequence = sequence;
  return entry;
}

absl::StatusOr<TrialData> ReadTrial(const Files& files, const std::string& folder,
                                    const std::string& passphrase) {
  const std::string file = folder + "trial.json";
  v1::ArchivedTrial archived;
  SOLOTRIAL_RETURN_IF_ERROR(ReadJson(files, file, archived));
  if (absl::Status opened = OpenOrder(passphrase, archived); !opened.ok()) {
    const Fault fault = FaultOf(opened);
    const bool of_the_request =
        fault.reason != Reason::kInvalidFields || fault.violations.front().field == "passphrase";
    return of_the_request ? opened : InFile(file, opened);
  }
  absl::StatusOr<TrialData> data = FromArchive(archived);
  if (!data.ok()) return InFile(file, data.status());
  if (!IsUuid(data->trial.id) || folder != "trials/" + data->trial.id + "/") {
    return Unreadable(file, "is not in the folder of its trial");
  }
  const auto document = files.find(folder + "protocol.json");
  if (document == files.end()) return Unreadable(folder + "protocol.json", "is missing");
  data->trial.protocol_document = document->second;
  const absl::StatusOr<v1::Protocol> proto = ReadProtocolJson(document->second);
  if (!proto.ok()) return InFile(document->first, proto.status());
  const bool imported = data->trial.state == trial::Trial::State::kImported;
  const absl::StatusOr<trial::Protocol> protocol =
      ToDomain(*proto, imported ? trial::Purpose::kRecord : trial::Purpose::kTrial);
  if (!protocol.ok()) return InFile(document->first, protocol.status());
  if (const absl::Status sound = CheckTrial(*data, *protocol); !sound.ok()) {
    return InFile(file, sound);
  }
  const trial::Protocol lived = trial::AsLived(*protocol, data->trial);
  v1::ArchivedLog log;
  SOLOTRIAL_RETURN_IF_ERROR(ReadJson(files, folder + "entries.json", log));
  if (data->trial.state == trial::Trial::State::kDraft && log.entries_size() > 0) {
    return Unreadable(folder + "entries.json", "must be empty: the trial is a draft");
  }
  for (const v1::Entry& row : log.entries()) {
    const auto sequence = static_cast<int64_t>(data->log.size()) + 1;
    absl::StatusOr<trial::Entry> entry = ReadEntry(row, lived, sequence);
    if (!entry.ok()) {
      return InFile(folder + "entries.json: entries[" + std::to_string(sequence - 1) + "]",
                    entry.status());
    }
    data->log.push_back(*std::move(entry));
  }
  return data;
}

}  // namespace

absl::StatusOr<std::vector<TrialData>> ReadArchiveFiles(const Files& files,
                                                        const std::string& person_id,
                                                        const std::string& passphrase) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const v1::ArchiveManifest manifest, ReadManifest(files));
  std::vector<TrialData> trials;
  std::set<std::string> entry_ids;
  size_t running = 0;
  const std::string kTrialFile = "/trial.json";
  for (const v1::ArchivedFile& file : manifest.files()) {
    const std::string& name = file.name();
    if (name.size() <= kTrialFile.size() || !name.ends_with(kTrialFile)) continue;
    const std::string folder = name.substr(0, name.size() - kTrialFile.size() + 1);
    SOLOTRIAL_ASSIGN_OR_RETURN(TrialData data, ReadTrial(files, folder, passphrase));
    using State = trial::Trial::State;
    if (data.trial.state == State::kRunning || data.trial.state == State::kPaused) ++running;
    if (running > kMostSealedOrders) {
      return Unreadable("archive", "holds more than 20 running trials: import them apart");
    }
    data.trial.person_id = person_id;
    for (const trial::Entry& entry : data.log) {
      if (!entry_ids.insert(entry.id).second) {
        return Unreadable(folder + "entries.json", "has an entry id twice");
      }
    }
    trials.push_back(std::move(data));
  }
  return trials;
}

}  // namespace solotrial::service

// Writing archives.
#include <google/protobuf/util/json_util.h>

#include <cassert>
#include <utility>

#include "engine/access/sealing.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/report/diary_csv.h"
#include "engine/service/archive.h"
#include "engine/service/archive_messages.h"
#include "engine/service/convert.h"
#include "engine/service/loaded_trial.h"
#include "engine/trial/amendment.h"
#include "engine/trial/record.h"
#include "engine/trial/schedule.h"

namespace solotrial::service {
namespace {

constexpr char kReadme[] =
    "This archive holds what solotrial kept of one person's trials.\r\n"
    "\r\n"
    "  manifest.json                the other files, with their SHA-256 digests\r\n"
    "  trials/UUID/trial.json       one trial: state, dates, pauses, looks, the order of its "
    "blocks\r\n"
    "  trials/UUID/protocol.json    what was planned\r\n"
    "  trials/UUID/entries.json     everything that was ever recorded, in order, corrections "
    "too\r\n"
    "  trials/UUID/diary.csv        the diary by day, missed days included: opens in a "
    "spreadsheet\r\n"
    "\r\n"
    "The order of a trial that has not ended is sealed with the passphrase that was given when "
    "the\r\n"
    "archive was made; that of a blinded trial with its looks, with the helper's passphrase. "
    "Bring it into another engine with\r\n"
    "\r\n"
    "  solotrial import --archive FILE\r\n"
    "\r\n"
    "The JSON files are described by solotrial/v1/archive.proto. diary.csv has one row per day:\r\n"
    "date, on (1 on days with the treatment, 0 without), one column per measure and covariate, "
    "the\r\n"
    "dose taken (0 to 1) and notes. An empty cell is a missing value.\r\n";

std::string Json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  // Only a message with an Any of an unknown type cannot be printed.
  [[maybe_unused]] const auto printed =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  assert(printed.ok());
  return json;
}

v1::SealedOrder SealWith(const access::Key& key, const access::KeyRecipe& recipe,
                         const v1::ArchivedOrder& order, const std::string& commitment) {
  v1::SealedOrder sealed;
  sealed.set_salt(recipe.salt);
  sealed.set_operations(recipe.operations);
  sealed.set_memory_bytes(recipe.memory_bytes);
  sealed.set_sealed(access::Seal(key, order.SerializeAsString(), commitment));
  return sealed;
}

absl::StatusOr<v1::SealedOrder> SealOrder(const v1::ArchivedOrder& order,
                                          const std::string& commitment,
                                          const std::string& passphrase) {
  if (passphrase.empty()) {
    return InvalidField("passphrase",
                        "is required: it seals the order of the trials that have not ended");
  }
  const access::KeyRecipe recipe = access::NewKeyRecipe();
  SOLOTRIAL_ASSIGN_OR_RETURN(const access::Key key, access::MakeKey(passphrase, recipe));
  return SealWith(key, recipe, order, commitment);
}

// Moves everything that depends on the order into `archived.order`, and fills that up to a size
// that follows from the number of blocks and looks alone.
void GatherConcealed(v1::ArchivedTrial& archived) {
  constexpr size_t kBytes = 512;
  constexpr size_t kBytesOfALook = 160;  // more than a look takes
  v1::ArchivedOrder& order = *archived.mutable_order();
  *order.mutable_looks() = std::move(*archived.mutable_looks());
  archived.clear_looks();
  const size_t size =
      kBytes + order.allocation().size() + kBytesOfALook * static_cast<size_t>(order.looks_size());
  // A key, then two bytes of length for 128 to 16,383 bytes.
  order.set_padding(std::string(size - order.ByteSizeLong() - 3, '\0'));
}

// With the helper's key, which the engine keeps.
absl::StatusOr<v1::SealedOrder> SealConcealed(const v1::ArchivedOrder& order,
                                              const trial::Trial& trial) {
  v1::SealedOrder kept;
  if (!kept.ParseFromString(trial::ArchiveKey(trial)) || kept.sealed().empty()) {
    return FaultStatus(Reason::kHelperNeeded,
                       "the order of a blinded trial is sealed with a passphrase of the helper, "
                       "who has not set one yet: they set it with the packing list");
  }
  return SealWith(access::Key(std::string(kept.sealed())),
                  {kept.salt(), kept.operations(), kept.memory_bytes()}, order, trial.commitment);
}

// The diary as the stored trial gives it; as LoadRows.
std::vector<trial::DiaryRow> RowsOf(const LoadedTrial& loaded, const TrialData& data) {
  const std::vector<trial::Entry> current = trial::CurrentEntries(data.log);
  if (loaded.state != trial::EffectiveState::kImported) {
    return trial::RowsOfTrial(loaded.protocol, loaded.trial, current, RecordEnd(loaded));
  }
  std::vector<trial::DiaryRow> rows;
  for (const store::ImportedDay& day : data.days) {
    rows.push_back({.date = day.date, .on = day.on, .block = day.block});
  }
  trial::FillRows(loaded.protocol, current, rows);
  return rows;
}

}  // namespace

absl::StatusOr<std::string> NewArchiveKey(const std::string& passphrase) {
  const access::KeyRecipe recipe = access::NewKeyRecipe();
  const absl::StatusOr<access::Key> key = access::MakeKey(passphrase, recipe);
  if (!key.ok()) return WithFieldPrefix(key.status(), "archive_");
  v1::SealedOrder kept;
  kept.set_salt(recipe.salt);
  kept.set_operations(recipe.operations);
  kept.set_memory_bytes(recipe.memory_bytes);
  kept.set_sealed(key->bytes());
  return kept.SerializeAsString();
}

absl::StatusOr<std::map<std::string, std::string>> ArchiveFiles(
    const std::vector<TrialData>& trials, const std::string& passphrase, const Clock& clock) {
  std::map<std::string, std::string> files;
  for (const TrialData& data : trials) {
    const std::string folder = "trials/" + data.trial.id + "/";
    SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded, ParseTrial(data.trial, clock));
    v1::ArchivedTrial archived = ToArchive(data);
    const bool concealed = loaded.state != trial::EffectiveState::kDraft &&
                           trial::IsConcealed(loaded.protocol, data.trial, loaded.today);
    if (concealed) {
      GatherConcealed(archived);
      SOLOTRIAL_ASSIGN_OR_RETURN(*archived.mutable_sealed_order(),
                                 SealConcealed(archived.order(), data.trial));
      archived.clear_order();
    } else if (archived.has_order() && !trial::HasEnded(loaded.state)) {
      SOLOTRIAL_ASSIGN_OR_RETURN(*archived.mutable_sealed_order(),
                                 SealOrder(archived.order(), data.trial.commitment, passphrase));
      archived.clear_order();
    }
    files[folder + "trial.json"] = Json(archived);
    files[folder + "protocol.json"] = data.trial.protocol_document;
    files[folder + "entries.json"] = Json(LogToArchive(data.log));
    if (loaded.state != trial::EffectiveState::kDraft) {
      files[folder + "diary.csv"] =
          report::WriteDiaryCsv(loaded.protocol, RowsOf(loaded, data), concealed);
    }
  }
  v1::ArchiveManifest manifest;
  manifest.set_format_version(kArchiveFormat);
  manifest.set_engine_version(SOLOTRIAL_VERSION);
  *manifest.mutable_create_time() = ToProto(clock.Now());
  for (const auto& [name, content] : files) {
    v1::ArchivedFile& file = *manifest.add_files();
    file.set_name(name);
    file.set_sha256(Sha256(content));
  }
  files["manifest.json"] = Json(manifest);
  files["README.txt"] = kReadme;
  return files;
}

}  // namespace solotrial::service

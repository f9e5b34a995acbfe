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
    "archive was made. Bring it into another engine with\r\n"
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

absl::StatusOr<v1::SealedOrder> SealOrder(const v1::ArchivedOrder& order,
                                          const std::string& commitment,
                                          const std::string& passphrase) {
  if (passphrase.empty()) {
    return InvalidField("passphrase",
                        "is required: it seals the order of the trials that have not ended; that "
                        "of a blinded trial is the helper's");
  }
  const access::KeyRecipe recipe = access::NewKeyRecipe();
  SOLOTRIAL_ASSIGN_OR_RETURN(const access::Key key, access::MakeKey(passphrase, recipe));
  v1::SealedOrder sealed;
  sealed.set_salt(recipe.salt);
  sealed.set_operations(recipe.operations);
  sealed.set_memory_bytes(recipe.memory_bytes);
  sealed.set_sealed(access::Seal(key, order.SerializeAsString(), commitment));
  return sealed;
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

absl::StatusOr<std::map<std::string, std::string>> ArchiveFiles(
    const std::vector<TrialData>& trials, const std::string& passphrase, const Clock& clock) {
  std::map<std::string, std::string> files;
  for (const TrialData& data : trials) {
    const std::string folder = "trials/" + data.trial.id + "/";
    SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded, ParseTrial(data.trial, clock));
    v1::ArchivedTrial archived = ToArchive(data);
    if (archived.has_order() && !trial::HasEnded(loaded.state)) {
      SOLOTRIAL_ASSIGN_OR_RETURN(*archived.mutable_sealed_order(),
                                 SealOrder(archived.order(), data.trial.commitment, passphrase));
      archived.clear_order();
    }
    files[folder + "trial.json"] = Json(archived);
    files[folder + "protocol.json"] = data.trial.protocol_document;
    files[folder + "entries.json"] = Json(LogToArchive(data.log));
    if (loaded.state != trial::EffectiveState::kDraft) {
      files[folder + "diary.csv"] = report::WriteDiaryCsv(loaded.protocol, RowsOf(loaded, data));
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

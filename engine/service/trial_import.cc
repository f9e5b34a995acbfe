// Records that were collected elsewhere.
#include <algorithm>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/import/diary_csv.h"
#include "engine/import/mapping.h"
#include "engine/service/convert.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/protocol_json.h"
#include "engine/service/trial_handlers.h"
#include "engine/trial/record.h"

namespace solotrial::service {
namespace {

constexpr int kDaysShown = 10;
constexpr int kMostDaysShown = 100;

// A stored record keeps scores by slot: a file with one value a day needs a protocol without slots.
absl::Status CheckSlotColumns(const trial::DiaryFile& file, const trial::Protocol& protocol) {
  for (size_t i = 0; i < protocol.measures.size(); ++i) {
    const trial::Measure& measure = protocol.measures[i];
    if (measure.slots.empty()) continue;
    for (const trial::DiaryRow& row : file.rows) {
      const auto scores = row.scores.find(measure.id);
      if (scores != row.scores.end() && scores->second.contains("")) {
        return InvalidField("protocol.measures[" + std::to_string(i) + "].slots",
                            "must be left out: the diary has one value a day");
      }
    }
  }
  return absl::OkStatus();
}

// What the file says, as entries that a client could have sent. The ids are new; the client time is
// the import's.
std::vector<trial::Entry> EntriesOf(const trial::DiaryFile& file, const trial::Protocol& protocol,
                                    absl::Time now) {
  std::vector<trial::Entry> entries;
  const auto add = [&entries, now](const trial::DiaryRow& row, trial::Entry::Kind kind,
                                   const std::string& subject, const std::string& slot,
                                   double value) {
    trial::Entry entry;
    entry.id = MakeUuid7(now);
    entry.date = row.date;
    entry.slot = slot;
    entry.client_time = now;
    entry.record_time = now;
    entry.device = "import";
    entry.kind = kind;
    entry.subject = subject;
    entry.value = value;
    entries.push_back(std::move(entry));
  };
  const std::vector<std::string> dose_slots = trial::SlotsOrOne(
      protocol.intervention ? protocol.intervention->dose_slots : std::vector<std::string>{});
  for (const trial::DiaryRow& row : file.rows) {
    for (const auto& [measure, scores] : row.scores) {
      for (const auto& [slot, value] : scores) {
        add(row, trial::Entry::Kind::kScore, measure, slot, value);
      }
    }
    for (const auto& [covariate, value] : row.covariates) {
      add(row, trial::Entry::Kind::kCovariate, covariate, "", value);
    }
    if (row.dose.has_value()) {
      for (const std::string& slot : dose_slots) {
        add(row, trial::Entry::Kind::kDose, "", slot, *row.dose);
      }
    }
    if (!row.note.empty()) {
      add(row, trial::Entry::Kind::kNote, "", "", 0);
      entries.back().text = row.note;
    }
  }
  return entries;
}

absl::StatusOr<import::DayZone> ZoneOf(const trial::Protocol& protocol) {
  import::DayZone zone{std::nullopt, protocol.day_starts_at_minutes};
  if (protocol.time_zone.empty()) return zone;
  SOLOTRIAL_ASSIGN_OR_RETURN(zone.zone, LoadZone(protocol.time_zone));
  return zone;
}

absl::StatusOr<trial::DiaryFile> ReadFile(const v1::ImportTrialRequest& request,
                                          const trial::Protocol& protocol) {
  if (!request.has_mapping()) return import::ReadDiaryCsv(request.diary_csv(), protocol);
  SOLOTRIAL_ASSIGN_OR_RETURN(const import::Mapping mapping, ToDomain(request.mapping()));
  SOLOTRIAL_ASSIGN_OR_RETURN(const import::DayZone zone, ZoneOf(protocol));
  return import::ReadMapped(request.diary_csv(), mapping, protocol, zone);
}

}  // namespace

absl::Status PreviewImport(const v1::PreviewImportRequest& request, v1::ImportPreview* response) {
  if (request.days() < 0 || request.days() > kMostDaysShown) {
    return InvalidField("days", "must be from 1 to 100; 0 shows 10");
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Protocol protocol,
                             ToDomain(request.protocol(), trial::Purpose::kRecord));
  SOLOTRIAL_ASSIGN_OR_RETURN(const import::Mapping mapping, ToDomain(request.mapping()));
  SOLOTRIAL_ASSIGN_OR_RETURN(const import::DayZone zone, ZoneOf(protocol));
  const int days = request.days() == 0 ? kDaysShown : request.days();
  SOLOTRIAL_ASSIGN_OR_RETURN(
      const import::Preview preview,
      import::PreviewSource(request.source(), mapping, protocol, zone, static_cast<size_t>(days)));
  *response = ToProto(preview);
  return absl::OkStatus();
}

absl::Status TrialHandlers::ImportTrial(const access::Caller& caller,
                                        store::WriteTransaction& transaction,
                                        const v1::ImportTrialRequest& request,
                                        v1::Trial* response) const {
  LoadedTrial loaded;
  loaded.proto = request.protocol();
  SOLOTRIAL_ASSIGN_OR_RETURN(loaded.protocol,
                             ToDomain(request.protocol(), trial::Purpose::kRecord));
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::DiaryFile file, ReadFile(request, loaded.protocol));
  SOLOTRIAL_RETURN_IF_ERROR(CheckSlotColumns(file, loaded.protocol));
  // Only a record that can be analysed is stored.
  SOLOTRIAL_RETURN_IF_ERROR(trial::RecordOfFile(loaded.protocol, file).status());
  SOLOTRIAL_ASSIGN_OR_RETURN(loaded.today, TodayOf(loaded.protocol, clock_.Now()));

  trial::Trial& row = loaded.trial;
  row.id = MakeUuid4();
  row.person_id = caller.person_id;
  row.state = trial::Trial::State::kImported;
  row.protocol_document = CanonicalProtocolJson(request.protocol());
  row.protocol_digest = Sha256(row.protocol_document);
  row.create_time = clock_.Now();
  row.start_date = file.rows.front().date;
  SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertTrial(row));
  std::vector<store::ImportedDay> days;
  for (const trial::DiaryRow& day : file.rows) days.push_back({day.date, day.on, day.block});
  SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertImportedDays(caller.person_id, row.id, days));
  for (trial::Entry& entry : EntriesOf(file, loaded.protocol, clock_.Now())) {
    SOLOTRIAL_RETURN_IF_ERROR(transaction.AppendEntry(caller.person_id, row.id, entry));
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(loaded.trial, transaction.GetTrial(caller.person_id, row.id));
  *response = ToProto(loaded);
  return absl::OkStatus();
}

}  // namespace solotrial::service

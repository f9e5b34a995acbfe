#include "engine/service/loaded_trial.h"

#include <algorithm>
#include <utility>

#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/service/convert.h"
#include "engine/service/protocol_json.h"
#include "engine/trial/amendment.h"

namespace solotrial::service {

absl::StatusOr<std::string> TrialId(const std::string& name) {
  const std::string prefix = "trials/";
  if (name.compare(0, prefix.size(), prefix) == 0) {
    std::string id = name.substr(prefix.size());
    if (IsUuid(id)) return id;
  }
  return FaultStatus(Fault{Reason::kTrialNotFound,
                           {{"name", "must be trials/{uuid} of one of your own trials"}},
                           false},
                     "there is no such trial");
}

absl::StatusOr<Date> TodayOf(const trial::Protocol& protocol, absl::Time now) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!protocol.time_zone.empty()) {
    SOLOTRIAL_ASSIGN_OR_RETURN(zone, LoadZone(protocol.time_zone));
  }
  return TrialDay(now, zone, protocol.day_starts_at_minutes);
}

absl::StatusOr<LoadedTrial> ParseTrial(trial::Trial row, const Clock& clock) {
  LoadedTrial loaded;
  loaded.trial = std::move(row);
  SOLOTRIAL_ASSIGN_OR_RETURN(loaded.proto, ReadProtocolJson(loaded.trial.protocol_document));
  const bool imported = loaded.trial.state == trial::Trial::State::kImported;
  SOLOTRIAL_ASSIGN_OR_RETURN(
      loaded.protocol,
      ToDomain(loaded.proto, imported ? trial::Purpose::kRecord : trial::Purpose::kTrial));
  loaded.protocol = trial::AsLived(std::move(loaded.protocol), loaded.trial);
  SOLOTRIAL_ASSIGN_OR_RETURN(loaded.today, TodayOf(loaded.protocol, clock.Now()));
  loaded.state = trial::StateOn(loaded.trial, loaded.protocol, loaded.today);
  return loaded;
}

absl::StatusOr<LoadedTrial> LoadTrial(const access::Caller& caller,
                                      store::ReadTransaction& transaction, const std::string& name,
                                      const Clock& clock) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, TrialId(name));
  SOLOTRIAL_ASSIGN_OR_RETURN(trial::Trial row, transaction.GetTrial(caller.person_id, id));
  return ParseTrial(std::move(row), clock);
}

v1::Trial ToProto(const LoadedTrial& loaded) {
  return ToProto(loaded.trial, loaded.proto, loaded.protocol, loaded.today);
}

absl::Status SaveTrial(store::WriteTransaction& transaction, LoadedTrial& loaded,
                       const Clock& clock, v1::Trial* response) {
  SOLOTRIAL_RETURN_IF_ERROR(transaction.UpdateTrial(loaded.trial));
  SOLOTRIAL_ASSIGN_OR_RETURN(loaded, ParseTrial(std::move(loaded.trial), clock));
  *response = ToProto(loaded);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<trial::Entry>> LoadCurrentEntries(store::ReadTransaction& transaction,
                                                             const trial::Trial& trial) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<trial::Entry> log,
                             transaction.ListEntries(trial.person_id, trial.id, 0, -1));
  return trial::CurrentEntries(log);
}

Date RecordEnd(const LoadedTrial& loaded) {
  const trial::Schedule schedule(loaded.protocol, loaded.trial);
  const Date end = std::min(loaded.today, schedule.end_date().value_or(loaded.today));
  return std::max(end, schedule.first_date() - 1);
}

absl::StatusOr<std::vector<trial::DiaryRow>> LoadRows(store::ReadTransaction& transaction,
                                                      const LoadedTrial& loaded) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<trial::Entry> current,
                             LoadCurrentEntries(transaction, loaded.trial));
  if (loaded.state != trial::EffectiveState::kImported) {
    return trial::RowsOfTrial(loaded.protocol, loaded.trial, current, RecordEnd(loaded));
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<store::ImportedDay> days,
                             transaction.ListImportedDays(loaded.trial.person_id, loaded.trial.id));
  std::vector<trial::DiaryRow> rows;
  rows.reserve(days.size());
  for (const store::ImportedDay& day : days) {
    rows.push_back({.date = day.date, .on = day.on, .block = day.block});
  }
  trial::FillRows(loaded.protocol, current, rows);
  return rows;
}

}  // namespace solotrial::service

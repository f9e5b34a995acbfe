#include "engine/report/exported_trial.h"

#include <algorithm>

#include "engine/base/fault.h"
#include "engine/trial/participant_view.h"

namespace solotrial::report {
namespace {

using Phase = ExportedDay::Phase;

Phase PhaseOf(trial::ScheduledDay::Phase phase) {
  switch (phase) {
    case trial::ScheduledDay::Phase::kRunIn:
      return Phase::kRunIn;
    case trial::ScheduledDay::Phase::kBlock:
      return Phase::kBlock;
    case trial::ScheduledDay::Phase::kPaused:
      return Phase::kPaused;
    case trial::ScheduledDay::Phase::kBefore:
    case trial::ScheduledDay::Phase::kAfter:
    case trial::ScheduledDay::Phase::kWaiting:
      break;
  }
  return Phase::kOutside;
}

ExportedTrial CommonOf(const trial::Protocol& protocol, const trial::Trial& trial,
                       std::vector<trial::Entry> current) {
  ExportedTrial exported;
  exported.id = trial.id;
  exported.protocol = protocol;
  exported.protocol_digest = trial.protocol_digest;
  exported.revision = trial.revision;
  exported.entries = std::move(current);
  exported.pauses = trial.pauses;
  exported.stop = trial.stop;
  for (const trial::Amendment& amendment : trial.amendments) {
    if (amendment.kind == trial::Amendment::Kind::kArchiveKey) continue;
    exported.amendments.push_back(amendment);
    exported.amendments.back().secret.clear();
  }
  return exported;
}

}  // namespace

ExportedTrial ExportOfTrial(const trial::Protocol& protocol, const trial::Trial& trial,
                            std::vector<trial::Entry> current, Date today) {
  ExportedTrial exported = CommonOf(protocol, trial, std::move(current));
  const trial::Schedule schedule(protocol, trial);
  exported.state = trial::StateOn(trial, protocol, today);
  exported.start_date = schedule.first_date();
  exported.last_date = schedule.end_date();
  // The arms come from the view alone: the schedule knows more than may be told.
  for (const trial::ParticipantView::Block& block : trial::ViewOf(protocol, trial, today).blocks) {
    exported.blocks.push_back({.number = block.number,
                               .pair = block.pair,
                               .envelope = block.envelope,
                               .on = block.on,
                               .start_date = block.start_date,
                               .end_date = block.end_date,
                               .days = block.days});
  }
  const Date last = std::min(today, schedule.end_date().value_or(today));
  for (Date date = schedule.first_date(); date <= last; ++date) {
    const trial::ScheduledDay day = schedule.At(date);
    ExportedDay row{.date = date,
                    .phase = PhaseOf(day.phase),
                    .day_number = day.day_number,
                    .block = day.block_number,
                    .day_in_block = day.day_in_block};
    if (day.block_number > 0) {
      const auto& on = exported.blocks[static_cast<size_t>(day.block_number - 1)].on;
      if (on.has_value()) row.on = *on ? 1 : 0;
    }
    exported.days.push_back(row);
  }
  return exported;
}

absl::StatusOr<ExportedTrial> ExportOfRecord(const trial::Protocol& protocol,
                                             const trial::Trial& trial,
                                             const std::vector<trial::DiaryRow>& rows,
                                             std::vector<trial::Entry> current) {
  ExportedTrial exported = CommonOf(protocol, trial, std::move(current));
  exported.state = trial::EffectiveState::kImported;
  trial::DiaryFile file;
  file.rows = rows;
  file.has_block_column =
      std::any_of(rows.begin(), rows.end(), [](const auto& row) { return row.block.has_value(); });
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Record record, trial::RecordOfFile(protocol, file));
  int day_number = 0;
  std::vector<int> days_of_block(record.blocks.size(), 0);
  for (const trial::RecordDay& day : record.days) {
    ExportedDay row{.date = day.date, .day_number = ++day_number, .block = day.block};
    if (day.block > 0) {
      row.phase = Phase::kBlock;
      row.day_in_block = ++days_of_block[static_cast<size_t>(day.block - 1)];
      row.on = day.assignment;
    } else {
      row.phase = day.run_in ? Phase::kRunIn : Phase::kOutside;
    }
    exported.days.push_back(row);
  }
  for (const trial::RecordBlock& block : record.blocks) {
    exported.blocks.push_back({.number = block.number,
                               .pair = block.pair,
                               .on = block.on,
                               .start_date = record.days[block.first_day].date,
                               .end_date = record.days[block.last_day].date,
                               .days = days_of_block[static_cast<size_t>(block.number - 1)]});
  }
  exported.start_date = exported.days.front().date;
  exported.last_date = exported.days.back().date;
  return exported;
}

const ExportedDay* DayOf(const ExportedTrial& trial, Date date) {
  if (trial.days.empty()) return nullptr;
  const auto index = date - trial.days.front().date;
  const bool inside = index >= 0 && index < static_cast<absl::civil_diff_t>(trial.days.size());
  return inside ? &trial.days[static_cast<size_t>(index)] : nullptr;
}

ScoresByDay ScoresOf(const ExportedTrial& trial) {
  ScoresByDay scores;
  for (const trial::Entry& entry : trial.entries) {
    if (entry.kind != trial::Entry::Kind::kScore) continue;
    const trial::Measure* measure = trial::FindMeasure(trial.protocol, entry.subject);
    if (measure == nullptr) continue;
    scores[{measure->id, trial::AnalysisDate(*measure, entry.date)}][entry.slot] = entry.value;
  }
  return scores;
}

}  // namespace solotrial::report

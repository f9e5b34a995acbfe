#include <algorithm>
#include <map>

#include "absl/strings/str_format.h"
#include "engine/trial/catalog.h"
#include "engine/trial/record.h"

namespace solotrial::trial {
namespace {

// An event or rescue as a line among the notes: `[side_effect, moderate] Diarrhoea`,
// `[serum_magnesium 0.82]`, `[rescue x 2] Ibuprofen`.
std::string EventLine(const Entry& entry) {
  std::string head;
  if (entry.kind == Entry::Kind::kRescue) {
    head = absl::StrFormat("rescue x %g", entry.value);
  } else if (entry.subject == kSideEffectType) {
    head = entry.subject + (entry.value == kGradeMild       ? ", mild"
                            : entry.value == kGradeModerate ? ", moderate"
                                                            : ", severe");
  } else if (FindById(TheCatalog().laboratory_values, entry.subject) != nullptr) {
    head = absl::StrFormat("%s %g", entry.subject, entry.value);
  } else {
    head = entry.subject;
  }
  return "[" + head + "]" + (entry.text.empty() ? "" : " " + entry.text);
}

}  // namespace

std::vector<DiaryRow> RowsOfTrial(const Protocol& protocol, const Trial& trial,
                                  const std::vector<Entry>& current, Date through) {
  const Schedule schedule(protocol, trial);
  Date last = through;
  for (const Entry& entry : current) {
    // Only a score of the previous night can lie one day behind the end.
    const bool night_after = entry.kind == Entry::Kind::kScore && entry.date == through + 1;
    if (night_after && schedule.end_date() == through) last = entry.date;
  }
  std::vector<DiaryRow> rows;
  for (Date date = schedule.first_date(); date <= last; ++date) {
    const ScheduledDay day = schedule.At(date);
    DiaryRow row{.date = date};
    if (day.block_number > 0) {
      row.block = day.block_number;
      row.on = schedule.blocks()[static_cast<size_t>(day.block_number - 1)].on ? 1 : 0;
    }
    rows.push_back(std::move(row));
  }
  FillRows(protocol, current, rows);
  return rows;
}

void FillRows(const Protocol& protocol, const std::vector<Entry>& current,
              std::vector<DiaryRow>& rows) {
  const size_t dose_slots = protocol.intervention.has_value()
                                ? std::max<size_t>(1, protocol.intervention->dose_slots.size())
                                : 1;
  std::map<Date, DiaryRow*> row_of_date;
  for (DiaryRow& row : rows) {
    row.scores.clear();
    row.covariates.clear();
    row.dose.reset();
    row.note.clear();
    row_of_date[row.date] = &row;
  }
  for (const Entry& entry : current) {
    const auto found = row_of_date.find(entry.date);
    if (found == row_of_date.end()) continue;
    DiaryRow& row = *found->second;
    switch (entry.kind) {
      case Entry::Kind::kScore:
        row.scores[entry.subject][entry.slot] = entry.value;
        break;
      case Entry::Kind::kCovariate:
        row.covariates[entry.subject] = entry.value;
        break;
      case Entry::Kind::kDose:
        row.dose = row.dose.value_or(0) + entry.value / static_cast<double>(dose_slots);
        break;
      case Entry::Kind::kNote:
      case Entry::Kind::kDeviation:
        row.note += (row.note.empty() ? "" : "\n") + entry.text;
        break;
      case Entry::Kind::kEvent:
      case Entry::Kind::kRescue:
        row.note += (row.note.empty() ? "" : "\n") + EventLine(entry);
        break;
      case Entry::Kind::kRetraction:
      case Entry::Kind::kGuess:
      case Entry::Kind::kMark:
        break;
    }
  }
}

}  // namespace solotrial::trial

#include "engine/trial/record.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/trial/allocation.h"

namespace solotrial::trial {
namespace {

// The day of `date`; nullptr where the record has none.
RecordDay* DayOf(std::vector<RecordDay>& days, Date date) {
  const auto found =
      std::lower_bound(days.begin(), days.end(), date,
                       [](const RecordDay& day, Date asked) { return day.date < asked; });
  return found != days.end() && found->date == date ? &*found : nullptr;
}

// --- Records of trials that were run here ---------------------------------------------------

std::vector<RecordDay> DaysOfTrial(const Protocol& protocol, const Trial& trial, Date through) {
  const Schedule schedule(protocol, trial);
  std::vector<RecordDay> days;
  for (Date date = schedule.first_date(); date <= through; ++date) {
    const ScheduledDay day = schedule.At(date);
    RecordDay row{.date = date};
    row.run_in = day.phase == ScheduledDay::Phase::kRunIn;
    // Between visits nothing is lived.
    if (protocol.design.block_unit == BlockUnit::kVisits && day.block_number == 0) continue;
    if (day.block_number > 0) {
      row.block = day.block_number;
      row.assignment = schedule.blocks()[static_cast<size_t>(day.block_number - 1)].on ? 1 : 0;
    }
    days.push_back(std::move(row));
  }
  return days;
}

void PutEntries(const Protocol& protocol, const std::vector<Entry>& current,
                std::vector<RecordDay>& days) {
  const double dose_slots = static_cast<double>(
      protocol.intervention.has_value() ? SlotsOrOne(protocol.intervention->dose_slots).size() : 1);
  std::map<std::pair<const Measure*, Date>, std::map<std::string, double>> scores;
  for (const Entry& entry : current) {
    if (entry.kind == Entry::Kind::kScore) {
      const Measure* measure = FindMeasure(protocol, entry.subject);
      if (measure != nullptr) {
        scores[{measure, AnalysisDate(*measure, entry.date)}][entry.slot] = entry.value;
      }
    } else if (entry.kind == Entry::Kind::kCovariate) {
      if (RecordDay* day = DayOf(days, entry.date)) day->covariates[entry.subject] = entry.value;
    } else if (entry.kind == Entry::Kind::kDose) {
      if (RecordDay* day = DayOf(days, entry.date)) {
        day->dose = day->dose.value_or(0) + entry.value / dose_slots;
      }
    }
  }
  for (const auto& [key, score_by_slot] : scores) {
    const auto& [measure, date] = key;
    RecordDay* day = DayOf(days, date);
    const std::optional<double> value = DailyValue(*measure, score_by_slot);
    if (day != nullptr && value.has_value()) day->scores[measure->id] = *value;
  }
}

// --- Records of files ------------------------------------------------------------------------

absl::Status Contradiction(int line, const std::string& description) {
  return FieldFault(Reason::kUnreadableDiary, absl::StrFormat("diary_csv:%d:1", line), description);
}

// The days of a file under construction: the rows, and which row (or none) each civil day has.
struct FileDays {
  const Protocol& protocol;
  const DiaryFile& file;
  std::vector<RecordDay> days;
  std::vector<const DiaryRow*> row_of_day;  // nullptr where the day has no row
  size_t run_in_days = 0;
};

bool IsOn(const DiaryRow& row) { return row.on >= 0.5; }

// The rows of a file by visits that are visits: where blocks are numbered, those with a number.
std::vector<const DiaryRow*> VisitRows(const DiaryFile& file) {
  std::vector<const DiaryRow*> visits;
  for (const DiaryRow& row : file.rows) {
    if (!file.has_block_column || row.block.has_value()) visits.push_back(&row);
  }
  return visits;
}

// One row for every civil day of the file; nullptr where it has none.
std::vector<const DiaryRow*> CalendarRows(const DiaryFile& file) {
  const Date first = file.rows.front().date;
  std::vector<const DiaryRow*> rows(static_cast<size_t>(file.rows.back().date - first + 1));
  for (const DiaryRow& row : file.rows) rows[static_cast<size_t>(row.date - first)] = &row;
  return rows;
}

// Days before the first block. By cycles the file alone knows when that begins.
size_t RunInDays(const Design& design, const std::vector<const DiaryRow*>& rows) {
  if (design.block_unit != BlockUnit::kCycles) {
    return std::min(static_cast<size_t>(design.run_in_days), rows.size());
  }
  const auto first = std::find_if(rows.begin(), rows.end(), [](const DiaryRow* row) {
    return row != nullptr && row->block.has_value();
  });
  return static_cast<size_t>(first - rows.begin());
}

// What was scored about `date`.
void PutScores(const Protocol& protocol, const DiaryRow& row, std::vector<RecordDay>& days) {
  for (const auto& [id, score_by_slot] : row.scores) {
    const Measure& measure = *FindMeasure(protocol, id);
    // A plain column holds the day's value; slot columns are reduced to it.
    const auto plain = score_by_slot.find("");
    const std::optional<double> value = plain != score_by_slot.end()
                                            ? std::optional<double>(plain->second)
                                            : DailyValue(measure, score_by_slot);
    RecordDay* const day = DayOf(days, AnalysisDate(measure, row.date));
    if (day != nullptr && value.has_value()) day->scores[id] = *value;
  }
}

FileDays LayOut(const Protocol& protocol, const DiaryFile& file) {
  const bool by_visits = protocol.design.block_unit == BlockUnit::kVisits;
  FileDays laid{protocol, file, {}, by_visits ? VisitRows(file) : CalendarRows(file)};
  laid.run_in_days = RunInDays(protocol.design, laid.row_of_day);
  const Date first = file.rows.front().date;
  for (size_t i = 0; i < laid.row_of_day.size(); ++i) {
    RecordDay& day = laid.days.emplace_back();
    day.date = by_visits ? laid.row_of_day[i]->date : first + static_cast<absl::civil_diff_t>(i);
    day.run_in = i < laid.run_in_days;
    if (laid.row_of_day[i] == nullptr) continue;
    const DiaryRow& row = *laid.row_of_day[i];
    day.assignment = row.on;
    day.covariates = row.covariates;
    day.dose = row.dose;
  }
  for (const DiaryRow& row : file.rows) PutScores(protocol, row, laid.days);
  return laid;
}

// Marks days first..last (indices, inclusive) as block `number`.
void MarkBlock(FileDays& laid, int number, size_t first, size_t last) {
  for (size_t i = first; i <= last; ++i) laid.days[i].block = number;
}

// By the file's own `block` column: a block reaches from its first to its last row; rows inside
// without a number are outside of it (paused).
absl::Status BlocksFromColumn(FileDays& laid) {
  int last_number = 0;
  size_t last_index = 0;
  for (size_t i = 0; i < laid.days.size(); ++i) {
    const DiaryRow* row = laid.row_of_day[i];
    if (row == nullptr || !row->block.has_value()) continue;
    if (laid.days[i].run_in) {
      return Contradiction(row->line, "is in the run-in, where there are no blocks");
    }
    const int number = *row->block;
    if (number == last_number) {
      for (size_t j = last_index + 1; j < i; ++j) {
        if (laid.row_of_day[j] == nullptr) laid.days[j].block = number;
      }
    } else if (number != last_number + 1) {
      return Contradiction(row->line, absl::StrFormat("block %d follows block %d; blocks are "
                                                      "numbered 1, 2, 3, ... without gaps",
                                                      number, last_number));
    }
    laid.days[i].block = number;
    last_number = number;
    last_index = i;
  }
  return absl::OkStatus();
}

// Stretches of block_days civil days after the run-in.
void BlocksByCalendar(FileDays& laid) {
  const int block_days = laid.protocol.design.block_days;
  for (size_t i = laid.run_in_days; i < laid.days.size(); ++i) {
    laid.days[i].block = static_cast<int>(i - laid.run_in_days) / block_days + 1;
  }
}

// Stretches of block_days rows after the run-in, for trials that were lived on chosen days.
void BlocksByRows(FileDays& laid) {
  const int block_days = laid.protocol.design.block_days;
  int rows = 0;
  for (size_t i = laid.run_in_days; i < laid.days.size(); ++i) {
    laid.days[i].block = laid.row_of_day[i] == nullptr ? 0 : rows++ / block_days + 1;
  }
}

// Runs of rows with equal `on`, the days without a row between two rows of one run included.
void BlocksByRuns(FileDays& laid) {
  int number = 0;
  bool on = false;
  size_t last_index = 0;
  for (size_t i = laid.run_in_days; i < laid.days.size(); ++i) {
    const DiaryRow* row = laid.row_of_day[i];
    if (row == nullptr) continue;
    if (number > 0 && IsOn(*row) == on) {
      MarkBlock(laid, number, last_index, i);
    } else {
      laid.days[i].block = ++number;
      on = IsOn(*row);
    }
    last_index = i;
  }
}

// The first row that disagrees with an earlier row of its block about the arm; nullptr when every
// block has one arm.
const DiaryRow* MixedBlockRow(const FileDays& laid) {
  std::map<int, bool> arm;
  for (size_t i = 0; i < laid.days.size(); ++i) {
    const DiaryRow* row = laid.row_of_day[i];
    if (row == nullptr || laid.days[i].block == 0) continue;
    const auto [found, is_new] = arm.emplace(laid.days[i].block, IsOn(*row));
    if (!is_new && found->second != IsOn(*row)) return row;
  }
  return nullptr;
}

// Which day belongs to which block (see record.h).
absl::Status AssignBlocks(FileDays& laid) {
  const Design& design = laid.protocol.design;
  if (laid.file.has_block_column) {
    SOLOTRIAL_RETURN_IF_ERROR(BlocksFromColumn(laid));
    if (const DiaryRow* row = MixedBlockRow(laid)) {
      return Contradiction(row->line, absl::StrFormat("`on` changes inside block %d", *row->block));
    }
    return absl::OkStatus();
  }
  if (design.randomization == Randomization::kNone) {
    BlocksByRuns(laid);
    return absl::OkStatus();
  }
  if (design.block_unit == BlockUnit::kCycles) {
    return Contradiction(laid.file.rows.front().line,
                         "a record by cycles needs a `block` column: only it can tell when a "
                         "cycle began");
  }
  const auto analysed_days = static_cast<int>(laid.days.size() - laid.run_in_days);
  const bool too_long = design.pairs > 0 && analysed_days > BlockCount(design) * design.block_days;
  if (too_long) {
    BlocksByRows(laid);
    const int blocks =
        std::max_element(laid.days.begin(), laid.days.end(),
                         [](const RecordDay& a, const RecordDay& b) { return a.block < b.block; })
            ->block;
    if (blocks > BlockCount(design)) {
      return Contradiction(
          laid.file.rows.back().line,
          absl::StrFormat("the record has %d days after the run-in, the design only %d blocks of "
                          "%d days: correct `pairs`, `block_days` or `run_in_days`, or add a "
                          "`block` column",
                          analysed_days, BlockCount(design), design.block_days));
    }
  } else {
    BlocksByCalendar(laid);
  }
  if (const DiaryRow* row = MixedBlockRow(laid)) {
    return Contradiction(
        row->line,
        absl::StrFormat("`on` changes inside a block of %d days: correct `block_days` or "
                        "`run_in_days`, or add a `block` column that says which rows "
                        "belong together",
                        design.block_days));
  }
  return absl::OkStatus();
}

// Gives every block its arm, and the days without a row inside it.
absl::StatusOr<std::vector<RecordBlock>> CollectBlocks(FileDays& laid) {
  std::vector<RecordBlock> blocks;
  std::map<int, bool> arm;
  int last_block = 0;
  for (size_t i = 0; i < laid.days.size(); ++i) {
    const int number = laid.days[i].block;
    last_block = std::max(last_block, number);
    if (number > 0 && laid.row_of_day[i] != nullptr) arm[number] = IsOn(*laid.row_of_day[i]);
  }
  for (int number = 1; number <= last_block; ++number) {
    if (!arm.contains(number)) {
      return Contradiction(laid.file.rows.back().line,
                           absl::StrFormat("block %d has no row, so that its arm is unknown: add "
                                           "a row with its `on` and an empty score",
                                           number));
    }
    blocks.push_back(
        {.number = number, .pair = PairOf(laid.protocol.design, number - 1), .on = arm[number]});
  }
  std::vector<bool> begun(blocks.size(), false);
  for (size_t i = 0; i < laid.days.size(); ++i) {
    RecordDay& day = laid.days[i];
    if (day.block == 0) continue;
    RecordBlock& block = blocks[static_cast<size_t>(day.block - 1)];
    if (!begun[static_cast<size_t>(day.block - 1)]) block.first_day = i;
    begun[static_cast<size_t>(day.block - 1)] = true;
    block.last_day = i;
    if (laid.row_of_day[i] == nullptr) day.assignment = block.on ? 1 : 0;
  }
  return blocks;
}

// In off blocks of a blinded trial the dose is one of the comparator, which says nothing about the
// treatment.
void DropComparatorDoses(Record& record) {
  if (record.design.blinding != Blinding::kByHelper) return;
  for (RecordDay& day : record.days) {
    if (day.block > 0 && !record.blocks[static_cast<size_t>(day.block - 1)].on) day.dose.reset();
  }
}

// The design whose set of orders the record's blocks come from: with as many pairs as it has when
// the protocol names none.
Design DesignOfRecord(const Design& design, size_t blocks) {
  Design full = design;
  if (full.pairs == 0) {
    full.pairs = static_cast<int>((blocks + 1) / 2);
    if (full.randomization == Randomization::kCounterbalanced) full.pairs += full.pairs % 2;
  }
  return full;
}

absl::Status CheckOrder(const Design& design, const std::vector<RecordBlock>& blocks,
                        const DiaryFile& file) {
  Allocation order;
  for (const RecordBlock& block : blocks) order.push_back(block.on ? '1' : '0');
  if (CanBeDrawn(design, order)) return absl::OkStatus();
  return Contradiction(file.rows.front().line,
                       "the order of on and off blocks cannot have been drawn by this design: "
                       "correct `design`, or use the randomization NONE");
}

// T of the trend.
int PlannedDays(const Design& design, const Schedule& schedule,
                const std::vector<RecordDay>& days) {
  const std::optional<Date> last = schedule.last_date();
  if (design.block_unit == BlockUnit::kDays && last.has_value()) {
    return static_cast<int>(*last - schedule.first_date()) + 1;
  }
  // A pause that was open at a stop, and cycles to come, leave the planned last day unknown: count
  // on from the record.
  const auto lived = static_cast<int>(days.size());
  const int done = days.empty() ? 0 : schedule.DaysDone(days.back().date);
  return std::max(lived, lived + schedule.planned_days() - done);
}

}  // namespace

Record RecordOfTrial(const Protocol& protocol, const Trial& trial,
                     const std::vector<Entry>& current, Date through) {
  const Schedule schedule(protocol, trial);
  Record record;
  record.days = DaysOfTrial(protocol, trial, through);
  PutEntries(protocol, current, record.days);
  for (const Block& block : schedule.blocks()) {
    RecordBlock row{.number = block.number, .pair = block.pair, .on = block.on};
    bool begun = false;
    for (size_t i = 0; i < record.days.size(); ++i) {
      if (record.days[i].block != block.number) continue;
      if (!begun) row.first_day = i;
      begun = true;
      row.last_day = i;
    }
    if (begun) record.blocks.push_back(row);
  }
  record.planned_days = PlannedDays(protocol.design, schedule, record.days);
  record.design = protocol.design;
  DropComparatorDoses(record);
  return record;
}

absl::StatusOr<Record> RecordOfFile(const Protocol& protocol, const DiaryFile& file) {
  FileDays laid = LayOut(protocol, file);
  if (laid.days.empty()) {
    return Contradiction(file.rows.front().line, "no row has a `block`: none is a visit");
  }
  SOLOTRIAL_RETURN_IF_ERROR(AssignBlocks(laid));
  Record record;
  SOLOTRIAL_ASSIGN_OR_RETURN(record.blocks, CollectBlocks(laid));
  record.design = protocol.design;
  if (protocol.design.randomization != Randomization::kNone) {
    record.design = DesignOfRecord(protocol.design, record.blocks.size());
    SOLOTRIAL_RETURN_IF_ERROR(CheckOrder(record.design, record.blocks, file));
  }
  record.days = std::move(laid.days);
  record.planned_days = static_cast<int>(record.days.size());
  DropComparatorDoses(record);
  return record;
}

}  // namespace solotrial::trial

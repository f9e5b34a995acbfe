// The record that is analysed: one row per civil day, whatever it came from.
#ifndef SOLOTRIAL_ENGINE_TRIAL_RECORD_H_
#define SOLOTRIAL_ENGINE_TRIAL_RECORD_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/civil_time.h"
#include "engine/trial/diary.h"
#include "engine/trial/protocol.h"
#include "engine/trial/schedule.h"
#include "engine/trial/trial.h"

namespace solotrial::trial {

// One row of a diary file: what was written about one date.
struct DiaryRow {
  Date date;
  double on = 0;               // 0..1
  std::optional<int> block;    // from the file's `block` column, from 1; absent: not said
  std::optional<double> dose;  // fraction of the prescribed dose taken, 0..1
  std::string note;
  // By measure id, then slot ("" for a plain column), only where there is a value.
  std::map<std::string, std::map<std::string, double>> scores;
  std::map<std::string, double> covariates;  // by id, only where there is a value
  int line = 0;                              // in the file, from 1
};

// A diary file that was read without a fault.
struct DiaryFile {
  std::vector<DiaryRow> rows;  // strictly increasing dates, at least one, at most 3,000 days apart
  bool has_block_column = false;
};

// One civil day of a record.
struct RecordDay {
  Date date;
  double assignment = 0;  // a_d of the model page
  int block = 0;          // from 1; 0 outside blocks
  bool run_in = false;
  std::map<std::string, double> scores;      // day's value by measure id
  std::map<std::string, double> covariates;  // by id
  // As in DiaryRow; absent: nothing was logged, or, in an off block of a blinded trial, what was
  // logged is the comparator's.
  std::optional<double> dose;
};

// One block of a record.
struct RecordBlock {
  int number = 0;
  int pair = 0;  // 0 where the randomization has no pairs
  bool on = false;
  size_t first_day = 0;  // index into Record::days
  size_t last_day = 0;   // inclusive; days between them may lie outside the block (paused)
};

// The calendar of the analysis: consecutive civil days, none left out.
struct Record {
  std::vector<RecordDay> days;
  std::vector<RecordBlock> blocks;  // in order, only those that have begun
  int planned_days = 0;             // T of the trend
  Design design;                    // the protocol's; `pairs` filled in where it names none
};

// One row for every civil day of a trial that was run here, up to `through`, paused days (off, no
// block) included; and one more where a score of the night after is there.
std::vector<DiaryRow> RowsOfTrial(const Protocol& protocol, const Trial& trial,
                                  const std::vector<Entry>& current, Date through);

// Puts the entries that count into `rows` (by date, strictly increasing), in place of what is
// there; entries of other dates are left out. The dose of a day is the mean over its slots, an
// unlogged slot counting as 0; notes, deviations, events and rescues are joined by line ends.
void FillRows(const Protocol& protocol, const std::vector<Entry>& current,
              std::vector<DiaryRow>& rows);

// The record of a trial that was run here, up to `through` (its end or, at a look, earlier).
// `current` are the entries that count.
Record RecordOfTrial(const Protocol& protocol, const Trial& trial,
                     const std::vector<Entry>& current, Date through);

// The record of a diary file. A design that the order in the file contradicts is
// UNREADABLE_DIARY with the line at fault: blocks are never guessed for a randomised design.
//
// Which day belongs to which block: by the file's `block` column; else by stretches of
// `block_days` civil days after the run-in; where the record is longer than the design, by
// stretches of `block_days` rows (a trial lived on chosen days). For NONE, runs of equal `on`. A
// day without a row inside a block has that block's arm; outside any block it is off.
absl::StatusOr<Record> RecordOfFile(const Protocol& protocol, const DiaryFile& file);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_RECORD_H_

// A trial as it may be told to whoever may read it: what every format of the export is made of.
#ifndef SOLOTRIAL_ENGINE_REPORT_EXPORTED_TRIAL_H_
#define SOLOTRIAL_ENGINE_REPORT_EXPORTED_TRIAL_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/civil_time.h"
#include "engine/trial/diary.h"
#include "engine/trial/protocol.h"
#include "engine/trial/record.h"
#include "engine/trial/schedule.h"
#include "engine/trial/trial.h"

namespace solotrial::report {

// One civil day.
struct ExportedDay {
  enum class Phase { kRunIn, kBlock, kPaused, kOutside };
  Date date;
  Phase phase = Phase::kOutside;
  int day_number = 0;        // scheduled days up to this one, from 1; 0 while paused and outside
  int block = 0;             // from 1; 0 outside blocks
  int day_in_block = 0;      // from 1; 0 outside blocks
  std::optional<double> on;  // 0..1; absent outside blocks and where it may not be known
};

struct ExportedBlock {
  int number = 0;          // from 1
  int pair = 0;            // from 1; 0 where the randomization has no pairs
  int envelope = 0;        // of a blinded trial that was run here; else 0
  std::optional<bool> on;  // absent where it may not be known
  std::optional<Date> start_date;
  std::optional<Date> end_date;
  int days = 0;  // scheduled
};

// Holds no arm that may not be known, whoever it is shown to.
struct ExportedTrial {
  std::string id;            // UUID
  trial::Protocol protocol;  // as it is lived
  trial::EffectiveState state = trial::EffectiveState::kRunning;
  std::optional<Date> start_date;
  std::optional<Date> last_date;  // planned, or of the stop; absent while a pause leaves it open
  std::string protocol_digest;    // SHA-256, 32 bytes
  int64_t revision = 0;           // grows with every change of the trial
  // Consecutive, from the first day to the last or to today.
  std::vector<ExportedDay> days;
  std::vector<ExportedBlock> blocks;  // in order
  std::vector<trial::Entry> entries;  // those that count, by date
  std::vector<trial::Pause> pauses;
  std::optional<trial::Stop> stop;
  std::vector<trial::Amendment> amendments;  // their secrets are empty
};

// Of a trial that was run here and has been started; `protocol` as it is lived, `current` the
// entries that count, by date.
ExportedTrial ExportOfTrial(const trial::Protocol& protocol, const trial::Trial& trial,
                            std::vector<trial::Entry> current, Date today);

// Of an imported record with `rows`. An error is that of trial::RecordOfFile.
absl::StatusOr<ExportedTrial> ExportOfRecord(const trial::Protocol& protocol,
                                             const trial::Trial& trial,
                                             const std::vector<trial::DiaryRow>& rows,
                                             std::vector<trial::Entry> current);

// The day of `date`; nullptr when it lies outside. Into `trial`.
const ExportedDay* DayOf(const ExportedTrial& trial, Date date);

// Scores by measure id and the day whose treatment they speak of (trial::AnalysisDate), then slot.
using ScoresByDay = std::map<std::pair<std::string, Date>, std::map<std::string, double>>;
ScoresByDay ScoresOf(const ExportedTrial& trial);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_EXPORTED_TRIAL_H_

// Which day is what: the calendar of a started trial.
#ifndef SOLOTRIAL_ENGINE_TRIAL_SCHEDULE_H_
#define SOLOTRIAL_ENGINE_TRIAL_SCHEDULE_H_

#include <optional>
#include <vector>

#include "engine/base/civil_time.h"
#include "engine/trial/protocol.h"
#include "engine/trial/trial.h"

namespace solotrial::trial {

// One on or off stretch. Dates are absent while a pause leaves them open.
struct Block {
  int number = 0;  // from 1
  int pair = 0;    // from 1; 0 where the randomization has no pairs
  bool on = false;
  int days = 0;  // scheduled days
  std::optional<Date> start_date;
  std::optional<Date> end_date;  // pauses inside included
};

// What one civil date is.
struct ScheduledDay {
  enum class Phase { kBefore, kRunIn, kBlock, kPaused, kAfter };
  Phase phase = Phase::kBefore;
  int day_number = 0;    // scheduled days up to this one, from 1; 0 before, paused and after
  int block_number = 0;  // from 1; 0 outside blocks
  int day_in_block = 0;  // from 1; 0 outside blocks
};

// The calendar of one started trial. Immutable, cheap to copy.
class Schedule {
 public:
  // `trial` has been started (not a draft, not imported) with `protocol`.
  Schedule(const Protocol& protocol, const Trial& trial);

  Date first_date() const { return first_date_; }
  // Scheduled days in all, run-in included.
  int planned_days() const { return planned_days_; }
  // The last scheduled day; absent while paused. Not shortened by a stop.
  std::optional<Date> last_date() const;
  // The last day that can hold an entry: the stop date, the last day, or, while paused, none.
  std::optional<Date> end_date() const;

  ScheduledDay At(Date date) const;
  // The date of scheduled day `day_number` (from 1); absent while a pause leaves it open.
  std::optional<Date> DateOf(int day_number) const;
  // Scheduled days up to and including `date`.
  int DaysDone(Date date) const;

  const std::vector<Block>& blocks() const { return blocks_; }
  // Whether the arm of `block` may be shown on `today`: the current and the next block, and every
  // block once the trial has ended.
  bool MayShowArm(const Block& block, Date today, bool ended) const;

 private:
  Date first_date_;
  int run_in_days_ = 0;
  int planned_days_ = 0;
  std::vector<Pause> pauses_;
  std::optional<Date> stop_date_;
  std::vector<Block> blocks_;
};

// What a trial is today, with the passing of its last day taken into account.
enum class EffectiveState { kDraft, kRunning, kPaused, kCompleted, kStopped, kImported };
EffectiveState StateOn(const Trial& trial, const Protocol& protocol, Date today);

// Completed, stopped or imported: the seed may be revealed and the result shown.
bool HasEnded(EffectiveState state);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_SCHEDULE_H_

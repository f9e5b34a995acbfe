// Which day is what: the calendar of a started trial.
#ifndef SOLOTRIAL_ENGINE_TRIAL_SCHEDULE_H_
#define SOLOTRIAL_ENGINE_TRIAL_SCHEDULE_H_

#include <optional>
#include <vector>

#include "engine/base/civil_time.h"
#include "engine/trial/protocol.h"
#include "engine/trial/trial.h"

namespace solotrial::trial {

// One on or off stretch. Dates are absent while a pause, or a visit or cycle to come, leaves them
// open.
struct Block {
  int number = 0;  // from 1
  int pair = 0;    // from 1; 0 where the randomization has no pairs
  bool on = false;
  int days = 0;          // scheduled days; of a cycle that is not over: the usual length
  bool is_open = false;  // a cycle whose length is not known yet
  int first_day = 0;     // number of its first scheduled day; 0 while a cycle or visit is to come
  std::optional<Date> start_date;
  // Pauses inside included. Of the last cycle, while it is not over, the latest possible.
  std::optional<Date> end_date;
};

// What one civil date is.
struct ScheduledDay {
  // kWaiting: between visits, or between a cycle that was too long and the next.
  enum class Phase { kBefore, kRunIn, kBlock, kPaused, kAfter, kWaiting };
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
  // Scheduled days in all, run-in included; visits in all. What is to come of cycles counts with
  // their usual length.
  int planned_days() const { return planned_days_; }
  // The last scheduled day; absent while a pause, or a visit or cycle to come, leaves it open. Not
  // shortened by a stop.
  std::optional<Date> last_date() const;
  // The last day that can hold an entry: the stop date, the last day, or, while that is open, none.
  std::optional<Date> end_date() const;
  // The last scheduled day whose date is known, of a cycle that is not over the latest possible;
  // the day before the first one where none is.
  Date last_known_date() const { return dates_.empty() ? first_date_ - 1 : dates_.back(); }
  // The last day before the first block; absent without a run-in, and while it is open.
  std::optional<Date> run_in_end_date() const;
  bool has_run_in() const { return has_run_in_; }

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
  // Each fills in dates_ and the blocks' days.
  void LayDays(const Design& design);
  void LayCycles(const Design& design, const std::vector<Date>& starts);
  void LayVisits(const std::vector<Date>& marks);
  // Adds the days from `from` to the day before `until` (absent: with no end) that are not paused,
  // at most `most`; returns how many.
  int AppendDays(Date from, std::optional<Date> until, int most);
  void SetDays(Block& block, int first_day, int days);
  // The pause that `date` lies in; nullptr when it lies in none.
  const Pause* PauseAt(Date date) const;
  // The block of scheduled day `day_number`; nullptr in the run-in.
  const Block* BlockOfDay(int day_number) const;

  Date first_date_;
  bool has_run_in_ = false;
  int planned_days_ = 0;
  std::vector<Pause> pauses_;
  std::optional<Date> stop_date_;
  std::vector<Block> blocks_;
  // Of the scheduled days, in order, as far as they are known. Of a cycle that is not over: to the
  // day on which it ends at the latest.
  std::vector<Date> dates_;
  bool all_known_ = false;  // dates_ has every scheduled day
};

// Of ascending marks those that begin a cycle: none less than ten days after the last that does.
std::vector<Date> CycleStarts(const std::vector<Date>& marks);

// What a trial is today, with the passing of its last day taken into account.
enum class EffectiveState { kDraft, kRunning, kPaused, kCompleted, kStopped, kImported };
EffectiveState StateOn(const Trial& trial, const Protocol& protocol, Date today);

// Completed, stopped or imported: the seed may be revealed and the result shown.
bool HasEnded(EffectiveState state);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_SCHEDULE_H_

#include "engine/trial/schedule.h"

#include <algorithm>

namespace solotrial::trial {
namespace {

constexpr int kShortestCycleDays = 10;

}  // namespace

Schedule::Schedule(const Protocol& protocol, const Trial& trial)
    : first_date_(*trial.start_date), pauses_(trial.pauses) {
  if (trial.stop.has_value()) stop_date_ = trial.stop->stop_date;
  const Design& design = protocol.design;
  for (int i = 0; i < static_cast<int>(trial.allocation.size()); ++i) {
    blocks_.push_back({.number = i + 1,
                       .pair = PairOf(design, i),
                       .on = trial.allocation[static_cast<size_t>(i)] == '1',
                       .days = design.block_days});
  }
  switch (design.block_unit) {
    case BlockUnit::kDays:
      LayDays(design);
      break;
    case BlockUnit::kVisits:
      LayVisits(trial.marks);
      break;
    case BlockUnit::kCycles:
      LayCycles(design, CycleStarts(trial.marks));
      break;
  }
}

void Schedule::LayDays(const Design& design) {
  has_run_in_ = design.run_in_days > 0;
  planned_days_ = design.run_in_days + static_cast<int>(blocks_.size()) * design.block_days;
  all_known_ = AppendDays(first_date_, std::nullopt, planned_days_) == planned_days_;
  int first_day = design.run_in_days + 1;
  for (Block& block : blocks_) {
    SetDays(block, first_day, design.block_days);
    first_day += design.block_days;
  }
}

void Schedule::LayVisits(const std::vector<Date>& marks) {
  planned_days_ = static_cast<int>(blocks_.size());
  for (const Date mark : marks) {
    if (mark < first_date_ || dates_.size() == blocks_.size()) continue;
    dates_.push_back(mark);
    SetDays(blocks_[dates_.size() - 1], static_cast<int>(dates_.size()), 1);
  }
  all_known_ = dates_.size() == blocks_.size();
}

void Schedule::LayCycles(const Design& design, const std::vector<Date>& starts) {
  const int longest = LongestBlockDays(design);
  auto next = std::lower_bound(starts.begin(), starts.end(), first_date_ + design.run_in_days);
  const auto next_start = [&] {
    return next == starts.end() ? std::nullopt : std::optional(*next);
  };

  has_run_in_ = next_start() != first_date_;
  const int run_in = AppendDays(first_date_, next_start(), design.run_in_days + longest);
  planned_days_ = next_start().has_value() ? run_in : design.run_in_days;

  auto block = blocks_.begin();
  while (block != blocks_.end() && next_start().has_value()) {
    const Date start = *next++;
    const auto first_day = static_cast<int>(dates_.size()) + 1;
    const int days = AppendDays(start, next_start(), longest);
    if (days == 0) continue;  // all of it is paused: no block
    const bool is_last = std::next(block) == blocks_.end();
    block->is_open = !next_start().has_value();
    SetDays(*block, first_day, block->is_open ? design.block_days : days);
    if (block->is_open) block->end_date.reset();
    if (block->is_open && is_last && days == longest) block->end_date = dates_.back();
    all_known_ = is_last && block->end_date.has_value();
    planned_days_ += block->days;
    ++block;
  }
  planned_days_ += design.block_days * static_cast<int>(std::distance(block, blocks_.end()));
}

int Schedule::AppendDays(Date from, std::optional<Date> until, int most) {
  int days = 0;
  Date date = from;
  while (days < most && date != until) {
    const Pause* const pause = PauseAt(date);
    if (pause == nullptr) {
      dates_.push_back(date++);
      ++days;
    } else if (pause->resume_date.has_value()) {
      date = std::min(*pause->resume_date, until.value_or(*pause->resume_date));
    } else {
      break;
    }
  }
  return days;
}

void Schedule::SetDays(Block& block, int first_day, int days) {
  block.first_day = first_day;
  block.days = days;
  block.start_date = DateOf(first_day);
  block.end_date = DateOf(first_day + days - 1);
}

const Pause* Schedule::PauseAt(Date date) const {
  const auto found = std::find_if(pauses_.begin(), pauses_.end(), [date](const Pause& pause) {
    return date >= pause.pause_date && (!pause.resume_date || date < *pause.resume_date);
  });
  return found == pauses_.end() ? nullptr : &*found;
}

const Block* Schedule::BlockOfDay(int day_number) const {
  const Block* found = nullptr;
  for (const Block& block : blocks_) {
    if (block.first_day > 0 && block.first_day <= day_number) found = &block;
  }
  return found;
}

std::optional<Date> Schedule::last_date() const {
  return all_known_ ? std::optional(dates_.back()) : std::nullopt;
}

std::optional<Date> Schedule::end_date() const {
  return stop_date_.has_value() ? stop_date_ : last_date();
}

std::optional<Date> Schedule::run_in_end_date() const {
  const int first_day = blocks_.front().first_day;
  return has_run_in_ && first_day > 0 ? DateOf(first_day - 1) : std::nullopt;
}

std::optional<Date> Schedule::DateOf(int day_number) const {
  const auto index = static_cast<size_t>(day_number - 1);
  return index < dates_.size() ? std::optional(dates_[index]) : std::nullopt;
}

int Schedule::DaysDone(Date date) const {
  return static_cast<int>(std::upper_bound(dates_.begin(), dates_.end(), date) - dates_.begin());
}

ScheduledDay Schedule::At(Date date) const {
  using Phase = ScheduledDay::Phase;
  if (date < first_date_) return {.phase = Phase::kBefore};
  if (stop_date_.has_value() && date > *stop_date_) return {.phase = Phase::kAfter};
  const int day = DaysDone(date);
  if (DateOf(day) != date) {
    if (PauseAt(date) != nullptr) return {.phase = Phase::kPaused};
    return {.phase = all_known_ && date > dates_.back() ? Phase::kAfter : Phase::kWaiting};
  }
  const Block* const block = BlockOfDay(day);
  if (block == nullptr) return {.phase = Phase::kRunIn, .day_number = day};
  return {.phase = Phase::kBlock,
          .day_number = day,
          .block_number = block->number,
          .day_in_block = day - block->first_day + 1};
}

bool Schedule::MayShowArm(const Block& block, Date today, bool ended) const {
  if (ended) return true;
  const Block* const current = BlockOfDay(DaysDone(today));
  return block.number <= (current == nullptr ? 0 : current->number) + 1;
}

std::vector<Date> CycleStarts(const std::vector<Date>& marks) {
  std::vector<Date> starts;
  for (const Date mark : marks) {
    if (starts.empty() || mark >= starts.back() + kShortestCycleDays) starts.push_back(mark);
  }
  return starts;
}

EffectiveState StateOn(const Trial& trial, const Protocol& protocol, Date today) {
  switch (trial.state) {
    case Trial::State::kDraft:
      return EffectiveState::kDraft;
    case Trial::State::kPaused:
      return EffectiveState::kPaused;
    case Trial::State::kStopped:
      return EffectiveState::kStopped;
    case Trial::State::kImported:
      return EffectiveState::kImported;
    case Trial::State::kRunning:
      break;
  }
  const std::optional<Date> last = Schedule(protocol, trial).last_date();
  return last.has_value() && today > *last ? EffectiveState::kCompleted : EffectiveState::kRunning;
}

bool HasEnded(EffectiveState state) {
  return state == EffectiveState::kCompleted || state == EffectiveState::kStopped ||
         state == EffectiveState::kImported;
}

}  // namespace solotrial::trial

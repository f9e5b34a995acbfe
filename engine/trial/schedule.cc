#include "engine/trial/schedule.h"

#include <algorithm>

namespace solotrial::trial {

Schedule::Schedule(const Protocol& protocol, const Trial& trial)
    : first_date_(*trial.start_date),
      run_in_days_(protocol.design.run_in_days),
      pauses_(trial.pauses) {
  const int block_days = protocol.design.block_days;
  const auto blocks = static_cast<int>(trial.allocation.size());
  planned_days_ = run_in_days_ + blocks * block_days;
  if (trial.stop.has_value()) stop_date_ = trial.stop->stop_date;
  for (int i = 0; i < blocks; ++i) {
    const int first_day = run_in_days_ + i * block_days + 1;
    blocks_.push_back({.number = i + 1,
                       .pair = PairOf(protocol.design, i),
                       .on = trial.allocation[static_cast<size_t>(i)] == '1',
                       .days = block_days,
                       .start_date = DateOf(first_day),
                       .end_date = DateOf(first_day + block_days - 1)});
  }
}

std::optional<Date> Schedule::last_date() const { return DateOf(planned_days_); }

std::optional<Date> Schedule::end_date() const {
  return stop_date_.has_value() ? stop_date_ : last_date();
}

std::optional<Date> Schedule::DateOf(int day_number) const {
  Date date = first_date_ + (day_number - 1);
  for (const Pause& pause : pauses_) {
    if (date < pause.pause_date) return date;
    if (!pause.resume_date.has_value()) return std::nullopt;
    date += *pause.resume_date - pause.pause_date;
  }
  return date;
}

int Schedule::DaysDone(Date date) const {
  if (date < first_date_) return 0;
  auto days = date - first_date_ + 1;
  for (const Pause& pause : pauses_) {
    if (date < pause.pause_date) break;
    const Date resumed = pause.resume_date.value_or(date + 1);
    days -= std::min(resumed, date + 1) - pause.pause_date;
    if (!pause.resume_date.has_value()) break;  // what is to be skipped later has not come
  }
  return static_cast<int>(std::min<absl::civil_diff_t>(days, planned_days_));
}

ScheduledDay Schedule::At(Date date) const {
  using Phase = ScheduledDay::Phase;
  if (date < first_date_) return {.phase = Phase::kBefore};
  if (stop_date_.has_value() && date > *stop_date_) return {.phase = Phase::kAfter};
  for (const Pause& pause : pauses_) {
    if (date >= pause.pause_date && (!pause.resume_date || date < *pause.resume_date)) {
      return {.phase = Phase::kPaused};
    }
  }
  const std::optional<Date> last = last_date();
  if (last.has_value() && date > *last) return {.phase = Phase::kAfter};
  const int day = DaysDone(date);
  if (day <= run_in_days_) return {.phase = Phase::kRunIn, .day_number = day};
  const int block_days = blocks_.front().days;
  const int index = (day - run_in_days_ - 1) / block_days;
  return {.phase = Phase::kBlock,
          .day_number = day,
          .block_number = index + 1,
          .day_in_block = (day - run_in_days_ - 1) % block_days + 1};
}

bool Schedule::MayShowArm(const Block& block, Date today, bool ended) const {
  if (ended) return true;
  const int done = DaysDone(today);
  const int current =
      done <= run_in_days_ ? 0 : (done - run_in_days_ - 1) / blocks_.front().days + 1;
  return block.number <= current + 1;
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
  const bool over = today > *Schedule(protocol, trial).last_date();
  return over ? EffectiveState::kCompleted : EffectiveState::kRunning;
}

bool HasEnded(EffectiveState state) {
  return state == EffectiveState::kCompleted || state == EffectiveState::kStopped ||
         state == EffectiveState::kImported;
}

}  // namespace solotrial::trial

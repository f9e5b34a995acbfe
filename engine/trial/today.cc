#include "engine/trial/today.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/trial/guess.h"
#include "engine/trial/participant_view.h"
#include "engine/trial/safety.h"

namespace solotrial::trial {
namespace {

using Phase = ScheduledDay::Phase;

std::string QuestionOf(const std::string& question, const std::string& id) {
  return question.empty() ? id : question;
}

// Whether the day that a score of `measure` dated `date` speaks of is scheduled.
bool IsScoreDue(const Measure& measure, const Schedule& schedule, Date date) {
  const Phase phase = schedule.At(AnalysisDate(measure, date)).phase;
  return phase == Phase::kRunIn || phase == Phase::kBlock;
}

std::vector<DueItem> DueOn(const Protocol& protocol, const Schedule& schedule, Date date,
                           bool dose_is_due) {
  std::vector<DueItem> due;
  for (const Measure& measure : protocol.measures) {
    if (!IsScoreDue(measure, schedule, date)) continue;
    const bool unlimited = IsCount(measure.family) && measure.maximum == LargestCount(measure);
    for (const std::string& slot : SlotsOrOne(measure.slots)) {
      due.push_back({.kind = DueItem::Kind::kScore,
                     .id = measure.id,
                     .slot = slot,
                     .question = QuestionOf(measure.question, measure.id),
                     .minimum = measure.minimum,
                     .maximum = unlimited ? std::nullopt : std::optional(measure.maximum),
                     .whole = !IsContinuous(measure.family),
                     .recorded = std::nullopt,
                     .refers_to = measure.refers_to});
    }
  }
  const Phase phase = schedule.At(date).phase;
  if (phase == Phase::kRunIn || phase == Phase::kBlock) {
    for (const Covariate& covariate : protocol.covariates) {
      DueItem item{.kind = DueItem::Kind::kCovariate,
                   .id = covariate.id,
                   .slot = "",
                   .question = QuestionOf(covariate.question, covariate.id),
                   .minimum = std::nullopt,
                   .maximum = std::nullopt,
                   .recorded = std::nullopt};
      if (covariate.binary) {
        item.minimum = 0;
        item.maximum = 1;
        item.whole = true;
      }
      due.push_back(item);
    }
  }
  if (dose_is_due && protocol.intervention.has_value()) {
    for (const std::string& slot : SlotsOrOne(protocol.intervention->dose_slots)) {
      due.push_back({.kind = DueItem::Kind::kDose,
                     .id = "dose",
                     .slot = slot,
                     .question = protocol.intervention->name,
                     .minimum = 0,
                     .maximum = 1,
                     .recorded = std::nullopt});
    }
  }
  return due;
}

void FillRecorded(const std::vector<Entry>& current, Date date, std::vector<DueItem>& due) {
  std::map<std::tuple<Entry::Kind, std::string, std::string>, double> recorded;
  for (const Entry& entry : current) {
    if (entry.date == date) recorded[{entry.kind, entry.subject, entry.slot}] = entry.value;
  }
  for (DueItem& item : due) {
    const Entry::Kind kind = item.kind == DueItem::Kind::kScore       ? Entry::Kind::kScore
                             : item.kind == DueItem::Kind::kCovariate ? Entry::Kind::kCovariate
                                                                      : Entry::Kind::kDose;
    const std::string subject = item.kind == DueItem::Kind::kDose ? "" : item.id;
    const auto found = recorded.find({kind, subject, item.slot});
    if (found != recorded.end()) item.recorded = found->second;
  }
}

// What to do on that day of a block: that of the step of its day, where there are steps.
std::string InstructionOf(const Intervention& intervention, bool on, int day_in_block) {
  if (!on) return intervention.off_instruction;
  const DoseStep* const step = StepOn(intervention, day_in_block);
  return step == nullptr || step->instruction.empty() ? intervention.on_instruction
                                                      : step->instruction;
}

// Between visits: what the next one brings. After a cycle that was too long: wait for the next.
Message WaitingMessage(const Protocol& protocol, const ParticipantView& view,
                       const Schedule& schedule, Date date) {
  if (protocol.design.block_unit != BlockUnit::kVisits) return {"today.next_cycle", {}};
  const int done = schedule.DaysDone(date);
  const ParticipantView::Block& next = view.blocks[static_cast<size_t>(done)];
  Message message{
      "today.next_visit",
      {{"visit", std::to_string(next.number)}, {"visits", std::to_string(view.blocks.size())}}};
  if (next.on.has_value() && protocol.intervention.has_value()) {
    message.id = "today.next_visit_known";
    message.parameters["instruction"] = InstructionOf(*protocol.intervention, *next.on, 1);
  } else if (next.envelope > 0) {
    message.id = "today.next_visit_envelope";
  }
  return message;
}

Message PhaseMessage(const Today& what, const Schedule& schedule) {
  switch (what.day.phase) {
    case Phase::kBefore:
      return {"today.before", {{"date", FormatDate(schedule.first_date())}}};
    case Phase::kRunIn:
      return {"today.run_in", {}};
    case Phase::kPaused:
      return {"today.paused", {}};
    case Phase::kAfter:
      return {"today.after", {}};
    case Phase::kBlock:
    case Phase::kWaiting:
      break;
  }
  if (what.on.has_value()) return {"today.off", {}};
  if (what.envelope > 0) return {"today.envelope", {{"envelope", std::to_string(what.envelope)}}};
  return {"today.not_shown", {}};
}

// Guesses at the blocks that are over or end on `date`, while they cannot be known yet: each until
// it is given, and on the block's last day also then, so that it can be thought over.
void AddGuesses(const ParticipantView& view, const std::vector<Entry>& current, Date date,
                std::vector<DueItem>& due) {
  if (!view.concealed) return;
  std::set<int> guessed;
  for (const Entry& entry : current) {
    if (entry.kind == Entry::Kind::kGuess) guessed.insert(GuessedBlock(entry));
  }
  for (const ParticipantView::Block& block : view.blocks) {
    if (!block.end_date.has_value() || *block.end_date > date) break;
    const bool given = guessed.contains(block.number);
    if (given && *block.end_date != date) continue;
    DueItem& item = due.emplace_back();
    item.kind = DueItem::Kind::kGuess;
    item.id = "guess";
    item.message = {"today.guess", {{"block", std::to_string(block.number)}}};
    item.block_number = block.number;
    item.guessed = given;
  }
}

// On every day on which a visit or a new cycle would begin a block, or the last cycle end.
void AddMark(const Protocol& protocol, const Trial& trial, Today& what, Date today) {
  if (protocol.design.block_unit == BlockUnit::kDays) return;
  if (what.day.phase == Phase::kBefore || what.day.phase == Phase::kAfter) return;
  if (HasEnded(StateOn(trial, protocol, today))) return;
  DueItem& item = what.due.emplace_back();
  item.kind = DueItem::Kind::kMark;
  item.id = "mark";
  item.message = {protocol.design.block_unit == BlockUnit::kVisits ? "today.visit" : "today.cycle",
                  {}};
  item.marked = std::binary_search(trial.marks.begin(), trial.marks.end(), what.date);
}

}  // namespace

Today WhatToDo(const Protocol& protocol, const Trial& trial, const std::vector<Entry>& current,
               Date date, Date today) {
  const Schedule schedule(protocol, trial);
  const ParticipantView view = ViewOf(protocol, trial, today);
  Today what{.date = date,
             .day = schedule.At(date),
             .planned_days = schedule.planned_days(),
             .block_days = 0,
             .on = std::nullopt,
             .envelope = 0,
             .instruction = "",
             .message = {},
             .due = {}};
  bool dose_is_due = false;
  if (what.day.phase == Phase::kBlock) {
    const auto index = static_cast<size_t>(what.day.block_number - 1);
    const ParticipantView::Block& block = view.blocks[index];
    what.block_days = block.is_open ? 0 : block.days;
    what.on = block.on;
    what.envelope = block.envelope;
    // Envelopes of off blocks hold the comparator, which is taken like the treatment.
    dose_is_due = block.envelope > 0 || block.on.value_or(false);
    if (block.on.has_value() && protocol.intervention.has_value()) {
      what.instruction = InstructionOf(*protocol.intervention, *block.on, what.day.day_in_block);
    }
  }
  what.message = what.day.phase == Phase::kWaiting ? WaitingMessage(protocol, view, schedule, date)
                                                   : PhaseMessage(what, schedule);
  what.due = DueOn(protocol, schedule, date, dose_is_due);
  FillRecorded(current, date, what.due);
  AddGuesses(view, current, date, what.due);
  AddMark(protocol, trial, what, today);
  return what;
}

}  // namespace solotrial::trial

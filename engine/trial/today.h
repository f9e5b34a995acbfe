// What one day asks of the person.
#ifndef SOLOTRIAL_ENGINE_TRIAL_TODAY_H_
#define SOLOTRIAL_ENGINE_TRIAL_TODAY_H_

#include <optional>
#include <string>
#include <vector>

#include "engine/trial/diary.h"
#include "engine/trial/message.h"
#include "engine/trial/protocol.h"
#include "engine/trial/schedule.h"

namespace solotrial::trial {

// One thing to record on a day.
struct DueItem {
  enum class Kind { kScore, kCovariate, kDose, kGuess, kMark };
  Kind kind = Kind::kScore;
  std::string id;  // of the measure or covariate; "dose", "guess" or "mark" for these
  std::string slot;
  std::string question;  // empty for a guess or mark: say `message`
  Message message = {};
  std::optional<double> minimum;
  std::optional<double> maximum;
  bool whole = false;  // whole numbers
  std::optional<double> recorded;
  RefersTo refers_to = RefersTo::kSameDay;
  int block_number = 0;  // of a guess
  bool guessed = false;  // a guess is recorded
  bool marked = false;   // a mark is recorded
};

struct Today {
  Date date;
  ScheduledDay day;
  int planned_days = 0;
  int block_days = 0;        // 0 outside blocks, and of a cycle that is not over
  std::optional<bool> on;    // absent outside blocks and where it may not be shown
  int envelope = 0;          // of a blinded trial in a block; else 0
  std::string instruction;   // the protocol's own words; empty: say `message`
  Message message;           // what to do where the protocol has no words
  std::vector<DueItem> due;  // in the protocol's order: scores, covariates, doses, guesses, a mark
};

// What `date` asks for, asked on `today`. `trial` has been started; `current` are the entries that
// count.
Today WhatToDo(const Protocol& protocol, const Trial& trial, const std::vector<Entry>& current,
               Date date, Date today);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_TODAY_H_

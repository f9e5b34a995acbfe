// What a trial shows of its order to whoever lives it, and to everybody they share it with.
//
// What is made of a ParticipantView cannot tell an arm that may not be known: there is none in it.
#ifndef SOLOTRIAL_ENGINE_TRIAL_PARTICIPANT_VIEW_H_
#define SOLOTRIAL_ENGINE_TRIAL_PARTICIPANT_VIEW_H_

#include <optional>
#include <vector>

#include "engine/base/civil_time.h"
#include "engine/trial/protocol.h"
#include "engine/trial/trial.h"

namespace solotrial::trial {

struct ParticipantView {
  struct Block {
    int number = 0;        // from 1
    int pair = 0;          // from 1; 0 where the randomization has no pairs
    int days = 0;          // scheduled days
    bool is_open = false;  // a cycle whose length is not known yet
    std::optional<Date> start_date;
    std::optional<Date> end_date;  // as Block's
    // Open trials: of the current, the earlier and the next block. Blinded ones: of none. Of every
    // block once the trial has ended.
    std::optional<bool> on;
    int envelope = 0;  // of a blinded trial, from 1; else 0
  };
  bool concealed = false;  // no arm may be known
  std::vector<Block> blocks;
  std::optional<Date> run_in_start_date;  // absent without a run-in
  std::optional<Date> run_in_end_date;    // absent also while it is open
};

// Of a started trial (not an imported one), with `protocol` as it is lived.
ParticipantView ViewOf(const Protocol& protocol, const Trial& trial, Date today);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_PARTICIPANT_VIEW_H_

// What the person takes the blocks of a blinded trial for.
#ifndef SOLOTRIAL_ENGINE_TRIAL_GUESS_H_
#define SOLOTRIAL_ENGINE_TRIAL_GUESS_H_

#include <optional>
#include <vector>

#include "engine/trial/blinding.h"
#include "engine/trial/diary.h"
#include "engine/trial/protocol.h"
#include "engine/trial/trial.h"

namespace solotrial::trial {

// The block that a guess is about, from 1, and what was guessed: on, off, or "I do not know".
int GuessedBlock(const Entry& guess);
std::optional<bool> GuessedArm(const Entry& guess);
// Puts both into an entry of kind kGuess.
void SetGuess(Entry& entry, int block, std::optional<bool> on);

// The guesses that count, by block, among the entries that count (`current`) of a blinded trial,
// with what the blocks were: those made before the person could know, by the clock of the device
// they were made on, which is before the trial's last day was over and before an unblinding.
std::vector<BlockGuess> GuessesOf(const Protocol& protocol, const Trial& trial,
                                  const std::vector<Entry>& current);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_GUESS_H_

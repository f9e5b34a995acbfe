#include "engine/trial/guess.h"

#include <charconv>
#include <map>
#include <string>

#include "engine/trial/amendment.h"
#include "engine/trial/schedule.h"

namespace solotrial::trial {
namespace {

// How an arm is kept in Entry::value.
constexpr double kOn = 1;
constexpr double kOff = 0;
constexpr double kUnknown = 0.5;

// The trial's day on the device at the moment of the guess.
Date DayOfMaking(const Entry& guess, const Protocol& protocol) {
  const absl::TimeZone zone = absl::FixedTimeZone(guess.utc_offset_minutes * 60);
  return TrialDay(guess.client_time, zone, protocol.day_starts_at_minutes);
}

}  // namespace

int GuessedBlock(const Entry& guess) {
  int block = 0;
  const std::string& text = guess.subject;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), block);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? block : 0;
}

std::optional<bool> GuessedArm(const Entry& guess) {
  if (guess.value == kUnknown) return std::nullopt;
  return guess.value == kOn;
}

void SetGuess(Entry& entry, int block, std::optional<bool> on) {
  entry.kind = Entry::Kind::kGuess;
  entry.subject = std::to_string(block);
  entry.value = !on.has_value() ? kUnknown : *on ? kOn : kOff;
}

std::vector<BlockGuess> GuessesOf(const Protocol& protocol, const Trial& trial,
                                  const std::vector<Entry>& current) {
  std::vector<BlockGuess> guesses;
  if (protocol.design.blinding != Blinding::kByHelper) return guesses;
  const std::optional<Date> end = Schedule(protocol, trial).end_date();
  const Amendment* unblinding = LastOf(trial, Amendment::Kind::kUnblinding);
  std::map<int, BlockGuess> by_block;
  for (const Entry& entry : current) {
    if (entry.kind != Entry::Kind::kGuess) continue;
    if (end.has_value() && DayOfMaking(entry, protocol) > *end) continue;
    if (unblinding != nullptr && entry.client_time >= unblinding->time) continue;
    const int block = GuessedBlock(entry);
    if (block < 1 || block > static_cast<int>(trial.allocation.size())) continue;
    by_block[block] = {.on = trial.allocation[static_cast<size_t>(block - 1)] == '1',
                       .guess = GuessedArm(entry)};
  }
  for (const auto& [block, guess] : by_block) guesses.push_back(guess);
  return guesses;
}

}  // namespace solotrial::trial

// What side effects and acute medication ask for: the rules, and the counts by arm.
#ifndef SOLOTRIAL_ENGINE_TRIAL_ADVERSE_EVENTS_H_
#define SOLOTRIAL_ENGINE_TRIAL_ADVERSE_EVENTS_H_

#include <optional>
#include <vector>

#include "engine/trial/diary.h"
#include "engine/trial/message.h"
#include "engine/trial/protocol.h"
#include "engine/trial/schedule.h"
#include "engine/trial/trial.h"

namespace solotrial::trial {

// A headache diary with acute medication on so many days of 28 may show overuse of it.
inline constexpr int kOveruseDays = 10;
inline constexpr int kOveruseWindowDays = 28;

// Why a trial is paused because of `added`, an entry that has just been stored and counts: a severe
// side effect, or a moderate one where its block already has another. `current` are the entries
// that count, `added` among them; `superseded` is the entry that it corrects, if it does: a
// correction that is no graver pauses nothing. The rule never looks at the arm.
std::optional<Message> PauseReason(const Schedule& schedule, const std::vector<Entry>& current,
                                   const Entry& added, const Entry* superseded);

// A warning when `added` is acute medication and, with it, kOveruseDays or more days of some
// kOveruseWindowDays have some: rescue entries, or a yes to the measure `acute_medication`.
std::optional<Message> OveruseWarning(const std::vector<Entry>& current, const Entry& added);

// Side effects by grade.
struct HarmCounts {
  int mild = 0;
  int moderate = 0;
  int severe = 0;
};
struct Harms {
  HarmCounts on;
  HarmCounts off;
  HarmCounts outside;  // in the run-in, or while paused
};
// nullopt when none was recorded. Says what the arms are: only for trials that have ended.
std::optional<Harms> CountHarms(const Schedule& schedule, const std::vector<Entry>& current);

// A remark when another treatment was started or changed within the trial; nullopt when none was.
std::optional<Message> NewTreatmentRemark(const std::vector<Entry>& current);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_ADVERSE_EVENTS_H_

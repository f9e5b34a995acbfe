// Whether a trial of magnesium may start: the screening, as pure rules over the protocol.
//
// Every question of the catalogue (catalog.h) has to be answered; an unsure answer counts as yes.
// What was answered, the dose and the form then give findings: some are warned of and have to be
// acknowledged, some need a clinician, some refuse the trial unless a clinician takes it on. Never
// medical advice.
//
// A protocol is screened when it names an intervention of the catalogue or when the words of its
// own intervention speak of magnesium. A protocol about something else is not screened, and says
// so: the engine knows nothing about what is taken there.
#ifndef SOLOTRIAL_ENGINE_TRIAL_SAFETY_H_
#define SOLOTRIAL_ENGINE_TRIAL_SAFETY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/fault.h"
#include "engine/trial/catalog.h"
#include "engine/trial/protocol.h"

namespace solotrial::trial {

// A clinician took responsibility, by a credential of this trial. Who they are is what they said.
struct SafetyConfirmation {
  std::string name;  // 1 to 100 characters
  absl::Time time;
  std::string digest;  // SafetyDigest of what was confirmed, 32 bytes
};

struct SafetyFinding {
  const CatalogFinding* finding = nullptr;  // of TheCatalog()
  bool not_sure = false;                    // the person did not know
  double mg = 0;                            // elemental a day, where its words name it
  double limit_mg = 0;
};

struct SafetyScreen {
  // In the order of severity; what stands in the way of starting, clinician and acknowledgements
  // left aside.
  enum class Outcome {
    kNotScreened,  // the protocol is about something else
    kClear,
    kWarned,          // the findings have to be acknowledged
    kNeedsClinician,  // a clinician has to confirm
    kRefused,         // refused, unless a clinician takes it on
    kUnanswered,      // questions are open: nothing can be said
  };
  Outcome outcome = Outcome::kClear;
  std::vector<SafetyFinding> findings;         // gravest first
  std::vector<std::string> unanswered;         // ids of findings; `region` where none was chosen
  std::vector<std::string> unacknowledged;     // warnings that were not acknowledged
  std::optional<double> elemental_mg_per_day;  // the largest of the steps; absent: not in mg
  std::optional<double> limit_mg;              // of the region
};

// The protocol keeps the rules of CheckSafety.
SafetyScreen ScreenSafety(const Protocol& protocol);

// Whether `confirmation` is of what the protocol says now.
bool IsConfirmed(const Protocol& protocol, const std::optional<SafetyConfirmation>& confirmation);

// SHA-256 over what a clinician confirms: form, doses, words of the instructions, region, answers.
std::string SafetyDigest(const Protocol& protocol);

// OK when the trial may start; else SAFETY_REFUSED, NEEDS_CLINICIAN or NEEDS_ACKNOWLEDGEMENT, the
// gravest first, with everything that is missing.
absl::Status CheckMayStart(const Protocol& protocol,
                           const std::optional<SafetyConfirmation>& confirmation);

// The rules of `symptom`, `screening` and what the catalogue says about `intervention`, for
// CheckProtocol.
std::vector<Violation> CheckSafety(const Protocol& protocol);

// Elemental magnesium a day, the largest of the steps; absent where it is not taken in mg or
// nobody said how much.
std::optional<double> ElementalMgPerDay(const Intervention& intervention);

// The step of day `day_in_block` (from 1); nullptr without steps. The pointer is into
// `intervention`.
const DoseStep* StepOn(const Intervention& intervention, int day_in_block);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_SAFETY_H_

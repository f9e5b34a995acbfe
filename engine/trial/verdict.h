// The decision rule of the model page, section 5.
#ifndef SOLOTRIAL_ENGINE_TRIAL_VERDICT_H_
#define SOLOTRIAL_ENGINE_TRIAL_VERDICT_H_

#include <optional>
#include <string>
#include <vector>

#include "engine/base/civil_time.h"
#include "engine/inference/inference.h"
#include "engine/trial/message.h"

namespace solotrial::trial {

// In the order in which the rules are tried; the first that holds is the decision. The names are
// those of solotrial.v1.Verdict.Decision.
enum class Decision {
  kNotComputed,
  kInsufficientData,
  kNotRandomised,
  kResponds,
  kWorsens,
  kBenefitTooSmall,
  kBenefitSizeOpen,
  kDoesNotRespond,
  kUndecided,
};

// `RESPONDS` for kResponds, and so on.
const char* DecisionName(Decision decision);

// Everything that the rule looks at.
struct VerdictFacts {
  inference::Benefit benefit;
  bool reliable = true;
  std::string problem;  // when not reliable
  bool autocorrelation = true;

  // Whether enough was recorded: at least 2 counted pairs (without pairs, 2 counted blocks per
  // arm), a block counting with at least half its scores, and at least half of all scores.
  bool enough_data = true;
  bool recording_goes_on = false;  // a look at a running trial

  bool randomised = true;
  double exposure_contrast = 1;  // -1..1

  // Before the last planned pair only the stricter thresholds decide.
  bool before_last_pair = false;

  // Absent for a measure without one: then no rule that needs it holds.
  std::optional<double> minimal_important_difference;
  std::optional<double> randomization_p_one_sided;
  double smallest_randomization_p = 0;
  int pairs = 0;  // lived so far; 0 without pairs

  // For the sentences.
  std::string measure;    // question or id
  std::string treatment;  // name of the intervention; may be empty
  std::string unit;       // of the benefit
  double range = 0;       // of benefits, roughly: how many decimals are worth saying
  bool blinded = false;
  std::optional<Date> unblinded_date;  // the person was told before the end
  bool stopped_early = false;
  bool recording_ends = true;  // a trial that was run here is over
};

struct Verdict {
  Decision decision = Decision::kUndecided;
  Message message;
  std::vector<Message> remarks;
  std::optional<int> further_pairs;  // kUndecided: pairs likely to decide it, 1..20
};

Verdict Decide(const VerdictFacts& facts);

// Whether a decision at a look lets recording end.
bool EndsRecording(Decision decision);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_VERDICT_H_

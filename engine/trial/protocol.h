// The protocol in domain terms, and its rules.
//
// Field by field the same as solotrial.v1.Protocol, which documents units, ranges and defaults for
// the world outside; here every default is already filled in.
#ifndef SOLOTRIAL_ENGINE_TRIAL_PROTOCOL_H_
#define SOLOTRIAL_ENGINE_TRIAL_PROTOCOL_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/fault.h"
#include "engine/inference/inference.h"

namespace solotrial::trial {

enum class Randomization { kPaired, kCounterbalanced, kRestricted, kBalanced, kNone };
enum class Blinding { kOpen, kByHelper };
enum class BlockUnit { kDays, kVisits, kCycles };

// A cycle is over after so many times its usual length, if no other has begun by then.
inline constexpr int kLongestCycleFactor = 2;

struct Design {
  Randomization randomization = Randomization::kPaired;
  int block_days = 0;    // 1..366; 0 only for kNone; kVisits: 1; kCycles: the usual length, 15..60
  int pairs = 0;         // 1..200; 0 in a record: as many as it has
  int run_in_days = 0;   // 0..366
  int longest_run = 0;   // kRestricted: >= 1; else 0
  int washout_days = 0;  // 0..block_days - 1
  Blinding blinding = Blinding::kOpen;
  BlockUnit block_unit = BlockUnit::kDays;
};

enum class DailyRule { kMean, kMax, kLast, kSum };
enum class RefersTo { kSameDay, kPreviousNight };

struct Measure {
  std::string id;
  inference::Family family = inference::Family::kGaussian;
  // Of the scale; BERNOULLI: 0 and 1. Counts: 0 and the most that can be recorded, which no model
  // sees.
  double minimum = 0;
  double maximum = 0;
  bool lower_is_better = false;
  std::optional<double> minimal_important_difference;  // in BenefitUnit
  std::optional<double> typical_daily_count;           // counts; absent: 1
  // Beliefs about delta, on the scale of eta, on less off, that were fixed before day 1. Shown
  // beside the verdict, never deciding it.
  std::optional<inference::EffectPrior> literature_prior;
  std::optional<inference::EffectPrior> own_prior;
  bool primary = false;
  std::string question;            // empty: ask for the id
  std::vector<std::string> slots;  // empty: one nameless slot a day
  DailyRule daily_rule = DailyRule::kLast;
  RefersTo refers_to = RefersTo::kSameDay;
};

struct Covariate {
  std::string id;
  bool binary = false;
  std::string question;
  bool beside_only = false;  // recorded, and left out of the model
};

// What is taken from one day of an on block on.
struct DoseStep {
  int from_day = 1;         // of the block; the first step's is 1
  double elemental_mg = 0;  // of magnesium, each dose; 0 for what is counted
  double compound_mg = 0;   // of the salt, each dose; 0: not said
  double count = 0;         // sprays, baths, each dose; 0 for what is weighed
  std::string instruction;  // empty: Intervention::on_instruction
};

struct Intervention {
  std::string name;
  std::string on_instruction;
  std::string off_instruction;
  std::vector<std::string> dose_slots;  // empty: one nameless slot a day
  std::string catalog_id;               // of catalog.h; empty: the person's own
  std::string form;                     // id of a CatalogForm; empty: none
  std::vector<DoseStep> steps;          // by from_day
};

// What the person said about their safety (safety.h).
struct SafetyAnswer {
  enum class Answer { kYes, kNo, kNotSure };
  std::string finding;
  Answer answer = Answer::kNotSure;
};
struct Screening {
  std::string region;  // of a CatalogLimit; empty: not said
  std::vector<SafetyAnswer> answers;
  std::vector<std::string> acknowledged;  // findings whose warning was understood
};

struct Protocol {
  std::string title;
  Design design;
  std::vector<Measure> measures;
  inference::Kinetics kinetics;
  std::vector<Covariate> covariates;
  bool trend = true;
  bool autocorrelation = true;
  bool arm_variance = false;  // of the GAUSSIAN and STUDENT_T measures
  std::optional<Intervention> intervention;
  std::string time_zone;               // IANA name; empty only in a record from elsewhere
  int day_starts_at_minutes = 4 * 60;  // after midnight, 0..720
  std::string symptom;                 // of catalog.h; empty: something else
  std::string catalog_version;         // that it was drafted from; empty: from none
  Screening screening;
};

// What the protocol is for.
enum class Purpose {
  kTrial,   // to be run here
  kRecord,  // describes a record that was collected elsewhere
};

// Every violation of the rules, with paths from the protocol's root (`measures[0].maximum`), in the
// order of its fields; empty when it is valid. Sizes of lists and texts are checked first, so that
// a protocol with a million measures costs nothing.
std::vector<Violation> CheckProtocol(const Protocol& protocol, Purpose purpose);

// The measure that the verdict is about. The protocol must be valid.
const Measure& PrimaryMeasure(const Protocol& protocol);

// nullptr when there is none of that id. The pointer is into `protocol`.
const Measure* FindMeasure(const Protocol& protocol, const std::string& id);
const Covariate* FindCovariate(const Protocol& protocol, const std::string& id);

// The measure that a request asks for, the primary one for an empty id; UNKNOWN_ID at `measure_id`
// when there is none. The pointer is into `protocol`.
absl::StatusOr<const Measure*> AskedMeasure(const Protocol& protocol, const std::string& id);

// Days that a block of `design` lasts at most, pauses not counted.
int LongestBlockDays(const Design& design);

// Whether scores are modelled as autocorrelated; those of visits never are.
bool HasAutocorrelation(const Protocol& protocol);

// POISSON and NEGATIVE_BINOMIAL.
bool IsCount(inference::Family family);
// GAUSSIAN and STUDENT_T.
bool IsContinuous(inference::Family family);

// The largest maximum of a measure of counts: what is added up in a day stays within what the model
// takes.
double LargestCount(const Measure& measure);

// Whether `value` can be a score of `measure`, and what can be: `a whole number from 0 to 10`.
bool IsScore(const Measure& measure, double value);
std::string ScoreWords(const Measure& measure);

// Standard deviation of the model's own prior of delta, Normal(0, sd): a quarter of the range for
// GAUSSIAN and STUDENT_T, 1 for the other families.
double NeutralEffectSd(const Measure& measure);

// What a benefit is counted in: `points`, `days per 28 days` or `events per 7 days`.
const char* BenefitUnit(inference::Family family);

// The declared slots, or one nameless slot.
std::vector<std::string> SlotsOrOne(const std::vector<std::string>& slots);

// Unicode code points of UTF-8.
size_t CodePoints(const std::string& text);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_PROTOCOL_H_

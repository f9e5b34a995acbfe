#include "engine/trial/protocol.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "absl/strings/str_format.h"
#include "engine/base/civil_time.h"
#include "engine/trial/safety.h"

namespace solotrial::trial {
namespace {

constexpr int kMaxMeasures = 20;
constexpr int kMaxCovariates = 20;
constexpr int kMaxSlots = 6;
constexpr int kMaxBlockDays = 366;
constexpr int kMaxPairs = 200;
constexpr int kShortestUsualCycle = 15;
constexpr int kLongestUsualCycle = 60;
constexpr int kMaxLongestRun = 30;
constexpr double kMaxHalfLifeDays = 90;
constexpr double kMaxBound = 1e12;  // of a scale: far beyond any instrument, far below overflow
constexpr int kMaxOrdinalLevels = 21;
// Of a prior beside the model's own, in standard deviations of that one: far beyond what anybody
// believes, and near enough to be computed from the same posterior.
constexpr double kFarthestPriorMean = 4;
constexpr double kNarrowestPrior = 0.05;
constexpr double kWidestPrior = 4;
constexpr double kMaxCount = 1e9;  // of a day; what the model takes
// Days over which a benefit is counted (model page, section 4).
constexpr double kBernoulliDays = 28;
constexpr double kCountDays = 7;

// Columns of the diary file and coefficients of the result.
constexpr std::string_view kTakenIds[] = {"date", "on",     "block", "dose",
                                          "note", "effect", "trend", "intercept"};

bool IsId(const std::string& text) {
  if (text.empty() || text.size() > 40 || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Without an exponent: `1000000000`.
std::string NumberWords(double number) { return absl::StrFormat("%.15g", number); }

bool IsSlot(const std::string& text) { return IsId(text) && text.size() <= 20; }

// Collects violations; every Check* below adds what it finds.
class Checker {
 public:
  explicit Checker(Purpose purpose) : purpose_(purpose) {}

  void Add(std::string field, std::string description) {
    violations_.push_back({std::move(field), std::move(description)});
  }
  void Range(const std::string& field, int value, int low, int high) {
    if (value < low || value > high) {
      Add(field, low == high ? absl::StrFormat("is %d; must be %d", value, low)
                             : absl::StrFormat("is %d; must be from %d to %d", value, low, high));
    }
  }
  void Text(const std::string& field, const std::string& text, size_t low, size_t high) {
    const size_t length = CodePoints(text);
    if (length < low || length > high) {
      Add(field, low == 0
                     ? absl::StrFormat("has %d characters; at most %d are kept", length, high)
                     : absl::StrFormat("has %d characters; must have %d to %d", length, low, high));
    }
  }

  void CheckDesign(const Design& design);
  void CheckMeasures(const std::vector<Measure>& measures);
  void CheckVisits(const Protocol& protocol);
  void CheckKinetics(const inference::Kinetics& kinetics);
  void CheckCovariates(const std::vector<Covariate>& covariates);
  void CheckAnalysis(const Protocol& protocol);
  void CheckIntervention(const std::optional<Intervention>& intervention, Blinding blinding);
  void CheckTime(const Protocol& protocol);

  bool for_trial() const { return purpose_ == Purpose::kTrial; }
  std::vector<Violation> Take() && { return std::move(violations_); }

 private:
  void CheckMeasure(const std::string& path, const Measure& measure);
  void CheckScale(const std::string& path, const Measure& measure);
  void CheckYesNo(const std::string& path, const Measure& measure);
  void CheckCount(const std::string& path, const Measure& measure);
  void CheckDifference(const std::string& path, const Measure& measure, double largest);
  void CheckDailyRule(const std::string& path, const Measure& measure);
  void CheckPrior(const std::string& path, const std::optional<inference::EffectPrior>& prior,
                  double neutral_sd);
  void CheckSlots(const std::string& path, const std::vector<std::string>& slots);
  void CheckId(const std::string& path, const std::string& id);

  const Purpose purpose_;
  std::set<std::string> ids_;  // of measures and covariates so far
  std::vector<Violation> violations_;
};

void Checker::CheckDesign(const Design& design) {
  const bool none = design.randomization == Randomization::kNone;
  if (none && for_trial()) {
    Add("design.randomization",
        "NONE is only for a record from elsewhere; choose PAIRED, COUNTERBALANCED, RESTRICTED or "
        "BALANCED");
  }
  if (!none || design.block_days != 0) {
    Range("design.block_days", design.block_days, 1, kMaxBlockDays);
  }
  if (for_trial() || design.pairs != 0) Range("design.pairs", design.pairs, 1, kMaxPairs);
  if (design.randomization == Randomization::kCounterbalanced && design.pairs % 2 != 0) {
    Add("design.pairs", "must be even: COUNTERBALANCED draws two pairs at a time");
  }
  Range("design.run_in_days", design.run_in_days, 0, kMaxBlockDays);
  if (design.randomization == Randomization::kRestricted) {
    Range("design.longest_run", design.longest_run, 1, kMaxLongestRun);
  } else if (design.longest_run != 0) {
    Add("design.longest_run", "is only for RESTRICTED; leave it out");
  }
  Range("design.washout_days", design.washout_days, 0,
        design.block_days > 0 ? design.block_days - 1 : kMaxBlockDays);
  if (design.block_unit == BlockUnit::kVisits && !none) {
    Range("design.block_days", design.block_days, 1, 1);
    Range("design.run_in_days", design.run_in_days, 0, 0);
  } else if (design.block_unit == BlockUnit::kCycles && !none) {
    Range("design.block_days", design.block_days, kShortestUsualCycle, kLongestUsualCycle);
  }
  const double days = design.run_in_days + 2.0 * design.pairs * LongestBlockDays(design);
  if (days > inference::kMaxDays) {
    Add("design",
        absl::StrFormat("is %g days long; at most %d are possible", days, inference::kMaxDays));
  }
}

void Checker::CheckId(const std::string& path, const std::string& id) {
  if (!IsId(id)) {
    Add(path, "must be 1 to 40 of a-z, 0-9 and _, starting with a letter");
  } else if (std::find(std::begin(kTakenIds), std::end(kTakenIds), id) != std::end(kTakenIds)) {
    Add(path, "is a name with a meaning of its own; choose another");
  } else if (!ids_.insert(id).second) {
    Add(path, "is used twice; every measure and covariate needs its own");
  }
}

void Checker::CheckSlots(const std::string& path, const std::vector<std::string>& slots) {
  if (slots.size() > kMaxSlots) {
    Add(path, absl::StrFormat("has %d slots; at most %d are possible", slots.size(), kMaxSlots));
    return;
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < slots.size(); ++i) {
    const std::string field = absl::StrFormat("%s[%d]", path, i);
    if (!IsSlot(slots[i])) {
      Add(field, "must be 1 to 20 of a-z, 0-9 and _, starting with a letter");
    } else if (!seen.insert(slots[i]).second) {
      Add(field, "is used twice");
    }
  }
}

void Checker::CheckDifference(const std::string& path, const Measure& measure, double largest) {
  if (!measure.minimal_important_difference.has_value()) return;
  const double difference = *measure.minimal_important_difference;
  if (difference > 0 && difference <= largest) return;
  Add(path + ".minimal_important_difference",
      absl::StrFormat("must be above 0 and at most %s %s, a quarter of the range",
                      NumberWords(largest), BenefitUnit(measure.family)));
}

void Checker::CheckScale(const std::string& path, const Measure& measure) {
  for (const auto& [name, value] :
       {std::pair{".minimum", measure.minimum}, std::pair{".maximum", measure.maximum}}) {
    if (!std::isfinite(value) || std::abs(value) > kMaxBound) {
      Add(path + name, "must be a number from -1e12 to 1e12");
      return;
    }
  }
  const double range = measure.maximum - measure.minimum;
  if (range <= 0) {
    Add(path + ".minimum", absl::StrFormat("is %g; must be below the maximum, which is %g",
                                           measure.minimum, measure.maximum));
    return;
  }
  if (measure.family == inference::Family::kOrdinal) {
    if (measure.minimum != std::floor(measure.minimum) ||
        measure.maximum != std::floor(measure.maximum)) {
      Add(path + ".minimum", "ORDINAL needs whole numbers as minimum and maximum");
    } else if (range + 1 > kMaxOrdinalLevels) {
      Add(path + ".maximum",
          absl::StrFormat("gives %g levels; ORDINAL has 2 to %d: use GAUSSIAN for longer scales",
                          range + 1, kMaxOrdinalLevels));
    }
  }
  CheckDifference(path, measure, range / 4);
}

void Checker::CheckYesNo(const std::string& path, const Measure& measure) {
  if (measure.minimum != 0) {
    Add(path + ".minimum", "must be 0 (no) for BERNOULLI, or left out");
  }
  if (measure.maximum != 1) {
    Add(path + ".maximum", "must be 1 (yes) for BERNOULLI, or left out");
  }
  CheckDifference(path, measure, kBernoulliDays / 4);
}

void Checker::CheckCount(const std::string& path, const Measure& measure) {
  if (measure.minimum != 0) Add(path + ".minimum", "must be 0 for a count, or left out");
  const double largest = LargestCount(measure);
  if (!(measure.maximum >= 1 && measure.maximum <= largest) ||
      measure.maximum != std::floor(measure.maximum)) {
    Add(path + ".maximum", "must be a whole number from 1 to " + NumberWords(largest) +
                               ", the most that can be recorded; or left out");
    return;
  }
  CheckDifference(path, measure, kCountDays * measure.maximum / 4);
}

void Checker::CheckDailyRule(const std::string& path, const Measure& measure) {
  const bool is_mean = measure.daily_rule == DailyRule::kMean;
  const bool is_sum = measure.daily_rule == DailyRule::kSum;
  if (measure.family == inference::Family::kOrdinal && (is_mean || is_sum)) {
    Add(path + ".daily_rule", "ORDINAL levels cannot be averaged or added; use MAX or LAST");
  }
  if (measure.family == inference::Family::kBernoulli && (is_mean || is_sum)) {
    Add(path + ".daily_rule",
        "yes and no cannot be averaged or added; use MAX (it happened at all that day) or LAST");
  }
  if (IsCount(measure.family) && is_mean) {
    Add(path + ".daily_rule", "a mean is no count; use SUM, MAX or LAST");
  }
}

void Checker::CheckPrior(const std::string& path,
                         const std::optional<inference::EffectPrior>& prior, double neutral_sd) {
  if (!prior.has_value() || !(neutral_sd > 0)) return;  // an empty range is reported by itself
  if (!(std::abs(prior->mean) <= kFarthestPriorMean * neutral_sd)) {
    Add(path + ".mean", absl::StrFormat("must be from -%g to %g, %g times the spread of the "
                                        "model's own prior",
                                        kFarthestPriorMean * neutral_sd,
                                        kFarthestPriorMean * neutral_sd, kFarthestPriorMean));
  }
  if (!(prior->sd >= kNarrowestPrior * neutral_sd && prior->sd <= kWidestPrior * neutral_sd)) {
    Add(path + ".sd", absl::StrFormat("must be from %g to %g, %g to %g times the spread of the "
                                      "model's own prior",
                                      kNarrowestPrior * neutral_sd, kWidestPrior * neutral_sd,
                                      kNarrowestPrior, kWidestPrior));
  }
}

void Checker::CheckMeasure(const std::string& path, const Measure& measure) {
  CheckId(path + ".id", measure.id);
  if (measure.family == inference::Family::kBernoulli) {
    CheckYesNo(path, measure);
  } else if (IsCount(measure.family)) {
    CheckCount(path, measure);
  } else {
    CheckScale(path, measure);
  }
  if (measure.primary && !measure.minimal_important_difference.has_value()) {
    Add(path + ".minimal_important_difference",
        "is required for the primary measure: the smallest benefit that matters to this person");
  }
  Text(path + ".question", measure.question, 0, 200);
  CheckSlots(path + ".slots", measure.slots);
  CheckDailyRule(path, measure);
  if (measure.typical_daily_count.has_value()) {
    const double count = *measure.typical_daily_count;
    if (!IsCount(measure.family)) {
      Add(path + ".typical_daily_count", "is only for POISSON and NEGATIVE_BINOMIAL; leave it out");
    } else if (!(count > 0 && count <= kMaxCount)) {
      Add(path + ".typical_daily_count", "must be above 0 and at most 1e9 events a day");
    }
  }
  CheckPrior(path + ".literature_prior", measure.literature_prior, NeutralEffectSd(measure));
  CheckPrior(path + ".own_prior", measure.own_prior, NeutralEffectSd(measure));
}

void Checker::CheckMeasures(const std::vector<Measure>& measures) {
  if (measures.empty() || measures.size() > kMaxMeasures) {
    Add("measures",
        absl::StrFormat("has %d measures; must have 1 to %d", measures.size(), kMaxMeasures));
    return;
  }
  for (size_t i = 0; i < measures.size(); ++i) {
    CheckMeasure(absl::StrFormat("measures[%d]", i), measures[i]);
  }
  const auto primaries = std::count_if(measures.begin(), measures.end(),
                                       [](const Measure& measure) { return measure.primary; });
  if (primaries != 1) {
    Add("measures", absl::StrFormat("has %d primary measures; exactly one must be", primaries));
  }
}

void Checker::CheckKinetics(const inference::Kinetics& kinetics) {
  for (const auto& [name, value] :
       {std::pair{"kinetics.onset_half_life_days", kinetics.onset_half_life_days},
        std::pair{"kinetics.offset_half_life_days", kinetics.offset_half_life_days}}) {
    if (!(value >= 0 && value <= kMaxHalfLifeDays)) {
      Add(name, absl::StrFormat("must be from 0 to %g days", kMaxHalfLifeDays));
    } else if (kinetics.learn && value == 0) {
      Add(name, "must be above 0 where the half-lives are learned: it is the best guess before");
    }
  }
}

// What has no meaning from visit to visit.
void Checker::CheckVisits(const Protocol& protocol) {
  for (size_t i = 0; i < protocol.measures.size(); ++i) {
    const Measure& measure = protocol.measures[i];
    const std::string path = absl::StrFormat("measures[%d]", i);
    if (measure.family == inference::Family::kBernoulli || IsCount(measure.family)) {
      Add(path + ".family",
          "must be GAUSSIAN, STUDENT_T or ORDINAL for visits: days and events are counted in time");
    }
    if (measure.refers_to == RefersTo::kPreviousNight) {
      Add(path + ".refers_to", "must be SAME_DAY for visits");
    }
  }
  const inference::Kinetics& kinetics = protocol.kinetics;
  if (kinetics.onset_half_life_days > 0 || kinetics.offset_half_life_days > 0) {
    Add("kinetics", "must have half-lives of 0 for visits: a visit has no effect on the next one");
  }
}

void Checker::CheckCovariates(const std::vector<Covariate>& covariates) {
  if (covariates.size() > kMaxCovariates) {
    Add("covariates", absl::StrFormat("has %d covariates; at most %d are possible",
                                      covariates.size(), kMaxCovariates));
    return;
  }
  for (size_t i = 0; i < covariates.size(); ++i) {
    const std::string path = absl::StrFormat("covariates[%d]", i);
    CheckId(path + ".id", covariates[i].id);
    Text(path + ".question", covariates[i].question, 0, 200);
  }
}

void Checker::CheckAnalysis(const Protocol& protocol) {
  const bool applies =
      std::any_of(protocol.measures.begin(), protocol.measures.end(),
                  [](const Measure& measure) { return IsContinuous(measure.family); });
  if (protocol.arm_variance && !applies) {
    Add("analysis.arm_variance",
        "is only for GAUSSIAN and STUDENT_T measures, and there is none; leave it out");
  }
}

void Checker::CheckIntervention(const std::optional<Intervention>& intervention,
                                Blinding blinding) {
  if (!intervention.has_value()) {
    if (for_trial()) Add("intervention", "is required: what is taken in on blocks");
    return;
  }
  const size_t least = for_trial() ? 1 : 0;
  Text("intervention.name", intervention->name, least, 100);
  Text("intervention.on_instruction", intervention->on_instruction, least, 500);
  Text("intervention.off_instruction", intervention->off_instruction, 0, 500);
  if (for_trial() && blinding == Blinding::kByHelper && intervention->off_instruction.empty()) {
    Add("intervention.off_instruction",
        "is required in a blinded trial: what goes into the envelopes of off blocks, for example "
        "capsules that look the same");
  }
  CheckSlots("intervention.dose_slots", intervention->dose_slots);
}

void Checker::CheckTime(const Protocol& protocol) {
  if (protocol.time_zone.empty()) {
    if (for_trial()) Add("time_zone", "is required: an IANA name such as Europe/Berlin");
  } else if (const auto zone = LoadZone(protocol.time_zone); !zone.ok()) {
    for (const Violation& violation : FaultOf(zone.status()).violations) {
      Add("time_zone", violation.description);
    }
  }
  if (protocol.day_starts_at_minutes < 0 || protocol.day_starts_at_minutes > 12 * 60) {
    Add("day_starts_at", "must be HH:MM from 00:00 to 12:00");
  }
}

}  // namespace

size_t CodePoints(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::vector<Violation> CheckProtocol(const Protocol& protocol, Purpose purpose) {
  Checker checker(purpose);
  checker.Text("title", protocol.title, checker.for_trial() ? 1 : 0, 200);
  checker.CheckDesign(protocol.design);
  checker.CheckMeasures(protocol.measures);
  checker.CheckKinetics(protocol.kinetics);
  if (protocol.design.block_unit == BlockUnit::kVisits) checker.CheckVisits(protocol);
  checker.CheckCovariates(protocol.covariates);
  checker.CheckAnalysis(protocol);
  checker.CheckIntervention(protocol.intervention, protocol.design.blinding);
  checker.CheckTime(protocol);
  for (Violation& violation : CheckSafety(protocol)) {
    checker.Add(std::move(violation.field), std::move(violation.description));
  }
  return std::move(checker).Take();
}

const Measure& PrimaryMeasure(const Protocol& protocol) {
  return *std::find_if(protocol.measures.begin(), protocol.measures.end(),
                       [](const Measure& measure) { return measure.primary; });
}

const Measure* FindMeasure(const Protocol& protocol, const std::string& id) {
  const auto found = std::find_if(protocol.measures.begin(), protocol.measures.end(),
                                  [&id](const Measure& measure) { return measure.id == id; });
  return found == protocol.measures.end() ? nullptr : &*found;
}

const Covariate* FindCovariate(const Protocol& protocol, const std::string& id) {
  const auto found = std::find_if(protocol.covariates.begin(), protocol.covariates.end(),
                                  [&id](const Covariate& covariate) { return covariate.id == id; });
  return found == protocol.covariates.end() ? nullptr : &*found;
}

absl::StatusOr<const Measure*> AskedMeasure(const Protocol& protocol, const std::string& id) {
  const Measure* measure = id.empty() ? &PrimaryMeasure(protocol) : FindMeasure(protocol, id);
  if (measure != nullptr) return measure;
  return FieldFault(Reason::kUnknownId, "measure_id", "is not a measure of this protocol");
}

int LongestBlockDays(const Design& design) {
  const bool by_cycles = design.block_unit == BlockUnit::kCycles;
  return (by_cycles ? kLongestCycleFactor : 1) * design.block_days;
}

bool HasAutocorrelation(const Protocol& protocol) {
  return protocol.autocorrelation && protocol.design.block_unit != BlockUnit::kVisits;
}

bool IsCount(inference::Family family) {
  return family == inference::Family::kPoisson || family == inference::Family::kNegativeBinomial;
}

bool IsContinuous(inference::Family family) {
  return family == inference::Family::kGaussian || family == inference::Family::kStudentT;
}

double NeutralEffectSd(const Measure& measure) {
  return IsContinuous(measure.family) ? (measure.maximum - measure.minimum) / 4 : 1;
}

double LargestCount(const Measure& measure) {
  const bool adds = measure.daily_rule == DailyRule::kSum;
  return std::floor(kMaxCount / (adds ? static_cast<double>(SlotsOrOne(measure.slots).size()) : 1));
}

bool IsScore(const Measure& measure, double value) {
  return value >= measure.minimum && value <= measure.maximum &&
         (IsContinuous(measure.family) || value == std::floor(value));
}

std::string ScoreWords(const Measure& measure) {
  if (measure.family == inference::Family::kBernoulli) return "0 (no) or 1 (yes)";
  return absl::StrFormat("a %s from %s to %s",
                         IsContinuous(measure.family) ? "number" : "whole number",
                         NumberWords(measure.minimum), NumberWords(measure.maximum));
}

const char* BenefitUnit(inference::Family family) {
  switch (family) {
    case inference::Family::kGaussian:
    case inference::Family::kStudentT:
    case inference::Family::kOrdinal:
      return "points";
    case inference::Family::kBernoulli:
      return "days per 28 days";
    case inference::Family::kPoisson:
    case inference::Family::kNegativeBinomial:
      return "events per 7 days";
  }
  return "";
}

std::vector<std::string> SlotsOrOne(const std::vector<std::string>& slots) {
  return slots.empty() ? std::vector<std::string>{""} : slots;
}

}  // namespace solotrial::trial

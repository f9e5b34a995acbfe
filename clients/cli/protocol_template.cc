#include "clients/cli/protocol_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

// A starting point for the design and for the question asked. All have a 0-10 score, for which one
// point is the usual smallest difference that matters.
struct Symptom {
  const char* name;
  const char* measure_id;
  const char* question;
  const char* called;  // in the title
  bool lower_is_better;
  v1::Measure::RefersTo refers_to;
  int block_days;
  int pairs;
  int run_in_days;
  double half_life_days;  // of the effect, both ways
};

constexpr auto kSameDay = v1::Measure::REFERS_TO_SAME_DAY;
constexpr auto kPreviousNight = v1::Measure::REFERS_TO_PREVIOUS_NIGHT;

// Slow symptoms need long blocks: short ones hide a real effect. The last rows have no figures of
// their own and take those of tension.
constexpr std::array<Symptom, 13> kSymptoms = {{
    {"migraine", "headache", "How bad was your headache today, 0 (none) to 10 (worst)?",
     "migraine headache", true, kSameDay, 28, 3, 28, 7},
    {"restless-legs", "restless_legs",
     "How restless were your legs this evening, 0 (not at all) to 10 (unbearable)?",
     "restless legs", true, kSameDay, 14, 4, 14, 3},
    {"cramps", "cramp_pain", "How bad was the worst cramp today, 0 (none) to 10 (worst)?", "cramps",
     true, kSameDay, 28, 3, 14, 5},
    {"sleep", "sleep_quality", "How well did you sleep last night, 0 (terribly) to 10 (perfectly)?",
     "sleep", false, kPreviousNight, 14, 4, 14, 3},
    {"pms", "pms", "How bad were your symptoms today, 0 (none) to 10 (worst)?",
     "premenstrual symptoms", true, kSameDay, 28, 4, 28, 7},
    {"tension", "tension", "How tense were your muscles today, 0 (not at all) to 10 (worst)?",
     "muscle tension", true, kSameDay, 14, 4, 14, 3},
    {"palpitations", "palpitations",
     "How much did palpitations bother you today, 0 (not at all) to 10 (worst)?", "palpitations",
     true, kSameDay, 14, 4, 14, 3},
    {"anxiety", "anxiety", "How anxious were you today, 0 (not at all) to 10 (worst)?", "anxiety",
     true, kSameDay, 14, 4, 14, 3},
    {"fatigue", "fatigue", "How tired were you today, 0 (not at all) to 10 (worst)?", "fatigue",
     true, kSameDay, 14, 4, 14, 3},
    {"numbness", "numbness", "How numb were your limbs today, 0 (not at all) to 10 (worst)?",
     "numbness", true, kSameDay, 14, 4, 14, 3},
    {"brain-fog", "brain_fog", "How foggy was your head today, 0 (clear) to 10 (worst)?",
     "brain fog", true, kSameDay, 14, 4, 14, 3},
    {"mood", "mood", "How was your mood today, 0 (terrible) to 10 (excellent)?", "mood", false,
     kSameDay, 14, 4, 14, 3},
    {"pain", "pain", "How bad was your pain today, 0 (none) to 10 (worst)?", "pain", true, kSameDay,
     14, 4, 14, 3},
}};

// Where counting says more than a score: what the verdict is about, with the score beside it.
struct Counted {
  const char* symptom;
  const char* measure_id;
  v1::Measure::Family family;
  const char* question;
  double difference;     // that matters: days per 28 days or events per 7 days
  double typical_count;  // a day; 0 where nothing is counted
  double most;           // that can be recorded, against slips of the keyboard; 0: no limit
};

constexpr std::array<Counted, 2> kCounted = {{
    // The composite day: acute medicine would else hide what it was taken for.
    {"migraine", "migraine_day", v1::Measure::BERNOULLI,
     "Did you have a migraine today, or take acute medicine for one?", 2, 0, 0},
    // 4.35 a week in the trials of the Cochrane review of 2020.
    {"cramps", "cramps", v1::Measure::NEGATIVE_BINOMIAL, "How many cramps did you have today?", 1,
     0.6, 100},
}};

void FillCounted(const Counted& counted, v1::Measure& measure) {
  measure.set_id(counted.measure_id);
  measure.set_family(counted.family);
  measure.set_lower_is_better(true);
  measure.set_minimal_important_difference(counted.difference);
  measure.set_question(counted.question);
  if (counted.typical_count > 0) measure.set_typical_daily_count(counted.typical_count);
  if (counted.most > 0) measure.set_maximum(counted.most);
}

void FillScore(const Symptom& symptom, v1::Measure& measure) {
  measure.set_id(symptom.measure_id);
  measure.set_family(v1::Measure::ORDINAL);
  measure.set_minimum(0);
  measure.set_maximum(10);
  measure.set_lower_is_better(symptom.lower_is_better);
  measure.set_minimal_important_difference(1);
  measure.set_question(symptom.question);
  measure.set_refers_to(symptom.refers_to);
}

std::string Join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

// `weekend` is a yes/no question, `coffee:numeric` a number.
absl::StatusOr<v1::Covariate> MakeCovariate(const std::string& text) {
  v1::Covariate covariate;
  const size_t colon = text.find(':');
  const std::string kind = colon == std::string::npos ? "binary" : text.substr(colon + 1);
  covariate.set_id(text.substr(0, colon));
  if (kind == "binary") {
    covariate.set_kind(v1::Covariate::BINARY);
  } else if (kind == "numeric") {
    covariate.set_kind(v1::Covariate::NUMERIC);
  } else {
    return UsageError("'" + text + "' is no covariate: write ID for a yes/no question or " +
                      "ID:numeric for a number.");
  }
  return covariate;
}

}  // namespace

std::vector<std::string> SymptomNames() {
  std::vector<std::string> names;
  names.reserve(kSymptoms.size());
  for (const Symptom& symptom : kSymptoms) names.emplace_back(symptom.name);
  return names;
}

absl::StatusOr<v1::Protocol> MakeProtocol(const TemplateOptions& options) {
  const auto* symptom = std::find_if(kSymptoms.begin(), kSymptoms.end(),
                                     [&](const Symptom& s) { return options.symptom == s.name; });
  if (symptom == kSymptoms.end()) {
    return UsageError("There are no defaults for the symptom '" + options.symptom +
                      "'. Take the nearest of these and edit the file: " + Join(SymptomNames()) +
                      ".");
  }
  v1::Design::Randomization randomization = v1::Design::PAIRED;
  if (!v1::Design::Randomization_Parse(options.randomization, &randomization)) {
    return UsageError("'" + options.randomization +
                      "' is no way to draw the order: write PAIRED, COUNTERBALANCED, RESTRICTED or "
                      "BALANCED.");
  }

  v1::Protocol protocol;
  const std::string& treatment = options.intervention;
  protocol.set_title(options.title.empty()
                         ? fmt::format("Does {} help my {}?", treatment, symptom->called)
                         : options.title);

  v1::Design& design = *protocol.mutable_design();
  design.set_randomization(randomization);
  design.set_block_days(options.block_days.value_or(symptom->block_days));
  design.set_pairs(options.pairs.value_or(symptom->pairs));
  design.set_run_in_days(options.run_in_days.value_or(symptom->run_in_days));
  if (randomization == v1::Design::RESTRICTED) design.set_longest_run(2);
  if (options.blinded) {
    if (options.off_instruction.empty()) {
      return UsageError(
          "A blinded trial needs --off: what goes into the envelopes of off blocks, "
          "for example capsules that look the same.");
    }
    design.set_blinding(v1::Design::BLINDED_BY_HELPER);
  }

  for (const Counted& counted : kCounted) {
    if (options.symptom == counted.symptom) FillCounted(counted, *protocol.add_measures());
  }
  FillScore(*symptom, *protocol.add_measures());
  v1::Measure& primary = *protocol.mutable_measures(0);
  primary.set_primary(true);
  if (options.minimal_important_difference.has_value()) {
    primary.set_minimal_important_difference(*options.minimal_important_difference);
  }

  v1::Kinetics& kinetics = *protocol.mutable_kinetics();
  kinetics.set_onset_half_life_days(options.onset_half_life_days.value_or(symptom->half_life_days));
  kinetics.set_offset_half_life_days(
      options.offset_half_life_days.value_or(symptom->half_life_days));

  for (const std::string& text : options.covariates) {
    CLI_ASSIGN_OR_RETURN(*protocol.add_covariates(), MakeCovariate(text));
  }
  protocol.mutable_analysis()->set_trend(true);
  protocol.mutable_analysis()->set_autocorrelation(true);

  v1::Intervention& intervention = *protocol.mutable_intervention();
  intervention.set_name(treatment);
  intervention.set_on_instruction(options.on_instruction.empty()
                                      ? "Take your " + treatment + " as you planned it."
                                      : options.on_instruction);
  intervention.set_off_instruction(options.off_instruction.empty() ? "Take no " + treatment + "."
                                                                   : options.off_instruction);
  protocol.set_time_zone(options.time_zone);
  protocol.set_day_starts_at("04:00");
  return protocol;
}

}  // namespace solotrial::cli

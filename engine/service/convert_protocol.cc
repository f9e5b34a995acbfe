#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

constexpr int kDefaultDayStart = 4 * 60;

std::optional<inference::Family> FamilyOf(v1::Measure::Family from) {
  switch (from) {
    case v1::Measure::GAUSSIAN:
      return inference::Family::kGaussian;
    case v1::Measure::STUDENT_T:
      return inference::Family::kStudentT;
    case v1::Measure::BERNOULLI:
      return inference::Family::kBernoulli;
    case v1::Measure::POISSON:
      return inference::Family::kPoisson;
    case v1::Measure::NEGATIVE_BINOMIAL:
      return inference::Family::kNegativeBinomial;
    case v1::Measure::ORDINAL:
      return inference::Family::kOrdinal;
    default:
      return std::nullopt;
  }
}

// Converts, noting what has no counterpart in the domain.
class ProtocolConverter {
 public:
  explicit ProtocolConverter(trial::Purpose purpose) : purpose_(purpose) {}

  trial::Protocol Convert(const v1::Protocol& from) {
    trial::Protocol to;
    to.title = from.title();
    to.design = ConvertDesign(from.design());
    for (int i = 0; i < from.measures_size(); ++i) {
      to.measures.push_back(ConvertMeasure(from.measures(i), absl::StrFormat("measures[%d].", i)));
    }
    if (to.measures.size() == 1) to.measures[0].primary = true;
    to.kinetics.onset_half_life_days = from.kinetics().onset_half_life_days();
    to.kinetics.offset_half_life_days = from.kinetics().offset_half_life_days();
    to.kinetics.initial_exposure = from.kinetics().taken_before() ? 1 : 0;
    to.kinetics.learn = from.kinetics().learn();
    for (int i = 0; i < from.covariates_size(); ++i) {
      const v1::Covariate& covariate = from.covariates(i);
      if (covariate.kind() != v1::Covariate::BINARY && covariate.kind() != v1::Covariate::NUMERIC) {
        Add(absl::StrFormat("covariates[%d].kind", i), "is required: BINARY or NUMERIC");
      }
      to.covariates.push_back({.id = covariate.id(),
                               .binary = covariate.kind() == v1::Covariate::BINARY,
                               .question = covariate.question(),
                               .beside_only = covariate.beside_only()});
    }
    to.trend = !from.analysis().has_trend() || from.analysis().trend();
    to.autocorrelation =
        !from.analysis().has_autocorrelation() || from.analysis().autocorrelation();
    to.arm_variance = from.analysis().arm_variance();
    if (from.has_intervention()) to.intervention = ConvertIntervention(from.intervention());
    to.symptom = from.symptom();
    to.catalog_version = from.catalog_version();
    to.screening = ToDomain(from.screening(), "screening.", violations_);
    to.time_zone = from.time_zone();
    to.day_starts_at_minutes = kDefaultDayStart;
    if (from.has_day_starts_at()) {
      // -1 is out of range, which CheckProtocol reports.
      to.day_starts_at_minutes = ParseMinutes(from.day_starts_at()).value_or(-1);
    }
    return to;
  }

  std::vector<Violation>& violations() { return violations_; }

 private:
  void Add(std::string field, std::string description) {
    violations_.push_back({std::move(field), std::move(description)});
  }

  static trial::Intervention ConvertIntervention(const v1::Intervention& from) {
    trial::Intervention to{.name = from.name(),
                           .on_instruction = from.on_instruction(),
                           .off_instruction = from.off_instruction(),
                           .dose_slots = {from.dose_slots().begin(), from.dose_slots().end()},
                           .catalog_id = from.catalog_id(),
                           .form = from.form(),
                           .steps = {}};
    for (const v1::DoseStep& step : from.steps()) {
      to.steps.push_back({.from_day = step.from_day(),
                          .elemental_mg = step.elemental_mg(),
                          .compound_mg = step.compound_mg(),
                          .count = step.count(),
                          .instruction = step.instruction()});
    }
    return to;
  }

  trial::Design ConvertDesign(const v1::Design& from) {
    return {.randomization = ConvertRandomization(from.randomization()),
            .block_days = from.block_days(),
            .pairs = from.pairs(),
            .run_in_days = from.run_in_days(),
            .longest_run = from.longest_run(),
            .washout_days = from.washout_days(),
            .blinding = ConvertBlinding(from.blinding()),
            .block_unit = ConvertBlockUnit(from.block_unit())};
  }

  trial::BlockUnit ConvertBlockUnit(v1::Design::BlockUnit from) {
    switch (from) {
      case v1::Design::BLOCK_UNIT_UNSPECIFIED:
      case v1::Design::DAYS:
        return trial::BlockUnit::kDays;
      case v1::Design::VISITS:
        return trial::BlockUnit::kVisits;
      case v1::Design::CYCLES:
        return trial::BlockUnit::kCycles;
      default:
        Add("design.block_unit", "is not known to this engine");
        return trial::BlockUnit::kDays;
    }
  }

  trial::Blinding ConvertBlinding(v1::Design::Blinding from) {
    switch (from) {
      case v1::Design::BLINDING_UNSPECIFIED:
      case v1::Design::OPEN:
        return trial::Blinding::kOpen;
      case v1::Design::BLINDED_BY_HELPER:
        return trial::Blinding::kByHelper;
      default:
        Add("design.blinding", "is not known to this engine");
        return trial::Blinding::kOpen;
    }
  }

  trial::Randomization ConvertRandomization(v1::Design::Randomization from) {
    switch (from) {
      case v1::Design::RANDOMIZATION_UNSPECIFIED:
        return purpose_ == trial::Purpose::kTrial ? trial::Randomization::kPaired
                                                  : trial::Randomization::kNone;
      case v1::Design::PAIRED:
        return trial::Randomization::kPaired;
      case v1::Design::COUNTERBALANCED:
        return trial::Randomization::kCounterbalanced;
      case v1::Design::RESTRICTED:
        return trial::Randomization::kRestricted;
      case v1::Design::BALANCED:
        return trial::Randomization::kBalanced;
      case v1::Design::NONE:
        return trial::Randomization::kNone;
      default:
        Add("design.randomization", "is not known to this engine");
        return trial::Randomization::kPaired;
    }
  }

  trial::Measure ConvertMeasure(const v1::Measure& from, const std::string& path) {
    trial::Measure to;
    to.id = from.id();
    const std::optional<inference::Family> family = FamilyOf(from.family());
    if (!family.has_value()) {
      Add(path + "family",
          "is required: GAUSSIAN, STUDENT_T, BERNOULLI, POISSON, NEGATIVE_BINOMIAL or ORDINAL");
    }
    to.family = family.value_or(inference::Family::kGaussian);
    if (!from.has_lower_is_better()) {
      Add(path + "lower_is_better", "is required: whether a lower score is better");
    }
    to.lower_is_better = from.lower_is_better();
    if (from.has_typical_daily_count()) to.typical_daily_count = from.typical_daily_count();
    to.slots = {from.slots().begin(), from.slots().end()};
    to.daily_rule = ConvertRule(from, path);
    to.literature_prior = ConvertPrior(from.has_literature_prior(), from.literature_prior(),
                                       path + "literature_prior");
    to.own_prior = ConvertPrior(from.has_own_prior(), from.own_prior(), path + "own_prior");
    ConvertScale(from, path, to);
    to.primary = from.primary();
    to.question = from.question();
    to.refers_to = from.refers_to() == v1::Measure::REFERS_TO_PREVIOUS_NIGHT
                       ? trial::RefersTo::kPreviousNight
                       : trial::RefersTo::kSameDay;
    return to;
  }

  std::optional<inference::EffectPrior> ConvertPrior(bool present, const v1::EffectPrior& from,
                                                     const std::string& path) {
    if (!present) return std::nullopt;
    if (!from.has_sd()) {
      Add(path + ".sd", "is required: how firm the belief is, a standard deviation");
      return std::nullopt;
    }
    return inference::EffectPrior{.mean = from.mean(), .sd = from.sd()};
  }

  // Bounds and what is judged by them; `to` has its family, slots and rule.
  void ConvertScale(const v1::Measure& from, const std::string& path, trial::Measure& to) {
    if (from.has_minimal_important_difference()) {
      to.minimal_important_difference = from.minimal_important_difference();
    }
    if (to.family == inference::Family::kBernoulli || trial::IsCount(to.family)) {
      const double highest = trial::IsCount(to.family) ? trial::LargestCount(to) : 1;
      to.minimum = from.minimum();
      to.maximum = from.has_maximum() ? from.maximum() : highest;
      return;
    }
    if (!from.has_minimum()) Add(path + "minimum", "is required: the lowest possible score");
    if (!from.has_maximum()) Add(path + "maximum", "is required: the highest possible score");
    to.minimum = from.minimum();
    to.maximum = from.maximum();
    if (from.has_minimum() && from.has_maximum()) return;
    // Absent bounds are reported here once, not again as an empty range or a difference that is too
    // large for it.
    to.maximum = to.minimum + 1;
    if (to.minimal_important_difference.has_value()) to.minimal_important_difference = 0.25;
    to.literature_prior.reset();
    to.own_prior.reset();
  }

  trial::DailyRule ConvertRule(const v1::Measure& from, const std::string& path) {
    switch (from.daily_rule()) {
      case v1::Measure::DAILY_RULE_MEAN:
        return trial::DailyRule::kMean;
      case v1::Measure::DAILY_RULE_MAX:
        return trial::DailyRule::kMax;
      case v1::Measure::DAILY_RULE_SUM:
        return trial::DailyRule::kSum;
      case v1::Measure::DAILY_RULE_LAST:
        return trial::DailyRule::kLast;
      default:
        if (from.slots_size() > 1) {
          Add(path + "daily_rule", "is required with several slots: MEAN, MAX, LAST or SUM");
        }
        return trial::DailyRule::kLast;
    }
  }

  const trial::Purpose purpose_;
  std::vector<Violation> violations_;
};

}  // namespace

absl::StatusOr<trial::Protocol> ToDomain(const v1::Protocol& protocol, trial::Purpose purpose) {
  ProtocolConverter converter(purpose);
  trial::Protocol domain = converter.Convert(protocol);
  std::vector<Violation> violations = std::move(converter.violations());
  for (Violation& violation : trial::CheckProtocol(domain, purpose)) {
    violations.push_back(std::move(violation));
  }
  SOLOTRIAL_RETURN_IF_ERROR(WithFieldPrefix(InvalidFields(std::move(violations)), "protocol."));
  return domain;
}

}  // namespace solotrial::service

#include "engine/trial/analysis.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"

namespace solotrial::trial {
namespace {

constexpr size_t kMostMissingDates = 31;
// Simulated records of the predictive checks.
constexpr int kPredictiveDraws = 400;
// Points of the density of the benefit, and how far they reach.
constexpr int kDensityPoints = 80;
constexpr double kDensitySds = 4;

std::vector<BlockSummary> SummarizeBlocks(const Record& record,
                                          const std::vector<DayValue>& series) {
  std::vector<BlockSummary> blocks;
  for (const RecordBlock& block : record.blocks) {
    BlockSummary summary{.block = block};
    double sum = 0;
    for (size_t i = block.first_day; i <= block.last_day; ++i) {
      if (series[i].block != block.number) continue;
      ++summary.days;
      if (!series[i].score.has_value()) continue;
      ++summary.observed_days;
      sum += *series[i].score;
    }
    if (summary.observed_days > 0) summary.mean = sum / summary.observed_days;
    blocks.push_back(summary);
  }
  return blocks;
}

// A block counts with at least half the scores that it was planned to have.
bool Counts(const BlockSummary& block, const Design& design) {
  const bool known = design.block_days > 0 && design.block_unit == BlockUnit::kDays;
  const int planned = known ? design.block_days : block.days;
  return 2 * block.observed_days >= planned;
}

bool HasEnoughData(const Design& design, const std::vector<BlockSummary>& blocks) {
  int scheduled = 0;
  int recorded = 0;
  int counted_on = 0;
  int counted_off = 0;
  std::map<int, int> counted_in_pair;
  for (const BlockSummary& block : blocks) {
    scheduled += block.days;
    recorded += block.observed_days;
    if (!Counts(block, design)) continue;
    ++(block.block.on ? counted_on : counted_off);
    if (block.block.pair > 0) ++counted_in_pair[block.block.pair];
  }
  if (2 * recorded < scheduled) return false;
  const bool has_pairs = PairOf(design, 0) > 0;
  if (!has_pairs) return counted_on >= 2 && counted_off >= 2;
  const auto pairs = std::count_if(counted_in_pair.begin(), counted_in_pair.end(),
                                   [](const auto& pair) { return pair.second == 2; });
  return pairs >= 2;
}

// Whether the record ends before its last planned pair was lived: the last planned block has not
// at least half its days.
bool EndsBeforeLastPair(const Design& design, const std::vector<BlockSummary>& blocks) {
  if (design.randomization == Randomization::kNone) return false;
  if (static_cast<int>(blocks.size()) < BlockCount(design)) return true;
  return 2 * blocks.back().days < design.block_days;
}

// How far benefits can lie apart, roughly: what decides how many decimals are worth saying.
double BenefitRange(const Measure& measure, const std::vector<DayValue>& series) {
  if (measure.family == inference::Family::kBernoulli) return 28;
  if (!IsCount(measure.family)) return measure.maximum - measure.minimum;
  double sum = 0;
  int count = 0;
  for (const DayValue& day : series) {
    if (!day.score.has_value() || day.excluded) continue;
    sum += *day.score;
    ++count;
  }
  return sum > 0 ? 7 * sum / count : 7;
}

VerdictFacts FactsOf(const Protocol& protocol, const Record& record, const AnalysisRequest& request,
                     const AnalysisOutcome& outcome) {
  const Measure& measure = *outcome.measure;
  VerdictFacts facts;
  facts.benefit = outcome.posterior.benefit;
  // Without a single score the posterior is the prior: nothing went wrong, there is too little.
  facts.reliable = outcome.posterior.diagnostics.reliable || outcome.observed_days == 0;
  facts.problem = outcome.posterior.diagnostics.problem;
  facts.autocorrelation =
      protocol.autocorrelation || record.design.block_unit == BlockUnit::kVisits;
  facts.enough_data = HasEnoughData(record.design, outcome.blocks);
  facts.recording_goes_on = request.look;
  facts.randomised = record.design.randomization != Randomization::kNone;
  facts.exposure_contrast = outcome.exposure_contrast;
  facts.before_last_pair = request.look || EndsBeforeLastPair(record.design, outcome.blocks);
  facts.minimal_important_difference = measure.minimal_important_difference;
  if (outcome.randomization_test.has_value()) {
    facts.randomization_p_one_sided = outcome.randomization_test->p_one_sided;
    facts.smallest_randomization_p = outcome.randomization_test->smallest_p;
  }
  facts.pairs = static_cast<int>(record.blocks.size()) / 2;
  facts.measure = measure.id;
  facts.treatment = protocol.intervention.has_value() ? protocol.intervention->name : "";
  facts.unit = BenefitUnit(measure.family);
  facts.range = BenefitRange(measure, outcome.series);
  facts.blinded = record.design.blinding == Blinding::kByHelper;
  facts.unblinded_date = request.unblinded_date;
  facts.stopped_early = request.stopped_early;
  facts.recording_ends = !request.look && !request.recorded_elsewhere;
  return facts;
}

// Everything that is said of `record` without a posterior.
absl::StatusOr<AnalysisOutcome> Describe(const Protocol& protocol, const Record& record,
                                         const AnalysisRequest& request) {
  AnalysisOutcome outcome;
  SOLOTRIAL_ASSIGN_OR_RETURN(outcome.measure, AskedMeasure(protocol, request.measure_id));
  const Measure& measure = *outcome.measure;
  outcome.seed = request.seed;
  outcome.series = SeriesOf(protocol, record, measure);
  outcome.days = static_cast<int>(record.days.size());
  std::vector<double> assignment;
  for (const DayValue& day : outcome.series) {
    assignment.push_back(day.assignment);
    if (day.score.has_value() && !day.excluded) ++outcome.observed_days;
    if (day.score.has_value() || day.block == 0) continue;
    const bool on = record.blocks[static_cast<size_t>(day.block - 1)].on;
    ++(on ? outcome.missing_on_days : outcome.missing_off_days);
  }
  for (const Covariate& covariate : protocol.covariates) {
    if (covariate.beside_only) continue;
    // Only where a score makes the covariate matter: no model sees the value of another day.
    const auto missing =
        std::count_if(record.days.begin(), record.days.end(), [&](const RecordDay& day) {
          return !day.run_in && day.scores.contains(measure.id) &&
                 !day.covariates.contains(covariate.id);
        });
    if (missing > 0) outcome.missing_covariate_days[covariate.id] = static_cast<int>(missing);
  }
  outcome.exposure_contrast = ExposureContrast(record, assignment, protocol.kinetics);
  outcome.blocks = SummarizeBlocks(record, outcome.series);
  return outcome;
}

// The density as the difference of its distribution function.
std::vector<DensityPoint> BenefitDensity(const inference::Fit& fit) {
  const inference::Benefit& benefit = fit.posterior().benefit;
  std::vector<DensityPoint> density;
  if (!(benefit.sd > 0)) return density;
  const double step = 2 * kDensitySds * benefit.sd / kDensityPoints;
  const double first = benefit.mean - kDensitySds * benefit.sd;
  const auto cdf = [&](double value) { return fit.Cdf(inference::Quantity::kBenefit, value); };
  double below = cdf(first);
  for (int i = 0; i < kDensityPoints; ++i) {
    const double above = cdf(first + (i + 1) * step);
    if (std::isnan(above) || std::isnan(below)) return {};
    density.push_back({first + (i + 0.5) * step, std::max(0.0, above - below) / step});
    below = above;
  }
  return density;
}

// Pairs whose second block is over.
int PairsDone(const Schedule& schedule, Date today) {
  int pairs = 0;
  for (const Block& block : schedule.blocks()) {
    if (block.number % 2 == 0 && block.end_date.has_value() && *block.end_date < today) ++pairs;
  }
  return pairs;
}

// The date under which a score for `day` of the record is entered.
Date EntryDate(const Measure& measure, const RecordDay& day) {
  return day.date + (day.date - AnalysisDate(measure, day.date));
}

}  // namespace

absl::StatusOr<AnalysisOutcome> AnalyzeRecord(const Protocol& protocol, const Record& record,
                                              const AnalysisRequest& request) {
  SOLOTRIAL_ASSIGN_OR_RETURN(AnalysisOutcome outcome, Describe(protocol, record, request));
  const Measure& measure = *outcome.measure;
  inference::Record matrix = DesignMatrix(protocol, record, measure, outcome.series);
  const bool beside = request.sensitivity || request.summary;
  if (beside) matrix.other_priors = OtherPriors(measure);
  SOLOTRIAL_ASSIGN_OR_RETURN(const inference::Fit fit, inference::Fit::Of(std::move(matrix)));
  outcome.posterior = fit.posterior();
  outcome.reached_benefit = outcome.posterior.benefit.mean * outcome.exposure_contrast;
  outcome.randomization_test = TestRandomization(record, measure, request.seed);
  outcome.digest = DigestOf(record, request, measure);
  const VerdictFacts facts = FactsOf(protocol, record, request, outcome);
  outcome.verdict = Decide(facts);
  if (request.summary && outcome.observed_days > 0) outcome.benefit_density = BenefitDensity(fit);
  if (beside) {
    SOLOTRIAL_ASSIGN_OR_RETURN(
        outcome.sensitivity,
        AnalyzeSensitivity(
            {protocol, measure, record, fit, facts, request.guesses, !request.sensitivity},
            fit.Draw(kPredictiveDraws, request.seed), request.seed));
  }
  return outcome;
}

std::string DigestOf(const Record& record, const AnalysisRequest& request, const Measure& measure) {
  std::string text =
      absl::StrFormat("solotrial/result/v1\n%s\n%s\n%s\n%d\n%d\n", inference::kModelVersion,
                      Hex(request.protocol_digest), measure.id, request.seed, record.planned_days);
  for (const RecordDay& day : record.days) {
    text += absl::StrFormat("%s %.17g %d %d", FormatDate(day.date), day.assignment, day.block,
                            day.run_in ? 1 : 0);
    if (const auto score = day.scores.find(measure.id); score != day.scores.end()) {
      text += absl::StrFormat(" y=%.17g", score->second);
    }
    for (const auto& [id, value] : day.covariates) text += absl::StrFormat(" %s=%.17g", id, value);
    // A mean over slots, which an export and an import may move by a rounding.
    if (day.dose.has_value()) text += absl::StrFormat(" dose=%.9g", *day.dose);
    text += '\n';
  }
  return Sha256(text);
}

absl::StatusOr<Decision> DecideOn(const Protocol& protocol, const Record& record,
                                  const AnalysisRequest& request, inference::Precision precision) {
  SOLOTRIAL_ASSIGN_OR_RETURN(AnalysisOutcome outcome, Describe(protocol, record, request));
  SOLOTRIAL_ASSIGN_OR_RETURN(
      outcome.posterior,
      inference::ComputePosterior(DesignMatrix(protocol, record, *outcome.measure, outcome.series),
                                  precision));
  return Decide(FactsOf(protocol, record, request, outcome)).decision;
}

bool HasLooks(const Protocol& protocol) {
  return protocol.design.randomization == Randomization::kPaired ||
         protocol.design.randomization == Randomization::kCounterbalanced;
}

std::optional<DueLook> LastDueLook(const Protocol& protocol, const Schedule& schedule, Date today) {
  if (!HasLooks(protocol)) return std::nullopt;
  const int pair = std::min(PairsDone(schedule, today), protocol.design.pairs - 1);
  if (pair < kFirstLook) return std::nullopt;
  return DueLook{pair, *schedule.blocks()[static_cast<size_t>(2 * pair - 1)].end_date};
}

std::optional<Date> NextLookDate(const Protocol& protocol, const Schedule& schedule, Date today) {
  if (!HasLooks(protocol)) return std::nullopt;
  const int pair = std::max(kFirstLook, PairsDone(schedule, today) + 1);
  if (pair >= protocol.design.pairs) return std::nullopt;
  const std::optional<Date> end = schedule.blocks()[static_cast<size_t>(2 * pair - 1)].end_date;
  return end.has_value() ? std::optional<Date>(*end + 1) : std::nullopt;
}

Progress ProgressOf(const Protocol& protocol, const Record& record) {
  const Measure& primary = PrimaryMeasure(protocol);
  Progress progress;
  for (const RecordDay& day : record.days) {
    if (day.block == 0 && !day.run_in) continue;
    ++progress.scores_scheduled;
    if (day.scores.contains(primary.id)) ++progress.scores_recorded;
  }
  progress.days_done = progress.scores_scheduled;
  progress.days_planned = progress.scores_scheduled;
  std::set<int> pairs;
  for (const RecordBlock& block : record.blocks) pairs.insert((block.number + 1) / 2);
  progress.pairs_done = static_cast<int>(record.blocks.size()) / 2;
  progress.pairs_planned = static_cast<int>(pairs.size());
  return progress;
}

Progress ProgressOf(const Protocol& protocol, const Trial& trial, const Record& record,
                    Date today) {
  const Measure& primary = PrimaryMeasure(protocol);
  const Schedule schedule(protocol, trial);
  Progress progress = ProgressOf(protocol, record);
  progress.days_planned = schedule.planned_days();
  progress.pairs_done = PairsDone(schedule, today);
  progress.pairs_planned = protocol.design.pairs;
  for (auto day = record.days.rbegin(); day != record.days.rend(); ++day) {
    if (progress.missing_dates.size() == kMostMissingDates) break;
    const bool due = (day->block > 0 || day->run_in) && !day->scores.contains(primary.id);
    const Date entry_date = EntryDate(primary, *day);
    // Today itself is not missing yet: the day is not over.
    if (due && entry_date < today) progress.missing_dates.push_back(entry_date);
  }
  if (!HasEnded(StateOn(trial, protocol, today))) {
    progress.next_look_date = NextLookDate(protocol, schedule, today);
  }
  return progress;
}

}  // namespace solotrial::trial

#include "engine/trial/record_summary.h"

#include <algorithm>
#include <utility>

#include "engine/base/fault.h"
#include "engine/trial/design_matrix.h"

namespace solotrial::trial {
namespace {

constexpr int kMostSteps = 12;
constexpr int kFewestSteps = 3;
// Steps times days: what bounds the time of long records.
constexpr int kStepDays = 3000;

void Count(const DayValue& day, ArmLevel& level, double& sum) {
  ++level.days;
  if (!day.score.has_value()) return;
  ++level.observed_days;
  sum += *day.score;
}

MeasureLevels LevelsOf(const Protocol& protocol, const Record& record, const Measure& measure) {
  MeasureLevels levels{.measure = &measure};
  double run_in = 0;
  double on = 0;
  double off = 0;
  const std::vector<DayValue> series = SeriesOf(protocol, record, measure);
  for (size_t i = 0; i < series.size(); ++i) {
    const DayValue& day = series[i];
    if (record.days[i].run_in) {
      Count(day, levels.run_in, run_in);
    } else if (day.block > 0 && !day.excluded) {
      const bool is_on = record.blocks[static_cast<size_t>(day.block - 1)].on;
      Count(day, is_on ? levels.on : levels.off, is_on ? on : off);
    }
  }
  const auto close = [](ArmLevel& level, double sum) {
    if (level.observed_days > 0) level.mean = sum / level.observed_days;
  };
  close(levels.run_in, run_in);
  close(levels.on, on);
  close(levels.off, off);
  return levels;
}

// `record` as it was on the last day of its block `blocks` (a count).
Record UpTo(const Record& record, size_t blocks) {
  Record part = record;
  part.blocks.resize(blocks);
  part.days.resize(part.blocks.back().last_day + 1);
  return part;
}

// How many blocks are in each step, the last being all of them.
std::vector<size_t> StepsOf(const Record& record) {
  const std::vector<RecordBlock>& blocks = record.blocks;
  std::vector<size_t> ends;
  bool on = false;
  bool off = false;
  for (size_t i = 0; i < blocks.size(); ++i) {
    (blocks[i].on ? on : off) = true;
    const bool whole =
        i + 1 == blocks.size() || blocks[i].pair == 0 || blocks[i + 1].pair != blocks[i].pair;
    if (on && off && whole) ends.push_back(i + 1);
  }
  const size_t most = static_cast<size_t>(std::clamp(
      kStepDays / std::max(1, static_cast<int>(record.days.size())), kFewestSteps, kMostSteps));
  if (ends.size() <= most) return ends;
  std::vector<size_t> steps;
  for (size_t k = 1; k <= most; ++k) steps.push_back(ends[(ends.size() * k + most - 1) / most - 1]);
  return steps;
}

absl::StatusOr<std::vector<EvidenceStep>> EvidenceOf(const Protocol& protocol, const Record& record,
                                                     const AnalysisOutcome& outcome) {
  std::vector<EvidenceStep> evidence;
  for (const size_t blocks : StepsOf(record)) {
    const RecordBlock& last = record.blocks[blocks - 1];
    EvidenceStep step{.pair = last.pair,
                      .block = last.number,
                      .data_date = record.days[last.last_day].date,
                      .benefit = outcome.posterior.benefit};
    if (blocks < record.blocks.size()) {
      const Record part = UpTo(record, blocks);
      const std::vector<DayValue> series = SeriesOf(protocol, part, *outcome.measure);
      SOLOTRIAL_ASSIGN_OR_RETURN(
          const inference::Posterior posterior,
          inference::ComputePosterior(DesignMatrix(protocol, part, *outcome.measure, series),
                                      inference::Precision::kSimulation));
      // Nothing is shown that cannot be relied on, or that is the prior alone.
      const bool scored = std::any_of(series.begin(), series.end(), [](const DayValue& day) {
        return day.score.has_value() && !day.excluded;
      });
      if (!posterior.diagnostics.reliable || !scored) continue;
      step.benefit = posterior.benefit;
    }
    evidence.push_back(step);
  }
  return evidence;
}

std::vector<AdherenceDay> AdherenceOf(const Record& record, const Measure& primary) {
  std::vector<AdherenceDay> days;
  for (const RecordDay& day : record.days) {
    days.push_back({.date = day.date,
                    .block = day.block,
                    .on = day.block > 0 && record.blocks[static_cast<size_t>(day.block - 1)].on,
                    .scored = day.scores.contains(primary.id),
                    .dose = day.dose});
  }
  return days;
}

}  // namespace

double DaysPerPeriod(inference::Family family) {
  if (family == inference::Family::kBernoulli) return 28;
  return IsCount(family) ? 7 : 1;
}

absl::StatusOr<RecordSummary> SummarizeRecord(const Protocol& protocol, const Record& record,
                                              AnalysisRequest request) {
  request.summary = true;
  RecordSummary summary;
  SOLOTRIAL_ASSIGN_OR_RETURN(summary.outcome, AnalyzeRecord(protocol, record, request));
  const Measure& primary = *summary.outcome.measure;
  summary.levels.push_back(LevelsOf(protocol, record, primary));
  for (const Measure& measure : protocol.measures) {
    if (&measure != &primary) summary.levels.push_back(LevelsOf(protocol, record, measure));
  }
  summary.block_means = BlockMeans(summary.outcome);
  SOLOTRIAL_ASSIGN_OR_RETURN(summary.evidence, EvidenceOf(protocol, record, summary.outcome));
  summary.adherence = AdherenceOf(record, primary);
  return summary;
}

}  // namespace solotrial::trial

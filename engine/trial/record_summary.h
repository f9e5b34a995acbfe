// What a summary shows beside the analysis of a record: levels by arm, block means with intervals,
// how the evidence grew, and which days were lived as planned.
#ifndef SOLOTRIAL_ENGINE_TRIAL_RECORD_SUMMARY_H_
#define SOLOTRIAL_ENGINE_TRIAL_RECORD_SUMMARY_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/civil_time.h"
#include "engine/trial/analysis.h"
#include "engine/trial/protocol.h"
#include "engine/trial/record.h"

namespace solotrial::trial {

// One measure on some days of a record.
struct ArmLevel {
  int days = 0;
  int observed_days = 0;
  std::optional<double> mean;  // of the daily values
};

// Plain means by arm; days that a washout leaves out are in none.
struct MeasureLevels {
  const Measure* measure = nullptr;  // into the protocol
  ArmLevel run_in;
  ArmLevel on;
  ArmLevel off;
};

// What turns a daily mean into the unit of the benefit: 28 for BERNOULLI, 7 for counts, else 1.
double DaysPerPeriod(inference::Family family);

// The mean of one block with a 95 % interval of its own, within the scale; absent where the scores
// do not tell one. Descriptive: no build-up, no trend.
//
// Scores are taken as a level of each block plus noise of one variance and one lag-1 correlation r,
// both pooled over the blocks. r is the pooled within-block estimate, freed of most of the bias
// that comes with estimated block means (Marriott & Pope, Biometrika 41 (1954), 390-402; Kendall,
// the same volume, 403-404) and kept within 0 to 0.95. With v the variance of a block's mean in
// units of that of the noise, the interval is the mean -+ t s sqrt(v), s^2 the sum of squares
// within blocks over the sum of n (1 - v), t with the sum of 1/v - 1 degrees of freedom.
struct BlockMean {
  int number = 0;
  std::optional<double> mean;
  std::optional<double> q025;
  std::optional<double> q975;
};

// The answer of the record up to the end of one pair (of one block, where the design has none).
struct EvidenceStep {
  int pair = 0;  // 0 without pairs
  int block = 0;
  Date data_date;
  inference::Benefit benefit;
};

// One day of the record.
struct AdherenceDay {
  Date date;
  int block = 0;  // 0 outside blocks
  bool on = false;
  bool scored = false;         // the primary measure
  std::optional<double> dose;  // as in RecordDay
};

struct RecordSummary {
  AnalysisOutcome outcome;            // of the primary measure, with its summary
  std::vector<MeasureLevels> levels;  // the primary measure first
  std::vector<BlockMean> block_means;
  // At most 12 steps, fewer for records above 250 days, where each takes longer; the last is the
  // whole record. Before the first step both arms have been lived.
  std::vector<EvidenceStep> evidence;
  std::vector<AdherenceDay> adherence;
};

// Analyses the primary measure of `record`, which has at least one day, as AnalyzeRecord with
// `request.summary`; `request.measure_id` is empty. The result points into `protocol`.
absl::StatusOr<RecordSummary> SummarizeRecord(const Protocol& protocol, const Record& record,
                                              AnalysisRequest request);

// Of the days of `series` in blocks, with `outcome.blocks`.
std::vector<BlockMean> BlockMeans(const AnalysisOutcome& outcome);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_RECORD_SUMMARY_H_

// From a record to an answer: design matrix, posterior, estimand, test and verdict.
#ifndef SOLOTRIAL_ENGINE_TRIAL_ANALYSIS_H_
#define SOLOTRIAL_ENGINE_TRIAL_ANALYSIS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/inference/inference.h"
#include "engine/trial/blinding.h"
#include "engine/trial/design_matrix.h"
#include "engine/trial/protocol.h"
#include "engine/trial/randomization_test.h"
#include "engine/trial/record.h"
#include "engine/trial/schedule.h"
#include "engine/trial/sensitivity.h"
#include "engine/trial/verdict.h"

namespace solotrial::trial {

// One block as it was analysed.
struct BlockSummary {
  RecordBlock block;
  int days = 0;           // scheduled days of it in the record
  int observed_days = 0;  // of these, with a score
  std::optional<double> mean;
};

// One point of a density.
struct DensityPoint {
  double value = 0;  // in the unit of the benefit
  double density = 0;
};

struct AnalysisOutcome {
  const Measure* measure = nullptr;  // into the protocol
  int days = 0;
  int observed_days = 0;
  inference::Posterior posterior;
  double exposure_contrast = 0;  // mean exposure of on days minus that of off days, in blocks
  double reached_benefit = 0;    // posterior mean of the benefit times the contrast
  int missing_on_days = 0;
  int missing_off_days = 0;
  std::map<std::string, int> missing_covariate_days;  // by id, only those above 0
  std::vector<BlockSummary> blocks;
  std::vector<DayValue> series;
  std::optional<RandomizationTest> randomization_test;
  Verdict verdict;
  std::optional<Sensitivity> sensitivity;  // where it was asked for
  // Of the benefit, by rising values, over four standard deviations to either side; empty unless
  // the summary was asked for, and without a score.
  std::vector<DensityPoint> benefit_density;
  std::string digest;  // SHA-256, 32 bytes
  uint32_t seed = 1;
};

struct AnalysisRequest {
  std::string measure_id;       // empty: the primary one
  std::string protocol_digest;  // 32 bytes
  uint32_t seed = 1;
  bool look = false;           // a scheduled look at a running trial
  bool stopped_early = false;  // the person stopped the trial before its last day
  bool recorded_elsewhere = false;
  std::optional<Date> unblinded_date;  // of a blinded trial whose person was told before its end
  std::vector<BlockGuess> guesses;     // of a blinded trial, by block
  bool sensitivity = false;  // say also what stands beside the verdict; changes no other number
  // The same, but of the sensitivity only what takes no more than two further analyses; and the
  // density of the benefit.
  bool summary = false;
};

// Analyses `record`, which has at least one day. UNKNOWN_ID when there is no such measure;
// INVALID_FIELDS when the record is outside what inference accepts. The result points into
// `protocol`, which must outlive it.
absl::StatusOr<AnalysisOutcome> AnalyzeRecord(const Protocol& protocol, const Record& record,
                                              const AnalysisRequest& request);

// SHA-256 over everything that the numbers depend on, 32 bytes; but for the guesses, which only the
// blinding index sees.
std::string DigestOf(const Record& record, const AnalysisRequest& request, const Measure& measure);

// The decision of AnalyzeRecord alone.
absl::StatusOr<Decision> DecideOn(const Protocol& protocol, const Record& record,
                                  const AnalysisRequest& request,
                                  inference::Precision precision = inference::Precision::kFull);

// The first pair after which there is a look, and whether the design has looks at all: only where
// pairs are drawn (PAIRED, COUNTERBALANCED).
inline constexpr int kFirstLook = 3;
bool HasLooks(const Protocol& protocol);

// The pair whose end is the last scheduled look before `today`, if one has come: from the third
// pair on, before the last, and only where pairs are drawn (PAIRED, COUNTERBALANCED).
struct DueLook {
  int pair = 0;
  Date data_date;  // the pair's last day
};
std::optional<DueLook> LastDueLook(const Protocol& protocol, const Schedule& schedule, Date today);

// The first day of the next look after `today`; nullopt when none is left or a pause leaves it
// open.
std::optional<Date> NextLookDate(const Protocol& protocol, const Schedule& schedule, Date today);

// How far a trial has come.
struct Progress {
  int days_done = 0;
  int days_planned = 0;
  int scores_scheduled = 0;  // days with a score due, run-in included
  int scores_recorded = 0;
  int pairs_done = 0;
  int pairs_planned = 0;
  std::vector<Date>
      missing_dates;  // dates under which a score can still be filled in, latest first
  std::optional<Date> next_look_date;
};

// Of a trial that has been started, on `today`; `record` reaches to today or the trial's end.
Progress ProgressOf(const Protocol& protocol, const Trial& trial, const Record& record, Date today);
// Of an imported record.
Progress ProgressOf(const Protocol& protocol, const Record& record);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_ANALYSIS_H_

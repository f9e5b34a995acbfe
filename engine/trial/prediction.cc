#include "engine/trial/prediction.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "engine/inference/predictive.h"
#include "engine/trial/analysis.h"
#include "engine/trial/design_matrix.h"
#include "engine/trial/future.h"

namespace solotrial::trial {
namespace {

// Keeps the streams of the futures apart from that of the draws, which the same seed begins.
constexpr uint64_t kFutureStreams = 0x9e3779b97f4a7c15;

// Share of the days of one arm's blocks that have no score; 0 for an arm without days.
double MissingShare(const Record& record, const Measure& measure, bool on) {
  int days = 0;
  int missing = 0;
  for (const RecordDay& day : record.days) {
    if (day.block == 0 || day.run_in) continue;
    if (record.blocks[static_cast<size_t>(day.block - 1)].on != on) continue;
    ++days;
    if (!day.scores.contains(measure.id)) ++missing;
  }
  return days == 0 ? 0 : static_cast<double>(missing) / days;
}

class Simulation {
 public:
  Simulation(const SimulationInput& input, const DecideRecord& decide, int pairs, uint32_t seed)
      : input_(input), decide_(decide), pairs_(pairs), seed_(seed) {
    missing_share_[0] = MissingShare(input.record, input.measure, false);
    missing_share_[1] = MissingShare(input.record, input.measure, true);
  }

  // The decisions after 1, 2, .. further pairs in the future `index`.
  absl::StatusOr<std::vector<Decision>> Future(size_t index) const {
    RandomStream random(kFutureStreams ^
                        ((static_cast<uint64_t>(seed_) << 32) | static_cast<uint64_t>(index)));
    const Record& lived = input_.record;
    Record future = Continued(lived, DrawFurtherBlocks(lived, pairs_, random));
    PutScores(index, random, future);
    std::vector<Decision> decisions;
    for (int pair = 1; pair <= pairs_; ++pair) {
      const size_t blocks = future.blocks.size() - static_cast<size_t>(2 * (pairs_ - pair));
      SOLOTRIAL_ASSIGN_OR_RETURN(const Decision decision,
                                 decide_(FirstBlocks(future, blocks, lived.planned_days)));
      decisions.push_back(decision);
    }
    return decisions;
  }

 private:
  void PutScores(size_t index, RandomStream& random, Record& future) const {
    const size_t first = input_.record.days.size();
    const std::vector<double> scores = inference::ContinueScores(
        ContinuedMatrix(input_.matrix, future), first, input_.draws[index], random);
    for (size_t i = 0; i < scores.size(); ++i) {
      RecordDay& day = future.days[first + i];
      const size_t arm = day.assignment > 0 ? 1 : 0;
      if (random.Uniform() < missing_share_[arm]) continue;
      day.scores[input_.measure.id] =
          std::clamp(scores[i], input_.measure.minimum, input_.measure.maximum);
    }
  }

  const SimulationInput& input_;
  const DecideRecord& decide_;
  const int pairs_;
  const uint32_t seed_;
  double missing_share_[2];
};

Forecast Summarize(const std::vector<absl::StatusOr<std::vector<Decision>>>& futures, int pairs) {
  std::vector<Decision> decisions;
  for (const absl::StatusOr<std::vector<Decision>>& future : futures) {
    decisions.push_back((*future)[static_cast<size_t>(pairs - 1)]);
  }
  Forecast forecast{.pairs = pairs, .decisions = TallyDecisions(decisions)};
  forecast.decided = ShareOfDecisions(decisions, IsDecided);
  return forecast;
}

}  // namespace

absl::StatusOr<std::vector<Forecast>> SimulateDecisions(const SimulationInput& input,
                                                        const DecideRecord& decide, int most_pairs,
                                                        uint32_t seed, int threads) {
  // How long the record is then does not depend on the order that is drawn.
  std::vector<int> days;
  for (int pairs = 1; pairs <= most_pairs; ++pairs) {
    const auto blocks = static_cast<size_t>(LackingBlocks(input.record) + 2 * pairs);
    const size_t length = Continued(input.record, Allocation(blocks, '0')).days.size();
    if (length > static_cast<size_t>(inference::kMaxDays)) break;
    days.push_back(static_cast<int>(length));
  }
  std::vector<Forecast> forecasts;
  if (days.empty() || input.draws.empty()) return forecasts;

  const Simulation simulation(input, decide, static_cast<int>(days.size()), seed);
  std::vector<absl::StatusOr<std::vector<Decision>>> futures(input.draws.size());
  InParallel(futures.size(), threads, [&](size_t index) {
    try {
      futures[index] = simulation.Future(index);
    } catch (const std::exception&) {
      futures[index] = FaultStatus(Reason::kInternal, "an exception escaped a simulation");
    }
  });
  for (const absl::StatusOr<std::vector<Decision>>& future : futures) {
    SOLOTRIAL_RETURN_IF_ERROR(future.status());
  }
  for (size_t i = 0; i < days.size(); ++i) {
    forecasts.push_back(Summarize(futures, static_cast<int>(i) + 1));
    forecasts.back().days = days[i];
  }
  return forecasts;
}

absl::StatusOr<Prediction> PredictDecision(const Protocol& protocol, const Record& record,
                                           const PredictionRequest& request) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const Measure* measure, AskedMeasure(protocol, request.measure_id));
  if (record.design.randomization == Randomization::kNone) {
    return FaultStatus(Reason::kWrongState,
                       "the order of the blocks was not drawn by chance: there is no verdict that "
                       "further pairs could bring");
  }
  if (record.blocks.empty()) {
    return FaultStatus(Reason::kWrongState, "no block has begun: there is nothing to go on from");
  }
  const std::vector<DayValue> series = SeriesOf(protocol, record, *measure);
  SOLOTRIAL_ASSIGN_OR_RETURN(const inference::Fit fit,
                             inference::Fit::Of(DesignMatrix(protocol, record, *measure, series)));
  const inference::Diagnostics& diagnostics = fit.posterior().diagnostics;
  if (!diagnostics.reliable) {
    return FaultStatus(
        Reason::kWrongState,
        "the record so far gives no reliable posterior to go on from: " + diagnostics.problem);
  }
  const std::vector<inference::PosteriorDraw> draws = fit.Draw(request.futures, request.seed);
  AnalysisRequest analysis;
  analysis.measure_id = measure->id;
  analysis.protocol_digest = request.protocol_digest;
  analysis.seed = request.seed;
  const auto decide = [&](const Record& longer) -> absl::StatusOr<Decision> {
    if (request.cancelled && request.cancelled()) {
      return absl::CancelledError("nobody waits for the prediction any more");
    }
    return DecideOn(protocol, longer, analysis);
  };
  Prediction prediction{.measure = measure, .digest = DigestOf(record, analysis, *measure)};
  SOLOTRIAL_ASSIGN_OR_RETURN(prediction.forecasts,
                             SimulateDecisions({*measure, record, fit.record(), draws}, decide,
                                               request.most_pairs, request.seed, request.threads));
  if (prediction.forecasts.empty()) {
    return FaultStatus(Reason::kWrongState,
                       absl::StrFormat("with another pair the record would be longer than the %d "
                                       "days that can be analysed",
                                       inference::kMaxDays));
  }
  return prediction;
}

}  // namespace solotrial::trial

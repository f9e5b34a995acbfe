// Everything that stands beside the verdict against the plain analysis, by family, and a
// prediction: 84 days, 3 pairs of 14 days, a tenth of the scores missing. The whole sensitivity
// analysis should cost at most 25 plain ones.
#include <benchmark/benchmark.h>

#include <cmath>

#include "engine/trial/analysis.h"
#include "engine/trial/prediction.h"
#include "tests/inference/records.h"

namespace solotrial::trial {
namespace {

using inference::Family;

Protocol ProtocolOf(Family family) {
  Protocol protocol;
  protocol.design = {.randomization = Randomization::kPaired, .block_days = 14, .pairs = 3};
  protocol.kinetics = {.onset_half_life_days = 3, .offset_half_life_days = 3};
  Measure measure;
  measure.id = "score";
  measure.family = family;
  measure.maximum = family == Family::kBernoulli ? 1 : 10;
  measure.lower_is_better = true;
  measure.minimal_important_difference = family == Family::kBernoulli ? 2 : 1;
  measure.primary = true;
  protocol.measures = {measure};
  return protocol;
}

Record RecordOf(const Protocol& protocol) {
  inference::RecordPlan plan;
  plan.family = protocol.measures[0].family;
  plan.onset_half_life_days = 3;
  plan.offset_half_life_days = 3;
  const inference::Record scores = inference::MakeRecord(plan);
  Record record;
  record.design = protocol.design;
  for (size_t day = 0; day < scores.score.size(); ++day) {
    const bool on = scores.assignment[day] == 1;
    if (day % 14 == 0) {
      const auto index = static_cast<int>(record.blocks.size());
      record.blocks.push_back({.number = index + 1,
                               .pair = index / 2 + 1,
                               .on = on,
                               .first_day = day,
                               .last_day = day + 13});
    }
    RecordDay row{.date = Date(2026, 1, 5) + static_cast<int>(day),
                  .assignment = on ? 1.0 : 0.0,
                  .block = record.blocks.back().number};
    if (!std::isnan(scores.score[day])) row.scores["score"] = scores.score[day];
    if (on) row.dose = 1;
    record.days.push_back(row);
  }
  record.planned_days = static_cast<int>(record.days.size());
  return record;
}

void Analyse(benchmark::State& state, Family family, bool sensitivity) {
  const Protocol protocol = ProtocolOf(family);
  const Record record = RecordOf(protocol);
  AnalysisRequest request;
  request.sensitivity = sensitivity;
  for (auto _ : state) {
    auto outcome = AnalyzeRecord(protocol, record, request);
    benchmark::DoNotOptimize(outcome);
  }
}

void Predict(benchmark::State& state, Family family) {
  const Protocol protocol = ProtocolOf(family);
  const Record record = RecordOf(protocol);
  PredictionRequest request;
  request.futures = 20;
  request.threads = static_cast<int>(state.range(0));
  for (auto _ : state) {
    auto prediction = PredictDecision(protocol, record, request);
    benchmark::DoNotOptimize(prediction);
  }
}

#define SOLOTRIAL_FAMILY(name, family)                                                            \
  BENCHMARK_CAPTURE(Analyse, name##_plain, Family::family, false)->Unit(benchmark::kMillisecond); \
  BENCHMARK_CAPTURE(Analyse, name##_sensitivity, Family::family, true)                            \
      ->Unit(benchmark::kMillisecond);

SOLOTRIAL_FAMILY(gaussian, kGaussian)
SOLOTRIAL_FAMILY(student_t, kStudentT)
SOLOTRIAL_FAMILY(ordinal, kOrdinal)
SOLOTRIAL_FAMILY(bernoulli, kBernoulli)
SOLOTRIAL_FAMILY(poisson, kPoisson)
SOLOTRIAL_FAMILY(negative_binomial, kNegativeBinomial)

BENCHMARK_CAPTURE(Predict, gaussian_20_futures, Family::kGaussian)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Predict, ordinal_20_futures, Family::kOrdinal)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace solotrial::trial

BENCHMARK_MAIN();

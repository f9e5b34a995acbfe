// How long a plan takes, on every processor.
//   BM_TenThousandTrials: one scenario, 84 days, one final analysis (asked: GAUSSIAN 10 s, ORDINAL
//                         and BERNOULLI 180 s, on 2 cores)
//   BM_Plan:              what a person waits for: a protocol with four weeks less and more, 400
//                         trials a cell, looks included (asked: 20 s)
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <thread>

#include "engine/trial/plan.h"

namespace solotrial::trial {
namespace {

using inference::Family;

Protocol Protocol84(Family family, int pairs) {
  Protocol protocol;
  protocol.title = "plan";
  protocol.design = {.block_days = 14, .pairs = pairs};
  protocol.kinetics = {.onset_half_life_days = 3, .offset_half_life_days = 3};
  protocol.intervention = Intervention{.name = "magnesium", .on_instruction = "Take it."};
  protocol.time_zone = "UTC";
  Measure measure;
  measure.id = "score";
  measure.family = family;
  measure.maximum = family == Family::kBernoulli ? 1 : 10;
  measure.lower_is_better = true;
  measure.minimal_important_difference = family == Family::kBernoulli ? 2 : 1;
  measure.primary = true;
  protocol.measures.push_back(measure);
  return protocol;
}

PlanRequest RequestFor(const Protocol& protocol, int trials) {
  PlanRequest request;
  request.assumptions = DefaultAssumptions(PrimaryMeasure(protocol));
  request.trials = trials;
  request.threads = static_cast<int>(std::thread::hardware_concurrency());
  return request;
}

void BM_TenThousandTrials(benchmark::State& state, Family family) {
  const Protocol protocol = Protocol84(family, 3);
  const PlanRequest request = RequestFor(protocol, 10'000);
  for (auto _ : state) {
    const auto cell = SimulateCell(protocol, request, Truth::kTheDifference, false);
    if (!cell.ok()) std::abort();
  }
}
BENCHMARK_CAPTURE(BM_TenThousandTrials, gaussian, Family::kGaussian)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(BM_TenThousandTrials, bernoulli, Family::kBernoulli)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(BM_TenThousandTrials, ordinal, Family::kOrdinal)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->UseRealTime();

void BM_Plan(benchmark::State& state, Family family) {
  const Protocol protocol = Protocol84(family, 4);
  PlanRequest request = RequestFor(protocol, 400);
  request.alternatives = FourWeeksLessAndMore(protocol);
  for (auto _ : state) {
    const auto plan = PlanTrial(protocol, request);
    if (!plan.ok()) std::abort();
  }
}
BENCHMARK_CAPTURE(BM_Plan, gaussian, Family::kGaussian)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(BM_Plan, bernoulli, Family::kBernoulli)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(BM_Plan, ordinal, Family::kOrdinal)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace
}  // namespace solotrial::trial

BENCHMARK_MAIN();

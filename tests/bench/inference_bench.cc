// One analysis (posterior and benefit) by family and length of the record.
// Target libraries: solotrial_inference, benchmark::benchmark, and tests/inference/records.cc.
#include <benchmark/benchmark.h>

#include "engine/inference/inference.h"
#include "tests/inference/records.h"

namespace solotrial::inference {
namespace {

void Analyse(benchmark::State& state, Family family) {
  RecordPlan plan;
  plan.family = family;
  plan.days = static_cast<int>(state.range(0));
  const Record record = MakeRecord(plan);
  for (auto _ : state) {
    auto posterior = ComputePosterior(record);
    benchmark::DoNotOptimize(posterior);
  }
}

BENCHMARK_CAPTURE(Analyse, gaussian, Family::kGaussian)
    ->Arg(84)
    ->Arg(365)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Analyse, ordinal, Family::kOrdinal)
    ->Arg(84)
    ->Arg(365)
    ->Unit(benchmark::kMillisecond);

BENCHMARK_CAPTURE(Analyse, bernoulli, Family::kBernoulli)
    ->Arg(84)
    ->Arg(365)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Analyse, poisson, Family::kPoisson)
    ->Arg(84)
    ->Arg(365)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Analyse, negative_binomial, Family::kNegativeBinomial)
    ->Arg(84)
    ->Arg(365)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace solotrial::inference

BENCHMARK_MAIN();

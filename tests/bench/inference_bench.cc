// One analysis (posterior and benefit) by family and length of the record.
// Target libraries: solotrial_inference, benchmark::benchmark, and tests/inference/records.cc.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <limits>

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
BENCHMARK_CAPTURE(Analyse, student_t, Family::kStudentT)
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

// The posterior of the record without its last two weeks, from that of the whole.
void Refit(benchmark::State& state, Family family) {
  RecordPlan plan;
  plan.family = family;
  const Record record = MakeRecord(plan);
  const auto fit = Fit::Of(record);
  Record changed = record;
  for (std::size_t d = changed.score.size() - 14; d < changed.score.size(); ++d) {
    changed.score[d] = std::numeric_limits<double>::quiet_NaN();
  }
  for (auto _ : state) {
    auto posterior = fit->Refit(changed);
    benchmark::DoNotOptimize(posterior);
  }
}
BENCHMARK_CAPTURE(Refit, gaussian, Family::kGaussian)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Refit, ordinal, Family::kOrdinal)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Refit, bernoulli, Family::kBernoulli)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace solotrial::inference

BENCHMARK_MAIN();

// What leaves the engine: a year of two measures, a covariate and two doses a day.
#include <benchmark/benchmark.h>

#include "engine/report/calendar.h"
#include "engine/report/tidy.h"
#include "tests/report/fhir_bundles.h"
#include "tests/report/trials.h"

namespace solotrial::report {
namespace {

void BM_FhirBundleOfAYear(benchmark::State& state) {
  const ExportedTrial trial = YearOfEntries();
  size_t bytes = 0;
  for (auto _ : state) bytes = BundleOf(trial).size();
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(BM_FhirBundleOfAYear)->Unit(benchmark::kMillisecond);

void BM_TidyFilesOfAYear(benchmark::State& state) {
  const ExportedTrial trial = YearOfEntries();
  for (auto _ : state) benchmark::DoNotOptimize(TidyFiles(trial, "{}"));
}
BENCHMARK(BM_TidyFilesOfAYear)->Unit(benchmark::kMillisecond);

void BM_CalendarOfAYear(benchmark::State& state) {
  trial::Protocol protocol = SmallProtocol();
  protocol.design.block_days = 30;
  protocol.design.pairs = 6;
  const trial::Trial trial = SmallTrial("100101101001");
  for (auto _ : state) {
    benchmark::DoNotOptimize(WriteCalendar(protocol, trial, {}, kFirstDay + 200));
  }
}
BENCHMARK(BM_CalendarOfAYear)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace solotrial::report

BENCHMARK_MAIN();

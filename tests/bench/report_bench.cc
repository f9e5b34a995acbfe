// The summary of an 84-day trial, from its record to its pages; asked: HTML within 60 ms, PDF
// within 300 ms.
#include <benchmark/benchmark.h>

#include "engine/report/html.h"
#include "engine/report/pdf.h"
#include "engine/report/summary_document.h"
#include "tests/report/summaries.h"

namespace solotrial::report {
namespace {

Life LifeOf(inference::Family family) {
  Life life = UsualLife();
  trial::Measure& measure = life.protocol.measures[0];
  measure.family = family;
  if (family == inference::Family::kBernoulli) measure.maximum = 1;
  return life;
}

// Analysis, document and page.
void SummaryHtml84Days(benchmark::State& state, inference::Family family) {
  const Life life = LifeOf(family);
  for (auto _ : state) {
    const HtmlPage page =
        WriteHtml(SummaryDocument(SummaryOf(life), Language::kEnglish), Paper::kA4, {});
    state.counters["bytes"] = static_cast<double>(page.html.size());
  }
}
BENCHMARK_CAPTURE(SummaryHtml84Days, gaussian, inference::Family::kGaussian)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SummaryHtml84Days, ordinal, inference::Family::kOrdinal)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SummaryHtml84Days, bernoulli, inference::Family::kBernoulli)
    ->Unit(benchmark::kMillisecond);

void SummaryPdf84Days(benchmark::State& state) {
  const Life life = LifeOf(inference::Family::kOrdinal);
  for (auto _ : state) {
    const auto pdf = WritePdf(SummaryDocument(SummaryOf(life), Language::kEnglish), Paper::kA4);
    if (!pdf.ok()) state.SkipWithError("no PDF");
    state.counters["bytes"] = static_cast<double>(pdf->size());
  }
}
BENCHMARK(SummaryPdf84Days)->Unit(benchmark::kMillisecond);

// The page alone, of a summary that is there.
void HtmlAlone(benchmark::State& state) {
  const Summary summary = SummaryOf(LifeOf(inference::Family::kOrdinal));
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        WriteHtml(SummaryDocument(summary, Language::kEnglish), Paper::kA4, {}).html.size());
  }
}
BENCHMARK(HtmlAlone)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace solotrial::report

BENCHMARK_MAIN();

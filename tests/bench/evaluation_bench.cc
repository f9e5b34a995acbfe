// The marginal likelihood alone: evaluations per second, time for one day of data, and the share of
// the processor's peak floating-point rate.
// GAUSSIAN: one evaluation is one lane of Whiten. The other families: CollapsedModel::Evaluate,
// with gradient and Hessian, its nodes placed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <memory>
#include <thread>

#include "engine/inference/collapsed.h"
#include "engine/inference/family_parts.h"
#include "engine/inference/whitening.h"
#include "tests/inference/records.h"

namespace solotrial::inference {
namespace {

// Flops per second of one core: multiplications and additions, fused where the processor can, on as
// many independent accumulators as hide their latency.
double MeasurePeak() {
  constexpr int kAccumulators = 12;
  constexpr int kWidth = 4;
  constexpr int kRounds = 2'000'000;
  using Vector = double __attribute__((vector_size(kWidth * sizeof(double))));
  std::array<Vector, kAccumulators> sum{};
  Vector factor{};
  for (int i = 0; i < kWidth; ++i) factor[i] = 0.999999;
  double best = 0;
  for (int run = 0; run < 5; ++run) {
    const std::clock_t begin = std::clock();  // of the processor: others may be at work
    for (int round = 0; round < kRounds; ++round) {
      for (Vector& s : sum) {
#ifdef __FMA__
        for (int i = 0; i < kWidth; ++i) s[i] = std::fma(s[i], factor[i], factor[i]);
#else
        s = s * factor + factor;
#endif
      }
    }
    benchmark::DoNotOptimize(sum);
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    best = std::max(best, 2.0 * kRounds * kAccumulators * kWidth / seconds);
  }
  return best;
}

double Peak() {
  static const double peak = MeasurePeak();
  return peak;
}

void Report(benchmark::State& state, double evaluations, int days, double flops) {
  using benchmark::Counter;
  const double all = static_cast<double>(state.iterations()) * evaluations;
  const double cores = std::thread::hardware_concurrency();
  state.counters["peak_of_core"] = Peak();
  state.counters["evaluations"] = Counter(all, Counter::kIsRate);
  state.counters["s/day"] =
      Counter(all * days, static_cast<Counter::Flags>(Counter::kIsRate | Counter::kInvert));
  state.counters["flop/s"] = Counter(all * flops, Counter::kIsRate);
  state.counters["share_of_core"] = Counter(all * flops / Peak(), Counter::kIsRate);
  state.counters["share_of_all_cores"] = Counter(all * flops / (cores * Peak()), Counter::kIsRate);
}

Record RecordOf(Family family, int days) {
  RecordPlan plan;
  plan.family = family;
  plan.days = days;
  return MakeRecord(plan);
}

void Whitening(benchmark::State& state) {
  const Record record = RecordOf(Family::kGaussian, static_cast<int>(state.range(0)));
  const Regression regression = RegressionInUnit(record, 0);
  const Eigen::Index columns = regression.columns.cols() + 1;
  Eigen::MatrixXd by_column(columns, regression.columns.rows());
  by_column.topRows(columns - 1) = regression.columns.transpose();
  by_column.bottomRows(1) = regression.score.transpose();
  CovarianceLanes covariance;
  covariance.noise_variance = Lanes::LinSpaced(0.2, 0.9);
  covariance.latent_variance = 1 - covariance.noise_variance;
  covariance.rho = Lanes::LinSpaced(-0.4, 0.9);
  WhitenedLanes out;
  for (auto _ : state) {
    Whiten(by_column, regression.day, regression.noise_factor, covariance, out);
    benchmark::DoNotOptimize(out);
  }
  // By day and lane: each column's prediction and update, and the products of all pairs.
  const double p = static_cast<double>(columns);
  const double rows = static_cast<double>(regression.day.size());
  Report(state, kLanes, static_cast<int>(rows), rows * (4 * p + p * (p + 1)));
}
BENCHMARK(Whitening)->Arg(84)->Arg(365);

void Collapsed(benchmark::State& state, Family family) {
  const Record record = RecordOf(family, static_cast<int>(state.range(0)));
  const Regression regression = RegressionInUnit(record, 0);
  const double axis = family == Family::kStudentT ? std::log(9.0) : 0.5;
  const std::unique_ptr<FamilyParts> parts = MakeFamilyParts(record, regression, axis, 0);
  CollapsedModel model(parts->problem->collapsed);
  model.Place(parts->problem->start, 0.7, 0.5);
  CollapsedValue value;
  for (auto _ : state) {
    model.Evaluate(parts->problem->start, value);
    benchmark::DoNotOptimize(value);
  }
  // By day the three products with the m x m kernel alone; the family's functions not counted.
  const double m = model.nodes();
  state.counters["nodes"] = m;
  Report(state, 1, model.rows(), model.rows() * 6 * m * m);
}
BENCHMARK_CAPTURE(Collapsed, student_t, Family::kStudentT)->Arg(84)->Arg(365);
BENCHMARK_CAPTURE(Collapsed, bernoulli, Family::kBernoulli)->Arg(84)->Arg(365);
BENCHMARK_CAPTURE(Collapsed, poisson, Family::kPoisson)->Arg(84)->Arg(365);
BENCHMARK_CAPTURE(Collapsed, negative_binomial, Family::kNegativeBinomial)->Arg(84)->Arg(365);
BENCHMARK_CAPTURE(Collapsed, ordinal, Family::kOrdinal)->Arg(84)->Arg(365);

}  // namespace
}  // namespace solotrial::inference

BENCHMARK_MAIN();

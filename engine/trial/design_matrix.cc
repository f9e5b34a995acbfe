#include "engine/trial/design_matrix.h"

#include <cmath>
#include <cstddef>
#include <limits>

namespace solotrial::trial {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Column of a covariate over the days: 0/1 as it is, numbers standardised by their own mean and
// sample standard deviation, 0 where missing.
std::vector<double> CovariateColumn(const Record& record, const Covariate& covariate) {
  double sum = 0;
  int count = 0;
  for (const RecordDay& day : record.days) {
    if (const auto value = day.covariates.find(covariate.id); value != day.covariates.end()) {
      sum += value->second;
      ++count;
    }
  }
  const double mean = covariate.binary || count == 0 ? 0 : sum / count;
  std::vector<double> column(record.days.size(), 0);
  double squares = 0;
  for (size_t i = 0; i < column.size(); ++i) {
    const auto value = record.days[i].covariates.find(covariate.id);
    if (value == record.days[i].covariates.end()) continue;
    column[i] = value->second - mean;
    squares += column[i] * column[i];
  }
  if (covariate.binary || count < 2 || squares == 0) return column;
  const double sd = std::sqrt(squares / (count - 1));
  for (double& value : column) value /= sd;
  return column;
}

}  // namespace

std::vector<bool> DaysAfterSwitch(const Record& record, double initial, int days) {
  std::vector<bool> after(record.days.size(), false);
  double before = initial;
  int left = 0;
  for (size_t i = 0; i < record.days.size(); ++i) {
    if (record.days[i].assignment != before) left = days;
    before = record.days[i].assignment;
    after[i] = left > 0;
    if (left > 0) --left;
  }
  return after;
}

std::vector<DayValue> SeriesOf(const Protocol& protocol, const Record& record,
                               const Measure& measure) {
  const std::vector<bool> washout =
      DaysAfterSwitch(record, protocol.kinetics.initial_exposure, protocol.design.washout_days);
  std::vector<DayValue> series;
  series.reserve(record.days.size());
  for (size_t i = 0; i < record.days.size(); ++i) {
    const RecordDay& day = record.days[i];
    DayValue value{.date = day.date,
                   .assignment = day.assignment,
                   .score = std::nullopt,
                   .block = day.block,
                   .excluded = day.run_in || washout[i]};
    if (const auto score = day.scores.find(measure.id); score != day.scores.end()) {
      value.score = score->second;
    }
    series.push_back(value);
  }
  return series;
}

inference::Record DesignMatrix(const Protocol& protocol, const Record& record,
                               const Measure& measure, const std::vector<DayValue>& series) {
  inference::Record matrix;
  matrix.family = measure.family;
  matrix.minimum = measure.minimum;
  matrix.maximum = measure.maximum;
  matrix.lower_is_better = measure.lower_is_better;
  // A measure without a MID gets no answer that needs one: the value is never shown.
  const bool has_scale =
      IsContinuous(measure.family) || measure.family == inference::Family::kOrdinal;
  matrix.minimal_important_difference = measure.minimal_important_difference.value_or(
      has_scale ? (measure.maximum - measure.minimum) / 4 : 1);
  matrix.typical_daily_count = measure.typical_daily_count.value_or(1);
  for (const DayValue& day : series) {
    matrix.score.push_back(day.excluded ? kMissing : day.score.value_or(kMissing));
    matrix.assignment.push_back(day.assignment);
  }
  for (const Covariate& covariate : protocol.covariates) {
    if (covariate.beside_only) continue;
    matrix.covariates.push_back(CovariateColumn(record, covariate));
  }
  matrix.planned_days = record.planned_days;
  matrix.kinetics = protocol.kinetics;
  matrix.trend = protocol.trend;
  matrix.autocorrelation = HasAutocorrelation(protocol);
  matrix.arm_variance = protocol.arm_variance && IsContinuous(measure.family);
  return matrix;
}

double ExposureContrast(const Record& record, const std::vector<double>& assignment,
                        const inference::Kinetics& kinetics) {
  const std::vector<double> exposure = inference::Exposure(assignment, kinetics);
  double sum[2] = {0, 0};
  int count[2] = {0, 0};
  for (size_t i = 0; i < record.days.size(); ++i) {
    const RecordDay& day = record.days[i];
    if (day.block == 0 || day.run_in) continue;
    const size_t arm = record.blocks[static_cast<size_t>(day.block - 1)].on ? 1 : 0;
    sum[arm] += exposure[i];
    ++count[arm];
  }
  if (count[0] == 0 || count[1] == 0) return 0;
  return sum[1] / count[1] - sum[0] / count[0];
}

}  // namespace solotrial::trial

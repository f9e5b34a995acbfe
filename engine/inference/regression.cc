#include "engine/inference/regression.h"

#include <cmath>
#include <cstddef>

namespace solotrial::inference {

Regression BuildRegression(const Record& record, bool intercept) {
  Regression regression;
  for (std::size_t d = 0; d < record.score.size(); ++d) {
    if (!std::isnan(record.score[d])) regression.day.push_back(static_cast<int>(d));
  }
  const int rows = static_cast<int>(regression.day.size());

  int columns = 0;
  if (intercept) regression.index.intercept = columns++;
  regression.index.effect = columns++;
  if (record.trend) regression.index.trend = columns++;
  regression.index.first_covariate = columns;
  columns += static_cast<int>(record.covariates.size());

  const std::vector<double> exposure = Exposure(record.assignment, record.kinetics);
  regression.score.resize(rows);
  regression.columns.resize(rows, columns);
  for (int row = 0; row < rows; ++row) {
    const int d = regression.day[row];
    regression.score(row) = record.score[d];
    if (intercept) regression.columns(row, regression.index.intercept) = 1;
    // Centred, so that the intercept is the level halfway between off and on.
    regression.columns(row, regression.index.effect) = exposure[d] - 0.5;
    if (record.trend) {
      // tau_d = (d - (T+1)/2) / T with d counted from 1.
      regression.columns(row, regression.index.trend) =
          (d + 1 - (record.planned_days + 1) / 2) / record.planned_days;
    }
    for (std::size_t k = 0; k < record.covariates.size(); ++k) {
      regression.columns(row, regression.index.first_covariate + static_cast<int>(k)) =
          record.covariates[k][d];
    }
  }
  return regression;
}

}  // namespace solotrial::inference

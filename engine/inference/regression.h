// The linear predictor of MODEL.md, section 2, as a matrix over the days that have a score.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_REGRESSION_H_
#define SOLOTRIAL_ENGINE_INFERENCE_REGRESSION_H_

#include <Eigen/Core>
#include <vector>

#include "engine/inference/inference.h"

namespace solotrial::inference {

// Which column of Regression::columns belongs to which coefficient; -1: the model has it not.
struct ColumnIndex {
  int intercept = -1;
  int effect = -1;
  int trend = -1;
  int first_covariate = -1;
};

struct Regression {
  ColumnIndex index;
  std::vector<int> day;     // 0-based calendar days that have a score, ascending
  Eigen::VectorXd score;    // their scores
  Eigen::MatrixXd columns;  // one row per such day, one column per coefficient
  // Arm variance: lambda, and what it makes of the noise's sd, by score (empty: nothing).
  double log_noise_ratio = 0;
  Eigen::VectorXd noise_factor;
};

// `intercept`: whether the family has an alpha.
Regression BuildRegression(const Record& record, bool intercept);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_REGRESSION_H_

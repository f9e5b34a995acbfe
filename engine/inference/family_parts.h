// What makes a non-Gaussian family of a record: likelihood, priors, response (MODEL.md, sections 2
// to 4).
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILY_PARTS_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILY_PARTS_H_

#include <Eigen/Core>
#include <memory>
#include <vector>

#include "engine/inference/collapsed.h"
#include "engine/inference/families/likelihood.h"
#include "engine/inference/inference.h"
#include "engine/inference/latent_problem.h"
#include "engine/inference/outer_quadrature.h"
#include "engine/inference/regression.h"
#include "engine/inference/shape_prior.h"

namespace solotrial::inference {

// STUDENT_T is computed in units of a quarter of the scale's range, about the scale's middle; the
// others as they are.
struct ScoreUnit {
  double unit = 1;
  double centre = 0;
};
ScoreUnit UnitOf(const Record& record);

// The regression of `record`, its scores in the unit, with the noise's factors for
// `log_noise_ratio` (lambda) where the record has arm variance.
Regression RegressionInUnit(const Record& record, double log_noise_ratio);

// The prior sd of every coefficient, in the unit, and their means.
CoefficientPrior PriorOf(const Record& record, const ColumnIndex& index, Eigen::Index coefficients);

// Owns everything that its `problem` refers to, but the regression. Neither copied nor moved.
struct FamilyParts {
  CoefficientPrior prior;
  std::unique_ptr<Likelihood> likelihood;
  std::unique_ptr<ShapePrior> shape;
  std::unique_ptr<Response> response;
  std::vector<std::vector<int>> shape_of_day;
  std::unique_ptr<LatentProblem> problem;
};

// The family's own parameter that the outer quadrature runs over: 1/sqrt(phi) of NEGATIVE_BINOMIAL,
// log(nu - 1) of STUDENT_T; none of the others.
bool HasFamilyAxis(Family family);
OuterAxis FamilyAxis(const Record& record);
double LogPriorOfFamilyAxis(Family family, double value);  // up to a constant

// STUDENT_T: log s is one more such parameter in short records, where its posterior is far from
// normal.
bool HasScaleAxis(const Record& record);
OuterAxis ScaleAxis(const Record& record);
double LogPriorOfScaleAxis(const Record& record, double log_scale);

// `family_axis`, `log_scale`: their values, where they are axes. `regression` (with at least one
// score) must outlive the result. The record's family is not GAUSSIAN.
std::unique_ptr<FamilyParts> MakeFamilyParts(const Record& record, const Regression& regression,
                                             double family_axis, double log_scale);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILY_PARTS_H_

// The prior of NEGATIVE_BINOMIAL's dispersion (MODEL.md, section 2).
#ifndef SOLOTRIAL_ENGINE_INFERENCE_DISPERSION_PRIOR_H_
#define SOLOTRIAL_ENGINE_INFERENCE_DISPERSION_PRIOR_H_

#include <cmath>

#include "engine/inference/shape_prior.h"

namespace solotrial::inference {

// Coordinate x = log(1/sqrt(phi)), natural parameter log(phi) = -2 x; 1/sqrt(phi) ~ half-Normal(1).
class DispersionPrior final : public ShapePrior {
 public:
  int coordinates() const override { return 1; }
  int naturals() const override { return 1; }
  void Natural(const Eigen::VectorXd& x, Eigen::VectorXd& natural,
               Eigen::MatrixXd& jacobian) const override {
    natural.setConstant(1, -2 * x(0));
    jacobian.setConstant(1, 1, -2);
  }
  void AddNaturalCurvature(const Eigen::VectorXd&, const Eigen::VectorXd&,
                           Eigen::Ref<Eigen::MatrixXd>) const override {}
  double AddLogPrior(const Eigen::VectorXd& x, Eigen::Ref<Eigen::VectorXd> gradient,
                     Eigen::Ref<Eigen::MatrixXd> hessian) const override {
    const double square = std::exp(2 * x(0));
    gradient(0) += 1 - square;
    hessian(0, 0) -= 2 * square;
    return x(0) - 0.5 * square;
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_DISPERSION_PRIOR_H_

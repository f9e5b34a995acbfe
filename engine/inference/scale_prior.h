// The prior of STUDENT_T's overall scale s.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_SCALE_PRIOR_H_
#define SOLOTRIAL_ENGINE_INFERENCE_SCALE_PRIOR_H_

#include <cmath>

#include "engine/inference/shape_prior.h"

namespace solotrial::inference {

// Coordinate and natural parameter a = log s; the density of s is s^(power - 1) exp(-s^2 / 2): with
// power 2 that of (sigma_u, sigma) in polar coordinates, with power 1 half-Normal(1).
class ScalePrior final : public ShapePrior {
 public:
  explicit ScalePrior(int power) : power_(power) {}

  int coordinates() const override { return 1; }
  int naturals() const override { return 1; }
  void Natural(const Eigen::VectorXd& x, Eigen::VectorXd& natural,
               Eigen::MatrixXd& jacobian) const override {
    natural = x;
    jacobian.setOnes(1, 1);
  }
  void AddNaturalCurvature(const Eigen::VectorXd&, const Eigen::VectorXd&,
                           Eigen::Ref<Eigen::MatrixXd>) const override {}
  double AddLogPrior(const Eigen::VectorXd& x, Eigen::Ref<Eigen::VectorXd> gradient,
                     Eigen::Ref<Eigen::MatrixXd> hessian) const override {
    const double square = std::exp(2 * x(0));
    gradient(0) += power_ - square;
    hessian(0, 0) -= 2 * square;
    return power_ * x(0) - 0.5 * square;
  }

 private:
  int power_;
};

// s fixed: the quadrature runs over it.
class FixedScale final : public ShapePrior {
 public:
  explicit FixedScale(double log_scale) : log_scale_(log_scale) {}

  int coordinates() const override { return 0; }
  int naturals() const override { return 1; }
  void Natural(const Eigen::VectorXd&, Eigen::VectorXd& natural,
               Eigen::MatrixXd& jacobian) const override {
    natural.setConstant(1, log_scale_);
    jacobian.resize(1, 0);
  }
  void AddNaturalCurvature(const Eigen::VectorXd&, const Eigen::VectorXd&,
                           Eigen::Ref<Eigen::MatrixXd>) const override {}
  double AddLogPrior(const Eigen::VectorXd&, Eigen::Ref<Eigen::VectorXd>,
                     Eigen::Ref<Eigen::MatrixXd>) const override {
    return 0;
  }

 private:
  double log_scale_;
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_SCALE_PRIOR_H_

// The parameters of a family beside eta: their natural values, unconstrained coordinates and prior.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_SHAPE_PRIOR_H_
#define SOLOTRIAL_ENGINE_INFERENCE_SHAPE_PRIOR_H_

#include <Eigen/Core>

namespace solotrial::inference {

class ShapePrior {
 public:
  virtual ~ShapePrior() = default;

  // How many coordinates, and how many natural parameters (what a Likelihood meets).
  virtual int coordinates() const = 0;
  virtual int naturals() const = 0;

  // The natural parameters at `x` and their derivatives, naturals() x coordinates().
  virtual void Natural(const Eigen::VectorXd& x, Eigen::VectorXd& natural,
                       Eigen::MatrixXd& jacobian) const = 0;

  // Adds sum_k weight_k d^2 natural_k / dx dx'.
  virtual void AddNaturalCurvature(const Eigen::VectorXd& x, const Eigen::VectorXd& weight,
                                   Eigen::Ref<Eigen::MatrixXd> hessian) const = 0;

  // The log prior density of x (up to a constant); adds its derivatives.
  virtual double AddLogPrior(const Eigen::VectorXd& x, Eigen::Ref<Eigen::VectorXd> gradient,
                             Eigen::Ref<Eigen::MatrixXd> hessian) const = 0;
};

// BERNOULLI, POISSON: nothing beside eta.
class NoShape final : public ShapePrior {
 public:
  int coordinates() const override { return 0; }
  int naturals() const override { return 0; }
  void Natural(const Eigen::VectorXd&, Eigen::VectorXd& natural,
               Eigen::MatrixXd& jacobian) const override {
    natural.resize(0);
    jacobian.resize(0, 0);
  }
  void AddNaturalCurvature(const Eigen::VectorXd&, const Eigen::VectorXd&,
                           Eigen::Ref<Eigen::MatrixXd>) const override {}
  double AddLogPrior(const Eigen::VectorXd&, Eigen::Ref<Eigen::VectorXd>,
                     Eigen::Ref<Eigen::MatrixXd>) const override {
    return 0;
  }
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_SHAPE_PRIOR_H_

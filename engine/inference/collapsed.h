// The posterior of the parameters of a non-Gaussian family with the latent process integrated out,
// given its sd and correlation.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_COLLAPSED_H_
#define SOLOTRIAL_ENGINE_INFERENCE_COLLAPSED_H_

#include <Eigen/Core>
#include <vector>

#include "engine/inference/families/likelihood.h"
#include "engine/inference/regression.h"
#include "engine/inference/shape_prior.h"

namespace solotrial::inference {

// The Gaussian prior of the coefficients, independent, in the order of Regression::columns.
struct CoefficientPrior {
  Eigen::VectorXd mean;
  Eigen::VectorXd sd;
};

// Log posterior density (unnormalised, latent process integrated out) with derivatives.
struct CollapsedValue {
  double log_density = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd precision;  // minus the Hessian
};

// Parameters phi = (coefficients, shape coordinates). The latent process is a Markov chain over the
// days that have a score; its integral is a product of m x m matrices over nodes that follow the
// chain's own posterior mode and sd day by day (Kitagawa, JASA 82, 1987, with moving nodes).
class CollapsedModel {
 public:
  // `shape_of_day`: for every score, the natural parameters that are its channels 1, 2; -1 and -2
  // stand for -infinity and +infinity. All references must outlive the model.
  CollapsedModel(const Regression& regression, const CoefficientPrior& prior,
                 const Likelihood& likelihood, const ShapePrior& shape,
                 const std::vector<std::vector<int>>& shape_of_day);

  int coefficients() const { return coefficients_; }
  int parameters() const { return coefficients_ + shape_.coordinates(); }
  int rows() const { return rows_; }

  // Fixes sigma_u and rho, and places the nodes for parameters near `phi`.
  void Place(const Eigen::VectorXd& phi, double latent_sd, double correlation);

  // At any phi for which the nodes of the last Place are good.
  void Evaluate(const Eigen::VectorXd& phi, CollapsedValue& value);

  // The same without derivatives; returns the log density.
  double Smooth(const Eigen::VectorXd& phi);

  // After Evaluate or Smooth, by score: mean and sd of the latent value, and eta without it.
  const Eigen::ArrayXd& latent_mean() const { return latent_mean_; }
  const Eigen::ArrayXd& latent_variance() const { return latent_variance_; }
  const Eigen::ArrayXd& fixed_eta() const { return fixed_eta_; }

  // After Evaluate or Smooth: the variance of sum_d slope_d u_d given phi and the data.
  double LatentVariance(const Eigen::ArrayXd& slope) const;

  // Whether Place could resolve the chain with the nodes it may use.
  bool resolved() const { return resolved_; }

  // The modes that the next Place starts from.
  const Eigen::VectorXd& mode() const { return mode_; }
  void set_mode(const Eigen::VectorXd& mode) { mode_ = mode; }

 private:
  void SetShape(const Eigen::VectorXd& phi);
  void ShapeOfDay(int row, double* shape) const;
  void FindMode();
  void BuildKernels();
  void Forward();
  void Backward();
  void Differentiate(const Eigen::VectorXd& phi, CollapsedValue& value);
  LikelihoodTable Table(int row) {
    return LikelihoodTable(tables_.data() + static_cast<Eigen::Index>(row) * width_ * nodes_,
                           nodes_, width_);
  }

  const Regression& regression_;
  const CoefficientPrior& prior_;
  const Likelihood& likelihood_;
  const ShapePrior& shape_;
  const std::vector<std::vector<int>>& shape_of_day_;
  const int rows_;
  const int coefficients_;
  const int channels_;
  const int width_;  // of a LikelihoodTable

  // At phi.
  Eigen::ArrayXd fixed_eta_;
  Eigen::VectorXd natural_;
  Eigen::MatrixXd natural_jacobian_;

  // The chain: u_d = step_correlation_d u_(d-1) + Normal(0, step_variance_d).
  double latent_sd_ = 0;
  Eigen::ArrayXd step_correlation_;
  Eigen::ArrayXd step_variance_;

  // Its nodes: by row, nodes_ of them, centred on mode_.
  int nodes_ = 1;
  bool resolved_ = true;
  Eigen::VectorXd mode_;
  Eigen::ArrayXd half_width_;
  Eigen::ArrayXXd offset_;  // u - mode, nodes x rows
  Eigen::ArrayXXd exp_offset_;
  std::vector<double> kernels_;  // rows x (nodes x nodes)

  // Filter and smoother.
  std::vector<double> tables_;
  Eigen::MatrixXd filtered_;   // two columns a row: the filter, and it times the offset
  Eigen::MatrixXd predicted_;  // the kernel times those of the row before
  Eigen::MatrixXd weight_;     // smoothed
  double log_likelihood_ = 0;
  Eigen::ArrayXd latent_mean_;
  Eigen::ArrayXd latent_variance_;
  Eigen::ArrayXd next_slope_;  // regression of u_d on u_(d-1), smoothed
  // Scratch of FindMode.
  Eigen::ArrayXd curvature_, diagonal_, forward_pivot_, backward_pivot_, solution_;
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_COLLAPSED_H_

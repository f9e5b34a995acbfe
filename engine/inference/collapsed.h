// The posterior of the parameters of a non-Gaussian family with the latent process integrated out,
// given its sd and correlation.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_COLLAPSED_H_
#define SOLOTRIAL_ENGINE_INFERENCE_COLLAPSED_H_

#include <Eigen/Core>
#include <vector>

#include "engine/inference/families/likelihood.h"
#include "engine/inference/node_placement.h"
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

// A family with everything that its score of a day meets. All references must outlive the model.
struct CollapsedProblem {
  const Regression& regression;
  const CoefficientPrior& prior;
  const Likelihood& likelihood;
  const ShapePrior& shape;
  // For every score, the natural parameters that are its channels 1, 2; -1 and -2 stand for
  // -infinity and +infinity.
  const std::vector<std::vector<int>>& shape_of_day;
  // The shape coordinate that is the log of a scale which the latent process moves with; -1: none.
  int scale_coordinate = -1;
};

// Parameters phi = (coefficients, shape coordinates). The latent process is a Markov chain over the
// days that have a score; its integral is a product of m x m matrices over nodes that follow the
// chain's own posterior mode and sd day by day (Kitagawa, JASA 82, 1987, with moving nodes).
// A model allocates when it is made and when more nodes are needed than before, never in between.
class CollapsedModel {
 public:
  explicit CollapsedModel(const CollapsedProblem& problem);

  int coefficients() const { return coefficients_; }
  int parameters() const { return coefficients_ + problem_.shape.coordinates(); }
  int rows() const { return rows_; }
  int nodes() const { return nodes_; }  // of a day, since Place

  // Fixes the latent sd and the sd of the noise (both over the scale, where the problem has one)
  // and rho, and places the nodes for parameters near `phi`.
  void Place(const Eigen::VectorXd& phi, double latent_sd, double correlation,
             double noise_share = 1);

  // At any phi for which the nodes of the last Place are good.
  void Evaluate(const Eigen::VectorXd& phi, CollapsedValue& value);

  // The log density alone; with `moments` also what is listed below.
  double LogDensity(const Eigen::VectorXd& phi, bool moments);

  // After Evaluate, or LogDensity with moments, by score: mean and variance of the latent value.
  const Eigen::ArrayXd& latent_mean() const { return latent_mean_; }
  const Eigen::ArrayXd& latent_variance() const { return latent_variance_; }
  const Eigen::ArrayXd& fixed_eta() const { return fixed_eta_; }  // eta without it

  // And: the variance of sum_d slope_d u_d given phi and the data.
  double LatentVariance(const Eigen::ArrayXd& slope) const;

  // Whether Place could resolve the chain with the nodes it may use.
  bool resolved() const { return resolved_; }

  // The modes that the next Place starts from.
  const Eigen::VectorXd& mode() const { return mode_; }
  void set_mode(const Eigen::VectorXd& mode) { mode_ = mode; }

 private:
  // Expectations of one day's derivatives over the smoothed chain.
  struct DayMoments {
    double first[kMaxChannels];
    double slope[kMaxChannels];  // regression of the derivative on u
    double second[kMaxChannels][kMaxChannels];
  };

  void SetPhi(const Eigen::VectorXd& phi);
  DayScore ScoreOfDay(int row) const;
  void FindMode();
  DaySpan SpanOfDay(int row) const;
  void ChooseNodes();
  void PlaceNodes();
  void BuildKernels();
  template <int N>
  void Forward(bool derivatives, bool moments);
  template <int N>
  void Backward(bool derivatives);
  template <int N>
  void Moments(int row, const NodeArray<N>& weight, double variance, double mean,
               DayMoments& moments) const;
  void AddDay(int row, const DayMoments& day, double variance, double next_slope);
  void Finish(const Eigen::VectorXd& phi, CollapsedValue& value) const;
  double LogPrior(const Eigen::VectorXd& phi) const;

  double* Table(int row) {
    return tables_.data() + static_cast<Eigen::Index>(row) * width_ * nodes_;
  }
  const double* Table(int row) const {
    return tables_.data() + static_cast<Eigen::Index>(row) * width_ * nodes_;
  }
  double* Kernel(int row) {
    return kernels_.data() + static_cast<Eigen::Index>(row) * nodes_ * nodes_;
  }

  const CollapsedProblem problem_;
  const int rows_;
  const int coefficients_;
  const int channels_;
  const int width_;       // of a LikelihoodTable
  std::vector<int> gap_;  // days since the score before

  // At phi.
  Eigen::ArrayXd fixed_eta_;
  Eigen::VectorXd natural_;
  Eigen::VectorXd exp_minus_natural_;
  Eigen::MatrixXd natural_jacobian_;
  double stretch_ = 1;  // of the nodes, since Place

  // The chain: u_d = step_correlation_d u_(d-1) + Normal(0, step_variance_d).
  double latent_sd_ = 0;
  double noise_share_ = 1;
  double placed_log_scale_ = 0;
  Eigen::ArrayXd step_correlation_;
  Eigen::ArrayXd step_variance_;

  // The Gaussian approximation at the mode, by row: the precision, the day's own share of it and
  // of the precision-weighted mean, and the precision given the neighbour that tells more.
  Eigen::ArrayXd precision_;
  Eigen::ArrayXd own_precision_;
  Eigen::ArrayXd own_pull_;
  Eigen::ArrayXd step_precision_;

  // Its nodes: by row, nodes_ of them.
  int nodes_ = 1;
  bool resolved_ = true;
  Eigen::VectorXd mode_;
  std::vector<DaySpan> span_;
  std::vector<bool> even_;
  std::vector<double> offset_;      // u - mode, rows x nodes
  std::vector<double> exp_offset_;  // its exponential
  std::vector<double> spacing_;     // weights of the rule
  std::vector<double> kernels_;  // rows x (nodes x nodes), a column for each node of the day before

  // Filter and smoother, rows x nodes.
  std::vector<double> tables_;
  std::vector<double> filtered_;
  std::vector<double> predicted_;         // the kernel times the filter of the row before
  std::vector<double> predicted_offset_;  // the kernel times that filter times the offset there
  double log_likelihood_ = 0;
  Eigen::ArrayXd latent_mean_;
  Eigen::ArrayXd latent_variance_;
  Eigen::ArrayXd next_slope_;  // regression of u_d on u_(d-1), smoothed

  // By coefficient and natural parameter.
  Eigen::VectorXd gradient_;
  Eigen::MatrixXd hessian_;  // its lower triangle
  Eigen::MatrixXd between_;
  Eigen::VectorXd carried_;
  // Scratch of FindMode.
  Eigen::ArrayXd diagonal_, forward_pivot_, backward_pivot_, solution_;
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_COLLAPSED_H_

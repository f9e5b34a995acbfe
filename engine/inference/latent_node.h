// Laplace's approximation of the collapsed posterior at one node of the lattice over the latent
// process's sd and correlation.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_LATENT_NODE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_LATENT_NODE_H_

#include <Eigen/Core>

#include "engine/inference/collapsed.h"
#include "engine/inference/latent_problem.h"

namespace solotrial::inference {

// An angle beyond which the noise is so sharp against the latent process that Louis's identity,
// with the regression on u that stands in for the covariance between days, no longer holds for
// STUDENT_T.
inline constexpr double kSharpAngle = 1.0;

// Where the search for a mode starts.
struct NodeStart {
  Eigen::VectorXd phi;
  Eigen::VectorXd latent_mode;  // by score
  // The Cholesky factor of the precision at a node nearby, which the start does not own; or null.
  const Eigen::MatrixXd* root = nullptr;
};

struct LatentNode {
  double row = 0;  // sigma_u, or theta (see RowVariable)
  double z = 0;    // atanh(rho)
  // Whether Newton's method and the chain's nodes were adequate; only then the rest means anything
  // but log_weight, which is then a guess.
  bool good = false;
  // Collapsed density times prior of row and z, phi integrated out by Laplace's method.
  double log_weight = 0;
  double log_density = 0;  // collapsed, at the mode, without the priors of row and z
  Eigen::VectorXd phi;     // the mode
  Eigen::MatrixXd root;    // lower Cholesky factor of the precision there
  Eigen::VectorXd sd;      // marginal, of phi
  Eigen::VectorXd path;    // d phi / d t: phi's conditional mean as delta moves by t sds
  double slope = 0;        // mean response per unit of delta
  Eigen::VectorXd latent_mode;
  double latent_last = 0;           // mean of u on the last scored day ..
  double latent_last_variance = 0;  // .. and its variance
};

class NodeSolver {
 public:
  // `problem` must outlive the solver.
  explicit NodeSolver(const LatentProblem& problem);

  // Newton's method for the mode. `at_zero`: the row is 0, where rho has no likelihood: the log
  // weight is then the integral over z.
  LatentNode Solve(double row, double z, const NodeStart& start);

  // Places the chain for `phi` near `node`'s mode.
  void Place(const LatentNode& node, const Eigen::VectorXd& phi);

  // Mean over the scored days of the response per unit of delta at `phi`, over the latent values
  // that the model's last evaluation found: three-point Gauss-Hermite. `by_latent`, unless null:
  // its derivative by each u_d.
  double Slope(const Eigen::VectorXd& phi, Eigen::ArrayXd* by_latent) const;

  CollapsedModel& model() { return model_; }
  const CollapsedModel& model() const { return model_; }

 private:
  void Differentiate(const Eigen::VectorXd& phi, const Eigen::MatrixXd* root);

  const LatentProblem& problem_;
  const int effect_;
  CollapsedModel model_;
  CollapsedValue value_;
  CollapsedValue moved_value_;
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_LATENT_NODE_H_

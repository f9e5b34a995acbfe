// The prior of ORDINAL's cut points (MODEL.md, section 2), in coordinates of the level
// probabilities.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_LEVEL_PRIOR_H_
#define SOLOTRIAL_ENGINE_INFERENCE_LEVEL_PRIOR_H_

#include <Eigen/Core>
#include <vector>

#include "engine/inference/shape_prior.h"

namespace solotrial::inference {

// The levels of a scale, where neighbouring levels that were never used form one group: the
// likelihood meets only the sum of their probabilities, and Dirichlet parts add.
class LevelPrior final : public ShapePrior {
 public:
  // `count`: how often each of the scale's levels was used, 2..21 of them.
  explicit LevelPrior(const std::vector<int>& count);

  int groups() const { return static_cast<int>(dirichlet_.size()); }
  int group_of_level(int level) const { return group_of_level_[level]; }

  // Coordinates that reproduce the share of the scores in every group.
  Eigen::VectorXd Start() const;

  // exp(-c_k) for every cut point of the scale; inside a group its probability is spread evenly,
  // the prior mean.
  Eigen::ArrayXd ExpMinusCuts(const Eigen::VectorXd& x) const;

  // x: log probabilities of the groups against that of the most used group, which is left out.
  int coordinates() const override { return groups() - 1; }
  int naturals() const override { return groups() - 1; }  // the cut points between groups
  void Natural(const Eigen::VectorXd& x, Eigen::VectorXd& cuts,
               Eigen::MatrixXd& jacobian) const override;
  void AddNaturalCurvature(const Eigen::VectorXd& x, const Eigen::VectorXd& weight,
                           Eigen::Ref<Eigen::MatrixXd> hessian) const override;
  double AddLogPrior(const Eigen::VectorXd& x, Eigen::Ref<Eigen::VectorXd> gradient,
                     Eigen::Ref<Eigen::MatrixXd> hessian) const override;

 private:
  struct Probabilities {
    Eigen::VectorXd group;
    Eigen::VectorXd below;  // cut k: the sum of groups 0..k
    Eigen::VectorXd above;  // and of those after k
    double log_normalizer;
  };
  Probabilities At(const Eigen::VectorXd& x) const;
  int CoordinateOf(int group) const { return group < reference_ ? group : group - 1; }

  std::vector<int> group_of_level_;
  std::vector<int> levels_in_group_;
  std::vector<double> dirichlet_;  // by group
  std::vector<int> used_;          // scores in the group
  int reference_ = 0;
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_LEVEL_PRIOR_H_

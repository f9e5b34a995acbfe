#include "engine/inference/level_prior.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace solotrial::inference {

LevelPrior::LevelPrior(const std::vector<int>& count) {
  const double levels = static_cast<double>(count.size());
  const double a = 1 / (0.8 + 0.35 * std::max(levels, 3.0));
  for (std::size_t level = 0; level < count.size(); ++level) {
    const bool joins = level > 0 && count[level] == 0 && count[level - 1] == 0;
    if (!joins) {
      levels_in_group_.push_back(0);
      dirichlet_.push_back(0);
      used_.push_back(0);
    }
    group_of_level_.push_back(static_cast<int>(used_.size()) - 1);
    ++levels_in_group_.back();
    dirichlet_.back() += a;
    used_.back() += count[level];
  }
  reference_ = static_cast<int>(std::max_element(used_.begin(), used_.end()) - used_.begin());
}

Eigen::VectorXd LevelPrior::Start() const {
  Eigen::VectorXd x(coordinates());
  const double reference = std::log(used_[reference_] + dirichlet_[reference_]);
  for (int g = 0; g < groups(); ++g) {
    if (g != reference_) x(CoordinateOf(g)) = std::log(used_[g] + dirichlet_[g]) - reference;
  }
  return x;
}

LevelPrior::Probabilities LevelPrior::At(const Eigen::VectorXd& x) const {
  Probabilities p;
  p.group.resize(groups());
  const double largest = coordinates() > 0 ? std::max(0.0, x.maxCoeff()) : 0.0;
  for (int g = 0; g < groups(); ++g) {
    p.group(g) = std::exp((g == reference_ ? 0.0 : x(CoordinateOf(g))) - largest);
  }
  const double sum = p.group.sum();
  p.group /= sum;
  p.log_normalizer = largest + std::log(sum);
  p.below.resize(naturals());
  p.above.resize(naturals());
  double total = 0;
  for (int k = 0; k < naturals(); ++k) p.below(k) = total += p.group(k);
  total = 0;
  for (int k = naturals() - 1; k >= 0; --k) p.above(k) = total += p.group(k + 1);
  return p;
}

Eigen::ArrayXd LevelPrior::ExpMinusCuts(const Eigen::VectorXd& x) const {
  const Probabilities p = At(x);
  const int cuts = static_cast<int>(group_of_level_.size()) - 1;
  Eigen::ArrayXd result(cuts);
  int inside = 0;  // levels of the group up to and with this one
  for (int k = 0; k < cuts; ++k) {
    const int g = group_of_level_[k];
    inside = k > 0 && group_of_level_[k - 1] == g ? inside + 1 : 1;
    const double share = static_cast<double>(inside) / levels_in_group_[g];
    const double below = (g > 0 ? p.below(g - 1) : 0.0) + share * p.group(g);
    const double above = (g < naturals() ? p.above(g) : 0.0) + (1 - share) * p.group(g);
    result(k) = above / below;
  }
  return result;
}

// c_k = log(below_k / above_k); d c_k / d x_j = p_j / below_k for j <= k, -p_j / above_k after.
void LevelPrior::Natural(const Eigen::VectorXd& x, Eigen::VectorXd& cuts,
                         Eigen::MatrixXd& jacobian) const {
  const Probabilities p = At(x);
  cuts.resize(naturals());
  jacobian.resize(naturals(), coordinates());
  for (int k = 0; k < naturals(); ++k) {
    cuts(k) = std::log(p.below(k) / p.above(k));
    for (int g = 0; g < groups(); ++g) {
      if (g == reference_) continue;
      jacobian(k, CoordinateOf(g)) = g <= k ? p.group(g) / p.below(k) : -p.group(g) / p.above(k);
    }
  }
}

// d^2 c_k / dx_i dx_j = [i = j] d c_k / d x_j - p_i p_j / below_k^2 for i, j <= k, and
// + p_i p_j / above_k^2 for i, j > k.
void LevelPrior::AddNaturalCurvature(const Eigen::VectorXd& x, const Eigen::VectorXd& weight,
                                     Eigen::Ref<Eigen::MatrixXd> hessian) const {
  const Probabilities p = At(x);
  // Sums over the cuts that have both groups on the same side.
  Eigen::VectorXd from(groups() + 1);  // from(g): sum over k >= g of weight / below^2
  from.setZero();
  for (int k = naturals() - 1; k >= 0; --k) {
    from(k) = from(k + 1) + weight(k) / (p.below(k) * p.below(k));
  }
  Eigen::VectorXd until(groups() + 1);  // until(g): sum over k < g of weight / above^2
  until.setZero();
  for (int k = 0; k < naturals(); ++k) {
    until(k + 1) = until(k) + weight(k) / (p.above(k) * p.above(k));
  }
  Eigen::VectorXd slope_from(groups() + 1);
  slope_from.setZero();
  Eigen::VectorXd slope_until(groups() + 1);
  slope_until.setZero();
  for (int k = naturals() - 1; k >= 0; --k) {
    slope_from(k) = slope_from(k + 1) + weight(k) / p.below(k);
  }
  for (int k = 0; k < naturals(); ++k) {
    slope_until(k + 1) = slope_until(k) + weight(k) / p.above(k);
  }
  for (int i = 0; i < groups(); ++i) {
    if (i == reference_) continue;
    for (int j = 0; j < groups(); ++j) {
      if (j == reference_) continue;
      const double both = -from(std::min(std::max(i, j), naturals())) + until(std::min(i, j));
      hessian(CoordinateOf(i), CoordinateOf(j)) += p.group(i) * p.group(j) * both;
    }
    const double slope = slope_from(std::min(i, naturals())) - slope_until(i);
    hessian(CoordinateOf(i), CoordinateOf(i)) += p.group(i) * slope;
  }
}

// Dirichlet(dirichlet_) carried to x: the density is the product of p_g^dirichlet_g.
double LevelPrior::AddLogPrior(const Eigen::VectorXd& x, Eigen::Ref<Eigen::VectorXd> gradient,
                               Eigen::Ref<Eigen::MatrixXd> hessian) const {
  const Probabilities p = At(x);
  double total = 0;
  for (double d : dirichlet_) total += d;
  double value = -total * p.log_normalizer;
  for (int i = 0; i < groups(); ++i) {
    if (i == reference_) continue;
    const int row = CoordinateOf(i);
    value += dirichlet_[i] * x(row);
    gradient(row) += dirichlet_[i] - total * p.group(i);
    hessian(row, row) -= total * p.group(i);
    for (int j = 0; j < groups(); ++j) {
      if (j == reference_) continue;
      hessian(row, CoordinateOf(j)) += total * p.group(i) * p.group(j);
    }
  }
  return value;
}

}  // namespace solotrial::inference

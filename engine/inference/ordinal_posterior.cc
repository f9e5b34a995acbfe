#include "engine/inference/ordinal_posterior.h"

#include <cmath>
#include <vector>

#include "engine/inference/families/ordinal.h"
#include "engine/inference/latent_posterior.h"
#include "engine/inference/level_prior.h"
#include "engine/inference/regression.h"

namespace solotrial::inference {
namespace {

// E[y | eta] = minimum + sum over the cut points of logistic(eta - c_k).
class OrdinalResponse final : public Response {
 public:
  explicit OrdinalResponse(const LevelPrior& levels) : levels_(levels) {}

  // logistic(x + h) - logistic(x - h) = sinh(h) / (cosh(x) + cosh(h)), h = delta/2, without
  // cancellation; with q = exp(x), 1 / (cosh(x) + cosh(h)) = 2 q / (q^2 + 2 q cosh(h) + 1).
  Eigen::ArrayXd Slope(const Eigen::ArrayXd& eta_mid, double delta,
                       const Eigen::VectorXd& shape) const override {
    const Eigen::ArrayXd exp_minus_cuts = levels_.ExpMinusCuts(shape);
    const double half = delta / 2;
    const double scale = std::abs(half) > 1e-8 ? std::sinh(half) / delta : 0.5;
    const double twice_cosh = 2 * std::cosh(half);
    // Beyond 300 the exponential's square would overflow, and the slope is 0.
    const Eigen::ArrayXd e = eta_mid.max(-300.0).min(300.0).exp();
    Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(eta_mid.size());
    for (Eigen::Index k = 0; k < exp_minus_cuts.size(); ++k) {
      const Eigen::ArrayXd q = e * exp_minus_cuts(k);
      sum += 2 * q / (q * (q + twice_cosh) + 1);
    }
    return scale * sum;
  }

 private:
  const LevelPrior& levels_;
};

}  // namespace

Posterior OrdinalPosterior(const Record& record) {
  const Regression regression = BuildRegression(record, /*intercept=*/false);
  const int rows = static_cast<int>(regression.day.size());
  std::vector<int> count(static_cast<std::size_t>(std::lround(record.maximum - record.minimum)) +
                         1);
  std::vector<int> level(rows);
  for (int row = 0; row < rows; ++row) {
    level[row] = static_cast<int>(std::lround(regression.score(row) - record.minimum));
    ++count[level[row]];
  }
  const LevelPrior levels(count);
  // The cut points below and above every score's level; none: -1 and -2 (see CollapsedModel).
  std::vector<std::vector<int>> cuts_of_day(rows);
  for (int row = 0; row < rows; ++row) {
    const int group = levels.group_of_level(level[row]);
    cuts_of_day[row] = {group > 0 ? group - 1 : -1, group < levels.naturals() ? group : -2};
  }

  // MODEL.md, section 3.
  const int coefficients = static_cast<int>(regression.columns.cols());
  CoefficientPrior prior;
  prior.mean = Eigen::VectorXd::Zero(coefficients);
  prior.sd = Eigen::VectorXd::Constant(coefficients, 0.5);
  prior.sd(regression.index.effect) = 1;
  if (record.trend) prior.sd(regression.index.trend) = 1;

  Eigen::VectorXd start = Eigen::VectorXd::Zero(coefficients + levels.coordinates());
  start.tail(levels.coordinates()) = levels.Start();
  const OrdinalLikelihood likelihood;
  const OrdinalResponse response(levels);
  LatentResult result = LatentPosterior(
      {record, regression, prior, likelihood, levels, cuts_of_day, response, start});
  if (!result.effect.empty()) result.posterior.odds_ratio = SummarizeExp(result.effect);
  return result.posterior;
}

}  // namespace solotrial::inference

#include "engine/inference/latent_families.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/inference/dispersion_prior.h"
#include "engine/inference/families/bernoulli.h"
#include "engine/inference/families/negative_binomial.h"
#include "engine/inference/families/poisson.h"
#include "engine/inference/latent_posterior.h"
#include "engine/inference/mixture.h"
#include "engine/inference/regression.h"
#include "engine/inference/shape_prior.h"

namespace solotrial::inference {
namespace {

// sinh(delta/2) / delta.
double HalfSinh(double delta) {
  return std::abs(delta) > 1e-8 ? std::sinh(delta / 2) / delta : 0.5;
}

// Days per 28 days: 28 (logistic(x + h) - logistic(x - h)) / delta, h = delta/2, without
// cancellation (see ordinal_posterior.cc).
class BernoulliResponse final : public Response {
 public:
  Eigen::ArrayXd Slope(const Eigen::ArrayXd& eta_mid, double delta,
                       const Eigen::VectorXd&) const override {
    return 28 * HalfSinh(delta) / (eta_mid.max(-300.0).min(300.0).cosh() + std::cosh(delta / 2));
  }
};

// Events per 7 days: 7 (exp(x + h) - exp(x - h)) / delta.
class CountResponse final : public Response {
 public:
  Eigen::ArrayXd Slope(const Eigen::ArrayXd& eta_mid, double delta,
                       const Eigen::VectorXd&) const override {
    return 14 * HalfSinh(delta) * eta_mid.min(300.0).exp();
  }
};

// MODEL.md, section 3.
CoefficientPrior MakePrior(const Regression& regression, double alpha_mean, double alpha_sd) {
  CoefficientPrior prior;
  const Eigen::Index size = regression.columns.cols();
  prior.mean = Eigen::VectorXd::Zero(size);
  prior.sd = Eigen::VectorXd::Constant(size, 0.5);
  prior.mean(regression.index.intercept) = alpha_mean;
  prior.sd(regression.index.intercept) = alpha_sd;
  prior.sd(regression.index.effect) = 1;
  if (regression.index.trend >= 0) prior.sd(regression.index.trend) = 1;
  return prior;
}

// Every score meets the same shape parameters.
std::vector<std::vector<int>> SameShape(const Regression& regression,
                                        const std::vector<int>& shape) {
  return std::vector<std::vector<int>>(regression.day.size(), shape);
}

// `channels`: the shape parameters that every score meets.
LatentResult CountPosterior(const Record& record, const Likelihood& likelihood,
                            const ShapePrior& shape, const std::vector<int>& channels,
                            double shape_start) {
  const Regression regression = BuildRegression(record, /*intercept=*/true);
  const CoefficientPrior prior = MakePrior(regression, std::log(record.typical_daily_count), 2.5);
  Eigen::VectorXd start = Eigen::VectorXd::Zero(prior.mean.size() + shape.coordinates());
  const double mean = regression.day.empty() ? 1.0 : regression.score.mean();
  start(regression.index.intercept) = std::log(std::max(0.05, mean));
  start.tail(shape.coordinates()).setConstant(shape_start);
  const auto shape_of_day = SameShape(regression, channels);
  const CountResponse response;
  LatentResult result = LatentPosterior(
      {record, regression, prior, likelihood, shape, shape_of_day, response, start});
  if (!result.effect.empty()) result.posterior.rate_ratio = SummarizeExp(result.effect);
  return result;
}

}  // namespace

Posterior BernoulliPosterior(const Record& record) {
  const Regression regression = BuildRegression(record, /*intercept=*/true);
  const CoefficientPrior prior = MakePrior(regression, 0, 2.5);
  const BernoulliLikelihood likelihood;
  const NoShape shape;
  const auto shape_of_day = SameShape(regression, {});
  const BernoulliResponse response;
  const Eigen::VectorXd start = Eigen::VectorXd::Zero(prior.mean.size());
  LatentResult result = LatentPosterior(
      {record, regression, prior, likelihood, shape, shape_of_day, response, start});
  if (!result.effect.empty()) result.posterior.odds_ratio = SummarizeExp(result.effect);
  return result.posterior;
}

Posterior PoissonPosterior(const Record& record) {
  return CountPosterior(record, PoissonLikelihood(), NoShape(), {}, 0).posterior;
}

Posterior NegativeBinomialPosterior(const Record& record) {
  LatentResult result =
      CountPosterior(record, NegativeBinomialLikelihood(), DispersionPrior(), {0}, std::log(0.5));
  if (!result.shape.empty()) result.posterior.dispersion = SummarizeExp(result.shape[0]);
  return result.posterior;
}

}  // namespace solotrial::inference

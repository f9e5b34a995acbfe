#include "engine/inference/predictive.h"

#include <algorithm>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>

namespace solotrial::inference {
namespace {

// Counts beyond this are as far from any diary as can be; it keeps every formula finite.
constexpr double kLargestMean = 1e8;
// Up to this mean, counts are found by adding up their probabilities one by one.
constexpr double kLargestStepwiseMean = 300;

// Student's t by the polar formula of Bailey, Mathematics of Computation 62 (1994), 779-781,
// which becomes Box and Muller's as nu grows.
double StudentT(double nu, RandomStream& random) {
  const double radius = std::sqrt(nu * std::expm1(-2 / nu * std::log(random.OpenUniform())));
  return radius * std::cos(2 * M_PI * random.Uniform());
}

double Logistic(double x) { return 1 / (1 + std::exp(-x)); }

double Poisson(double mean, RandomStream& random) {
  if (mean <= kLargestStepwiseMean) {
    double left = random.Uniform();
    double probability = std::exp(-mean);
    double count = 0;
    // What is smaller than a step of the uniform number cannot be drawn: the sum ends there.
    while (left >= probability && !(count > mean && probability < 0x1p-56)) {
      left -= probability;
      ++count;
      probability *= mean / count;
    }
    return count;
  }
  using boost::math::policies::discrete_quantile;
  using boost::math::policies::integer_round_up;
  using boost::math::policies::policy;
  using Rounded = policy<discrete_quantile<integer_round_up>>;
  const boost::math::poisson_distribution<double, Rounded> poisson(mean);
  return boost::math::quantile(poisson, random.OpenUniform());
}

// Gamma with mean 1 and the given shape: Marsaglia and Tsang, ACM Transactions on Mathematical
// Software 26 (2000), 363-372.
double UnitGamma(double shape, RandomStream& random) {
  const double boosted = shape < 1 ? shape + 1 : shape;
  const double d = boosted - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.Normal();
    const double v = std::pow(1 + c * x, 3);
    if (!(v > 0)) continue;
    if (std::log(random.OpenUniform()) >= x * x / 2 + d - d * v + d * std::log(v)) continue;
    const double gamma = d * v / shape;
    return shape < 1 ? gamma * std::pow(random.OpenUniform(), 1 / shape) : gamma;
  }
}

// Poisson with a mean that is itself Gamma distributed: variance mean + mean^2 dispersion^2.
double NegativeBinomial(double mean, double dispersion, RandomStream& random) {
  const double shape = 1 / (dispersion * dispersion);
  // Under 1e-7 the two distributions cannot be told apart.
  if (!(shape < 1e14)) return Poisson(mean, random);
  return Poisson(std::min(mean * UnitGamma(shape, random), kLargestMean), random);
}

// The predictor of every day without u.
std::vector<double> FixedPart(const Record& record, const PosteriorDraw& draw,
                              const std::vector<double>& exposure) {
  std::vector<double> eta(exposure.size());
  for (std::size_t d = 0; d < eta.size(); ++d) {
    eta[d] = draw.intercept + draw.effect * (exposure[d] - 0.5);
    if (record.trend) {
      const double day = static_cast<double>(d) + 1;
      eta[d] += draw.trend * (day - (record.planned_days + 1) / 2) / record.planned_days;
    }
    for (std::size_t k = 0; k < record.covariates.size(); ++k) {
      eta[d] += draw.covariates[k] * record.covariates[k][d];
    }
  }
  return eta;
}

double Score(const Record& record, const PosteriorDraw& draw, double eta, double exposure,
             RandomStream& random) {
  const auto noise_sd = [&] {
    return draw.noise_sd * std::pow(draw.noise_sd_ratio, exposure - 0.5);
  };
  switch (record.family) {
    case Family::kGaussian:
      return eta + noise_sd() * random.Normal();
    case Family::kStudentT:
      return eta + noise_sd() * StudentT(draw.degrees_of_freedom, random);
    case Family::kBernoulli:
      return random.Uniform() < Logistic(eta) ? 1 : 0;
    case Family::kPoisson:
      return Poisson(std::min(std::exp(eta), kLargestMean), random);
    case Family::kNegativeBinomial:
      return NegativeBinomial(std::min(std::exp(eta), kLargestMean), draw.dispersion, random);
    case Family::kOrdinal: {
      // A logistic latent score, cut at the cut points.
      const double u = random.OpenUniform();
      const double latent = eta + std::log(u) - std::log1p(-u);
      const auto above = std::count_if(draw.cuts.begin(), draw.cuts.end(),
                                       [latent](double cut) { return cut < latent; });
      return record.minimum + static_cast<double>(above);
    }
  }
  return 0;
}

// Scores for the days from `first_day` on, `latent` being u on the day before in units of its
// standard deviation.
std::vector<double> Simulate(const Record& record, std::size_t first_day, double latent,
                             const PosteriorDraw& draw, RandomStream& random) {
  Kinetics kinetics = record.kinetics;
  if (kinetics.learn) {
    kinetics.onset_half_life_days = draw.onset_half_life_days;
    kinetics.offset_half_life_days = draw.offset_half_life_days;
  }
  const std::vector<double> exposure = Exposure(record.assignment, kinetics);
  const std::vector<double> eta = FixedPart(record, draw, exposure);
  const double rho = draw.latent_correlation;
  const double innovation_sd = std::sqrt(1 - rho * rho);
  std::vector<double> scores;
  for (std::size_t d = first_day; d < exposure.size(); ++d) {
    if (draw.latent_sd > 0) latent = rho * latent + innovation_sd * random.Normal();
    scores.push_back(Score(record, draw, eta[d] + draw.latent_sd * latent, exposure[d], random));
  }
  return scores;
}

}  // namespace

std::vector<double> SimulateScores(const Record& record, const PosteriorDraw& draw,
                                   RandomStream& random) {
  const double before = draw.latent_sd > 0 ? random.Normal() : 0;
  return Simulate(record, 0, before, draw, random);
}

std::vector<double> ContinueScores(const Record& record, std::size_t first_day,
                                   const PosteriorDraw& draw, RandomStream& random) {
  const double before = draw.latent_sd > 0 ? draw.latent_last / draw.latent_sd : 0;
  return Simulate(record, first_day, before, draw, random);
}

}  // namespace solotrial::inference

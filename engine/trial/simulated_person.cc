#include "engine/trial/simulated_person.h"

#include <algorithm>
#include <array>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <functional>
#include <limits>

namespace solotrial::trial {
namespace {

using inference::Family;

constexpr double kDaysPerUnit[2] = {28, 7};  // BERNOULLI, counts
constexpr double kScoreSdLogSd = 0.2;
constexpr double kCorrelationSd = 0.1;
constexpr double kLargestCorrelation = 0.8;
constexpr double kMissingLogSd = 0.3;
constexpr double kLargestMissing = 0.9;
constexpr double kHalfLifeLogSd = 0.5;
// Far tails, as diaries have them.
constexpr double kDegreesOfFreedom = 5;
constexpr double kDispersionSd = 0.5;
// A person's level may come so near the best end of the scale, as a share of the range.
constexpr double kRoom = 0.02;
// Of the logistic distribution.
constexpr double kLogisticVariance = M_PI * M_PI / 3;
// A latent part so large leaves no scores in the middle.
constexpr double kLargestLatentSd = 2;

double Logistic(double x) { return 1 / (1 + std::exp(-x)); }

double NormalCdf(double x) { return 0.5 * std::erfc(-x * M_SQRT1_2); }
double NormalDensity(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * M_PI); }

// E f(x + sd Z) for standard normal Z, by the trapezoid on 33 nodes out to 4 sd.
double Average(const std::function<double(double)>& f, double x, double sd) {
  if (sd == 0) return f(x);
  constexpr int kHalf = 16;
  double sum = 0;
  double weights = 0;
  for (int i = -kHalf; i <= kHalf; ++i) {
    const double z = i * 4.0 / kHalf;
    const double weight = NormalDensity(z);
    sum += weight * f(x + sd * z);
    weights += weight;
  }
  return sum / weights;
}

// The mean of a normal score that cannot leave its scale.
double ClampedMean(const Measure& measure, double mean, double sd) {
  const double low = (measure.minimum - mean) / sd;
  const double high = (measure.maximum - mean) / sd;
  return measure.minimum * NormalCdf(low) + measure.maximum * NormalCdf(-high) +
         mean * (NormalCdf(high) - NormalCdf(low)) +
         sd * (NormalDensity(low) - NormalDensity(high));
}

// Mean score of days whose predictor, without u, is `eta`.
double MeanScore(const Measure& measure, const inference::PosteriorDraw& person, double eta) {
  switch (measure.family) {
    case Family::kGaussian:
      return ClampedMean(measure, eta, std::hypot(person.latent_sd, person.noise_sd));
    case Family::kStudentT: {
      // As for a normal score of the same sd.
      const double nu = person.degrees_of_freedom;
      const double noise = person.noise_sd * std::sqrt(nu / (nu - 2));
      return ClampedMean(measure, eta, std::hypot(person.latent_sd, noise));
    }
    case Family::kBernoulli:
      return Average(Logistic, eta, person.latent_sd);
    case Family::kPoisson:
    case Family::kNegativeBinomial:
      return std::exp(eta + 0.5 * person.latent_sd * person.latent_sd);
    case Family::kOrdinal:
      return Average(
          [&](double predictor) {
            double mean = measure.minimum;
            for (const double cut : person.cuts) mean += Logistic(predictor - cut);
            return mean;
          },
          eta, person.latent_sd);
  }
  return 0;
}

// The x at which `f`, which grows, reaches `target`, within [low, high].
double Solve(const std::function<double(double)>& f, double target, double low, double high) {
  for (int i = 0; i < 50; ++i) {
    const double middle = 0.5 * (low + high);
    (f(middle) < target ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double PredictorOf(const Measure& measure, const inference::PosteriorDraw& person, double score) {
  const double range = measure.maximum - measure.minimum;
  const double low = IsContinuous(measure.family) ? measure.minimum - 2 * range : -40;
  const double high = IsContinuous(measure.family) ? measure.maximum + 2 * range : 40;
  return Solve([&](double eta) { return MeanScore(measure, person, eta); }, score, low, high);
}

// From the unit of the benefit to the score of a day.
double DaysPerUnit(const Measure& measure) {
  if (measure.family == Family::kBernoulli) return kDaysPerUnit[0];
  return IsCount(measure.family) ? kDaysPerUnit[1] : 1;
}

// The levels of a day without treatment: a beta distribution of the given mean and sd, cut at the
// halves. Cut points such that the levels come out like that with u averaged over.
std::vector<double> CutsOf(const Measure& measure, double mean, double sd, double latent_sd) {
  const double width = measure.maximum - measure.minimum + 1;
  const double m = std::clamp((mean - measure.minimum + 0.5) / width, 0.02, 0.98);
  // A rounded number has a twelfth of variance more than the number.
  const double asked = std::max((sd * sd - 1.0 / 12) / (width * width), 1e-4);
  const double variance = std::min(asked, 0.9 * m * (1 - m));
  const double size = m * (1 - m) / variance - 1;
  const boost::math::beta_distribution<double> beta(m * size, (1 - m) * size);
  std::vector<double> cuts;
  const auto levels = static_cast<int>(width);
  for (int k = 1; k < levels; ++k) {
    const double below = std::clamp(boost::math::cdf(beta, k / width), 1e-9, 1 - 1e-9);
    cuts.push_back(
        Solve([&](double cut) { return Average(Logistic, cut, latent_sd); }, below, -60, 60));
  }
  return cuts;
}

// Standard deviations of u and of the noise for scores whose neighbours correlate by `correlation`:
// u has the share `share` of the variance. To first order for the families whose scores are not
// linear in u.
void PutScatter(const Measure& measure, double mean, double sd, double share, double dispersion,
                inference::PosteriorDraw& person) {
  switch (measure.family) {
    case Family::kGaussian:
    case Family::kStudentT:
      person.latent_sd = sd * std::sqrt(share);
      person.noise_sd = sd * std::sqrt(1 - share);
      if (measure.family == Family::kStudentT) {
        person.degrees_of_freedom = kDegreesOfFreedom;
        person.noise_sd *= std::sqrt((kDegreesOfFreedom - 2) / kDegreesOfFreedom);
      }
      break;
    case Family::kBernoulli:
      person.latent_sd = std::sqrt(share / (mean * (1 - mean)));
      break;
    case Family::kOrdinal:
      person.latent_sd = std::sqrt(share / (1 - share) * kLogisticVariance);
      break;
    case Family::kNegativeBinomial:
      person.dispersion = dispersion;
      [[fallthrough]];
    case Family::kPoisson: {
      const double scatter = mean + mean * mean * person.dispersion * person.dispersion;
      person.latent_sd = std::sqrt(std::log1p(share / (1 - share) * scatter / (mean * mean)));
      break;
    }
  }
  if (!IsContinuous(measure.family)) {
    person.latent_sd = std::min(person.latent_sd, kLargestLatentSd);
  }
}

}  // namespace

PersonAssumptions DefaultAssumptions(const Measure& measure) {
  PersonAssumptions assumptions;
  if (measure.family == Family::kBernoulli) {
    assumptions.typical_score = 8;
  } else if (IsCount(measure.family)) {
    assumptions.typical_score = 7 * measure.typical_daily_count.value_or(1);
  } else {
    assumptions.typical_score = 0.5 * (measure.minimum + measure.maximum);
    assumptions.score_sd = 0.2 * (measure.maximum - measure.minimum);
  }
  return assumptions;
}

double LargestBenefit(const Measure& measure, double typical_score) {
  if (IsCount(measure.family)) {
    return measure.lower_is_better ? (1 - kRoom) * typical_score
                                   : std::numeric_limits<double>::infinity();
  }
  const double unit = DaysPerUnit(measure);
  const double range = measure.maximum - measure.minimum;
  const double best =
      measure.lower_is_better ? measure.minimum + kRoom * range : measure.maximum - kRoom * range;
  const double room =
      measure.lower_is_better ? typical_score / unit - best : best - typical_score / unit;
  return std::max(0.0, unit * room);
}

SimulatedPerson DrawPerson(const Measure& measure, const inference::Kinetics& kinetics,
                           const PersonAssumptions& assumptions, double benefit,
                           RandomStream& random) {
  const double sd = assumptions.score_sd * std::exp(kScoreSdLogSd * random.Normal());
  const double correlation =
      assumptions.autocorrelation > 0
          ? std::clamp(assumptions.autocorrelation + kCorrelationSd * random.Normal(), 0.0,
                       kLargestCorrelation)
          : 0;
  // Scores correlate by u's share of their variance times u's own correlation.
  const double slowest = 0.95;
  const double quickest = std::max(0.5, correlation / 0.9);
  const double latent_correlation = quickest + (slowest - quickest) * random.Uniform();
  const double dispersion = kDispersionSd * std::abs(random.Normal());
  const double missing = assumptions.missing_share * std::exp(kMissingLogSd * random.Normal());
  const double onset = std::exp(kHalfLifeLogSd * random.Normal());
  const double offset = std::exp(kHalfLifeLogSd * random.Normal());

  SimulatedPerson person;
  person.missing_share = std::min(missing, kLargestMissing);
  person.kinetics = kinetics;
  person.kinetics.learn = false;
  person.kinetics.onset_half_life_days *= onset;
  person.kinetics.offset_half_life_days *= offset;

  inference::PosteriorDraw& scoring = person.scoring;
  const double unit = DaysPerUnit(measure);
  const double off_score = assumptions.typical_score / unit;
  scoring.latent_correlation = latent_correlation;
  PutScatter(measure, off_score, sd, correlation / latent_correlation, dispersion, scoring);
  double off = 0;
  if (measure.family == Family::kOrdinal) {
    scoring.cuts = CutsOf(measure, off_score, sd, scoring.latent_sd);
  } else {
    off = PredictorOf(measure, scoring, off_score);
  }
  const double reached = MeanScore(measure, scoring, off);
  person.benefit = std::min(benefit, LargestBenefit(measure, unit * reached));
  const double change = (measure.lower_is_better ? -1 : 1) * person.benefit / unit;
  const double on = person.benefit > 0 ? PredictorOf(measure, scoring, reached + change) : off;
  scoring.effect = on - off;
  scoring.intercept = 0.5 * (on + off);
  return person;
}

}  // namespace solotrial::trial

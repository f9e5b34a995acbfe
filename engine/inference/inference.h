// The posterior of one person's response, for one measure: the model of MODEL.md.
//
// Plain spans and structs in, plain structs out: no dates, no storage, no clock, no randomness
// that was not passed in. Every function here is pure and safe to call from any thread; the same
// input gives the same bytes.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_INFERENCE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_INFERENCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace solotrial::inference {

// MODEL.md, the version of the model that this code computes. Printed in every result.
inline constexpr char kModelVersion[] = "1";

// The longest record that is analysed, in days.
inline constexpr int kMaxDays = 3000;

// Likelihood of one day's score given eta (MODEL.md, section 2).
enum class Family { kGaussian, kStudentT, kBernoulli, kPoisson, kNegativeBinomial, kOrdinal };

// How exposure follows assignment (MODEL.md, section 1). A half-life of 0 means at once.
struct Kinetics {
  double onset_half_life_days = 0;   // >= 0
  double offset_half_life_days = 0;  // >= 0
  double initial_exposure = 0;       // e_0, in [0, 1]
  // The half-lives are unknown: log-normal, their medians the values above (then > 0), log-sd 0.5,
  // independent of each other.
  bool learn = false;
};

// A normal prior of delta, on the scale of eta, other than the model's own.
struct EffectPrior {
  double mean = 0;
  double sd = 1;  // > 0
};

// One measure over trial-local days 1..T, T = score.size().
struct Record {
  Family family = Family::kGaussian;
  // Of the scale; minimum < maximum. ORDINAL: whole numbers, 2..21 levels. Not used by BERNOULLI
  // (scores 0 and 1) and the counts (scores 0, 1, 2, ..).
  double minimum = 0;
  double maximum = 0;
  bool lower_is_better = false;
  double minimal_important_difference = 0;  // > 0, in the unit of Benefit

  std::vector<double> score;       // T values; NaN: missing (or run-in, outside the likelihood)
  std::vector<double> assignment;  // T values a_d in [0, 1]
  // K covariates, one vector of T values each; already standardised (numeric) or 0/1 (binary), 0
  // on days without a value.
  std::vector<std::vector<double>> covariates;
  double planned_days = 0;  // T of the trend: the planned last day, >= score.size()
  Kinetics kinetics;
  bool trend = true;
  bool autocorrelation = true;
  double typical_daily_count = 1;  // counts: centre of alpha's prior; > 0
  // GAUSSIAN, STUDENT_T: the noise may spread differently on and off (MODEL.md, section 2).
  bool arm_variance = false;
  // Each gives one element of Posterior::under_other_priors.
  std::vector<EffectPrior> other_priors;
};

// Posterior mean, standard deviation and quantiles at 2.5, 50 and 97.5 %.
struct Summary {
  double mean = 0;
  double sd = 0;
  double q025 = 0;
  double q500 = 0;
  double q975 = 0;
};

// B of MODEL.md, section 4: positive when the person is better on than off. In points of the
// scale for GAUSSIAN and ORDINAL; in days per 28 days for BERNOULLI; in events per 7
// days for POISSON and NEGATIVE_BINOMIAL.
struct Benefit : Summary {
  double p_any = 0;        // P(B > 0)
  double p_important = 0;  // P(B >= minimal_important_difference)
  double p_worse = 0;      // P(B < 0)
};

// How the posterior was computed, and whether it may be believed.
struct Diagnostics {
  std::string method;          // e.g. "kalman-quadrature"
  double effective_draws = 0;  // effective number of draws or weighted nodes behind the summaries
  double pareto_k = 0;         // of the importance weights; 0 where none were used
  bool reliable = true;
  std::string problem;  // empty when reliable; else one English sentence: what went wrong
};

struct Posterior {
  Summary effect;                    // delta, on the scale of eta
  std::optional<Summary> intercept;  // alpha; ORDINAL has none
  std::optional<Summary> trend;      // gamma
  std::vector<Summary> covariates;   // beta_k, in the order of Record::covariates

  std::optional<Summary> latent_sd;             // sigma_u
  std::optional<Summary> latent_correlation;    // rho
  std::optional<Summary> noise_sd;              // sigma
  std::optional<Summary> noise_sd_ratio;        // exp(lambda), on over off; arm_variance
  std::optional<Summary> degrees_of_freedom;    // nu; STUDENT_T
  std::optional<Summary> dispersion;            // 1/sqrt(phi); NEGATIVE_BINOMIAL
  std::optional<Summary> onset_half_life_days;  // learned half-lives
  std::optional<Summary> offset_half_life_days;

  std::optional<Summary> odds_ratio;  // exp(delta); ORDINAL, BERNOULLI
  std::optional<Summary> rate_ratio;  // exp(delta); POISSON, NEGATIVE_BINOMIAL

  Benefit benefit;
  // P(a day at full exposure is better than a day at none), two days drawn independently, latent
  // process and noise included, ties half, at the average of the other terms (MODEL.md, section 4).
  double p_better_day = 0.5;
  std::vector<Benefit> under_other_priors;  // B, in the order of Record::other_priors
  Diagnostics diagnostics;
};

// e_d for every day (MODEL.md, section 1). `assignment` in [0, 1].
std::vector<double> Exposure(const std::vector<double>& assignment, const Kinetics& kinetics);

// How closely a posterior is computed.
enum class Precision {
  // As MODEL.md, section 8, asks.
  kFull,
  // For one of many simulated trials: quadrature nodes of the latent families lie 1.6 times as far
  // apart, and what this costs is not looked for. Two to three times as fast; of 60 simulated
  // 84-day diaries each, p_important moved by 0.004 on average, at most 0.031 (ORDINAL; BERNOULLI
  // 0.002). GAUSSIAN is as in kFull.
  kSimulation,
};

// The posterior of `record`. INVALID_ARGUMENT names the member of Record that is out of its
// domain. A posterior that cannot be trusted is not an error: diagnostics.reliable is false.
absl::StatusOr<Posterior> ComputePosterior(const Record& record,
                                           Precision precision = Precision::kFull);

// One draw from the posterior: what is needed to simulate scores.
struct PosteriorDraw {
  double intercept = 0;
  double effect = 0;
  double trend = 0;
  std::vector<double> covariates;  // beta_k
  double latent_sd = 0;            // sigma_u
  double latent_correlation = 0;   // rho
  double latent_last = 0;          // u on the last day of the record
  double noise_sd = 0;             // sigma; GAUSSIAN, STUDENT_T
  double noise_sd_ratio = 1;       // exp(lambda)
  double degrees_of_freedom = 0;   // nu; STUDENT_T
  double dispersion = 0;           // 1/sqrt(phi); NEGATIVE_BINOMIAL
  std::vector<double> cuts;        // c_1 .. c_(K-1); ORDINAL
  double onset_half_life_days = 0;
  double offset_half_life_days = 0;
};

// What Fit::Cdf can be asked about, in the units of Posterior.
enum class Quantity { kEffect, kBenefit, kLatentSd, kLatentCorrelation };

struct FitState;

// A record with its posterior, kept so that questions beside it cost a fraction of the first.
class Fit {
 public:
  // As ComputePosterior.
  static absl::StatusOr<Fit> Of(Record record);

  const Record& record() const { return record_; }
  const Posterior& posterior() const { return posterior_; }

  // P(quantity < value), given the data: the distribution function behind the quantiles of
  // posterior(). NaN where the model has no such quantity or the quadrature could not begin.
  double Cdf(Quantity quantity, double value) const;

  // The posterior of `changed`: the same family and number of days, other scores, assignment,
  // kinetics or covariates. The same answer as ComputePosterior within its accuracy, from where
  // this posterior's mass lies.
  absl::StatusOr<Posterior> Refit(const Record& changed) const;

  // `count` >= 0 independent draws from the posterior; the same seed gives the same draws. Of the
  // non-Gaussian families from the normal mixture that the quadrature found, without its correction
  // along delta. None where the record has no score or the quadrature could not begin.
  std::vector<PosteriorDraw> Draw(int count, uint32_t seed) const;

 private:
  Record record_;
  Posterior posterior_;
  std::shared_ptr<const FitState> state_;
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_INFERENCE_H_

// The posterior of one person's response, for one measure: the model of MODEL.md.
//
// Plain spans and structs in, plain structs out: no dates, no storage, no clock, no randomness
// that was not passed in. Every function here is pure and safe to call from any thread; the same
// input gives the same bytes.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_INFERENCE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_INFERENCE_H_

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
enum class Family { kGaussian, kOrdinal, kBernoulli, kPoisson, kNegativeBinomial };

// How exposure follows assignment (MODEL.md, section 1). A half-life of 0 means at once.
struct Kinetics {
  double onset_half_life_days = 0;   // >= 0
  double offset_half_life_days = 0;  // >= 0
  double initial_exposure = 0;       // e_0, in [0, 1]
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

  std::optional<Summary> latent_sd;           // sigma_u
  std::optional<Summary> latent_correlation;  // rho
  std::optional<Summary> noise_sd;            // sigma
  std::optional<Summary> dispersion;          // 1/sqrt(phi); NEGATIVE_BINOMIAL

  std::optional<Summary> odds_ratio;  // exp(delta); ORDINAL, BERNOULLI
  std::optional<Summary> rate_ratio;  // exp(delta); POISSON, NEGATIVE_BINOMIAL

  Benefit benefit;
  Diagnostics diagnostics;
};

// e_d for every day (MODEL.md, section 1). `assignment` in [0, 1].
std::vector<double> Exposure(const std::vector<double>& assignment, const Kinetics& kinetics);

// The posterior of `record`. INVALID_ARGUMENT names the member of Record that is out of its
// domain. A posterior that cannot be trusted is not an error: diagnostics.reliable is false.
absl::StatusOr<Posterior> ComputePosterior(const Record& record);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_INFERENCE_H_

#include "engine/inference/validation.h"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/inference/families/bernoulli.h"
#include "engine/inference/families/poisson.h"

namespace solotrial::inference {
namespace {

constexpr std::size_t kMaxCovariates = 32;
// A score farther than this many ranges from the scale is a fault in the record, not a score.
constexpr double kFarthestScore = 1e6;

absl::Status Invalid(const std::string& member, const std::string& what) {
  return absl::InvalidArgumentError(member + ": " + what);
}

bool IsHalfLife(double days) { return std::isfinite(days) && days >= 0; }

// The scale and the scores on it, by family.
absl::Status ValidateScores(const Record& record) {
  const auto every_score = [&record](auto&& allowed) {
    for (double y : record.score) {
      if (!std::isnan(y) && !allowed(y)) return false;
    }
    return true;
  };
  if (record.family == Family::kBernoulli) {
    if (!every_score(BernoulliLikelihood::InDomain)) {
      return Invalid("score", "must be NaN (missing), 0 or 1");
    }
    return absl::OkStatus();
  }
  if (record.family == Family::kPoisson || record.family == Family::kNegativeBinomial) {
    if (!every_score(PoissonLikelihood::InDomain)) {
      return Invalid("score", "must be NaN (missing) or a whole number from 0 to 1e9");
    }
    if (!(record.typical_daily_count > 0) || !std::isfinite(record.typical_daily_count)) {
      return Invalid("typical_daily_count", "must be finite and above 0");
    }
    return absl::OkStatus();
  }
  const double range = record.maximum - record.minimum;
  if (!(range > 0) || !std::isfinite(range)) {
    return Invalid("maximum", "must be finite and above minimum");
  }
  if (record.family == Family::kOrdinal) {
    if (std::round(record.minimum) != record.minimum || std::round(range) != range || range > 20) {
      return Invalid("maximum", "and minimum must be whole numbers with 2 to 21 levels");
    }
    if (!every_score([&](double y) {
          return y >= record.minimum && y <= record.maximum && std::round(y) == y;
        })) {
      return Invalid("score", "must be NaN (missing) or a whole number from minimum to maximum");
    }
    return absl::OkStatus();
  }
  if (!every_score(
          [&](double y) { return std::abs(y - record.minimum) <= kFarthestScore * range; })) {
    return Invalid("score", "must be NaN (missing) or within a million ranges of the scale");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const Record& record) {
  const std::size_t days = record.score.size();
  if (days == 0) return Invalid("score", "must have at least one day");
  if (days > static_cast<std::size_t>(kMaxDays)) {
    return Invalid("score", "must have at most " + std::to_string(kMaxDays) + " days");
  }
  if (absl::Status status = ValidateScores(record); !status.ok()) return status;
  if (!(record.minimal_important_difference > 0) ||
      !std::isfinite(record.minimal_important_difference)) {
    return Invalid("minimal_important_difference", "must be finite and above 0");
  }
  if (record.assignment.size() != days) {
    return Invalid("assignment", "must have one value per day of score");
  }
  for (double a : record.assignment) {
    if (!(a >= 0 && a <= 1)) return Invalid("assignment", "must be in [0, 1]");
  }
  if (record.covariates.size() > kMaxCovariates) {
    return Invalid("covariates", "must be at most " + std::to_string(kMaxCovariates));
  }
  for (const std::vector<double>& covariate : record.covariates) {
    if (covariate.size() != days) {
      return Invalid("covariates", "must have one value per day of score");
    }
    for (double z : covariate) {
      if (!(std::abs(z) <= 1e6)) return Invalid("covariates", "must be standardised and finite");
    }
  }
  if (!std::isfinite(record.planned_days) || record.planned_days < static_cast<double>(days)) {
    return Invalid("planned_days", "must be finite and at least the number of days in score");
  }
  const Kinetics& kinetics = record.kinetics;
  if (!IsHalfLife(kinetics.onset_half_life_days) || !IsHalfLife(kinetics.offset_half_life_days)) {
    return Invalid("kinetics", "half-lives must be finite and at least 0");
  }
  if (!(kinetics.initial_exposure >= 0 && kinetics.initial_exposure <= 1)) {
    return Invalid("kinetics", "initial_exposure must be in [0, 1]");
  }
  if (kinetics.learn &&
      !(kinetics.onset_half_life_days > 0 && kinetics.offset_half_life_days > 0)) {
    return Invalid("kinetics", "to be learned, half-lives must be above 0");
  }
  if (record.arm_variance && record.family != Family::kGaussian &&
      record.family != Family::kStudentT) {
    return Invalid("arm_variance", "is for GAUSSIAN and STUDENT_T");
  }
  for (const EffectPrior& prior : record.other_priors) {
    if (!std::isfinite(prior.mean) || !(prior.sd > 0) || !std::isfinite(prior.sd)) {
      return Invalid("other_priors", "must have a finite mean and a finite sd above 0");
    }
  }
  return absl::OkStatus();
}

}  // namespace solotrial::inference

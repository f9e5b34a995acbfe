#include "tests/inference/records.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace solotrial::inference {
namespace {

// SplitMix64 and Box-Muller: the same record on every machine and library.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}
  double Uniform() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    return (static_cast<double>(z >> 11) + 0.5) * 0x1p-53;
  }
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(Uniform()));
    return radius * std::cos(2 * M_PI * Uniform());
  }

 private:
  std::uint64_t state_;
};

}  // namespace

Record MakeRecord(const RecordPlan& plan) {
  Generator generator(plan.seed);
  Record record;
  record.family = plan.family;
  record.minimum = 0;
  record.maximum = 10;
  record.lower_is_better = true;
  record.minimal_important_difference = 1;
  record.planned_days = plan.days;
  record.kinetics.onset_half_life_days = plan.onset_half_life_days;
  record.kinetics.offset_half_life_days = plan.offset_half_life_days;
  for (int d = 0; d < plan.days; ++d) {
    record.assignment.push_back((d / plan.block_days) % 2 == 0 ? 0 : 1);
  }
  for (int k = 0; k < plan.covariates; ++k) {
    std::vector<double> covariate;
    for (int d = 0; d < plan.days; ++d)
      covariate.push_back(k == 0 ? (d % 7 >= 5) : generator.Normal());
    record.covariates.push_back(covariate);
  }
  const std::vector<double> exposure = Exposure(record.assignment, record.kinetics);
  double latent = generator.Normal();
  for (int d = 0; d < plan.days; ++d) {
    const double eta = plan.level + plan.effect * (exposure[d] - 0.5) + plan.latent_sd * latent;
    double score = eta + plan.noise_sd * generator.Normal();
    if (plan.family == Family::kOrdinal) score = std::clamp(std::round(score), 0.0, 10.0);
    if (plan.family == Family::kBernoulli) score = score > plan.level ? 1 : 0;
    if (plan.family == Family::kPoisson || plan.family == Family::kNegativeBinomial) {
      score = std::max(0.0, std::round(score));
    }
    const bool missing = generator.Uniform() < plan.missing;
    record.score.push_back(missing ? std::numeric_limits<double>::quiet_NaN() : score);
    latent = plan.correlation * latent +
             std::sqrt(1 - plan.correlation * plan.correlation) * generator.Normal();
  }
  return record;
}

}  // namespace solotrial::inference

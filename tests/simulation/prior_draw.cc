#include "tests/simulation/prior_draw.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/simulation/distributions.h"

namespace solotrial::simulation {
namespace {

using inference::Family;

constexpr double kOnsetHalfLife = 1;
constexpr double kOffsetHalfLife = 2;

double Logistic(double x) { return 1 / (1 + std::exp(-x)); }

double LogSumExp(const std::vector<double>& x, std::size_t first, std::size_t last) {
  const double highest = *std::max_element(x.begin() + first, x.begin() + last);
  double sum = 0;
  for (std::size_t i = first; i < last; ++i) sum += std::exp(x[i] - highest);
  return highest + std::log(sum);
}

// Cut points whose level probabilities at eta = 0 are Dirichlet(a).
std::vector<double> DrawCuts(int levels, RandomStream& random) {
  const double a = 1 / (0.8 + 0.35 * std::max(levels, 3));
  std::vector<double> log_part;
  for (int k = 0; k < levels; ++k) log_part.push_back(DrawLogGamma(a, random));
  std::vector<double> cuts;
  for (std::size_t k = 1; k < log_part.size(); ++k) {
    cuts.push_back(LogSumExp(log_part, 0, k) - LogSumExp(log_part, k, log_part.size()));
  }
  return cuts;
}

// What the scores of one person are drawn with, beyond eta.
struct Shape {
  double noise_sd = 0;            // sigma
  double degrees_of_freedom = 0;  // nu
  double size = 0;                // phi
  std::vector<double> cuts;
};

Shape DrawShape(const PriorPlan& plan, double unit, RandomStream& random) {
  Shape shape;
  if (plan.family == Family::kGaussian || plan.family == Family::kStudentT) {
    shape.noise_sd = unit * std::abs(DrawNormal(random));
  }
  if (plan.family == Family::kStudentT) {
    do {
      shape.degrees_of_freedom = 10 * std::exp(DrawLogGamma(2, random));
    } while (shape.degrees_of_freedom <= 1);
  }
  if (plan.family == Family::kNegativeBinomial) {
    const double root = DrawNormal(random);
    shape.size = 1 / (root * root);
  }
  if (plan.family == Family::kOrdinal) {
    shape.cuts = DrawCuts(static_cast<int>(plan.maximum) + 1, random);
  }
  return shape;
}

double DrawScore(Family family, const Shape& shape, double eta, RandomStream& random) {
  switch (family) {
    case Family::kGaussian:
      return eta + shape.noise_sd * DrawNormal(random);
    case Family::kStudentT:
      return eta + shape.noise_sd * DrawStudentT(shape.degrees_of_freedom, random);
    case Family::kBernoulli:
      return DrawLogistic(random) < eta ? 1 : 0;
    case Family::kPoisson:
      return DrawPoisson(std::exp(eta), random);
    case Family::kNegativeBinomial:
      return DrawPoisson(std::exp(eta + DrawLogGamma(shape.size, random)) / shape.size, random);
    case Family::kOrdinal: {
      // The level that a logistic variable about eta falls into.
      const double at = eta + DrawLogistic(random);
      return static_cast<double>(
          std::count_if(shape.cuts.begin(), shape.cuts.end(), [at](double c) { return c < at; }));
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// E[y | eta], times what turns a mean per day into the unit of B.
double Response(Family family, const Shape& shape, double eta) {
  switch (family) {
    case Family::kGaussian:
    case Family::kStudentT:
      return eta;
    case Family::kBernoulli:
      return 28 * Logistic(eta);
    case Family::kPoisson:
    case Family::kNegativeBinomial:
      return 7 * std::exp(eta);
    case Family::kOrdinal: {
      double sum = 0;
      for (double c : shape.cuts) sum += Logistic(eta - c);
      return sum;
    }
  }
  return 0;
}

double DrawAlpha(const PriorPlan& plan, RandomStream& random) {
  if (plan.family == Family::kOrdinal) return 0;
  if (plan.family == Family::kGaussian || plan.family == Family::kStudentT) {
    return plan.maximum / 2 + plan.maximum / 2 * DrawNormal(random);
  }
  return 2.5 * DrawNormal(random);  // counts: of a typical day of 1
}

}  // namespace

PriorDraw DrawFromPrior(const PriorPlan& plan, RandomStream& random) {
  PriorDraw person;
  inference::Record& record = person.record;
  record.family = plan.family;
  record.minimum = 0;
  record.maximum = plan.maximum;
  record.lower_is_better = true;
  record.minimal_important_difference = 1;
  record.kinetics.onset_half_life_days = kOnsetHalfLife;
  record.kinetics.offset_half_life_days = kOffsetHalfLife;
  for (int pair = 0; pair < plan.pairs; ++pair) {
    const double first = random.Uniform() < 0.5 ? 1 : 0;
    record.assignment.insert(record.assignment.end(), plan.block_days, first);
    record.assignment.insert(record.assignment.end(), plan.block_days, 1 - first);
  }
  const int days = static_cast<int>(record.assignment.size());
  record.planned_days = days;

  const bool continuous = plan.family == Family::kGaussian || plan.family == Family::kStudentT;
  const double unit = continuous ? plan.maximum / 4 : 1;
  const double alpha = DrawAlpha(plan, random);
  person.effect = unit * DrawNormal(random);
  const double gamma = unit * DrawNormal(random);
  person.latent_sd = unit * std::abs(DrawNormal(random));
  person.latent_correlation = DrawCorrelation(random);
  const Shape shape = DrawShape(plan, unit, random);

  double exposure = 0;
  double latent = DrawNormal(random);
  int scores = 0;
  double difference = 0;
  for (int d = 1; d <= days; ++d) {
    const double towards = record.assignment[static_cast<std::size_t>(d - 1)];
    const double half_life = towards >= exposure ? kOnsetHalfLife : kOffsetHalfLife;
    exposure += (towards - exposure) * (1 - std::exp2(-1 / half_life));
    if (d > 1) StepAutoregression(person.latent_correlation, random, latent);
    const double rest = alpha + gamma * (d - (days + 1) / 2.0) / days + person.latent_sd * latent;
    const double score =
        DrawScore(plan.family, shape, rest + person.effect * (exposure - 0.5), random);
    const bool missing = random.Uniform() < plan.missing;
    record.score.push_back(missing ? std::numeric_limits<double>::quiet_NaN() : score);
    if (missing) continue;
    ++scores;
    difference += Response(plan.family, shape, rest + person.effect / 2) -
                  Response(plan.family, shape, rest - person.effect / 2);
  }
  if (scores > 0) person.benefit = -difference / scores;
  return person;
}

}  // namespace solotrial::simulation

#include "tests/simulation/scenarios.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "tests/simulation/distributions.h"

namespace solotrial::simulation {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// e_d by day.
std::vector<double> ExposureOf(const Circumstances& life) {
  std::vector<double> exposure;
  double e = 0;
  for (double a : life.assignment) {
    const double half_life = a >= e ? life.onset_half_life_days : life.offset_half_life_days;
    e += (a - e) * (half_life > 0 ? 1 - std::exp2(-1 / half_life) : 1);
    exposure.push_back(e);
  }
  return exposure;
}

// Scores whose undisturbed level is `level`, called once a day in order.
template <class Level>
std::vector<double> Scores(const Circumstances& life, Level&& level) {
  std::vector<double> scores;
  for (double e : ExposureOf(life)) scores.push_back(level() - life.effect * e);
  return scores;
}

std::vector<double> AutoregressiveScores(const Circumstances& life, double correlation, double sd,
                                         RandomStream& random) {
  double x = DrawNormal(random);
  return Scores(life, [&] {
    StepAutoregression(correlation, random, x);
    return 5 + sd * x;
  });
}

// Days in attack (1) or not: a chain whose attacks end with probability 0.4 a day and begin so
// often that a share 0.2 - `relief` e of the days is in attack.
std::vector<double> AttackChain(const Circumstances& life, double relief, RandomStream& random) {
  constexpr double kShare = 0.2;
  constexpr double kEnd = 0.4;
  std::vector<double> attack;
  bool in_attack = random.Uniform() < kShare;
  for (double e : ExposureOf(life)) {
    const double share = std::max(0.01, kShare - relief * e);
    const double begin = kEnd * share / (1 - share);
    in_attack = random.Uniform() < (in_attack ? 1 - kEnd : begin);
    attack.push_back(in_attack ? 1 : 0);
  }
  return attack;
}

}  // namespace

Scenario Autoregression(double correlation) {
  char name[32];
  std::snprintf(name, sizeof name, "AR(1) of %.1f", correlation);
  return {name, [correlation](const Circumstances& life, RandomStream& random) {
            return AutoregressiveScores(life, correlation, 2, random);
          }};
}

Scenario ThresholdAutoregression() {
  return {"threshold autoregression", [](const Circumstances& life, RandomStream& random) {
            double x = DrawNormal(random);
            return Scores(life, [&] {
              x = (x > 0 ? 0.85 : 0.2) * x + 1.2 * DrawNormal(random);
              return 4.5 + x;
            });
          }};
}

Scenario RandomWalk() {
  return {"random walk", [](const Circumstances& life, RandomStream& random) {
            double x = 5 + DrawNormal(random);
            return Scores(life, [&] {
              x += 0.3 * DrawNormal(random);
              if (x < 0) x = -x;
              if (x > 10) x = 20 - x;
              return x + DrawNormal(random);
            });
          }};
}

Scenario LevelShifts() {
  return {"level shifts", [](const Circumstances& life, RandomStream& random) {
            double level = 1.5 * DrawNormal(random);
            double x = DrawNormal(random);
            return Scores(life, [&] {
              if (random.Uniform() < 1.0 / 21) level = 1.5 * DrawNormal(random);
              StepAutoregression(0.3, random, x);
              return 5 + level + x;
            });
          }};
}

Scenario Attacks() {
  return {"two-state attacks",
          [](const Circumstances& life, RandomStream& random) {
            // 5 points between a day in attack and another.
            std::vector<double> scores = AttackChain(life, life.effect / 5, random);
            for (double& y : scores) {
              y = y > 0 ? 6 + 1.5 * DrawNormal(random) : 1 + DrawNormal(random);
            }
            return scores;
          },
          0.5};
}

Scenario AttackDays() {
  return {"two-state attacks",
          [](const Circumstances& life, RandomStream& random) {
            return AttackChain(life, life.effect / 28, random);
          },
          2};
}

Scenario Cycle() {
  return {"28-day cycle", [](const Circumstances& life, RandomStream& random) {
            const double phase = 28 * random.Uniform();
            double x = DrawNormal(random);
            int day = 0;
            return Scores(life, [&] {
              StepAutoregression(0.5, random, x);
              return 5 + 2 * std::sin(2 * M_PI * (++day + phase) / 28) + 1.2 * x;
            });
          }};
}

Scenario SlowOnset() {
  return {"slow onset", [](Circumstances life, RandomStream& random) {
            life.onset_half_life_days = 10;
            life.offset_half_life_days = 10;
            return AutoregressiveScores(life, 0.6, 2, random);
          }};
}

Scenario MissingOnBadDays() {
  return {"missing on bad days", [](const Circumstances& life, RandomStream& random) {
            std::vector<double> scores = AutoregressiveScores(life, 0.6, 2, random);
            for (double& y : scores) {
              if (DrawLogistic(random) < -1.95 + 0.52 * (y - 5)) y = kMissing;
            }
            return scores;
          }};
}

Scenario ShiftsOnBlocks() {
  return {"shifts on blocks", [](const Circumstances& life, RandomStream& random) {
            double level = 0;
            double x = DrawNormal(random);
            int day = 0;
            return Scores(life, [&] {
              if (day++ % life.block_days == 0) level = DrawNormal(random);
              StepAutoregression(0.3, random, x);
              return 5 + level + 1.5 * x;
            });
          }};
}

std::vector<double> Rounded(std::vector<double> scores) {
  for (double& y : scores) {
    if (!std::isnan(y)) y = std::clamp(std::round(y), 0.0, 10.0);
  }
  return scores;
}

}  // namespace solotrial::simulation

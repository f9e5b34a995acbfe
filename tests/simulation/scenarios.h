// Diaries that the model of the engine did not make, and the AR(1) ones that it nearly did.
#ifndef SOLOTRIAL_TESTS_SIMULATION_SCENARIOS_H_
#define SOLOTRIAL_TESTS_SIMULATION_SCENARIOS_H_

#include <functional>
#include <string>
#include <vector>

#include "engine/base/random.h"

namespace solotrial::simulation {

// What a diary is made of.
struct Circumstances {
  std::vector<double> assignment;  // by day, 0 or 1
  int block_days = 14;
  // What the treatment takes off a day's expected score at full exposure; the exposure follows the
  // assignment with these half-lives.
  double effect = 0;
  double onset_half_life_days = 3;
  double offset_half_life_days = 4;
};

// The scores of one person, about 0-10 with a mean near 5 and a sd near 2 unless said otherwise;
// neither rounded nor cut off. NaN: missing.
using Diary = std::function<std::vector<double>(const Circumstances&, RandomStream&)>;

struct Scenario {
  std::string name;
  Diary diary;
  double minimal_important_difference = 1;  // points; AttackDays: days per 28
};

// A stationary AR(1) of the days' scores.
Scenario Autoregression(double correlation);

// Correlated weakly on good days and strongly on bad ones: 0.2 and 0.85.
Scenario ThresholdAutoregression();
// Steps of sd 0.3 a day, reflected at 0 and 10, and noise of sd 1.
Scenario RandomWalk();
// A new level, sd 1.5, after 21 days on average; AR(1) of 0.3 and sd 1 about it.
Scenario LevelShifts();
// Days of attack, one in five, that last 2.5 days on average: scores about 6, on other days about
// 1. The treatment makes attacks begin less often, so that the mean of 2 falls by the effect; the
// MID is half a point.
Scenario Attacks();
// The same days, 1 for an attack. The effect is in days per 28; the MID is 2.
Scenario AttackDays();
// A sine of 28 days, amplitude 2, its phase drawn; AR(1) of 0.5 and sd 1.2 about it.
Scenario Cycle();
// AR(1) of 0.6; the treatment takes effect with a half-life of 10 days and wears off with 10.
Scenario SlowOnset();
// AR(1) of 0.6; on a day at 5 one score in eight is missing, at 8 two in five.
Scenario MissingOnBadDays();
// A new level, sd 1, with every block, whatever its arm; AR(1) of 0.3 and sd 1.5 about it.
Scenario ShiftsOnBlocks();

// As they are written down: whole numbers from 0 to 10.
std::vector<double> Rounded(std::vector<double> scores);

}  // namespace solotrial::simulation

#endif  // SOLOTRIAL_TESTS_SIMULATION_SCENARIOS_H_

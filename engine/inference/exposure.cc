// Exposure follows assignment as a first-order process (MODEL.md, section 1).
#include <cmath>
#include <cstddef>

#include "engine/inference/inference.h"

namespace solotrial::inference {
namespace {

// The share of the distance to the assignment that is covered in one day: 1 - 2^(-1/h).
double DailyApproach(double half_life_days) {
  return half_life_days > 0 ? -std::expm1(-std::log(2.0) / half_life_days) : 1.0;
}

}  // namespace

std::vector<double> Exposure(const std::vector<double>& assignment, const Kinetics& kinetics) {
  const double onset = DailyApproach(kinetics.onset_half_life_days);
  const double offset = DailyApproach(kinetics.offset_half_life_days);
  std::vector<double> exposure(assignment.size());
  double previous = kinetics.initial_exposure;
  for (std::size_t d = 0; d < assignment.size(); ++d) {
    const double distance = assignment[d] - previous;
    previous += distance * (distance >= 0 ? onset : offset);
    exposure[d] = previous;
  }
  return exposure;
}

}  // namespace solotrial::inference

// Draws from the distributions of the simulators. None of this is shared with the engine, whose
// likelihoods the simulations test; only the stream of bits is (engine/base/random.h).
#ifndef SOLOTRIAL_TESTS_SIMULATION_DISTRIBUTIONS_H_
#define SOLOTRIAL_TESTS_SIMULATION_DISTRIBUTIONS_H_

#include <cstdint>

#include "engine/base/random.h"

namespace solotrial::simulation {

// The stream of one simulated person: independent of how many others are simulated, and in which
// order.
RandomStream StreamOf(uint64_t seed, uint64_t index);

// On (0, 1).
double DrawUniform(RandomStream& random);
double DrawNormal(RandomStream& random);
double DrawLogistic(RandomStream& random);
// log X, X ~ Gamma(shape, 1); the logarithm, because X underflows for small shapes.
double DrawLogGamma(double shape, RandomStream& random);
double DrawStudentT(double degrees_of_freedom, RandomStream& random);
// A whole number; `mean` may be 0 or as large as 1e15.
double DrawPoisson(double mean, RandomStream& random);
// Beta(4, 2), moved to (-1, 1).
double DrawCorrelation(RandomStream& random);

// Stationary AR(1), marginal sd 1: x is replaced by the next day's value.
void StepAutoregression(double correlation, RandomStream& random, double& x);

}  // namespace solotrial::simulation

#endif  // SOLOTRIAL_TESTS_SIMULATION_DISTRIBUTIONS_H_

// Protocols and trials that the tests of this room start from.
#ifndef SOLOTRIAL_TESTS_TRIAL_PROTOCOLS_H_
#define SOLOTRIAL_TESTS_TRIAL_PROTOCOLS_H_

#include <string>

#include "engine/trial/diary.h"
#include "engine/trial/protocol.h"
#include "engine/trial/trial.h"

namespace solotrial::trial {

// PAIRED, 3 pairs of 7 days, one ORDINAL 0-10 measure `legs` (lower is better, MID 1), covariate
// `weekend`, Europe/Berlin.
Protocol PairedProtocol();

// Every question about safety answered with no, in the EU.
Screening AllAnsweredNo();

// A trial of `protocol` started on `start`, with `allocation` instead of a drawn one.
Trial StartedTrial(const Protocol& protocol, Date start, const Allocation& allocation);

// A score entry of `legs`; `serial` makes its id.
Entry Score(int serial, Date date, double value);

// A version 7 UUID that ends in `serial`.
std::string Id(int serial);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_TESTS_TRIAL_PROTOCOLS_H_

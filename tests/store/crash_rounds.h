// A process that is killed while entries stream in, and what is left of them.
#ifndef SOLOTRIAL_TESTS_STORE_CRASH_ROUNDS_H_
#define SOLOTRIAL_TESTS_STORE_CRASH_ROUNDS_H_

#include <cstdint>

namespace solotrial::store {

// In each round a child opens the store, writes entries from several threads and tells each one
// that is acknowledged; it is killed (SIGKILL) once it has told a number of them that is drawn from
// `seed`; then the file is opened again. Expects every acknowledged entry of every round to be
// there, once and whole, in a log without gaps.
void RunCrashRounds(int rounds, uint64_t seed);

}  // namespace solotrial::store

#endif  // SOLOTRIAL_TESTS_STORE_CRASH_ROUNDS_H_

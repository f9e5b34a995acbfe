#include <gtest/gtest.h>

#include "tests/store/crash_rounds.h"

namespace solotrial::store {
namespace {

TEST(StoreCrashSlowTest, KeepsEveryAcknowledgedEntry) { RunCrashRounds(500, 2); }

}  // namespace
}  // namespace solotrial::store

#include <gtest/gtest.h>

#include "tests/store/crash_rounds.h"

namespace solotrial::store {
namespace {

TEST(StoreCrashTest, KeepsEveryAcknowledgedEntry) { RunCrashRounds(25, 1); }

}  // namespace
}  // namespace solotrial::store

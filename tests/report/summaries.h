// Trials that were lived in a test, and their summaries.
#ifndef SOLOTRIAL_TESTS_REPORT_SUMMARIES_H_
#define SOLOTRIAL_TESTS_REPORT_SUMMARIES_H_

#include <optional>
#include <string>
#include <vector>

#include "engine/report/summary.h"

namespace solotrial::report {

// How a trial was lived. Everything is recorded, by a rule and not by chance: the same every time.
struct Life {
  trial::Protocol protocol;
  std::string allocation;  // one block each, '1' on
  double benefit = 2;      // how much lower scores are on
  int scored_days = -1;    // from the first day on; -1: all
  int keep_every = 1;      // of the scored days one in so many
  bool doses = true;
  std::vector<std::pair<int, int>> pauses;  // first day (from 0) and length
  std::optional<int> stop_day;              // from 0
  int today_day = -1;                       // from 0; -1: after the end
  std::vector<trial::Entry> more;           // other entries
};

// ORDINAL 0-10, MID 1, 3 pairs of 14 days, half-lives of 3 days: 84 days, over.
Life UsualLife();
// BERNOULLI days of migraine, a 0-10 score beside them, 28 days of run-in, 3 pairs of 28 days.
Life MigraineLife();
// 3,000 days.
Life LongLife();

Summary SummaryOf(const Life& life);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_TESTS_REPORT_SUMMARIES_H_

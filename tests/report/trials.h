// A small trial with some of everything, to be exported.
#ifndef SOLOTRIAL_TESTS_REPORT_TRIALS_H_
#define SOLOTRIAL_TESTS_REPORT_TRIALS_H_

#include <string>
#include <vector>

#include "engine/report/exported_trial.h"

namespace solotrial::report {

// Monday.
inline const Date kFirstDay(2026, 1, 5);

// Two days of run-in, then two pairs of blocks of three days. Measures `pain` (morning and evening,
// the worst counts, primary) and `sleep` (of the previous night); covariate `weekend`; two doses a
// day; Berlin.
trial::Protocol SmallProtocol(trial::Blinding blinding = trial::Blinding::kOpen);

// Started on kFirstDay, blocks in the order `allocation`.
trial::Trial SmallTrial(const std::string& allocation = "1001");

// Made at noon of the first day in Berlin; `serial` makes the id.
trial::Entry EntryOf(int serial, trial::Entry::Kind kind, Date date);

// One of every kind. The same whatever the order of the blocks.
std::vector<trial::Entry> SomeEntries();

// Texts that formats trip over: markup, right-to-left, emoji, quotes, formulas, 10,000 characters.
std::vector<std::string> AwkwardTexts();

}  // namespace solotrial::report

#endif  // SOLOTRIAL_TESTS_REPORT_TRIALS_H_

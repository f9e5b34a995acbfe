// Everything that a trial holds as tidy tables, for any program that reads CSV or JSON.
//
//   scores   one row per day and measure, missed days included, with the day's block, arm, dose and
//            covariates: enough for an analysis of one's own
//   entries  one row per entry that counts: scores by slot, doses, covariates, events, rescue
//            medication, guesses, notes, deviations
//   blocks, measures, changes  one row per block, measure, change of the trial
#ifndef SOLOTRIAL_ENGINE_REPORT_TIDY_H_
#define SOLOTRIAL_ENGINE_REPORT_TIDY_H_

#include <map>
#include <string>
#include <vector>

#include "engine/report/exported_trial.h"
#include "engine/report/table.h"

namespace solotrial::report {

// The tables, `scores` first.
std::vector<DataTable> TidyTables(const ExportedTrial& trial);

// Files by name: NAME.csv for every table and for the dictionary, trial.json (what the trial is,
// with `protocol_json`, its protocol as JSON), README.txt, and the programs read.py and read.R that
// read the tables with nothing beside their language.
std::map<std::string, std::string> TidyFiles(const ExportedTrial& trial,
                                             const std::string& protocol_json);

// The same as one JSON object: `format` (`solotrial-tidy-1`), `trial`, `dictionary`, and an array
// of objects for every table.
std::string TidyJson(const ExportedTrial& trial, const std::string& protocol_json);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_TIDY_H_

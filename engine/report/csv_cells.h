// How the cells of our CSV files are written: RFC 4180, and nothing that a spreadsheet would run.
#ifndef SOLOTRIAL_ENGINE_REPORT_CSV_CELLS_H_
#define SOLOTRIAL_ENGINE_REPORT_CSV_CELLS_H_

#include <string>

namespace solotrial::report {

// `text` as it may stand between commas: in quotes where it needs them.
std::string QuotedCell(const std::string& text);

// `text` with an apostrophe before it where a spreadsheet would take it for a formula (it begins
// with = + - @, a tab, a line end, or a full-width form of these signs) and where it begins with an
// apostrophe itself, so that a reader can take away what was added (engine/import/diary_csv.cc has
// the same list).
std::string EscapedFormula(const std::string& text);

// The shortest text that reads back to the same double.
std::string NumberCell(double number);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_CSV_CELLS_H_

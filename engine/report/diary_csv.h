// The diary as a CSV file: the format that engine/import/diary_csv.h reads.
#ifndef SOLOTRIAL_ENGINE_REPORT_DIARY_CSV_H_
#define SOLOTRIAL_ENGINE_REPORT_DIARY_CSV_H_

#include <string>
#include <vector>

#include "engine/trial/protocol.h"
#include "engine/trial/record.h"

namespace solotrial::report {

// One line per row, in order, RFC 4180, UTF-8, LF. Columns: date, on, block, every measure (with
// one column per slot where it declares slots, `measure@slot`), every covariate, dose, note; a
// value that a row does not have is an empty cell. Numbers are written so that they read back to
// the same double. A note that a spreadsheet would take for a formula (it begins with = + - @, a
// tab, a line end, or a full-width form of these signs) gets an apostrophe before it, and so does
// one that begins with an apostrophe; the reader takes it away again.
//
// With `concealed` the cells of `on` are empty: which blocks were on may not be known yet.
std::string WriteDiaryCsv(const trial::Protocol& protocol, const std::vector<trial::DiaryRow>& rows,
                          bool concealed = false);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_DIARY_CSV_H_

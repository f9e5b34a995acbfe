// Reading a diary file: `date,on,<measure ids>,<covariate ids>` and more.
#ifndef SOLOTRIAL_ENGINE_IMPORT_DIARY_CSV_H_
#define SOLOTRIAL_ENGINE_IMPORT_DIARY_CSV_H_

#include <string>

#include "absl/status/statusor.h"
#include "engine/trial/protocol.h"
#include "engine/trial/record.h"

namespace solotrial::import {

// Largest file that is read, in bytes.
inline constexpr size_t kMaxDiaryBytes = 3 << 20;

// Reads `bytes` as the diary of `protocol` (valid as a record). UTF-8 with or without a byte-order
// mark, or UTF-16 with one; RFC 4180 quoting; LF, CRLF or CR line ends; comma, semicolon or tab as
// separator, and with a semicolon or tab numbers may have a decimal comma. Columns in any order:
//
//   date              required: ISO 8601, strictly increasing, at most 3,000 days in all
//   on                required: 0, 1 or a fraction between; never empty
//   block             optional: number of the block from 1, empty outside blocks
//   dose              optional: fraction of the prescribed dose taken, 0..1
//   note              optional: free text, up to 10,000 characters; the apostrophe that the writer
//                     put before it is taken away (see engine/report/diary_csv.h)
//   <measure>         the day's value; empty: missing
//   <measure>@<slot>  the score of one slot of a measure that declares slots; a file has either
//                     the slots of a measure or its plain column
//   <covariate>       empty: missing
//
// Only the empty cell is missing: `NA` and the like are faults. Blanks around a value and blank
// lines do not count. A decimal comma and a decimal point cannot both be in one file.
//
// An unknown or duplicate column is a fault, a measure or covariate without a column is missing on
// every day; every measure that is primary needs a column. Faults are collected, up to 100, and
// returned together as UNREADABLE_DIARY with `diary_csv:LINE:COLUMN` (lines and cells from 1) as
// their fields, in that order. Descriptions never hold a note. Nothing is guessed and nothing is
// clamped.
absl::StatusOr<trial::DiaryFile> ReadDiaryCsv(const std::string& bytes,
                                              const trial::Protocol& protocol);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_DIARY_CSV_H_

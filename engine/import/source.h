// What other programs wrote, as a table of texts, before anybody says what its columns mean.
#ifndef SOLOTRIAL_ENGINE_IMPORT_SOURCE_H_
#define SOLOTRIAL_ENGINE_IMPORT_SOURCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/civil_time.h"
#include "engine/import/table.h"

namespace solotrial::import {

// Largest file that is read, in bytes; a ZIP file may hold kMaxUnpackedBytes.
inline constexpr size_t kMaxSourceBytes = 3 << 20;
inline constexpr size_t kMaxUnpackedBytes = 32 << 20;
inline constexpr size_t kMaxSourceRows = 100'000;

enum class SourceFormat {
  kTable,     // CSV with a header: a spreadsheet, the export of an app
  kStudyU,    // a study's export: ZIP file, or its measurements as JSON
  kWrap,      // JSON for nof1 and nof1ins (`wrap`, `wrap2`): data[].treatment, data[].response
  kTrialist,  // JSON for Trialist (`wrap`): data[] of timestamp, regimen, cycle, scores
};

struct SourceColumn {
  std::string name;
  std::string label;  // what it asks, where the source says so; else empty
};

struct SourceRow {
  std::vector<std::string> cells;  // as many as there are columns; empty: no value
  int line = 0;                    // of a table the line, else the number of the record, from 1
};

struct SourceTable {
  SourceFormat format = SourceFormat::kTable;
  char separator = ',';  // of a kTable
  std::vector<SourceColumn> columns;
  std::vector<SourceRow> rows;
  // What was not understood and is not in the table, up to kMaxFaults.
  std::vector<TableFault> left_out;
};

// Reads `bytes`, whose format is told by what they are. The columns of what is no table:
//
//   StudyU    `date` (the local day of the answers, else the instant of completion as it stands),
//             `subject`, `intervention`, and one for every question or task, by its id
//   wrap      `block`, `treatment`, and one for every response; `date` when `first_date` or the
//             metadata says on which day it began. One row per day: values of a response that has
//             not as many as the block has days are left out, since it is not said when they were.
//   Trialist  `timestamp`, `regimen`, `cycle`, and one for every score
//
// UNREADABLE_DIARY when nothing can be read, with fields `source:LINE:COLUMN`. Any bytes at all are
// answered.
absl::StatusOr<SourceTable> ReadSource(const std::string& bytes, std::optional<Date> first_date);

// `source:LINE:COLUMN` and so on; UNREADABLE_DIARY with one violation.
absl::Status SourceFault(int line, int column, const std::string& description);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_SOURCE_H_

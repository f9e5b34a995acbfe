// From another program's table to a diary: what its columns mean, as a person says it.
#ifndef SOLOTRIAL_ENGINE_IMPORT_MAPPING_H_
#define SOLOTRIAL_ENGINE_IMPORT_MAPPING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/fault.h"
#include "engine/import/source.h"
#include "engine/import/source_dates.h"
#include "engine/trial/protocol.h"
#include "engine/trial/record.h"

namespace solotrial::import {

// What becomes of several values of one day.
enum class SeveralValues { kRefuse, kFirst, kLast, kMean, kMax, kSum };

struct ColumnMapping {
  // In the source; empty: every row counts as 1, as one attack each (of a score or covariate).
  std::string column;
  // `date`, `on`, `block`, `dose`, `note`, a measure's id, ID@SLOT, or a covariate's id.
  std::string target;
  SeveralValues several = SeveralValues::kRefuse;
  // On days without a value, from the first to the last date; absent: they are missing.
  std::optional<double> absent_value;
};

struct Mapping {
  std::vector<ColumnMapping> columns;
  DateOrder date_order = DateOrder::kUnknown;  // kUnknown: as the dates show
  // Of the column that is `on`: texts that mean on and off. Both empty: numbers from 0 to 1.
  std::vector<std::string> on_values;
  std::vector<std::string> off_values;
  // Where no column is `on`: the stretches of days that were on; every other day is off.
  struct Stretch {
    Date first;
    Date last;
  };
  std::vector<Stretch> on_stretches;
  std::vector<std::string> missing_values;  // texts that mean no value, beside the empty one
  // Only rows whose cell in `column` is `value`.
  struct Filter {
    std::string column;
    std::string value;
  };
  std::vector<Filter> filters;
  std::optional<Date> first_date;  // of a source without dates; else days before it are left out
  std::optional<Date> last_date;   // days after it are left out
};

// The largest numbers of things that a mapping may have.
inline constexpr size_t kMaxMappedColumns = 200;
inline constexpr size_t kMaxMappingTexts = 200;

struct ColumnPreview {
  std::string name;
  std::string label;
  int filled = 0;                    // rows with a value
  std::vector<std::string> samples;  // up to three different values
  std::string suggestion;            // a target, by the column's name; empty: none
};

// Something that only the person knows.
struct Question {
  enum class Kind { kDateOrder, kOnValues, kSubject };
  Kind kind = Kind::kDateOrder;
  std::string column;
  std::vector<std::string> examples;  // up to three cells that can be read in two ways, or values
};

struct Preview {
  SourceFormat format = SourceFormat::kTable;
  int rows = 0;  // of the source
  std::vector<ColumnPreview> columns;
  std::vector<Question> questions;        // to be answered first
  std::vector<Violation> not_understood;  // `source:LINE:COLUMN`, `mapping...`; up to kMaxFaults
  // The first days as they would be stored, at most `most_days`; empty while a question is open.
  std::vector<trial::DiaryRow> days;
  int day_count = 0;  // in all
};

// What `bytes` would become. A mapping without columns is that of the suggestions. INVALID_FIELDS
// and UNREADABLE_DIARY only when nothing at all can be shown. `zone`: the protocol's.
absl::StatusOr<Preview> PreviewSource(const std::string& bytes, const Mapping& mapping,
                                      const trial::Protocol& protocol, const DayZone& zone,
                                      size_t most_days);

// The diary that `bytes` are. INVALID_FIELDS (`mapping...`) when the mapping does not fit,
// UNREADABLE_DIARY with every fault (`source:LINE:COLUMN`) and every question (`mapping...`) that
// is open. What the source's reader left out is left out. Nothing is guessed.
absl::StatusOr<trial::DiaryFile> ReadMapped(const std::string& bytes, const Mapping& mapping,
                                            const trial::Protocol& protocol, const DayZone& zone);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_MAPPING_H_

// The header of a diary file: which column holds what.
#ifndef SOLOTRIAL_ENGINE_IMPORT_COLUMNS_H_
#define SOLOTRIAL_ENGINE_IMPORT_COLUMNS_H_

#include <string>
#include <vector>

#include "engine/import/table.h"
#include "engine/trial/protocol.h"

namespace solotrial::import {

struct Column {
  enum class Kind { kUnusable, kDate, kOn, kBlock, kDose, kNote, kScore, kCovariate };

  Kind kind = Kind::kUnusable;
  std::string name{};                           // as in the header
  const trial::Measure* measure = nullptr;      // of a score
  std::string slot{};                           // of a score; empty for a plain column
  const trial::Covariate* covariate = nullptr;  // of a covariate
};

// One column per cell of `header`, kUnusable where something is wrong with it; every fault of the
// header is added to `faults`; with kMaxFaults of them the rest of the header is not read. The
// answer points into `protocol`.
std::vector<Column> ReadHeader(const Row& header, const trial::Protocol& protocol,
                               std::vector<TableFault>& faults);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_COLUMNS_H_

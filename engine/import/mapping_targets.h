// What the columns of a mapping stand for; see mapping.h.
#ifndef SOLOTRIAL_ENGINE_IMPORT_MAPPING_TARGETS_H_
#define SOLOTRIAL_ENGINE_IMPORT_MAPPING_TARGETS_H_

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/fault.h"
#include "engine/import/mapping.h"

namespace solotrial::import {

struct Target {
  enum class Kind { kDate, kOn, kBlock, kDose, kNote, kScore, kCovariate };
  Kind kind = Kind::kDate;
  const trial::Measure* measure = nullptr;      // of a score
  std::string slot = "";                        // of a score
  const trial::Covariate* covariate = nullptr;  // of a covariate
  std::optional<size_t> column;                 // in the source; absent: every row counts as 1
  const ColumnMapping* mapping = nullptr;
};

// Whether yes and no are values of `target`.
bool IsYesOrNo(const Target& target);

// What is wrong with `value` for `target`: `a whole number from 0 to 10`; empty when it is right.
std::string WhatWouldBeRight(const Target& target, double value);

// The column of that name; nullopt when there is none.
std::optional<size_t> FindColumn(const SourceTable& table, const std::string& name);

// What every column of `mapping` stands for; what does not fit is added to `violations`, with
// fields from `mapping`. Points into `mapping` and `protocol`.
std::vector<Target> ResolveTargets(const Mapping& mapping, const SourceTable& table,
                                   const trial::Protocol& protocol,
                                   std::vector<Violation>& violations);

// The target that a column of that name would have; empty: none.
std::string SuggestedTarget(const std::string& name, const trial::Protocol& protocol);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_MAPPING_TARGETS_H_

#include "engine/import/mapping_targets.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/import/text.h"

namespace solotrial::import {
namespace {

using Kind = Target::Kind;

std::optional<Target> TargetOf(const std::string& name, const trial::Protocol& protocol) {
  if (name == "date") return Target{.kind = Kind::kDate};
  if (name == "on") return Target{.kind = Kind::kOn};
  if (name == "block") return Target{.kind = Kind::kBlock};
  if (name == "dose") return Target{.kind = Kind::kDose};
  if (name == "note") return Target{.kind = Kind::kNote};
  for (const trial::Measure& measure : protocol.measures) {
    for (const std::string& slot : trial::SlotsOrOne(measure.slots)) {
      if (name != measure.id + (slot.empty() ? "" : "@" + slot)) continue;
      return Target{.kind = Kind::kScore, .measure = &measure, .slot = slot};
    }
  }
  const trial::Covariate* covariate = trial::FindCovariate(protocol, name);
  if (covariate == nullptr) return std::nullopt;
  return Target{.kind = Kind::kCovariate, .covariate = covariate};
}

std::string KnownTargets(const trial::Protocol& protocol) {
  std::string known = "date, on, block, dose, note";
  for (const trial::Measure& measure : protocol.measures) {
    for (const std::string& slot : trial::SlotsOrOne(measure.slots)) {
      absl::StrAppend(&known, ", ", measure.id, slot.empty() ? "" : "@", slot);
    }
  }
  for (const trial::Covariate& covariate : protocol.covariates) {
    absl::StrAppend(&known, ", ", covariate.id);
  }
  return known;
}

void CheckSizes(const Mapping& mapping, std::vector<Violation>& violations) {
  const auto at_most = [&violations](size_t size, size_t most, const std::string& field) {
    if (size > most) violations.push_back({field, absl::StrCat("must be at most ", most)});
  };
  at_most(mapping.columns.size(), kMaxMappedColumns, "mapping.columns");
  at_most(mapping.on_values.size(), kMaxMappingTexts, "mapping.on_values");
  at_most(mapping.off_values.size(), kMaxMappingTexts, "mapping.off_values");
  at_most(mapping.missing_values.size(), kMaxMappingTexts, "mapping.missing_values");
  at_most(mapping.on_stretches.size(), kMaxMappingTexts, "mapping.on_stretches");
  at_most(mapping.filters.size(), kMaxMappingTexts, "mapping.filters");
}

}  // namespace

bool IsYesOrNo(const Target& target) {
  if (target.kind == Kind::kCovariate) return target.covariate->binary;
  if (target.kind == Kind::kScore) return target.measure->family == inference::Family::kBernoulli;
  return target.kind == Kind::kOn || target.kind == Kind::kDose;
}

std::string WhatWouldBeRight(const Target& target, double value) {
  switch (target.kind) {
    case Kind::kScore:
      return trial::IsScore(*target.measure, value) ? "" : trial::ScoreWords(*target.measure);
    case Kind::kCovariate:
      return !target.covariate->binary || value == 0 || value == 1 ? "" : "0 or 1";
    case Kind::kOn:
    case Kind::kDose:
      return value >= 0 && value <= 1 ? "" : "a number from 0 to 1";
    case Kind::kBlock:
      return value >= 1 && value <= inference::kMaxDays && value == std::floor(value)
                 ? ""
                 : "the number of a block, 1 or more";
    case Kind::kDate:
    case Kind::kNote:
      break;
  }
  return "";
}

std::optional<size_t> FindColumn(const SourceTable& table, const std::string& name) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == name) return i;
  }
  return std::nullopt;
}

std::vector<Target> ResolveTargets(const Mapping& mapping, const SourceTable& table,
                                   const trial::Protocol& protocol,
                                   std::vector<Violation>& violations) {
  CheckSizes(mapping, violations);
  std::vector<Target> targets;
  std::set<std::string> used;
  for (size_t i = 0; i < std::min(mapping.columns.size(), kMaxMappedColumns); ++i) {
    const ColumnMapping& column = mapping.columns[i];
    const std::string path = absl::StrCat("mapping.columns[", i, "]");
    std::optional<Target> target = TargetOf(column.target, protocol);
    if (!target.has_value()) {
      violations.push_back({path + ".target", "must be one of " + KnownTargets(protocol)});
      continue;
    }
    target->mapping = &column;
    const bool counted = target->kind == Kind::kScore || target->kind == Kind::kCovariate;
    target->column = FindColumn(table, column.column);
    if (!target->column.has_value() && !(column.column.empty() && counted)) {
      violations.push_back({path + ".column", "must be a column of the file"});
    }
    if (!used.insert(column.target).second && target->kind != Kind::kNote) {
      violations.push_back({path + ".target", "must stand only once"});
    }
    if (column.absent_value.has_value()) {
      const std::string right = WhatWouldBeRight(*target, *column.absent_value);
      if (!counted || !std::isfinite(*column.absent_value) || !right.empty()) {
        violations.push_back({path + ".absent_value",
                              counted ? "must be " + right : "is for scores and covariates only"});
      }
    }
    targets.push_back(*std::move(target));
  }
  const auto has = [&targets](Kind kind) {
    return std::any_of(targets.begin(), targets.end(),
                       [kind](const Target& target) { return target.kind == kind; });
  };
  if (!has(Kind::kDate)) {
    violations.push_back(
        {"mapping.columns",
         FindColumn(table, "treatment").has_value() && table.format == SourceFormat::kWrap
             ? "must have a column for `date`; the file names no first day: give "
               "mapping.first_date, and the column `date`"
             : "must have a column for `date`"});
  }
  if (has(Kind::kOn) != mapping.on_stretches.empty()) {
    violations.push_back({"mapping.on_stretches",
                          "must say which days were on where no column does, and only then"});
  }
  for (const trial::Measure& measure : protocol.measures) {
    const bool mapped =
        std::any_of(targets.begin(), targets.end(),
                    [&measure](const Target& target) { return target.measure == &measure; });
    if (measure.primary && !mapped) {
      violations.push_back({"mapping.columns", "must have a column for " + measure.id +
                                                   ", the measure that the verdict is about"});
    }
  }
  for (size_t i = 0; i < mapping.filters.size() && i < kMaxMappingTexts; ++i) {
    if (FindColumn(table, mapping.filters[i].column).has_value()) continue;
    violations.push_back(
        {absl::StrCat("mapping.filters[", i, "].column"), "must be a column of the file"});
  }
  return targets;
}

std::string SuggestedTarget(const std::string& name, const trial::Protocol& protocol) {
  if (!IsWellFormed(name)) return "";
  std::string plain = absl::AsciiStrToLower(Trim(name));
  std::replace(plain.begin(), plain.end(), ' ', '_');
  if (const auto target = TargetOf(plain, protocol); target.has_value()) return plain;
  static constexpr std::array kDates = {
      "datum", "day", "tag", "timestamp", "date/time_started", "start_date", "start"};
  static constexpr std::array kArms = {"treatment", "intervention", "regimen", "behandlung"};
  static constexpr std::array kNotes = {"notes", "notiz", "notizen", "comment"};
  const auto is_one_of = [&plain](const auto& names) {
    return std::find(names.begin(), names.end(), plain) != names.end();
  };
  if (is_one_of(kDates)) return "date";
  if (is_one_of(kArms)) return "on";
  return is_one_of(kNotes) ? "note" : "";
}

}  // namespace solotrial::import

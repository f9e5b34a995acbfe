#include "engine/import/columns.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/import/text.h"

namespace solotrial::import {
namespace {

using Kind = Column::Kind;

// A name longer than this is compared with no other: ids have at most 40 characters.
constexpr size_t kLongestCompared = 64;
constexpr size_t kFarthestSuggestion = 2;
constexpr size_t kListedNames = 12;

std::vector<Column> KnownColumns(const trial::Protocol& protocol) {
  std::vector<Column> known = {{Kind::kDate, "date"},
                               {Kind::kOn, "on"},
                               {Kind::kBlock, "block"},
                               {Kind::kDose, "dose"},
                               {Kind::kNote, "note"}};
  for (const trial::Measure& measure : protocol.measures) {
    known.push_back({Kind::kScore, measure.id, &measure});
    for (const std::string& slot : measure.slots) {
      known.push_back({Kind::kScore, absl::StrCat(measure.id, "@", slot), &measure, slot});
    }
  }
  for (const trial::Covariate& covariate : protocol.covariates) {
    known.push_back({Kind::kCovariate, covariate.id, nullptr, "", &covariate});
  }
  return known;
}

// Levenshtein distance, byte by byte.
size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// The known name that was most likely meant, or the list of them.
std::string WhatWouldBeRight(const std::string& name, const std::vector<Column>& known) {
  const std::string lower = absl::AsciiStrToLower(name);
  if (name.size() <= kLongestCompared) {
    const Column* nearest = &known.front();
    size_t least = EditDistance(lower, nearest->name);
    for (const Column& column : known) {
      const size_t distance = EditDistance(lower, column.name);
      if (distance < least) {
        nearest = &column;
        least = distance;
      }
    }
    // Short names are near to everything: two letters changed in `on` leave nothing of it.
    if (least <= std::min(kFarthestSuggestion, nearest->name.size() / 2)) {
      return absl::StrCat("did you mean ", nearest->name, "?");
    }
  }
  std::string list = "known are ";
  for (size_t i = 0; i < known.size() && i < kListedNames; ++i) {
    absl::StrAppend(&list, i == 0 ? "" : ", ", known[i].name);
  }
  return list + (known.size() > kListedNames ? ", ..." : "");
}

bool HasColumn(const std::vector<Column>& columns, Kind kind) {
  return std::any_of(columns.begin(), columns.end(),
                     [kind](const Column& column) { return column.kind == kind; });
}

bool HasScore(const std::vector<Column>& columns, const trial::Measure& measure) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Column& column) { return column.measure == &measure; });
}

}  // namespace

std::vector<Column> ReadHeader(const Row& header, const trial::Protocol& protocol,
                               std::vector<TableFault>& faults) {
  const std::vector<Column> known = KnownColumns(protocol);
  std::vector<Column> columns;
  std::map<std::string, int> column_of_name;
  for (const Cell& cell : header.cells) {
    if (faults.size() >= kMaxFaults) return columns;
    const int number = static_cast<int>(columns.size()) + 1;
    const auto fault = [&](const std::string& description) {
      faults.push_back({cell.line, number, description});
    };
    const std::string name = Trim(cell.text);
    Column column{Kind::kUnusable, name};
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&name](const Column& k) { return k.name == name; });
    const auto [earlier, is_new] = column_of_name.emplace(name, number);
    if (!IsWellFormed(name) || name.find('\0') != std::string::npos) {
      fault("the name of this column is not text; save the file as UTF-8");
    } else if (name.empty()) {
      fault("this column has no name; name it or remove it");
    } else if (found == known.end()) {
      fault(absl::StrCat("unknown column ", Quoted(name), "; ", WhatWouldBeRight(name, known)));
    } else if (!is_new) {
      fault(absl::StrCat(name, " is already the name of column ", earlier->second,
                         "; keep one of the two"));
    } else {
      column = *found;
    }
    columns.push_back(std::move(column));
  }

  // A day's value and its parts would say the same thing twice, and not always the same.
  for (size_t i = 0; i < columns.size(); ++i) {
    const Column& plain = columns[i];
    if (plain.kind != Kind::kScore || !plain.slot.empty()) continue;
    const auto part = std::find_if(columns.begin(), columns.end(), [&plain](const Column& column) {
      return column.measure == plain.measure && !column.slot.empty();
    });
    if (part != columns.end()) {
      faults.push_back(
          {header.cells[i].line, static_cast<int>(i) + 1,
           absl::StrCat(plain.name, " and ", part->name,
                        " cannot both be columns; keep the day's value or the slots")});
    }
  }

  const auto missing = [&](const std::string& name, const std::string& what) {
    faults.push_back({header.line, 1, absl::StrCat("there is no column ", name, ", ", what)});
  };
  if (!HasColumn(columns, Kind::kDate)) missing("date", "the day as 2026-03-01");
  if (!HasColumn(columns, Kind::kOn)) missing("on", "which is 0, 1 or a fraction between");
  for (const trial::Measure& measure : protocol.measures) {
    if (measure.primary && !HasScore(columns, measure)) {
      missing(measure.id, "the measure that the verdict is about");
    }
  }
  return columns;
}

}  // namespace solotrial::import

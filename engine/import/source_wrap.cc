// The JSON that the R packages nof1, nof1ins and Trialist take.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/import/source_json.h"
#include "engine/import/text.h"

namespace solotrial::import {
namespace {

using Json = nlohmann::json;
using Responses = std::vector<std::pair<std::string, const Json*>>;

// The lists within `response`, named by their paths: `child_response.promis.t-score`. Deeper than
// any file of these packages nothing is looked for.
void FindLists(const Json& response, const std::string& path, int depth, Responses& found) {
  constexpr int kDeepest = 5;
  if (!response.is_object() || depth > kDeepest || found.size() >= kMaxCells) return;
  for (const auto& item : response.items()) {
    const std::string name = path.empty() ? item.key() : path + "." + item.key();
    if (item.value().is_array()) {
      found.emplace_back(name, &item.value());
    } else {
      FindLists(item.value(), name, depth + 1, found);
    }
  }
}

// The first day that the metadata names in a way that cannot be misread.
std::optional<Date> BeginIn(const Json& file) {
  if (!file.contains("metadata")) return std::nullopt;
  const std::string text = TextAt(file["metadata"], "trial_start_date");
  return ParseDate(text.substr(0, 10));
}

}  // namespace

absl::StatusOr<SourceTable> ReadWrap(const Json& file, std::optional<Date> first_date) {
  GrowingTable table(SourceFormat::kWrap);
  std::optional<Date> date = first_date.has_value() ? first_date : BeginIn(file);
  int number = 0;
  for (const Json& block : file["data"]) {
    ++number;
    const std::string treatment = TextAt(block, "treatment");
    Responses responses;
    if (block.is_object()) {
      for (const char* key : {"response", "parent_response", "child_response"}) {
        if (!block.contains(key)) continue;
        FindLists(block[key], std::string(key) == "response" ? "" : key, 0, responses);
      }
    }
    size_t days = 0;
    for (const auto& [name, values] : responses) days = std::max(days, values->size());
    if (treatment.empty() || days == 0) {
      table.LeaveOut(number, "this block has no treatment or no response");
      continue;
    }
    for (const auto& [name, values] : responses) {
      if (values->size() == days) continue;
      table.LeaveOut(number,
                     absl::StrFormat("%s has %d values where the block has %d days: on which "
                                     "days is not said",
                                     Quoted(name), values->size(), days));
    }
    if (table.rows() + days > kMaxSourceRows) {
      return SourceFault(number, 1, "there are more than 100,000 days");
    }
    for (size_t day = 0; day < days; ++day) {
      table.NewRow(number);
      if (date.has_value()) {
        if (date->year() > kLastYear)
          return SourceFault(number, 1, "the days go beyond the year 2200");
        table.Put("date", FormatDate(*date));
        ++*date;
      }
      table.Put("block", std::to_string(number));
      table.Put("treatment", treatment);
      for (const auto& [name, values] : responses) {
        if (values->size() == days) table.Put(name, CellOf((*values)[day]));
      }
    }
  }
  if (table.rows() == 0) {
    return SourceFault(1, 1, "`data` has no block with `treatment` and `response`");
  }
  return std::move(table).Finish({});
}

absl::StatusOr<SourceTable> ReadTrialist(const Json& file) {
  GrowingTable table(SourceFormat::kTrialist);
  int number = 0;
  for (const Json& row : file["data"]) {
    ++number;
    if (!row.is_object()) {
      table.LeaveOut(number, "this row is no object");
      continue;
    }
    if (table.rows() >= kMaxSourceRows) {
      return SourceFault(number, 1, "there are more than 100,000 rows");
    }
    table.NewRow(number);
    for (const char* key : {"timestamp", "regimen", "cycle"}) table.Put(key, TextAt(row, key));
    if (!row.contains("scores")) continue;
    if (!row["scores"].is_object()) {
      table.Put("scores", CellOf(row["scores"]));
      continue;
    }
    for (const auto& score : row["scores"].items()) {
      table.Put("scores." + score.key(), CellOf(score.value()));
    }
  }
  if (table.rows() == 0) return SourceFault(1, 1, "`data` has no row");
  return std::move(table).Finish({});
}

}  // namespace solotrial::import

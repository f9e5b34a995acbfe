#include "engine/import/source_json.h"

#include "engine/import/cells.h"
#include "engine/import/text.h"

namespace solotrial::import {

using Json = nlohmann::json;

Json ParseJson(const std::string& text) {
  constexpr int kDeepest = 16;
  return Json::parse(
      text, [](int depth, Json::parse_event_t, Json&) { return depth <= kDeepest; }, false);
}

std::string CellOf(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return Trim(value.get<std::string>());
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return NumberText(value.get<double>());
  return value.dump();
}

std::string TextAt(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found == object.end() ? "" : CellOf(*found);
}

void GrowingTable::NewRow(int line) {
  table_.rows.push_back({std::vector<std::string>(table_.columns.size()), line});
}

bool GrowingTable::Put(const std::string& column, const std::string& text) {
  const auto [found, is_new] = column_of_name_.emplace(column, table_.columns.size());
  if (is_new) {
    if (table_.columns.size() >= kMaxCells) {
      column_of_name_.erase(found);
      return false;
    }
    table_.columns.push_back({column, ""});
  }
  std::vector<std::string>& cells = table_.rows.back().cells;
  if (cells.size() <= found->second) cells.resize(found->second + 1);
  cells[found->second] = text;
  return true;
}

void GrowingTable::LeaveOut(int line, const std::string& description) {
  if (table_.left_out.size() < kMaxFaults) table_.left_out.push_back({line, 1, description});
}

SourceTable GrowingTable::Finish(const std::map<std::string, std::string>& labels) && {
  for (SourceRow& row : table_.rows) row.cells.resize(table_.columns.size());
  for (SourceColumn& column : table_.columns) {
    const auto label = labels.find(column.name);
    if (label != labels.end()) column.label = label->second;
  }
  return std::move(table_);
}

}  // namespace solotrial::import

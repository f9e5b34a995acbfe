#include "engine/import/source.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/import/source_json.h"
#include "engine/import/text.h"

namespace solotrial::import {
namespace {

using Json = nlohmann::json;

absl::StatusOr<SourceTable> ReadDelimited(const std::string& text) {
  SourceTable table;
  table.format = SourceFormat::kTable;
  table.separator = SeparatorOf(text);
  std::optional<TableFault> wrong;
  const std::optional<TableFault> end =
      ReadTable(text, table.separator, [&table, &wrong](const Row& row) {
        if (table.columns.empty()) {
          for (const Cell& cell : row.cells) table.columns.push_back({Trim(cell.text), ""});
          return true;
        }
        if (table.rows.size() >= kMaxSourceRows) {
          wrong = TableFault{row.line, 1, "there are more than 100,000 rows"};
          return false;
        }
        SourceRow& read = table.rows.emplace_back();
        read.line = row.line;
        for (const Cell& cell : row.cells) read.cells.push_back(Trim(cell.text));
        if (read.cells.size() > table.columns.size()) {
          wrong = TableFault{row.line, static_cast<int>(table.columns.size()) + 1,
                             "the row has more cells than the header has columns"};
          return false;
        }
        read.cells.resize(table.columns.size());
        return true;
      });
  if (wrong.has_value()) return SourceFault(wrong->line, wrong->column, wrong->description);
  if (end.has_value()) return SourceFault(end->line, end->column, end->description);
  if (table.columns.empty()) return SourceFault(1, 1, "the file is empty");
  for (size_t i = 0; i < table.columns.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (table.columns[i].name != table.columns[j].name || table.columns[i].name.empty()) continue;
      return SourceFault(1, static_cast<int>(i) + 1,
                         absl::StrFormat("has the same name as column %d; rename one", j + 1));
    }
  }
  return table;
}

absl::StatusOr<SourceTable> ReadJson(const std::string& text, std::optional<Date> first_date) {
  const Json file = ParseJson(text);
  if (file.is_discarded()) return SourceFault(1, 1, "the file begins like JSON and is none");
  if (file.is_array()) return ReadStudyU(file, Json());
  const auto data = file.find("data");
  if (!file.is_object() || data == file.end() || !data->is_array() || data->empty()) {
    return SourceFault(1, 1,
                       "known JSON is a list of StudyU's measurements, or an object with `data` "
                       "for nof1 or Trialist");
  }
  const Json& first = data->front();
  if (first.is_object() && first.contains("regimen")) return ReadTrialist(file);
  return ReadWrap(file, first_date);
}

}  // namespace

absl::Status SourceFault(int line, int column, const std::string& description) {
  return FieldFault(Reason::kUnreadableDiary, absl::StrFormat("source:%d:%d", line, column),
                    description);
}

absl::StatusOr<SourceTable> ReadSource(const std::string& bytes, std::optional<Date> first_date) {
  if (bytes.size() > kMaxSourceBytes) return SourceFault(1, 1, "the file has more than 3 MiB");
  if (bytes.compare(0, 4, "PK\x03\x04") == 0) return ReadStudyUZip(bytes);
  const std::string text = ToUtf8(bytes);
  if (!IsWellFormed(text) || text.find('\0') != std::string::npos) {
    return SourceFault(1, 1, "the file is no text in UTF-8 or UTF-16; save it as UTF-8");
  }
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin != std::string::npos && (text[begin] == '{' || text[begin] == '[')) {
    return ReadJson(text, first_date);
  }
  return ReadDelimited(text);
}

}  // namespace solotrial::import

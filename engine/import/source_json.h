// Readers of the JSON that other programs write; see source.h.
#ifndef SOLOTRIAL_ENGINE_IMPORT_SOURCE_JSON_H_
#define SOLOTRIAL_ENGINE_IMPORT_SOURCE_JSON_H_

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/import/source.h"

namespace solotrial::import {

// `text` as JSON, discarded where it is none. What lies deeper than any file of these programs is
// not there: nothing that walks through it can be led too deep.
nlohmann::json ParseJson(const std::string& text);

// A value as the text of a cell: a text as it is, null as nothing, a list or object as JSON.
std::string CellOf(const nlohmann::json& value);

// The text of `object[key]`; empty when there is none.
std::string TextAt(const nlohmann::json& object, const char* key);

// A table that grows a column whenever a new name comes up.
class GrowingTable {
 public:
  explicit GrowingTable(SourceFormat format) { table_.format = format; }
  void NewRow(int line);
  // Puts `text` into the last row; false when there are too many columns.
  bool Put(const std::string& column, const std::string& text);
  void LeaveOut(int line, const std::string& description);
  SourceTable Finish(const std::map<std::string, std::string>& labels) &&;
  size_t rows() const { return table_.rows.size(); }

 private:
  SourceTable table_;
  std::map<std::string, size_t> column_of_name_;
};

// `records`: the measurements; `definition`: the study's, or null.
absl::StatusOr<SourceTable> ReadStudyU(const nlohmann::json& records,
                                       const nlohmann::json& definition);
// Finds the two in a ZIP file.
absl::StatusOr<SourceTable> ReadStudyUZip(const std::string& bytes);

absl::StatusOr<SourceTable> ReadWrap(const nlohmann::json& file, std::optional<Date> first_date);
absl::StatusOr<SourceTable> ReadTrialist(const nlohmann::json& file);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_SOURCE_JSON_H_

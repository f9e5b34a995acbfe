// A table whose columns say what they hold, and its faces as CSV and JSON. The data dictionary is
// made of the tables themselves, so that it cannot say anything else than they do.
#ifndef SOLOTRIAL_ENGINE_REPORT_TABLE_H_
#define SOLOTRIAL_ENGINE_REPORT_TABLE_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace solotrial::report {

struct TableColumn {
  enum class Type { kText, kDate, kTime, kInteger, kNumber };
  std::string name;
  Type type = Type::kText;
  std::string meaning;
  std::string unit = "";   // UCUM where there is one; empty: none
  std::string range = "";  // `0 to 1`; empty: any
  std::string codes = "";  // `on; off`: every text it can hold; empty: any
};

// No value, a number, or a text.
class TableValue {
 public:
  enum class Kind { kNone, kNumber, kText };
  TableValue() = default;
  TableValue(double number) : kind_(Kind::kNumber), number_(number) {}
  TableValue(std::string text) : kind_(Kind::kText), text_(std::move(text)) {}
  TableValue(const char* text) : TableValue(std::string(text)) {}

  Kind kind() const { return kind_; }
  double number() const { return number_; }          // of kNumber
  const std::string& text() const { return text_; }  // of kText

 private:
  Kind kind_ = Kind::kNone;
  double number_ = 0;
  std::string text_;
};

struct DataTable {
  std::string name;
  std::string meaning;  // what one row is
  std::vector<TableColumn> columns;
  std::vector<std::vector<TableValue>> rows;  // as many values as there are columns
};

// RFC 4180, UTF-8, LF, with a header; no value is an empty cell. Texts are written as
// EscapedFormula says.
std::string TableCsv(const DataTable& table);

// An array of one object per row, keys in the order of the columns; no value is null. Texts are as
// they were written, but that what is no UTF-8 is replaced by U+FFFD.
nlohmann::ordered_json TableJson(const DataTable& table);

// One row per column of `tables`.
DataTable DictionaryOf(const std::vector<DataTable>& tables);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_TABLE_H_

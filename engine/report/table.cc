#include "engine/report/table.h"

#include <nlohmann/json.hpp>

#include "engine/report/csv_cells.h"

namespace solotrial::report {
namespace {

using Type = TableColumn::Type;

const char* TypeName(Type type) {
  switch (type) {
    case Type::kText:
      return "text";
    case Type::kDate:
      return "date";
    case Type::kTime:
      return "time";
    case Type::kInteger:
      return "integer";
    case Type::kNumber:
      return "number";
  }
  return "text";
}

}  // namespace

std::string TableCsv(const DataTable& table) {
  std::string csv;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    csv += (i == 0 ? "" : ",") + QuotedCell(table.columns[i].name);
  }
  csv += '\n';
  for (const std::vector<TableValue>& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) csv += ',';
      if (row[i].kind() == TableValue::Kind::kNumber) csv += NumberCell(row[i].number());
      if (row[i].kind() == TableValue::Kind::kText) {
        csv += QuotedCell(EscapedFormula(row[i].text()));
      }
    }
    csv += '\n';
  }
  return csv;
}

nlohmann::ordered_json TableJson(const DataTable& table) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const std::vector<TableValue>& row : table.rows) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (size_t i = 0; i < row.size(); ++i) {
      nlohmann::ordered_json& value = object[table.columns[i].name];
      if (row[i].kind() == TableValue::Kind::kText) {
        value = row[i].text();
      } else if (row[i].kind() == TableValue::Kind::kNumber) {
        if (table.columns[i].type == Type::kInteger) {
          value = static_cast<int64_t>(row[i].number());
        } else {
          value = row[i].number();
        }
      }
    }
    rows.push_back(std::move(object));
  }
  return rows;
}

DataTable DictionaryOf(const std::vector<DataTable>& tables) {
  DataTable dictionary{
      "dictionary",
      "One row for every column of every table.",
      {{"table", Type::kText, "The table, which is also the name of its file."},
       {"column", Type::kText, "The column."},
       {"type", Type::kText, "What its cells are. A date is ISO 8601; a time is RFC 3339.", "", "",
        "text; date; time; integer; number"},
       {"unit", Type::kText, "The unit of its numbers; empty: none."},
       {"range", Type::kText, "What its numbers may be; empty: any."},
       {"codes", Type::kText, "Every text it can hold; empty: any."},
       {"meaning", Type::kText, "What it says."}},
      {}};
  const auto text_or_none = [](const std::string& text) {
    return text.empty() ? TableValue() : TableValue(text);
  };
  for (const DataTable& table : tables) {
    for (const TableColumn& column : table.columns) {
      dictionary.rows.push_back({table.name, column.name, TypeName(column.type),
                                 text_or_none(column.unit), text_or_none(column.range),
                                 text_or_none(column.codes), column.meaning});
    }
  }
  return dictionary;
}

}  // namespace solotrial::report

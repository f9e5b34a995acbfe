#include "engine/report/diary_csv.h"

#include <algorithm>
#include <optional>

#include "engine/base/civil_time.h"
#include "engine/report/csv_cells.h"

namespace solotrial::report {
namespace {

std::string NumberText(const std::optional<double>& number) {
  return number.has_value() ? NumberCell(*number) : "";
}

struct ScoreColumn {
  std::string measure;
  std::string slot;  // empty: the day's value
};

std::optional<double> ScoreOf(const trial::DiaryRow& row, const ScoreColumn& column) {
  const auto measure = row.scores.find(column.measure);
  if (measure == row.scores.end()) return std::nullopt;
  const auto score = measure->second.find(column.slot);
  if (score == measure->second.end()) return std::nullopt;
  return score->second;
}

// A measure with slots may still have come from a file with the day's values only.
std::vector<ScoreColumn> ScoreColumns(const trial::Protocol& protocol,
                                      const std::vector<trial::DiaryRow>& rows) {
  std::vector<ScoreColumn> columns;
  for (const trial::Measure& measure : protocol.measures) {
    const ScoreColumn plain{measure.id, ""};
    const bool is_used = std::any_of(rows.begin(), rows.end(), [&plain](const auto& row) {
      return ScoreOf(row, plain).has_value();
    });
    if (measure.slots.empty() || is_used) {
      columns.push_back(plain);
      continue;
    }
    for (const std::string& slot : measure.slots) columns.push_back({measure.id, slot});
  }
  return columns;
}

}  // namespace

std::string WriteDiaryCsv(const trial::Protocol& protocol, const std::vector<trial::DiaryRow>& rows,
                          bool concealed) {
  const std::vector<ScoreColumn> scores = ScoreColumns(protocol, rows);
  std::string csv = "date,on,block";
  for (const ScoreColumn& column : scores) {
    csv += "," + column.measure + (column.slot.empty() ? "" : "@" + column.slot);
  }
  for (const trial::Covariate& covariate : protocol.covariates) csv += "," + covariate.id;
  csv += ",dose,note\n";

  for (const trial::DiaryRow& row : rows) {
    csv += FormatDate(row.date) + "," + (concealed ? "" : NumberText(row.on)) + "," +
           (row.block.has_value() ? std::to_string(*row.block) : "");
    for (const ScoreColumn& column : scores) csv += "," + NumberText(ScoreOf(row, column));
    for (const trial::Covariate& covariate : protocol.covariates) {
      const auto value = row.covariates.find(covariate.id);
      csv += "," + (value == row.covariates.end() ? "" : NumberText(value->second));
    }
    csv += "," + NumberText(row.dose) + "," + QuotedCell(EscapedFormula(row.note)) + "\n";
  }
  return csv;
}

}  // namespace solotrial::report

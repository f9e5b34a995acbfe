// StudyU: the export of a study, as its public code writes it.
#include "engine/base/fault.h"
#include "engine/import/source_json.h"
#include "engine/import/text.h"
#include "engine/import/zip.h"

namespace solotrial::import {
namespace {

using Json = nlohmann::json;

constexpr size_t kDateCharacters = 10;

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// What questions and tasks ask, by id.
std::map<std::string, std::string> LabelsOf(const Json& definition) {
  std::map<std::string, std::string> labels;
  const auto list = [](const Json& object, const char* key) -> Json {
    if (!object.is_object()) return Json::array();
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : Json::array();
  };
  for (const Json& observation : list(definition, "observations")) {
    for (const Json& question : list(observation, "questions")) {
      labels[TextAt(question, "id")] = TextAt(question, "prompt");
    }
  }
  for (const Json& intervention : list(definition, "interventions")) {
    for (const Json& task : list(intervention, "tasks")) {
      labels[TextAt(task, "id")] = TextAt(task, "title");
    }
  }
  return labels;
}

// Puts what one measurement says into the last row; false when it says nothing that is known.
bool PutResult(const Json& record, const Json& result, GrowingTable& table) {
  const std::string type = TextAt(result, "type");
  const auto said = result.is_object() ? result.find("result") : result.end();
  if (!result.is_object() || said == result.end()) return false;
  if (type == "bool") return table.Put(TextAt(record, "task_id"), CellOf(*said));
  if (type != "QuestionnaireState" || !said->is_array()) return false;
  bool known = false;
  for (const Json& answer : *said) {
    const std::string question = TextAt(answer, "question");
    if (question.empty() || !answer.contains("response")) continue;
    known = table.Put(question, CellOf(answer["response"])) || known;
    // By the clock on the wall; the instant of completion may lie on another date in UTC.
    const std::string local = TextAt(answer, "timestamp");
    if (local.size() >= kDateCharacters) table.Put("date", local.substr(0, kDateCharacters));
  }
  return known;
}

}  // namespace

absl::StatusOr<SourceTable> ReadStudyU(const Json& records, const Json& definition) {
  GrowingTable table(SourceFormat::kStudyU);
  if (!records.is_array()) return SourceFault(1, 1, "the measurements are no list");
  int number = 0;
  for (const Json& record : records) {
    ++number;
    if (table.rows() >= kMaxSourceRows) {
      return SourceFault(number, 1, "there are more than 100,000 measurements");
    }
    if (!record.is_object() || !record.contains("result")) {
      table.LeaveOut(number, "this record is no measurement of StudyU");
      continue;
    }
    Json result = record["result"];
    // In a table the result is JSON within a text.
    if (result.is_string()) result = ParseJson(result.get<std::string>());
    table.NewRow(number);
    table.Put("date", TextAt(record, "completed_at"));
    table.Put("subject", TextAt(record, "subject_id"));
    table.Put("intervention", TextAt(record, "intervention_id"));
    if (!PutResult(record, result, table)) {
      table.LeaveOut(number, "this result is neither a questionnaire nor a yes or no");
    }
  }
  if (table.rows() == 0) return SourceFault(1, 1, "there is no measurement of StudyU");
  return std::move(table).Finish(LabelsOf(definition));
}

absl::StatusOr<SourceTable> ReadStudyUZip(const std::string& bytes) {
  const auto files = ReadZip(bytes, {.bytes = kMaxUnpackedBytes});
  if (!files.ok()) return SourceFault(1, 1, FaultOf(files.status()).violations[0].description);
  Json records;
  Json definition;
  std::string table_text;
  for (const auto& [name, content] : *files) {
    if (EndsWith(name, "measurements.json")) records = ParseJson(content);
    if (EndsWith(name, "measurements.csv")) table_text = ToUtf8(content);
    if (EndsWith(name, "study_definition.json")) definition = ParseJson(content);
  }
  if (records.is_null() && !table_text.empty() && IsWellFormed(table_text)) {
    records = Json::array();
    std::vector<std::string> header;
    const auto end = ReadTable(table_text, SeparatorOf(table_text), [&](const Row& row) {
      Json record = Json::object();
      for (size_t i = 0; i < row.cells.size(); ++i) {
        if (header.size() <= i && records.empty() && record.empty()) break;
        if (i < header.size()) record[header[i]] = row.cells[i].text;
      }
      if (header.empty()) {
        for (const Cell& cell : row.cells) header.push_back(Trim(cell.text));
      } else {
        records.push_back(std::move(record));
      }
      return records.size() <= kMaxSourceRows;
    });
    if (end.has_value()) return SourceFault(end->line, end->column, end->description);
  }
  if (!records.is_array()) {
    return SourceFault(1, 1, "the ZIP file holds no measurements.json or measurements.csv");
  }
  return ReadStudyU(records, definition);
}

}  // namespace solotrial::import

#include "engine/report/tidy.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/escaping.h"
#include "engine/report/names.h"
#include "engine/report/tidy_programs.h"

namespace solotrial::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kFormat[] = "solotrial-tidy-1";

Json AboutTrial(const ExportedTrial& trial, const std::string& protocol_json) {
  const auto date_or_null = [](const std::optional<Date>& date) {
    return date.has_value() ? Json(FormatDate(*date)) : Json();
  };
  Json about;
  about["id"] = trial.id;
  about["title"] = trial.protocol.title;
  about["state"] = StateName(trial.state);
  about["start_date"] = date_or_null(trial.start_date);
  about["last_date"] = date_or_null(trial.last_date);
  about["time_zone"] = trial.protocol.time_zone;
  about["randomization"] = RandomizationName(trial.protocol.design.randomization);
  about["blinded"] = trial.protocol.design.blinding == trial::Blinding::kByHelper;
  about["protocol_digest"] = absl::BytesToHexString(trial.protocol_digest);
  about["protocol"] = Json::parse(protocol_json, nullptr, false);
  if (about["protocol"].is_discarded()) about["protocol"] = nullptr;
  return about;
}

std::string Dumped(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::map<std::string, std::string> TidyFiles(const ExportedTrial& trial,
                                             const std::string& protocol_json) {
  std::vector<DataTable> tables = TidyTables(trial);
  tables.push_back(DictionaryOf(tables));
  std::map<std::string, std::string> files;
  std::string list;
  for (const DataTable& table : tables) {
    files[table.name + ".csv"] = TableCsv(table);
    list += "  " + table.name + ".csv  " + table.meaning + "\n";
  }
  files["trial.json"] = Dumped(AboutTrial(trial, protocol_json), 2);
  files["README.txt"] = TidyReadme(list);
  files["read.py"] = PythonReader();
  files["read.R"] = RReader();
  return files;
}

std::string TidyJson(const ExportedTrial& trial, const std::string& protocol_json) {
  const std::vector<DataTable> tables = TidyTables(trial);
  Json json;
  json["format"] = kFormat;
  json["trial"] = AboutTrial(trial, protocol_json);
  json["dictionary"] = TableJson(DictionaryOf(tables));
  for (const DataTable& table : tables) json[table.name] = TableJson(table);
  return Dumped(json, -1);
}

}  // namespace solotrial::report

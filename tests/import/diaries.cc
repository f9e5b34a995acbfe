#include "tests/import/diaries.h"

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/import/diary_csv.h"

namespace solotrial::import {

trial::Protocol DiaryProtocol() {
  trial::Measure headache;
  headache.id = "headache";
  headache.family = inference::Family::kOrdinal;
  headache.maximum = 10;
  headache.lower_is_better = true;
  headache.minimal_important_difference = 1;
  headache.primary = true;

  trial::Measure rest;
  rest.id = "rest";
  rest.maximum = 100;

  trial::Measure legs;
  legs.id = "legs";
  legs.family = inference::Family::kOrdinal;
  legs.maximum = 4;
  legs.slots = {"evening", "night"};
  legs.daily_rule = trial::DailyRule::kMax;

  trial::Protocol protocol;
  protocol.title = "Does magnesium help?";
  protocol.measures = {headache, rest, legs};
  protocol.covariates = {{"weekend", true, ""}, {"steps", false, ""}};
  return protocol;
}

std::string Told(const trial::DiaryRow& row) {
  std::string told = absl::StrFormat("%s on=%.17g", FormatDate(row.date), row.on);
  if (row.block.has_value()) told += absl::StrFormat(" block=%d", *row.block);
  if (row.dose.has_value()) told += absl::StrFormat(" dose=%.17g", *row.dose);
  for (const auto& [measure, scores] : row.scores) {
    for (const auto& [slot, score] : scores) {
      told += absl::StrFormat(" %s@%s=%.17g", measure, slot, score);
    }
  }
  for (const auto& [covariate, value] : row.covariates) {
    told += absl::StrFormat(" %s=%.17g", covariate, value);
  }
  return told + " note=" + row.note;
}

std::vector<std::string> Told(const std::vector<trial::DiaryRow>& rows) {
  std::vector<std::string> told;
  told.reserve(rows.size());
  for (const trial::DiaryRow& row : rows) told.push_back(Told(row));
  return told;
}

std::vector<std::string> FaultsIn(const std::string& bytes) {
  const absl::StatusOr<trial::DiaryFile> file = ReadDiaryCsv(bytes, DiaryProtocol());
  const std::string prefix = "diary_csv:";
  std::vector<std::string> faults;
  if (file.ok()) return faults;
  const Fault fault = FaultOf(file.status());
  if (fault.reason != Reason::kUnreadableDiary) return {"another reason"};
  for (const Violation& violation : fault.violations) {
    if (violation.field.compare(0, prefix.size(), prefix) != 0) return {violation.field};
    faults.push_back(violation.field.substr(prefix.size()) + " " + violation.description);
  }
  return faults;
}

}  // namespace solotrial::import

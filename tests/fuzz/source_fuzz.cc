// Any bytes at all as another program's file: no crash, and errors that can be shown.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/import/mapping.h"
#include "engine/import/text.h"
#include "tests/import/diaries.h"

namespace solotrial::import {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void RequireTellable(const std::vector<Violation>& violations) {
  Require(violations.size() <= 2 * kMaxFaults);
  for (const Violation& violation : violations) {
    Require(IsWellFormed(violation.field) && IsWellFormed(violation.description));
    Require(violation.description.size() < 2000);
  }
}

void Read(const std::string& bytes) {
  const trial::Protocol protocol = DiaryProtocol();
  const DayZone zone{absl::UTCTimeZone(), 240};
  const auto preview = PreviewSource(bytes, {}, protocol, zone, 10);
  if (!preview.ok()) {
    RequireTellable(FaultOf(preview.status()).violations);
    return;
  }
  RequireTellable(preview->not_understood);
  Require(preview->days.size() <= 10);
  // The columns in the order in which they stand, as if somebody had mapped them so.
  Mapping mapping;
  for (const char* target : {"date", "on", "headache", "weekend", "note", "block", "dose"}) {
    const size_t index = mapping.columns.size();
    if (index >= preview->columns.size()) break;
    mapping.columns.push_back({preview->columns[index].name, target, SeveralValues::kMax, {}});
  }
  mapping.date_order = DateOrder::kDayMonthYear;
  mapping.first_date = Date(2026, 1, 1);
  const auto file = ReadMapped(bytes, mapping, protocol, zone);
  if (!file.ok()) return RequireTellable(FaultOf(file.status()).violations);
  Require(!file->rows.empty() && file->rows.size() <= 3000);
  for (size_t i = 1; i < file->rows.size(); ++i) {
    Require(file->rows[i - 1].date < file->rows[i].date);
  }
}

}  // namespace
}  // namespace solotrial::import

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  solotrial::import::Read(size == 0 ? std::string()
                                    : std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}

// Any bytes at all as a diary file: no crash, errors that can be shown, and whatever is accepted
// survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/fault.h"
#include "engine/import/diary_csv.h"
#include "engine/import/text.h"
#include "engine/report/diary_csv.h"
#include "tests/import/diaries.h"

namespace solotrial::import {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void ReadAndWrite(const std::string& bytes) {
  const trial::Protocol protocol = DiaryProtocol();
  const absl::StatusOr<trial::DiaryFile> file = ReadDiaryCsv(bytes, protocol);
  if (!file.ok()) {
    const Fault fault = FaultOf(file.status());
    Require(fault.reason == Reason::kUnreadableDiary);
    Require(!fault.violations.empty() && fault.violations.size() <= 100);
    for (const Violation& violation : fault.violations) {
      Require(IsWellFormed(violation.description));
      Require(violation.description.size() < 600);
    }
    return;
  }
  Require(!file->rows.empty() && file->rows.size() <= 3000);
  const absl::StatusOr<trial::DiaryFile> again =
      ReadDiaryCsv(report::WriteDiaryCsv(protocol, file->rows), protocol);
  Require(again.ok() && Told(again->rows) == Told(file->rows));
}

}  // namespace
}  // namespace solotrial::import

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  solotrial::import::ReadAndWrite(
      size == 0 ? std::string() : std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}

// Any bytes at all as protocol.json: read or refused with paths, and what is read has canonical
// bytes that are read as the same again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/fault.h"
#include "engine/service/convert.h"
#include "engine/service/protocol_json.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace solotrial;
  const std::string json = size == 0 ? "" : std::string(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<v1::Protocol> protocol = service::ReadProtocolJson(json);
  if (!protocol.ok()) {
    const Fault fault = FaultOf(protocol.status());
    Require(fault.reason == Reason::kInvalidFields && !fault.violations.empty());
    return 0;
  }
  const std::string canonical = service::CanonicalProtocolJson(*protocol);
  const absl::StatusOr<v1::Protocol> again = service::ReadProtocolJson(canonical);
  Require(again.ok() && service::CanonicalProtocolJson(*again) == canonical);
  for (const trial::Purpose purpose : {trial::Purpose::kTrial, trial::Purpose::kRecord}) {
    const absl::Status checked = service::ToDomain(*protocol, purpose).status();
    Require(checked.ok() || FaultOf(checked).reason != Reason::kInternal);
  }
  return 0;
}

#include "engine/access/audit.h"

#include <utility>

#include "engine/base/digest.h"

namespace solotrial::access {
namespace {

// Every part with its length before it, so that no two events have the same bytes.
std::string HashOf(const AuditEvent& event, const std::string& previous_hash) {
  std::string bytes;
  for (const std::string& part :
       {std::string("solotrial audit 1"), previous_hash, event.person_id,
        std::to_string(event.number), std::to_string(absl::ToUnixMicros(event.time)),
        std::to_string(static_cast<int>(event.role)), event.device_id, event.action,
        event.subject}) {
    bytes += std::to_string(part.size()) + ":" + part;
  }
  return Sha256(bytes);
}

}  // namespace

AuditEvent MakeAuditEvent(const Caller& caller, absl::Time now, std::string action,
                          std::string subject) {
  AuditEvent event;
  event.person_id = caller.person_id;
  event.time = absl::FromUnixMicros(absl::ToUnixMicros(now));
  event.role = caller.role;
  event.device_id = caller.device_id;
  event.action = std::move(action);
  event.subject = std::move(subject);
  return event;
}

void Append(AuditHead& head, AuditEvent& event) {
  event.number = head.count + 1;
  event.hash = HashOf(event, head.hash);
  head = {event.number, event.hash};
}

void AuditCheck::Add(const AuditEvent& event) {
  if (broken_.has_value()) return;
  if (event.number != head_.count + 1 || event.hash != HashOf(event, head_.hash)) {
    broken_ = head_.count + 1;
    return;
  }
  head_ = {event.number, event.hash};
}

std::optional<int64_t> AuditCheck::FirstBroken(const AuditHead& kept) const {
  if (broken_.has_value()) return broken_;
  if (head_.count != kept.count || head_.hash != kept.hash) return head_.count + 1;
  return std::nullopt;
}

}  // namespace solotrial::access

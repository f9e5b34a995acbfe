// The audit log: who did what when, one chain of hashes per person.
//
// Every event carries SHA-256 over itself and the hash before it, so that a changed, missing or
// reordered event does not fit. The count and the last hash are kept beside the log, so that
// missing last events show as well. Whoever can write the database file can make a whole new chain:
// compare the last hash with one noted elsewhere to find that out.
#ifndef SOLOTRIAL_ENGINE_ACCESS_AUDIT_H_
#define SOLOTRIAL_ENGINE_ACCESS_AUDIT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "engine/access/caller.h"

namespace solotrial::access {

// Nothing in it was written by a person.
struct AuditEvent {
  std::string person_id;  // whose log
  int64_t number = 0;     // from 1, without gaps
  absl::Time time;        // to the microsecond
  Role role = Role::kAnyone;
  std::string device_id;  // UUID of the device or link that did it; empty: the engine
  std::string action;     // `TrialService.StartTrial`, `ShareLinkOpened`, ...
  std::string subject;    // `trials/{uuid}`, `devices/{uuid}`, ...; empty: none
  std::string hash;       // 32 bytes
};

// The end of a chain; before the first event the count is 0 and the hash 32 zero bytes.
struct AuditHead {
  int64_t count = 0;
  std::string hash = std::string(32, '\0');
};

// An event by `caller` in the log of the person it concerns; number and hash are still to be set.
AuditEvent MakeAuditEvent(const Caller& caller, absl::Time now, std::string action,
                          std::string subject);

// Gives `event` its number and hash, and makes it the head.
void Append(AuditHead& head, AuditEvent& event);

// Reads a log in the order it is kept.
class AuditCheck {
 public:
  void Add(const AuditEvent& event);
  // After the last event: the number of the first one that does not fit; nullopt when all fit and
  // `kept` is where the log ends.
  std::optional<int64_t> FirstBroken(const AuditHead& kept) const;

 private:
  AuditHead head_;
  std::optional<int64_t> broken_;
};

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_AUDIT_H_

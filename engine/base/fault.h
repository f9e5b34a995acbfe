// Errors that name what was wrong and what would be right.
//
// Rooms return absl::Status. A Fault travels inside it as a payload: a stable reason, the fields at
// fault, and whether trying again can help. The service room turns it into the wire form once.
#ifndef SOLOTRIAL_ENGINE_BASE_FAULT_H_
#define SOLOTRIAL_ENGINE_BASE_FAULT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace solotrial {

// Stable reasons; the names are those of solotrial.v1.ErrorReason without its prefix.
enum class Reason {
  kInvalidFields,
  kUnauthenticated,
  kRoleNotAllowed,
  kTrialNotFound,
  kWrongState,
  kConflict,
  kRequestIdReused,
  kEntryIdReused,
  kEpochChanged,
  kDateInFuture,
  kDateOutsideTrial,
  kValueOutOfRange,
  kUnknownId,
  kTimeZoneUnavailable,
  kUnreadableDiary,
  kCodeNotValid,
  kConfirmationNeeded,
  kAccessNotFound,
  kHostNotAllowed,
  kHelperNeeded,
  kStorageUnavailable,
  kBusy,
  kPersonDeleted,
  kEngineLocked,
  kWrongPassphrase,
  kUnreadableArchive,
  kSafetyRefused,
  kNeedsClinician,
  kNeedsAcknowledgement,
  kInternal,
};

// `WRONG_STATE` for kWrongState, and so on.
const char* ReasonName(Reason reason);

// One field that is wrong.
struct Violation {
  std::string field;        // path from the request's root, or `diary_csv:LINE:COLUMN`
  std::string description;  // what is wrong, and what would be right; never a person's own words

  friend bool operator==(const Violation&, const Violation&) = default;
};

struct Fault {
  Reason reason = Reason::kInternal;
  std::vector<Violation> violations;
  bool retryable = false;
};

// A status whose code follows from the reason, with `fault` inside. `message` is for a developer,
// in English.
absl::Status FaultStatus(Fault fault, const std::string& message);
absl::Status FaultStatus(Reason reason, const std::string& message);

// `reason` with one field at fault; the message is `field: description`.
absl::Status FieldFault(Reason reason, std::string field, std::string description);

// INVALID_FIELDS with every violation; the message lists them. OK when there are none.
absl::Status InvalidFields(std::vector<Violation> violations);
// The same with one violation.
absl::Status InvalidField(std::string field, std::string description);

// The fault inside `status`; for a status without one kInternal with no violations.
Fault FaultOf(const absl::Status& status);

// Puts `prefix` before every violation's field.
absl::Status WithFieldPrefix(const absl::Status& status, const std::string& prefix);

}  // namespace solotrial

// Returns from the enclosing function when `expr`, an absl::Status, is not OK.
#define SOLOTRIAL_RETURN_IF_ERROR(expr)                                                          \
  do {                                                                                           \
    if (absl::Status solotrial_status = (expr); !solotrial_status.ok()) return solotrial_status; \
  } while (false)

#define SOLOTRIAL_CONCAT_INNER(a, b) a##b
#define SOLOTRIAL_CONCAT(a, b) SOLOTRIAL_CONCAT_INNER(a, b)
// Declares or assigns `lhs` from an absl::StatusOr, or returns its error.
#define SOLOTRIAL_ASSIGN_OR_RETURN(lhs, expr) \
  SOLOTRIAL_ASSIGN_OR_RETURN_INNER(SOLOTRIAL_CONCAT(solotrial_or_, __LINE__), lhs, expr)
// `lhs` may declare a variable, which parentheses would forbid.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define SOLOTRIAL_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                                     \
  if (!tmp.ok()) return tmp.status();                    \
  lhs = std::move(tmp).value()
// NOLINTEND(bugprone-macro-parentheses)

#endif  // SOLOTRIAL_ENGINE_BASE_FAULT_H_

// What can go wrong, and how it is said: one line per fault, and an exit code that scripts can use.
//
// Functions return absl::Status. A status that came from the engine carries the engine's details
// with it; Describe() turns any status into what is printed.
#ifndef SOLOTRIAL_CLIENTS_CLI_ERRORS_H_
#define SOLOTRIAL_CLIENTS_CLI_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace solotrial::cli {

// Documented in --help: scripts depend on the numbers.
enum ExitCode {
  kOk = 0,
  kWrongUsage = 2,
  kInvalidInput = 3,
  kNotFound = 4,
  kWrongState = 5,
  kUnreachable = 6,
  kNotAllowed = 7,
  kEntriesRejected = 8,
  kInternal = 9,
  // `analyze --exit-code`: this plus the number of the decision; the bare number while there is no
  // verdict yet.
  kDecisionBase = 10,
};

struct FieldFault {
  std::string field;
  std::string description;
};

struct Fault {
  int exit_code = kInternal;
  std::string code;    // name of the status code, for example INVALID_ARGUMENT
  std::string reason;  // the engine's stable reason; empty when the engine did not say it
  std::string message;
  std::string hint;  // what to do about it; may be empty
  std::vector<FieldFault> violations;
  bool retry = false;  // the engine said that the same call can succeed later
};

// The command line is wrong.
absl::Status UsageError(const std::string& message);
// A file or a value is wrong.
absl::Status InputError(const std::string& message);
// What was asked for is not there.
absl::Status MissingError(const std::string& message);
// This machine failed.
absl::Status MachineError(const std::string& message);
// The engine's answer to a call: a gRPC code, its message, and the bytes of google.rpc.Status.
absl::Status RpcError(int code, const std::string& message, const std::string& details);
// The same status with a sentence on what to do about it.
absl::Status WithHint(absl::Status status, const std::string& hint);

Fault Describe(const absl::Status& status);

// For people: the message, one line per violation, the hint.
std::string FaultText(const Fault& fault);
// For programs: {"error": {"code", "reason", "message", "violations"}} and a line end.
std::string FaultJson(const Fault& fault);

}  // namespace solotrial::cli

// Returns from the enclosing function when `expr`, an absl::Status, is not OK.
#define CLI_RETURN_IF_ERROR(expr)                             \
  do {                                                        \
    if (absl::Status cli_status = (expr); !cli_status.ok()) { \
      return cli_status;                                      \
    }                                                         \
  } while (false)

#define CLI_CONCAT_INNER(a, b) a##b
#define CLI_CONCAT(a, b) CLI_CONCAT_INNER(a, b)
// Declares or assigns `lhs` from an absl::StatusOr, or returns its error.
#define CLI_ASSIGN_OR_RETURN(lhs, expr) \
  CLI_ASSIGN_OR_RETURN_INNER(CLI_CONCAT(cli_or_, __LINE__), lhs, expr)
// NOLINTBEGIN(bugprone-macro-parentheses): `lhs` may be a declaration.
#define CLI_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                               \
  if (!tmp.ok()) {                                 \
    return tmp.status();                           \
  }                                                \
  lhs = std::move(tmp).value()
// NOLINTEND(bugprone-macro-parentheses)

#endif  // SOLOTRIAL_CLIENTS_CLI_ERRORS_H_

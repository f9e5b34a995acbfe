// What can go wrong, and how it is said: one line per fault, and an exit code that scripts can use.
//
// Functions return absl::Status. A status that came from the engine carries the engine's details
// with it; Describe() turns any status into what is printed.
#ifndef SOLOTRIAL_CLIENTS_CLI_ERRORS_H_
#define SOLOTRIAL_CLIENTS_CLI_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/fault.h"

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

struct Fault : client::Fault {
  int exit_code = kInternal;
  std::string hint;  // what to do about it; may be empty
};

// The command line is wrong.
absl::Status UsageError(const std::string& message);
// `status` of something that stood on the command line.
absl::Status AsUsageError(absl::Status status);
// A file or a value is wrong.
absl::Status InputError(const std::string& message);
// What was asked for is not there.
absl::Status MissingError(const std::string& message);
// This machine failed.
absl::Status MachineError(const std::string& message);
// The same status with a sentence on what to do about it.
absl::Status WithHint(absl::Status status, const std::string& hint);

Fault Describe(const absl::Status& status);

// For people: the message, one line per violation, the hint.
std::string FaultText(const Fault& fault);
// For programs: {"error": {"kind", "code", "reason", "retryable", "message", "violations"}} and a
// line end.
std::string FaultJson(const Fault& fault);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_ERRORS_H_

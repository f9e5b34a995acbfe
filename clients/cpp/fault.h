// What can go wrong with an engine, told apart without reading a text.
//
// Functions of this library return absl::Status; ReadFault() says what it means.
#ifndef SOLOTRIAL_CLIENTS_CPP_FAULT_H_
#define SOLOTRIAL_CLIENTS_CPP_FAULT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace solotrial::client {

enum class FaultKind {
  kLocal,             // this machine, or what was asked for: nothing was sent
  kEngine,            // the engine refused the call and said why
  kUnreachable,       // no engine answered in time: what became of the call is not known
  kVersion,           // the engine and this library do not speak the same API
  kUnsupported,       // the engine does not know this call: it is older
  kWrongCertificate,  // what answers has not the certificate that is expected: nothing was sent
};

// One field that is wrong.
struct FieldViolation {
  std::string field;        // path from the request's root: `protocol.measures[0].maximum`
  std::string description;  // what is wrong, and what would be right
};

struct Fault {
  FaultKind kind = FaultKind::kLocal;
  std::string code;     // name of the status code, for example NOT_FOUND
  std::string reason;   // the engine's stable reason; empty when the engine did not say it
  std::string message;  // for a developer, in English; never holds a recorded value
  std::vector<FieldViolation> violations;
  bool retryable = false;  // the same call can succeed later
};

Fault ReadFault(const absl::Status& status);

// A status of which ReadFault says `kind`.
absl::Status MakeFault(FaultKind kind, absl::StatusCode code, const std::string& message);

// Of an answer to a call: a gRPC code, its message, and the bytes of google.rpc.Status or none.
absl::Status FromRpc(int code, const std::string& message, const std::string& details);

}  // namespace solotrial::client

// Returns from the enclosing function when `expr`, an absl::Status, is not OK.
#define CLIENT_RETURN_IF_ERROR(expr) \
  CLIENT_RETURN_IF_ERROR_INNER(CLIENT_CONCAT(client_status_, __LINE__), expr)
#define CLIENT_RETURN_IF_ERROR_INNER(tmp, expr) \
  do {                                          \
    if (absl::Status tmp = (expr); !tmp.ok()) { \
      return tmp;                               \
    }                                           \
  } while (false)

#define CLIENT_CONCAT_INNER(a, b) a##b
#define CLIENT_CONCAT(a, b) CLIENT_CONCAT_INNER(a, b)
// Declares or assigns `lhs` from an absl::StatusOr, or returns its error.
#define CLIENT_ASSIGN_OR_RETURN(lhs, expr) \
  CLIENT_ASSIGN_OR_RETURN_INNER(CLIENT_CONCAT(client_or_, __LINE__), lhs, expr)
// NOLINTBEGIN(bugprone-macro-parentheses): `lhs` may be a declaration.
#define CLIENT_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                                  \
  if (!tmp.ok()) {                                    \
    return tmp.status();                              \
  }                                                   \
  lhs = std::move(tmp).value()
// NOLINTEND(bugprone-macro-parentheses)

#endif  // SOLOTRIAL_CLIENTS_CPP_FAULT_H_

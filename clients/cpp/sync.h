// Sending what an outbox holds, and reading what other devices sent.
#ifndef SOLOTRIAL_CLIENTS_CPP_SYNC_H_
#define SOLOTRIAL_CLIENTS_CPP_SYNC_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/outbox.h"

namespace solotrial::client {

// What one synchronisation did.
struct SyncReport {
  int sent = 0;                      // entries that the engine has stored, also had before
  int received = 0;                  // entries that were read
  std::vector<Refused> refused;      // everything that the engine has not taken
  std::vector<std::string> notices;  // what the person has to be told
};

// Sends and reads until both sides have the same, and follows the trial as it is now. Fails with
// what stopped it; nothing is lost, and an interrupted synchronisation is simply begun again:
// nothing that was sent twice counts twice. `locale` as in RecordEntriesRequest.
absl::StatusOr<SyncReport> Sync(Channel& engine, Outbox& outbox, const std::string& trial,
                                const std::string& locale = "");

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_SYNC_H_

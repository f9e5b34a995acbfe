// Between what the store holds of a trial and the messages of an archive.
#ifndef SOLOTRIAL_ENGINE_SERVICE_ARCHIVE_MESSAGES_H_
#define SOLOTRIAL_ENGINE_SERVICE_ARCHIVE_MESSAGES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "engine/service/archive.h"
#include "solotrial/v1/archive.pb.h"

namespace solotrial::service {

inline constexpr int kArchiveFormat = 1;

// With the order open.
v1::ArchivedTrial ToArchive(const TrialData& data);
v1::ArchivedLog LogToArchive(const std::vector<trial::Entry>& log);

// The form only: dates and times must be some. The order must be open. Person, protocol and log are
// left empty.
absl::StatusOr<TrialData> FromArchive(const v1::ArchivedTrial& archived);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_ARCHIVE_MESSAGES_H_

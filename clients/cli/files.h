// Reading and writing whole files; `-` is standard input or output.
#ifndef SOLOTRIAL_CLIENTS_CLI_FILES_H_
#define SOLOTRIAL_CLIENTS_CLI_FILES_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace solotrial::cli {

// What the engine takes; larger files are refused before anything is sent.
inline constexpr size_t kMaxProtocolBytes = 1 << 20;
inline constexpr size_t kMaxDiaryBytes = 3 << 20;
inline constexpr size_t kMaxArchiveBytes = 4'000'000;
inline constexpr size_t kMaxNoteBytes = 64 << 10;

// All of `path`, at most `limit` bytes of it; reading stops at the limit.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit);

// Writes `content` to `path`. An existing file is left alone unless `force`; then it is replaced as
// a whole or not at all.
absl::Status WriteFile(const std::string& path, const std::string& content, bool force);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_FILES_H_

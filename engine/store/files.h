// What the store does with whole files.
#ifndef SOLOTRIAL_ENGINE_STORE_FILES_H_
#define SOLOTRIAL_ENGINE_STORE_FILES_H_

#include <string>

#include "absl/status/status.h"

namespace solotrial::store {

// What the operating system's `error` on opening or making a file means to the engine's operator.
absl::Status OpenFault(int error);

// Makes the directory, open to its user only, where there is none.
absl::Status MakeDirectory(const std::string& path);

// Makes an empty file, readable by its user only, in place of whatever is there.
absl::Status MakeEmptyFile(const std::string& path);

// Renames `from` to `to`, replacing it, once `from` is on the disk; a power cut leaves the old file
// or the new one.
absl::Status MoveFileDurably(const std::string& from, const std::string& to);

// Removes the file, durably. No error when there is none.
absl::Status RemoveFileDurably(const std::string& path);

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_FILES_H_

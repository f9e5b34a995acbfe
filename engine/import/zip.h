// Reading ZIP files that anybody may have made.
#ifndef SOLOTRIAL_ENGINE_IMPORT_ZIP_H_
#define SOLOTRIAL_ENGINE_IMPORT_ZIP_H_

#include <cstddef>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace solotrial::import {

struct ZipLimits {
  size_t files = 1'000;
  size_t bytes = size_t{64} << 20;  // of all files together, uncompressed
};

// The content of every file by its name; nothing is written anywhere. UNREADABLE_ARCHIVE when
// `zip` is no whole ZIP file, goes beyond `limits`, has a name twice, a link, or a name that could
// lead outside (absolute, with `..`, with a backslash or control character).
absl::StatusOr<std::map<std::string, std::string>> ReadZip(const std::string& zip,
                                                           const ZipLimits& limits);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_ZIP_H_

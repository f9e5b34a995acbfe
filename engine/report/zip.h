// Writing ZIP files.
#ifndef SOLOTRIAL_ENGINE_REPORT_ZIP_H_
#define SOLOTRIAL_ENGINE_REPORT_ZIP_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace solotrial::report {

// A ZIP file with `files` (content by name, names with `/`), in the order of their names, each
// dated `time` and compressed. The same input gives the same bytes.
absl::StatusOr<std::string> WriteZip(const std::map<std::string, std::string>& files,
                                     absl::Time time);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_ZIP_H_

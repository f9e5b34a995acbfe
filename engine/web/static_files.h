// The phone app's files, served as they are.
#ifndef SOLOTRIAL_ENGINE_WEB_STATIC_FILES_H_
#define SOLOTRIAL_ENGINE_WEB_STATIC_FILES_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "engine/web/http.h"

namespace solotrial::web {

// Files in memory, by their path (`/index.html`): no request reaches the file system. Constant, so
// thread-safe.
class StaticFiles {
 public:
  StaticFiles() = default;
  // Of paths relative to the app's directory, `assets/app-BxYz1234.js`. A file whose path ends in
  // `.gz` or `.br` beside one without is that one compressed, and served in its place to who takes
  // it. `/` is `/index.html`.
  explicit StaticFiles(const std::map<std::string, std::string>& files);

  // Everything in `directory` but what begins with a dot. An error says what cannot be read, or
  // that it is more than 32 MiB.
  static absl::StatusOr<StaticFiles> Read(const std::string& directory);
  // What was built in (the CMake option SOLOTRIAL_WEB_APP); empty without.
  static StaticFiles Embedded();

  bool empty() const { return files_.empty(); }
  bool Has(const std::string& path) const { return files_.contains(path); }

  // The file at the request's path, which must be there; 304 when the client has it, 405 for a
  // method other than GET and HEAD. Under `/assets/`, names with a hash of their content are good
  // for a year; all others are asked for again each time, by ETag.
  Response Answer(const Request& request) const;

 private:
  struct Variant {
    std::string bytes;
    std::string etag;
  };
  struct File {
    std::string type;
    bool immutable = false;
    std::map<std::string, Variant> variants;  // by Content-Encoding: ``, `br`, `gzip`
  };

  std::map<std::string, File> files_;
};

// Whether an Accept-Encoding takes `coding`.
bool AcceptsEncoding(const std::string& accept_encoding, const std::string& coding);

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_STATIC_FILES_H_

#include "engine/web/static_files.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/digest.h"
#include "engine/web/embedded_app.h"
#include "engine/web/quality_list.h"

namespace solotrial::web {
namespace {

constexpr size_t kMostBytes = 32 << 20;
constexpr size_t kLeastHashCharacters = 8;

// The app runs its own scripts and talks to its own engine, and nothing else.
constexpr char kAppPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string TypeOf(const std::string& path) {
  static const std::vector<std::pair<std::string, std::string>> kTypes = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".webp", "image/webp"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
  };
  for (const auto& [end, type] : kTypes) {
    if (EndsWith(path, end)) return type;
  }
  return "application/octet-stream";
}

// `/assets/app-BxYz1234.js`: the name's last part before the ending is a hash.
bool HasHash(const std::string& path) {
  if (path.compare(0, 8, "/assets/") != 0) return false;
  const size_t name = path.rfind('/') + 1;
  const size_t dot = path.rfind('.');
  if (dot == std::string::npos || dot < name) return false;
  const size_t mark = path.find_last_of("-.", dot - 1);
  if (mark == std::string::npos || mark < name) return false;
  const auto is_hash = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return dot - mark - 1 >= kLeastHashCharacters &&
         std::all_of(path.begin() + static_cast<std::ptrdiff_t>(mark) + 1,
                     path.begin() + static_cast<std::ptrdiff_t>(dot), is_hash);
}

}  // namespace

bool AcceptsEncoding(const std::string& accept_encoding, const std::string& coding) {
  double any = 0;
  for (const auto& [name, quality] : ParseQualityList(accept_encoding)) {
    if (name == coding) return quality > 0;
    if (name == "*") any = quality;
  }
  return any > 0;
}

StaticFiles::StaticFiles(const std::map<std::string, std::string>& files) {
  for (const auto& [name, bytes] : files) {
    std::string path = "/" + name;
    std::string coding;
    for (const auto& [end, encoding] : {std::pair{".gz", "gzip"}, std::pair{".br", "br"}}) {
      if (EndsWith(name, end) && files.contains(name.substr(0, name.size() - 3))) {
        path.resize(path.size() - 3);
        coding = encoding;
      }
    }
    File& file = files_[path];
    file.type = TypeOf(path);
    file.immutable = HasHash(path);
    file.variants[coding] = {bytes, "\"" + Hex(Sha256(bytes)).substr(0, 32) + "\""};
  }
  if (const auto index = files_.find("/index.html"); index != files_.end()) {
    files_["/"] = index->second;
  }
}

absl::StatusOr<StaticFiles> StaticFiles::Read(const std::string& directory) {
  namespace fs = std::filesystem;
  std::map<std::string, std::string> files;
  size_t total = 0;
  std::error_code problem;
  fs::recursive_directory_iterator at(directory, problem);
  for (; !problem && at != fs::recursive_directory_iterator(); at.increment(problem)) {
    if (at->path().filename().string().front() == '.') {
      if (at->is_directory(problem)) at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file(problem)) continue;
    const size_t size = at->file_size(problem);
    total += size;
    if (total > kMostBytes) {
      return absl::InvalidArgumentError(directory + " holds more than 32 MiB: that is no app");
    }
    std::ifstream file(at->path(), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.size() != size) {
      return absl::UnavailableError("cannot read " + at->path().string());
    }
    files[fs::relative(at->path(), directory, problem).generic_string()] = std::move(bytes);
  }
  if (problem) {
    return absl::InvalidArgumentError("cannot read the directory " + directory + ": " +
                                      problem.message());
  }
  if (!files.contains("index.html")) {
    return absl::InvalidArgumentError("there is no index.html in " + directory);
  }
  return StaticFiles(files);
}

StaticFiles StaticFiles::Embedded() { return StaticFiles(EmbeddedApp()); }

Response StaticFiles::Answer(const Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") return MethodNotAllowed("GET, HEAD");
  const File& file = files_.at(request.path);
  const std::string accepted = JoinedValues(request.headers, "accept-encoding");
  auto chosen = file.variants.find("");
  for (const char* coding : {"gzip", "br"}) {  // the better one last
    const auto variant = file.variants.find(coding);
    if (variant != file.variants.end() && AcceptsEncoding(accepted, coding)) chosen = variant;
  }
  const auto& [coding, variant] = *chosen;

  Response response;
  response.head.headers = {
      {"content-type", file.type},
      {"cache-control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache"},
      {"etag", variant.etag},
      {"vary", "accept-encoding"},
      {"content-security-policy", kAppPolicy},
      {"x-content-type-options", "nosniff"},
      {"referrer-policy", "no-referrer"},
      {"cross-origin-opener-policy", "same-origin"},
      {"cross-origin-resource-policy", "same-origin"},
  };
  if (!coding.empty()) response.head.headers.push_back({"content-encoding", coding});
  const std::string known = JoinedValues(request.headers, "if-none-match");
  if (known == "*" || known.find(variant.etag) != std::string::npos) {
    response.head.status = 304;
  } else {
    response.body = variant.bytes;
  }
  return response;
}

}  // namespace solotrial::web

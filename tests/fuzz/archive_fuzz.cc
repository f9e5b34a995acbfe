// Any bytes at all as an archive: read or refused. The first byte chooses what the rest is: a ZIP
// file, or the files of an archive (name, 0, content, 0, ...), to which a manifest with the right
// digests is made.
#include <google/protobuf/util/json_util.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/import/zip.h"
#include "engine/service/archive.h"
#include "solotrial/v1/archive.pb.h"

namespace solotrial {
namespace {

using Files = std::map<std::string, std::string>;

void Require(bool condition) {
  if (!condition) std::abort();
}

void ReadFiles(const Files& files) {
  const auto trials = service::ReadArchiveFiles(files, "a0000000-0000-4000-8000-000000000001", "");
  if (!trials.ok()) {
    const Fault fault = FaultOf(trials.status());
    Require(fault.reason == Reason::kUnreadableArchive || fault.reason == Reason::kInvalidFields);
    Require(!fault.violations.empty());
    return;
  }
  for (const service::TrialData& data : *trials) Require(service::SameTrialData(data, data));
}

void ReadZip(const std::string& bytes) {
  const auto files = import::ReadZip(bytes, {.files = 50, .bytes = 1 << 20});
  if (files.ok()) return ReadFiles(*files);
  Require(FaultOf(files.status()).reason == Reason::kUnreadableArchive);
}

void ReadListed(const std::string& bytes) {
  Files files;
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t name_end = bytes.find('\0', at);
    if (name_end == std::string::npos) break;
    const size_t end = std::min(bytes.find('\0', name_end + 1), bytes.size());
    files[bytes.substr(at, name_end - at)] = bytes.substr(name_end + 1, end - name_end - 1);
    at = end + 1;
  }
  v1::ArchiveManifest manifest;
  manifest.set_format_version(1);
  for (const auto& [name, content] : files) {
    // A proto string is UTF-8.
    for (const char c : name) {
      if (static_cast<unsigned char>(c) >= 0x80) return;
    }
    v1::ArchivedFile& file = *manifest.add_files();
    file.set_name(name);
    file.set_sha256(Sha256(content));
  }
  std::string json;
  Require(google::protobuf::util::MessageToJsonString(manifest, &json).ok());
  files["manifest.json"] = json;
  ReadFiles(files);
}

}  // namespace
}  // namespace solotrial

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] == 'f') {
    solotrial::ReadListed(rest);
  } else {
    solotrial::ReadZip(rest);
  }
  return 0;
}

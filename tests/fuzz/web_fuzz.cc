// Whatever a stranger may send to the HTTP door behind what Boost.Beast parses: bodies, headers,
// timeouts, lists. The first byte chooses. What is taken must be framed to the same again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/web/grpc_web.h"
#include "engine/web/page.h"
#include "engine/web/quality_list.h"
#include "engine/web/static_files.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace solotrial::web;
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0: {
      const auto message = ReadRequestMessage(text, WebFormat::kBinary);
      if (message.ok()) Require(MessageFrame(*message, WebFormat::kBinary) == text);
      break;
    }
    case 1: {
      const auto message = ReadRequestMessage(text, WebFormat::kText);
      if (!message.ok()) break;
      const auto again =
          ReadRequestMessage(MessageFrame(*message, WebFormat::kText), WebFormat::kText);
      Require(again.ok() && *again == *message);
      break;
    }
    case 2: {
      const size_t mark = text.find('\n');
      const auto metadata = MetadataOf(
          {{text.substr(0, mark), mark == std::string::npos ? "" : text.substr(mark + 1)}});
      if (!metadata.ok() || metadata->empty()) break;
      const bool binary = metadata->front().name.find("-bin") != std::string::npos;
      Require(binary || IsHeaderValue(metadata->front().value));
      break;
    }
    case 3: {
      const auto timeout = ParseTimeout(text);
      if (timeout.ok()) Require(*timeout >= absl::ZeroDuration());
      Require(IsHeaderValue(PercentEncoded(text)));
      break;
    }
    case 4: {
      for (const auto& [name, quality] : ParseQualityList(text)) {
        Require(!name.empty() && quality >= 0 && quality <= 1);
      }
      AcceptsEncoding(text, "br");
      const std::string language = ChooseLanguage(text);
      Require(language == "en" || language == "de");
      break;
    }
    default:
      FormatOf(text);
      Require(EscapeHtml(text).find_first_of("<>\"'") == std::string::npos);
  }
  return 0;
}

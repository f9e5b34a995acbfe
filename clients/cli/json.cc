#include "clients/cli/json.h"

#include <google/protobuf/util/json_util.h>

namespace solotrial::cli {

std::string ToJson(const google::protobuf::Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = pretty;
  std::string json;
  // Fails only on malformed well-known types, which no answer of the engine has.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) json = "{}";
  if (json.empty() || json.back() != '\n') json += '\n';
  return json;
}

}  // namespace solotrial::cli

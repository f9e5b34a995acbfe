// Answers as protobuf JSON.
#ifndef SOLOTRIAL_CLIENTS_CLI_JSON_H_
#define SOLOTRIAL_CLIENTS_CLI_JSON_H_

#include <google/protobuf/message.h>

#include <string>

namespace solotrial::cli {

// Lower camel names, enum names, one line end at the end; indented when `pretty`.
std::string ToJson(const google::protobuf::Message& message, bool pretty);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_JSON_H_

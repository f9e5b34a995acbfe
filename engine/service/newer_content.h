// What a newer client says and this engine does not know yet.
#ifndef SOLOTRIAL_ENGINE_SERVICE_NEWER_CONTENT_H_
#define SOLOTRIAL_ENGINE_SERVICE_NEWER_CONTENT_H_

#include <google/protobuf/message.h>

namespace solotrial::service {

// Whether `message`, or one within it, has a field or an enum value that is not in this engine's
// API. For entries, which have no repeated fields: those are not looked at.
bool HasNewerContent(const google::protobuf::Message& message);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_NEWER_CONTENT_H_

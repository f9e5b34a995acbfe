// gRPC's buffers as strings.
#ifndef SOLOTRIAL_ENGINE_WEB_BYTE_BUFFER_H_
#define SOLOTRIAL_ENGINE_WEB_BYTE_BUFFER_H_

#include <string>

namespace grpc {
class ByteBuffer;
}

namespace solotrial::web {

std::string TextOf(const grpc::ByteBuffer& buffer);
grpc::ByteBuffer BufferOf(const std::string& text);

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_BYTE_BUFFER_H_

// Ids that this client makes.
#ifndef SOLOTRIAL_CLIENTS_CPP_IDS_H_
#define SOLOTRIAL_CLIENTS_CPP_IDS_H_

#include <array>
#include <cstdint>
#include <string>

namespace solotrial::client {

// The version 7 UUID (RFC 9562) of `unix_milliseconds` and ten random bytes, lower case with
// hyphens; six bits of the random bytes give way to version and variant.
std::string FormatUuid7(int64_t unix_milliseconds, const std::array<uint8_t, 10>& random);

// The same with bytes from the operating system's generator.
std::string MakeUuid7(int64_t unix_milliseconds);

// A random version 4 UUID.
std::string MakeUuid4();

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_IDS_H_

// SHA-256, hexadecimal text, and comparison of secrets.
#ifndef SOLOTRIAL_ENGINE_BASE_DIGEST_H_
#define SOLOTRIAL_ENGINE_BASE_DIGEST_H_

#include <string>

namespace solotrial {

// 32 bytes.
std::string Sha256(const std::string& bytes);

// Lower-case hexadecimal.
std::string Hex(const std::string& bytes);

// Whether two strings are equal, in a time that depends on their lengths only.
bool ConstantTimeEqual(const std::string& a, const std::string& b);

}  // namespace solotrial

#endif  // SOLOTRIAL_ENGINE_BASE_DIGEST_H_

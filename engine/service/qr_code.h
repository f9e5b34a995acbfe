// QR codes for terminals.
#ifndef SOLOTRIAL_ENGINE_SERVICE_QR_CODE_H_
#define SOLOTRIAL_ENGINE_SERVICE_QR_CODE_H_

#include <string>

namespace solotrial::service {

// `text` as a QR code of UTF-8 half blocks, two modules to a character, with its quiet zone; each
// line ends in a line feed. Dark modules are drawn as blanks, for terminals with light text on dark
// ground; readers take the other way round as well. Empty when `text` is too long for a QR code.
std::string QrCode(const std::string& text);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_QR_CODE_H_

// The characters of a file that somebody else wrote.
#ifndef SOLOTRIAL_ENGINE_IMPORT_TEXT_H_
#define SOLOTRIAL_ENGINE_IMPORT_TEXT_H_

#include <cstddef>
#include <string>

namespace solotrial::import {

// `bytes` as UTF-8 without a byte-order mark: UTF-16 when it begins with the mark of UTF-16, else
// taken as UTF-8. What is ill-formed stays so in place, for IsWellFormed to find where it stands.
std::string ToUtf8(const std::string& bytes);

// Whether `text` is UTF-8.
bool IsWellFormed(const std::string& text);

// Number of code points; `text` is well-formed.
size_t CountCharacters(const std::string& text);

// `text` (well-formed) without blanks at its ends.
std::string Trim(const std::string& text);

// `text` (well-formed) in single quotes, to be shown in an error: at most 30 characters of it, and
// none that could confuse a terminal or a reader.
std::string Quoted(const std::string& text);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_TEXT_H_

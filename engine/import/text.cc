#include "engine/import/text.h"

#include <boost/locale/utf.hpp>
#include <iterator>

#include "absl/strings/str_format.h"

namespace solotrial::import {
namespace {

namespace utf = boost::locale::utf;
using Utf8 = utf::utf_traits<char>;
using Utf16 = utf::utf_traits<char16_t>;

// A byte that no UTF-8 contains.
constexpr char kIllFormed = '\xFF';

constexpr size_t kShownCharacters = 30;

bool StartsWith(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

std::string FromUtf16(const std::string& bytes, bool big_endian) {
  std::u16string units;
  units.reserve(bytes.size() / 2);
  for (size_t i = 2; i + 1 < bytes.size(); i += 2) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    units += static_cast<char16_t>(big_endian ? first << 8 | second : second << 8 | first);
  }
  std::string text;
  text.reserve(units.size());
  for (auto unit = units.cbegin(); unit != units.cend();) {
    auto next = unit;
    const utf::code_point point = Utf16::decode(next, units.cend());
    if (point == utf::illegal || point == utf::incomplete) {
      text += kIllFormed;
      ++unit;  // only the half pair: what follows it may be a line end
    } else {
      Utf8::encode(point, std::back_inserter(text));
      unit = next;
    }
  }
  if (bytes.size() % 2 != 0) text += kIllFormed;
  return text;
}

// Control characters, and those that are invisible or turn the direction of writing.
bool IsConfusing(utf::code_point point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0xAD ||
         (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF || point >= 0xE000;
}

}  // namespace

std::string ToUtf8(const std::string& bytes) {
  if (StartsWith(bytes, "\xEF\xBB\xBF")) return bytes.substr(3);
  if (StartsWith(bytes, "\xFF\xFE")) return FromUtf16(bytes, false);
  if (StartsWith(bytes, "\xFE\xFF")) return FromUtf16(bytes, true);
  return bytes;
}

bool IsWellFormed(const std::string& text) {
  for (auto at = text.cbegin(); at != text.cend();) {
    const utf::code_point point = Utf8::decode(at, text.cend());
    if (point == utf::illegal || point == utf::incomplete) return false;
  }
  return true;
}

size_t CountCharacters(const std::string& text) {
  size_t count = 0;
  for (const char c : text) count += Utf8::is_lead(c) ? 1 : 0;
  return count;
}

std::string Trim(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string Quoted(const std::string& text) {
  std::string shown = "'";
  size_t count = 0;
  for (auto at = text.cbegin(); at != text.cend(); ++count) {
    if (count == kShownCharacters) {
      shown += "...";
      break;
    }
    const utf::code_point point = Utf8::decode(at, text.cend());
    if (IsConfusing(point)) {
      shown += absl::StrFormat("\\u{%x}", point);
    } else {
      Utf8::encode(point, std::back_inserter(shown));
    }
  }
  return shown + "'";
}

}  // namespace solotrial::import

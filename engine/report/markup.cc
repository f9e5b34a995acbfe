#include "engine/report/markup.h"

#include <cassert>

namespace solotrial::report {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";  // U+FFFD

// Length of the well-formed UTF-8 sequence at `i` (Unicode, table 3-7); 0 where there is none.
size_t SequenceLength(const std::string& text, size_t i) {
  const auto byte = [&text](size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  const auto follows = [&byte](size_t at, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(at) >= low && byte(at) <= high;
  };
  const unsigned lead = byte(i);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(i + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return follows(i + 1, low, high) && follows(i + 2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return follows(i + 1, low, high) && follows(i + 2) && follows(i + 3) ? 4 : 0;
  }
  return 0;
}

// Not a character of XML 1.0 (its production 2), or one that HTML treats as an error.
bool IsForbidden(const std::string& text, size_t i, size_t length) {
  const auto lead = static_cast<unsigned char>(text[i]);
  if (length == 1) return (lead < 0x20 && lead != '\t' && lead != '\n') || lead == 0x7F;
  if (length == 2) return lead == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
  // U+FFFE and U+FFFF.
  return length == 3 && text.compare(i, 2, "\xEF\xBF") == 0 &&
         static_cast<unsigned char>(text[i + 2]) >= 0xBE;
}

}  // namespace

std::string Escaped(const std::string& text) {
  std::string escaped;
  escaped.reserve(text.size() + 16);
  size_t length = 1;
  for (size_t i = 0; i < text.size(); i += length) {
    length = SequenceLength(text, i);
    if (length == 0) {
      escaped += kReplacement;
      length = 1;
      continue;
    }
    if (IsForbidden(text, i, length)) continue;
    switch (text[i]) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped.append(text, i, length);
    }
  }
  return escaped;
}

void Markup::Tag(const char* name, const Attributes& attributes, const char* end) {
  text_ += '<';
  text_ += name;
  for (const auto& [attribute, value] : attributes) {
    text_ += ' ';
    text_ += attribute;
    text_ += "=\"" + Escaped(value) + '"';
  }
  text_ += end;
}

Markup& Markup::Open(const char* name, const Attributes& attributes) {
  Tag(name, attributes, ">");
  open_.push_back(name);
  return *this;
}

Markup& Markup::Close() {
  assert(!open_.empty());
  text_ += std::string("</") + open_.back() + '>';
  open_.pop_back();
  return *this;
}

Markup& Markup::Empty(const char* name, const Attributes& attributes) {
  Tag(name, attributes, "/>");
  return *this;
}

Markup& Markup::Text(const std::string& text) {
  text_ += Escaped(text);
  return *this;
}

Markup& Markup::Element(const char* name, const Attributes& attributes, const std::string& text) {
  return Open(name, attributes).Text(text).Close();
}

Markup& Markup::Style(const std::string& css) {
  assert(css.find('<') == std::string::npos);
  text_ += "<style>" + css + "</style>";
  return *this;
}

Markup& Markup::Raw(const Markup& other) {
  text_ += other.text_;
  return *this;
}

}  // namespace solotrial::report

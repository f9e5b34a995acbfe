#include "clients/cli/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace solotrial::cli {
namespace {

// One code point of UTF-8 text.
struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 1;
  bool valid = false;
};

CodePoint Decode(const std::string& text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(at);
  if (lead < 0x80) return {lead, 1, true};
  size_t bytes = 0;
  uint32_t value = 0;
  uint32_t smallest = 0;
  if ((lead & 0xE0) == 0xC0) {
    bytes = 2, value = lead & 0x1Fu, smallest = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    bytes = 3, value = lead & 0x0Fu, smallest = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    bytes = 4, value = lead & 0x07u, smallest = 0x10000;
  }
  if (bytes == 0 || at + bytes > text.size()) return {};
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {};
    value = (value << 6) | (byte(at + i) & 0x3Fu);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < smallest || value > 0x10FFFF || surrogate) return {};
  return {value, bytes, true};
}

size_t Columns(uint32_t c) {
  if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F)) {
    return 0;  // combining marks, zero-width characters, variation selectors
  }
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                    (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                    (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0x1F300 && c <= 0x1FAFF);
  return wide ? 2 : 1;
}

// Control characters, and those that turn the direction of the text around them.
bool SteersTerminal(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

size_t DisplayWidth(const std::string& text) {
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = Decode(text, at);
    width += point.valid ? Columns(point.value) : 1;
    at += point.bytes;
  }
  return width;
}

bool IsUtf8(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = Decode(text, at);
    if (!point.valid) return false;
    at += point.bytes;
  }
  return true;
}

std::string Clean(const std::string& text) {
  std::string clean;
  clean.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = Decode(text, at);
    if (point.valid && (point.value == '\n' || point.value == '\t' || point.value == '\r')) {
      clean += ' ';
    } else if (!point.valid || SteersTerminal(point.value)) {
      clean += '?';
    } else {
      clean.append(text, at, point.bytes);
    }
    at += point.bytes;
  }
  return clean;
}

std::string PadRight(const std::string& text, size_t width) {
  const size_t used = DisplayWidth(text);
  return used >= width ? text : text + std::string(width - used, ' ');
}

std::string PadLeft(const std::string& text, size_t width) {
  const size_t used = DisplayWidth(text);
  return used >= width ? text : std::string(width - used, ' ') + text;
}

std::string Shorten(const std::string& text, size_t width) {
  if (DisplayWidth(text) <= width) return text;
  const size_t room = width < 3 ? 0 : width - 3;
  std::string cut;
  size_t used = 0;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = Decode(text, at);
    const size_t columns = point.valid ? Columns(point.value) : 1;
    if (used + columns > room) break;
    cut.append(text, at, point.bytes);
    used += columns;
    at += point.bytes;
  }
  return cut + "...";
}

std::vector<std::string> Wrap(const std::string& text, size_t width) {
  std::vector<std::string> lines;
  std::string line;
  for (size_t at = 0; at < text.size();) {
    const size_t space = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, space - at);
    at = space + 1;
    if (word.empty()) continue;
    if (!line.empty() && DisplayWidth(line) + 1 + DisplayWidth(word) > width) {
      lines.push_back(line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

std::string Paragraph(const std::string& text, const std::string& first, size_t width) {
  const size_t indent = DisplayWidth(first);
  std::string paragraph;
  std::string before = first;
  for (const std::string& line : Wrap(text, width > indent ? width - indent : 1)) {
    paragraph += before + line + "\n";
    before = std::string(indent, ' ');
  }
  return paragraph;
}

std::string Number(double value) { return fmt::format("{:.6g}", value == 0 ? 0.0 : value); }

std::string WholeNumber(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (size_t i = digits.size(); i > 3 && digits[i - 4] != '-'; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string Count(size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string Table(const std::vector<std::vector<std::string>>& rows, const std::string& align,
                  const std::string& indent) {
  std::vector<size_t> widths(align.size(), 0);
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string table;
  for (const auto& row : rows) {
    std::string line = indent;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      line += align[i] == 'r' ? PadLeft(row[i], widths[i]) : PadRight(row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + "\n";
  }
  return table;
}

std::string IdOfTyped(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string TypedId(std::string id) {
  std::replace(id.begin(), id.end(), '_', '-');
  return id;
}

}  // namespace solotrial::cli

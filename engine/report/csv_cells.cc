#include "engine/report/csv_cells.h"

#include <array>
#include <charconv>

namespace solotrial::report {
namespace {

constexpr std::array kEscapedBeginnings = {"=",  "+",  "-",  "@",  "\t", "\r",
                                           "\n", "＝", "＋", "－", "＠", "'"};

}  // namespace

std::string QuotedCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string EscapedFormula(const std::string& text) {
  for (const std::string beginning : kEscapedBeginnings) {
    if (text.compare(0, beginning.size(), beginning) == 0) return "'" + text;
  }
  return text;
}

std::string NumberCell(double number) {
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return std::string(buffer.data(), end);
}

}  // namespace solotrial::report

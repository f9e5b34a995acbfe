#include "engine/report/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "engine/report/catalogue.h"

namespace solotrial::report {
namespace {

constexpr char kIsolate[] = "\u2068";
constexpr char kPopIsolate[] = "\u2069";

// The code point at `i` of valid UTF-8, and its length in bytes.
uint32_t CodePoint(const std::string& text, size_t i, size_t& length) {
  const auto lead = static_cast<unsigned char>(text[i]);
  length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (i + length > text.size()) length = 1;
  uint32_t code = length == 1 ? lead : lead & (0x7Fu >> length);
  for (size_t k = 1; k < length; ++k) {
    code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
  }
  return code;
}

// The controls of Unicode's bidirectional algorithm, which could turn around what follows them.
bool IsBidiControl(uint32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool IsRightToLeft(uint32_t code) {
  return (code >= 0x0590 && code <= 0x08FF) || (code >= 0xFB1D && code <= 0xFDFF) ||
         (code >= 0xFE70 && code <= 0xFEFC) || (code >= 0x10800 && code <= 0x10FFF) ||
         (code >= 0x1E800 && code <= 0x1EFFF);
}

bool IsControl(uint32_t code) {
  return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7F && code < 0xA0);
}

}  // namespace

std::string Isolated(const std::string& text) {
  std::string clean;
  bool right_to_left = false;
  size_t length = 1;
  for (size_t i = 0; i < text.size(); i += length) {
    const uint32_t code = CodePoint(text, i, length);
    if (IsControl(code) || IsBidiControl(code)) continue;
    right_to_left = right_to_left || IsRightToLeft(code);
    clean.append(text, i, length);
  }
  return right_to_left ? kIsolate + clean + kPopIsolate : clean;
}

std::string Plain(double value, int decimals) {
  const std::string text = absl::StrFormat("%.*f", decimals, value);
  const bool zero = text.find_first_not_of("-0.") == std::string::npos;
  return zero && text[0] == '-' ? text.substr(1) : text;
}

std::string Words::operator()(const std::string& id,
                              const std::map<std::string, std::string>& parameters) const {
  return Render({id, parameters}, language_);
}

std::string Words::Of(const trial::Message& message) const {
  trial::Message isolated = message;
  for (auto& [name, value] : isolated.parameters) value = Isolated(value);
  return Render(isolated, language_);
}

std::string Words::Number(double value, int decimals) const {
  std::string text = Plain(value, decimals);
  std::replace(text.begin(), text.end(), '.', CatalogueOf(language_).decimal_mark);
  return text;
}

std::string Words::Short(double value, int decimals) const {
  std::string text = Number(value, decimals);
  const char mark = CatalogueOf(language_).decimal_mark;
  if (text.find(mark) == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == mark) text.pop_back();
  return text;
}

std::string Words::Percent(double probability) const {
  if (probability < 0.01) return "<1";
  if (probability > 0.99) return ">99";
  return absl::StrFormat("%.0f", 100 * probability);
}

std::string Words::Count(double count) const {
  if (count < 1e6) return Plain(count, 0);
  const std::array<const char*, 10> superscripts = {"⁰", "¹", "²", "³", "⁴",
                                                    "⁵", "⁶", "⁷", "⁸", "⁹"};
  const int exponent = static_cast<int>(std::floor(std::log10(count)));
  std::string text = Number(count / std::pow(10, exponent), 2) + " × 10";
  for (const char digit : std::to_string(exponent)) text += superscripts[digit - '0'];
  return text;
}

std::string Words::PValue(double p) const {
  return p < 0.001 ? "<" + Number(0.001, 3) : Number(p, 3);
}

std::string Words::Amount(double value, const trial::Measure& measure) const {
  return (*this)("page.amount", {{"value", Plain(value, DecimalsOf(measure))},
                                 {"unit", trial::BenefitUnit(measure.family)}});
}

std::string Words::Interval(double mean, double low, double high,
                            const trial::Measure& measure) const {
  const int decimals = DecimalsOf(measure);
  return (*this)("page.interval", {{"value", Plain(mean, decimals)},
                                   {"unit", trial::BenefitUnit(measure.family)},
                                   {"low", Plain(low, decimals)},
                                   {"high", Plain(high, decimals)}});
}

int DecimalsOf(const trial::Measure& measure) {
  if (measure.family == inference::Family::kBernoulli || trial::IsCount(measure.family)) return 1;
  const double range = measure.maximum - measure.minimum;
  if (range >= 1000) return 0;
  return std::clamp(2 - static_cast<int>(std::ceil(std::log10(range))), 1, 6);
}

std::string NameOf(const trial::Measure& measure) {
  if (!measure.question.empty()) return Isolated(measure.question);
  std::string name = measure.id;
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

}  // namespace solotrial::report

#include "engine/report/messages.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "engine/report/catalogue.h"

namespace solotrial::report {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Digits with at most one point between them, and perhaps a minus sign before them.
bool IsPlainDecimal(const std::string& text) {
  const size_t first = !text.empty() && text[0] == '-' ? 1 : 0;
  if (first == text.size() || !IsDigit(text[first]) || !IsDigit(text.back())) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(first), text.end(),
                     [](char c) { return IsDigit(c) || c == '.'; }) &&
         std::count(text.begin(), text.end(), '.') <= 1;
}

// `before` is what the text gave just before: the number that a unit belongs to.
std::string Localised(const std::string& name, const std::string& value, const std::string& before,
                      const Catalogue& catalogue) {
  if (name == "treatment" && value.empty()) return catalogue.treatment;
  if (name == "unit") {
    const auto unit = catalogue.units.find(value);
    if (unit == catalogue.units.end()) return value;
    return before == "1" ? unit->second.one : unit->second.many;
  }
  std::string text = value;
  // An id, in words.
  if (name == "measure") std::replace(text.begin(), text.end(), '_', ' ');
  if (IsPlainDecimal(text)) std::replace(text.begin(), text.end(), '.', catalogue.decimal_mark);
  return text;
}

// `text` with its placeholders filled in; nothing when a parameter is missing. What is filled in is
// not looked at again, so that a brace in somebody's words stays a brace.
std::optional<std::string> Filled(const std::string& text, const trial::Message& message,
                                  const Catalogue& catalogue) {
  std::string filled;
  std::string before;
  size_t position = 0;
  for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', position)) {
    const size_t close = text.find('}', open);
    if (close == std::string::npos) return std::nullopt;
    const std::string name = text.substr(open + 1, close - open - 1);
    const auto parameter = message.parameters.find(name);
    if (parameter == message.parameters.end()) return std::nullopt;
    filled += text.substr(position, open - position);
    filled += Localised(name, parameter->second, before, catalogue);
    before = parameter->second;
    position = close + 1;
  }
  return filled + text.substr(position);
}

}  // namespace

const Catalogue& CatalogueOf(Language language) {
  switch (language) {
    case Language::kGerman:
      return GermanCatalogue();
    case Language::kEnglish:
      break;
  }
  return EnglishCatalogue();
}

Language LanguageOf(const std::string& locale) {
  // `de`, `de-AT`, and `de_AT.UTF-8` as in the environment; not `den`.
  std::string language = locale.substr(0, locale.find_first_of("-_."));
  std::transform(language.begin(), language.end(), language.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return language == "de" ? Language::kGerman : Language::kEnglish;
}

std::string Render(const trial::Message& message, Language language) {
  const Catalogue& catalogue = CatalogueOf(language);
  const auto text = catalogue.texts.find(message.id);
  if (text == catalogue.texts.end()) return message.id;
  return Filled(text->second, message, catalogue).value_or(message.id);
}

std::vector<std::string> MessageIds() {
  std::vector<std::string> ids;
  for (const auto& [id, text] : EnglishCatalogue().texts) ids.push_back(id);
  return ids;
}

}  // namespace solotrial::report

#include "engine/web/quality_list.h"

#include <algorithm>
#include <cstdlib>

namespace solotrial::web {
namespace {

std::string TrimmedLower(const std::string& text) {
  std::string trimmed;
  for (const char c : text) {
    if (c == ' ' || c == '\t') continue;
    trimmed.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
  }
  return trimmed;
}

// `0.5`, at most three places; 1 for anything else.
double Quality(const std::string& text) {
  const bool number = !text.empty() && text.size() <= 5 && (text[0] == '0' || text[0] == '1') &&
                      std::all_of(text.begin(), text.end(),
                                  [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  return number ? std::min(1.0, std::atof(text.c_str())) : 1;
}

}  // namespace

std::vector<std::pair<std::string, double>> ParseQualityList(const std::string& text) {
  std::vector<std::pair<std::string, double>> list;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string item = TrimmedLower(text.substr(begin, end - begin));
    const size_t mark = item.find(";q=");
    const std::string name = item.substr(0, item.find(';'));
    if (!name.empty()) {
      list.emplace_back(name, mark == std::string::npos ? 1 : Quality(item.substr(mark + 3)));
    }
    begin = end + 1;
  }
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return list;
}

std::string ChooseLanguage(const std::string& accept_language) {
  for (const auto& [name, quality] : ParseQualityList(accept_language)) {
    const std::string language = name.substr(0, name.find('-'));
    if (quality > 0 && (language == "de" || language == "en")) return language;
  }
  return "en";
}

}  // namespace solotrial::web

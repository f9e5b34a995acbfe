// Lists with preferences, as in Accept-Language: `de-CH, de;q=0.9, en;q=0.5`.
#ifndef SOLOTRIAL_ENGINE_WEB_QUALITY_LIST_H_
#define SOLOTRIAL_ENGINE_WEB_QUALITY_LIST_H_

#include <string>
#include <utility>
#include <vector>

namespace solotrial::web {

// The names, in lower case, each with its quality from 0 to 1 (1 where none, or no number, is
// given), the best first; of equal ones the first first.
std::vector<std::pair<std::string, double>> ParseQualityList(const std::string& text);

// `de` or `en`, whichever an Accept-Language likes better; `en` when neither is in it.
std::string ChooseLanguage(const std::string& accept_language);

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_QUALITY_LIST_H_

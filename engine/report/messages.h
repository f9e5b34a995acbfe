// The message catalogue: every sentence that the engine says to a person, in every language.
#ifndef SOLOTRIAL_ENGINE_REPORT_MESSAGES_H_
#define SOLOTRIAL_ENGINE_REPORT_MESSAGES_H_

#include <string>
#include <vector>

#include "engine/trial/message.h"

namespace solotrial::report {

enum class Language { kEnglish, kGerman };

// The language of a BCP 47 tag: `de`, `de-AT` and so on are German, anything else English.
Language LanguageOf(const std::string& locale);

// The sentence in `language`, its placeholders filled in; numbers with the language's decimal mark.
// An id that the catalogue does not have, or a missing parameter, is a programmer's error: the
// answer is then the id itself.
std::string Render(const trial::Message& message, Language language);

// Every id of the catalogue, in order; for tests.
std::vector<std::string> MessageIds();

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_MESSAGES_H_

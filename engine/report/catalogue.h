// The message catalogue as data: one table per language, each in a file of its own.
//
// A further language is two files like messages_de.cc and messages_pages_de.cc, a line in
// messages.cc, and a member of Language.
#ifndef SOLOTRIAL_ENGINE_REPORT_CATALOGUE_H_
#define SOLOTRIAL_ENGINE_REPORT_CATALOGUE_H_

#include <map>
#include <string>

#include "engine/report/messages.h"

namespace solotrial::report {

// What a unit is called after a number.
struct UnitWords {
  std::string one;   // after exactly 1: `1 point`, but `1.0 points`
  std::string many;  // after any other number, as the object of a sentence
};

struct Catalogue {
  char decimal_mark = '.';
  // In place of an empty `{treatment}`.
  std::string treatment;
  // What the values of `{unit}` are called; a unit that is not here is shown as it is.
  std::map<std::string, UnitWords> units;
  // By id, with placeholders such as `{mean}`.
  std::map<std::string, std::string> texts;
};

// The texts of the pages (summary, protocol), which the catalogues take in; in files of their own
// because they are many.
const std::map<std::string, std::string>& EnglishPages();
const std::map<std::string, std::string>& GermanPages();

const Catalogue& EnglishCatalogue();
const Catalogue& GermanCatalogue();

const Catalogue& CatalogueOf(Language language);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_CATALOGUE_H_

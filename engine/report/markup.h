// Writing HTML and SVG: whatever is put in a place is escaped for that place.
#ifndef SOLOTRIAL_ENGINE_REPORT_MARKUP_H_
#define SOLOTRIAL_ENGINE_REPORT_MARKUP_H_

#include <string>
#include <utility>
#include <vector>

namespace solotrial::report {

// Names of elements and attributes are literals of the program; texts and values may be anything
// (control characters that neither HTML nor XML knows are left out, bytes that are no UTF-8
// replaced). The only ways to write anything
// unescaped are Style, for the program's own style sheet, and Raw, for what another Markup wrote.
//
//   Markup page;
//   page.Open("p", {{"class", "lead"}}).Text(words).Close();
class Markup {
 public:
  using Attributes = std::vector<std::pair<const char*, std::string>>;

  // Begins an element; Close ends the one that was opened last.
  Markup& Open(const char* name, const Attributes& attributes = {});
  Markup& Close();
  // An element without content: `<name ...>` in HTML, `<name .../>` in SVG, both of which browsers
  // and XML readers take when it is written the second way.
  Markup& Empty(const char* name, const Attributes& attributes = {});
  Markup& Text(const std::string& text);
  // An element with text only.
  Markup& Element(const char* name, const Attributes& attributes, const std::string& text);
  // A style sheet of the program's own, as it is.
  Markup& Style(const std::string& css);
  // What another Markup wrote.
  Markup& Raw(const Markup& other);

  // Everything so far; every element is closed.
  const std::string& str() const { return text_; }

 private:
  void Tag(const char* name, const Attributes& attributes, const char* end);

  std::string text_;
  std::vector<const char*> open_;
};

// Escaped for the content of an element, and for an attribute between double quotes.
std::string Escaped(const std::string& text);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_MARKUP_H_

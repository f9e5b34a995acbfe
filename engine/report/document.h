// A document apart from what it is written as: html.h and pdf.h write the same one.
//
// All texts are plain text, whatever people wrote in them; whoever writes a document escapes them.
#ifndef SOLOTRIAL_ENGINE_REPORT_DOCUMENT_H_
#define SOLOTRIAL_ENGINE_REPORT_DOCUMENT_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "engine/report/markup.h"
#include "engine/report/messages.h"

namespace solotrial::report {

struct Heading {
  std::string text;
};

struct Paragraph {
  enum class Style { kBody, kLead, kSmall };
  std::string text;
  Style style = Style::kBody;
};

// The answer, set apart: in plain words, then exactly.
struct Answer {
  std::string plain;
  std::string exact;
};

struct Bullets {
  std::vector<std::string> items;
};

// Label and value side by side.
struct Facts {
  struct Row {
    std::string label;
    std::string text;
    bool muted = false;  // not recorded
  };
  std::vector<Row> rows;
  bool small = false;
};

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`
  bool numeric = true;                         // all but the first column hold numbers
};

// A drawing of our own, with no text of people in it.
struct Figure {
  std::string title;
  Markup svg;        // a whole SVG document
  double width = 0;  // in its own units: what is drawn at full width is 480 wide
  double height = 0;
  std::string caption;  // says in words what it shows
};

// Lines to sign on.
struct Signatures {
  struct Line {
    std::string who;
    std::string date;       // label of the date
    std::string signature;  // label of the signature
  };
  std::vector<Line> lines;
};

// What follows begins a new page of paper.
struct NewPage {};

using Part =
    std::variant<Heading, Paragraph, Answer, Bullets, Facts, Table, Figure, Signatures, NewPage>;

struct Document {
  Language language = Language::kEnglish;
  std::string eyebrow;  // above the title: what kind of document it is
  std::string title;
  std::string subtitle;
  std::vector<Part> parts;
  std::string footer;       // on every page of paper
  std::string page_number;  // message with {page} and {pages}, from the catalogue
  absl::Time create_time;
};

enum class Paper { kA4, kLetter };

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_DOCUMENT_H_

// A document as one HTML page.
#ifndef SOLOTRIAL_ENGINE_REPORT_HTML_H_
#define SOLOTRIAL_ENGINE_REPORT_HTML_H_

#include <string>
#include <vector>

#include "engine/report/document.h"

namespace solotrial::report {

// A link that the page offers on the screen, not on paper. The caller has checked `href`.
struct Link {
  std::string label;
  std::string href;
};

struct HtmlPage {
  std::string html;
  // The Content-Security-Policy to send with it: its one style block, by its hash, and nothing
  // else.
  std::string content_security_policy;
};

// For screens from 320 pixels on and for printing on `paper`; loads nothing, has no script, and
// reads in black and white. The same document gives the same bytes.
HtmlPage WriteHtml(const Document& document, Paper paper, const std::vector<Link>& links);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_HTML_H_

// The small pages that the door writes itself: no script, no colours that hurt, nothing from
// elsewhere.
#ifndef SOLOTRIAL_ENGINE_WEB_PAGE_H_
#define SOLOTRIAL_ENGINE_WEB_PAGE_H_

#include <string>

#include "engine/web/http.h"

namespace solotrial::web {

// `text` as the content of an element or of a quoted attribute.
std::string EscapeHtml(const std::string& text);

// A page in `language` (`en`, `de`); `body` is HTML. Never cached, for it may be somebody's own.
Response Page(int status, const std::string& language, const std::string& title,
              const std::string& body);

// What stands at `/` of an engine without the app.
Response FrontPage(const std::string& language);

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_PAGE_H_

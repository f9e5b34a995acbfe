// The daily data of a trial as a table to read, one block a page.
#ifndef SOLOTRIAL_ENGINE_WEB_DAYS_PAGE_H_
#define SOLOTRIAL_ENGINE_WEB_DAYS_PAGE_H_

#include <string>

#include "engine/web/http.h"

namespace solotrial::web {

// `tables` is what ReportService.ExportTable writes as JSON (solotrial-tidy-1). `part` is which
// page, from 1 (the run-in, if there is one, then the blocks in order); others are taken as the
// nearest. `back` is the address of the summary, relative to this page's. 500 for anything but such
// tables.
Response DaysPage(const std::string& tables, int part, const std::string& back,
                  const std::string& language);

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_DAYS_PAGE_H_

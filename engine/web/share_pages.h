// What links open, with no account and no script: the doctor's door, and the calendar.
//
//   /s/TOKEN                the summary
//   /s/TOKEN/summary.pdf    the same to print
//   /s/TOKEN/protocol.pdf   what was agreed before the first day
//   /s/TOKEN/days           the daily data as a table, `?part=2` its second block
//   /s/TOKEN/data.zip       the data as CSV, with a dictionary; data.json the same as JSON
//   /s/TOKEN/fhir.json      the trial as FHIR R4
//   /calendar/TOKEN.ics     of a calendar link: the reminders, for a calendar to subscribe to
//
// `?lang=de` or `?lang=en` chooses the language, else the browser does. A GET changes nothing but
// the list of the link's openings; the token is the engine's to judge, and is written nowhere.
#ifndef SOLOTRIAL_ENGINE_WEB_SHARE_PAGES_H_
#define SOLOTRIAL_ENGINE_WEB_SHARE_PAGES_H_

#include <memory>

#include "engine/web/engine_calls.h"
#include "engine/web/http.h"

namespace solotrial::web {

// Thread-safe.
class SharePages {
 public:
  // `calls` must outlive the pages.
  explicit SharePages(EngineCalls& calls) : calls_(calls) {}

  static bool Takes(const Request& request);

  // A link that has expired, was revoked or never was gets one and the same page.
  void Answer(const std::shared_ptr<Exchange>& exchange, const CallerIdentity& caller) const;

 private:
  EngineCalls& calls_;
};

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_SHARE_PAGES_H_

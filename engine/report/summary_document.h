// The summary and the protocol as documents.
#ifndef SOLOTRIAL_ENGINE_REPORT_SUMMARY_DOCUMENT_H_
#define SOLOTRIAL_ENGINE_REPORT_SUMMARY_DOCUMENT_H_

#include <string>

#include "engine/report/document.h"
#include "engine/report/summary.h"

namespace solotrial::report {

// A document about `summary` without parts: its language, titles and footer. `eyebrow` is the id of
// a message.
Document EmptyDocument(const Summary& summary, Language language, const std::string& eyebrow);

// Page 1 for a doctor with three minutes, then the figures, then the checklist. Of a trial that has
// not ended, its progress.
Document SummaryDocument(const Summary& summary, Language language);

// What will be done, before day 1, with lines for signatures. Not of an imported record.
Document ProtocolDocument(const Summary& summary, Language language);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_SUMMARY_DOCUMENT_H_

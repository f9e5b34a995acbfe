// The summary and the protocol as documents.
#ifndef SOLOTRIAL_ENGINE_REPORT_SUMMARY_DOCUMENT_H_
#define SOLOTRIAL_ENGINE_REPORT_SUMMARY_DOCUMENT_H_

#include "engine/report/document.h"
#include "engine/report/summary.h"

namespace solotrial::report {

// Page 1 for a doctor with three minutes, then the figures, then the checklist. Of a trial that has
// not ended, its progress.
Document SummaryDocument(const Summary& summary, Language language);

// What will be done, before day 1, with lines for signatures. Not of an imported record.
Document ProtocolDocument(const Summary& summary, Language language);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_SUMMARY_DOCUMENT_H_

// A document as a PDF.
#ifndef SOLOTRIAL_ENGINE_REPORT_PDF_H_
#define SOLOTRIAL_ENGINE_REPORT_PDF_H_

#include <string>

#include "absl/status/statusor.h"
#include "engine/report/document.h"

namespace solotrial::report {

// Pages of `paper`, figures as vectors, fonts embedded as subsets: Noto Sans, and for other scripts
// whatever font of the machine has their characters. The same document on a machine with the same
// fonts gives the same bytes. INTERNAL when cairo or librsvg fails. Thread-safe; one PDF is written
// at a time.
absl::StatusOr<std::string> WritePdf(const Document& document, Paper paper);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_PDF_H_

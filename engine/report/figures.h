// The figures of a summary: what was recorded, and what it says.
#ifndef SOLOTRIAL_ENGINE_REPORT_FIGURES_H_
#define SOLOTRIAL_ENGINE_REPORT_FIGURES_H_

#include <vector>

#include "engine/report/document.h"
#include "engine/report/summary.h"

namespace solotrial::report {

// All need results. Long records take several drawings, only the first of which has a title; where
// there is nothing to draw there is none.
std::vector<Figure> ScoreFigures(const Summary& summary, Language language);
std::vector<Figure> BlockFigures(const Summary& summary, Language language);
std::vector<Figure> PosteriorFigures(const Summary& summary, Language language);
std::vector<Figure> EvidenceFigures(const Summary& summary, Language language);
std::vector<Figure> PriorFigures(const Summary& summary, Language language);
std::vector<Figure> CalendarFigures(const Summary& summary, Language language);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_FIGURES_H_

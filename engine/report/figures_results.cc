// Figures of what came of a trial: block means, the benefit, and what it hangs on. See figures.h.
#include <algorithm>
#include <cmath>

#include "engine/report/chart.h"
#include "engine/report/figures.h"
#include "engine/report/summary_words.h"

namespace solotrial::report {
namespace {

constexpr double kLeft = 40;
constexpr double kRight = kChartWidth - 8;
constexpr double kTop = 22;
// So many marks side by side are labelled one by one.
constexpr double kLabelWidth = 34;

Figure Finished(Sheet& sheet, const std::string& title, const std::string& caption) {
  Figure figure;
  figure.title = title;
  figure.caption = caption;
  figure.width = kChartWidth;
  figure.height = sheet.height();
  figure.svg = sheet.Take();
  return figure;
}

// A range with whiskers, upright or lying.
void Whiskers(Sheet& sheet, double x1, double y1, double x2, double y2) {
  sheet.Line(x1, y1, x2, y2, kInk, 1.4);
  const bool upright = x1 == x2;
  const double dx = upright ? 3 : 0;
  const double dy = upright ? 0 : 3;
  sheet.Line(x1 - dx, y1 - dy, x1 + dx, y1 + dy, kInk, 1.4);
  sheet.Line(x2 - dx, y2 - dy, x2 + dx, y2 + dy, kInk, 1.4);
}

void Square(Sheet& sheet, double x, double y, bool filled) {
  const std::string data = "M" + Place(x - 4) + " " + Place(y - 4) + "h8v8h-8z";
  sheet.Path(data, filled ? kAccent : "#ffffff", filled ? kAccent : kInk, 1.4);
}

// The range of some benefits, with 0 and the smallest that matters in it.
struct Range {
  double low = 0;
  double high = 0;

  void Take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void Take(const inference::Benefit& benefit) {
    Take(benefit.q025);
    Take(benefit.q975);
  }
};

Range RangeWith(const trial::Measure& measure) {
  Range range;
  if (measure.minimal_important_difference.has_value()) {
    range.Take(*measure.minimal_important_difference);
  }
  return range;
}

// The lines at 0 and at the smallest benefit that matters, across a figure whose benefits run up.
void LevelLines(Sheet& sheet, const Scale& y, const trial::Measure& measure, const Words& say) {
  sheet.Line(kLeft, y(0), kRight, y(0), kInk, 1.2);
  const auto& mid = measure.minimal_important_difference;
  if (!mid.has_value()) return;
  sheet.Line(kLeft, y(*mid), kRight, y(*mid), kInk, 1, true);
  sheet.Text(kRight, y(*mid) - 3, say("figure.mid"), Anchor::kEnd, kInk, 10);
}

// The same where benefits run to the right.
void UprightLines(Sheet& sheet, const Scale& x, double top, double bottom,
                  const trial::Measure& measure, const Words& say) {
  sheet.Line(x(0), top, x(0), bottom, kInk, 1.2);
  const auto& mid = measure.minimal_important_difference;
  if (!mid.has_value()) return;
  sheet.Line(x(*mid), top, x(*mid), bottom, kInk, 1, true);
  sheet.Text(x(*mid), top - 3, say("figure.mid"), Anchor::kMiddle, kInk, 10);
}

}  // namespace

std::vector<Figure> BlockFigures(const Summary& summary, Language language) {
  const trial::RecordSummary& record = summary.results->record;
  const Words say(language);
  const double per = trial::DaysPerPeriod(record.outcome.measure->family);
  double low = 0;
  double high = 0;
  bool any = false;
  for (const trial::BlockMean& mean : record.block_means) {
    if (!mean.mean.has_value()) continue;
    const double from = per * mean.q025.value_or(*mean.mean);
    const double to = per * mean.q975.value_or(*mean.mean);
    low = any ? std::min(low, from) : from;
    high = any ? std::max(high, to) : to;
    any = true;
  }
  if (!any) return {};
  Widen(low, high);
  Sheet sheet(150);
  const double bottom = 126;
  const Scale y{low, high, bottom, 12};
  const Scale x{0, static_cast<double>(record.block_means.size()), kLeft, kRight};
  sheet.LeftAxis(y, kLeft, kRight, say);
  const double width = (kRight - kLeft) / static_cast<double>(record.block_means.size());
  const size_t every = static_cast<size_t>(std::ceil(kLabelWidth / width));
  for (size_t i = 0; i < record.block_means.size(); ++i) {
    const trial::BlockMean& mean = record.block_means[i];
    const bool on = record.outcome.blocks[i].block.on;
    const double place = x(static_cast<double>(i) + 0.5);
    if (on) {
      sheet.Rectangle(x(static_cast<double>(i)), bottom + 1, width, 20, kShade);
    }
    if (i % every == 0) {
      sheet.Text(place, bottom + 15,
                 width > 44 ? std::to_string(mean.number) + " " + say(on ? "arm.on" : "arm.off")
                            : std::to_string(mean.number),
                 Anchor::kMiddle, kInk);
    }
    if (!mean.mean.has_value()) continue;
    if (mean.q025.has_value())
      Whiskers(sheet, place, y(per * *mean.q025), place, y(per * *mean.q975));
    Square(sheet, place, y(per * *mean.mean), on);
  }
  sheet.Line(kLeft, bottom, kRight, bottom, kMuted);
  return {Finished(sheet, say("figure.blocks"),
                   say("figure.blocks.caption",
                       {{"unit", trial::BenefitUnit(record.outcome.measure->family)}}))};
}

std::vector<Figure> PosteriorFigures(const Summary& summary, Language language) {
  const trial::AnalysisOutcome& outcome = summary.results->record.outcome;
  const std::vector<trial::DensityPoint>& density = outcome.benefit_density;
  if (density.empty()) return {};
  const trial::Measure& measure = *outcome.measure;
  const Words say(language);
  Range range = RangeWith(measure);
  double peak = 0;
  for (const trial::DensityPoint& point : density) peak = std::max(peak, point.density);
  if (!(peak > 0)) return {};
  // Tails that cannot be seen take no room.
  for (const trial::DensityPoint& point : density) {
    if (point.density > 0.002 * peak) range.Take(point.value);
  }
  Widen(range.low, range.high);
  Sheet sheet(172);
  const double bottom = 128;
  const Scale x{range.low, range.high, 8, kRight};
  const Scale y{0, peak * 1.05, bottom, kTop};
  std::string line;
  double first = 0;
  double last = 0;
  for (const trial::DensityPoint& point : density) {
    if (point.value < range.low || point.value > range.high) continue;
    last = x(point.value);
    if (line.empty()) first = last;
    line += (line.empty() ? "M" : "L") + Place(last) + " " + Place(y(point.density));
  }
  sheet.BottomAxis(x, bottom, kTop, say);
  sheet.Path(line + "L" + Place(last) + " " + Place(bottom) + "L" + Place(first) + " " +
                 Place(bottom) + "z",
             kShade, "", 0);
  sheet.Path(line, "", kAccent, 1.8);
  UprightLines(sheet, x, kTop, bottom, measure, say);
  const inference::Benefit& benefit = outcome.posterior.benefit;
  Whiskers(sheet, x(std::max(range.low, benefit.q025)), bottom - 10,
           x(std::min(range.high, benefit.q975)), bottom - 10);
  Square(sheet, x(benefit.mean), bottom - 10, true);
  sheet.Text(8, bottom + 32, say("figure.worse"), Anchor::kStart, kInk);
  sheet.Text((8 + kRight) / 2, bottom + 32,
             say("page.unit", {{"unit", trial::BenefitUnit(measure.family)}}), Anchor::kMiddle,
             kMuted);
  sheet.Text(kRight, bottom + 32, say("figure.better"), Anchor::kEnd, kInk);
  return {Finished(
      sheet, say("figure.posterior"),
      say(measure.minimal_important_difference.has_value() ? "figure.posterior.caption"
                                                           : "figure.posterior.caption.no_mid"))};
}

std::vector<Figure> EvidenceFigures(const Summary& summary, Language language) {
  const trial::RecordSummary& record = summary.results->record;
  if (record.evidence.empty() || record.outcome.observed_days == 0) return {};
  const trial::Measure& measure = *record.outcome.measure;
  const Words say(language);
  Range range = RangeWith(measure);
  for (const trial::EvidenceStep& step : record.evidence) range.Take(step.benefit);
  Widen(range.low, range.high);
  Sheet sheet(150);
  const double bottom = 126;
  const Scale y{range.low, range.high, bottom, 12};
  const Scale x{0, static_cast<double>(record.evidence.size()), kLeft, kRight};
  sheet.LeftAxis(y, kLeft, kRight, say);
  LevelLines(sheet, y, measure, say);
  const double width = (kRight - kLeft) / static_cast<double>(record.evidence.size());
  for (size_t i = 0; i < record.evidence.size(); ++i) {
    const trial::EvidenceStep& step = record.evidence[i];
    const double place = x(static_cast<double>(i) + 0.5);
    Whiskers(sheet, place, y(step.benefit.q025), place, y(step.benefit.q975));
    Square(sheet, place, y(step.benefit.mean), true);
    const std::string number = std::to_string(step.pair > 0 ? step.pair : step.block);
    const char* id = step.pair > 0 ? "figure.after_pair" : "figure.after_block";
    sheet.Text(place, bottom + 15, width > 50 ? say(id, {{"number", number}}) : number,
               Anchor::kMiddle, kInk);
  }
  sheet.Line(kLeft, bottom, kRight, bottom, kMuted);
  return {Finished(sheet, say("figure.evidence"), say("figure.evidence.caption"))};
}

std::vector<Figure> PriorFigures(const Summary& summary, Language language) {
  const trial::AnalysisOutcome& outcome = summary.results->record.outcome;
  if (!outcome.sensitivity.has_value() || outcome.observed_days == 0) return {};
  const trial::Measure& measure = *outcome.measure;
  const SummaryWords words(summary, language);
  const Words say(language);
  Range range = RangeWith(measure);
  for (const trial::PriorAlternative& prior : outcome.sensitivity->priors) {
    range.Take(prior.answer.benefit);
  }
  Widen(range.low, range.high);
  constexpr double kRow = 24;
  constexpr double kLabels = 172;
  const double bottom = kTop + kRow * static_cast<double>(outcome.sensitivity->priors.size());
  Sheet sheet(bottom + 22);
  const Scale x{range.low, range.high, kLabels, kRight};
  sheet.BottomAxis(x, bottom, kTop, say);
  UprightLines(sheet, x, kTop, bottom, measure, say);
  double row = kTop + kRow / 2;
  for (const trial::PriorAlternative& prior : outcome.sensitivity->priors) {
    const inference::Benefit& benefit = prior.answer.benefit;
    sheet.Text(0, row + 4, words.PriorName(prior.prior));
    Whiskers(sheet, x(benefit.q025), row, x(benefit.q975), row);
    Square(sheet, x(benefit.mean), row, prior.prior == trial::PriorAlternative::Prior::kNeutral);
    row += kRow;
  }
  return {Finished(sheet, say("figure.priors"), say("figure.priors.caption"))};
}

}  // namespace solotrial::report

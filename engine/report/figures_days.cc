// Figures of days: all scores, and the calendar of adherence. See figures.h.
#include <algorithm>
#include <cmath>

#include "engine/report/chart.h"
#include "engine/report/figures.h"

namespace solotrial::report {
namespace {

constexpr double kLeft = 34;
constexpr double kRight = kChartWidth - 6;

// --- All scores by day --------------------------------------------------------------------------

// Days side by side; longer records go on below.
constexpr int kDaysInRow = 126;
constexpr int kDaysInLongRow = 182;
constexpr int kLongRecord = 380;
constexpr int kRowsInFigure = 6;
constexpr double kDotDays = 100;  // above so many days in a row, dots are smaller

class ScoreRows {
 public:
  ScoreRows(const Summary& summary, Language language)
      : outcome_(summary.results->record.outcome), say_(language) {
    const auto days = static_cast<int>(outcome_.series.size());
    const int most = days > kLongRecord ? kDaysInLongRow : kDaysInRow;
    rows_ = (days + most - 1) / most;
    in_row_ = (days + rows_ - 1) / rows_;
    plot_height_ = rows_ > 3 ? 60 : 110;
    row_height_ = plot_height_ + 44;
    const trial::Measure& measure = *outcome_.measure;
    low_ = measure.minimum;
    high_ = measure.maximum;
    if (trial::IsCount(measure.family)) {
      high_ = 1;
      for (const trial::DayValue& day : outcome_.series) {
        high_ = std::max(high_, day.score.value_or(0));
      }
    }
  }

  std::vector<Figure> Draw() {
    std::vector<Figure> figures;
    for (int first = 0; first < rows_; first += kRowsInFigure) {
      const int count = std::min(kRowsInFigure, rows_ - first);
      Sheet sheet(count * row_height_);
      for (int row = 0; row < count; ++row) DrawRow(sheet, first + row, row * row_height_);
      Figure& figure = figures.emplace_back();
      figure.width = kChartWidth;
      figure.height = sheet.height();
      figure.svg = sheet.Take();
    }
    figures.front().title = say_("figure.scores");
    figures.back().caption = say_("figure.scores.caption");
    return figures;
  }

 private:
  void DrawRow(Sheet& sheet, int row, double top) {
    const size_t first = static_cast<size_t>(row * in_row_);
    const size_t last = std::min(outcome_.series.size(), first + static_cast<size_t>(in_row_));
    const Scale x{static_cast<double>(first), static_cast<double>(first + in_row_), kLeft, kRight};
    const double bottom = top + 16 + plot_height_;
    double from = low_;
    double to = high_;
    Widen(from, to);
    const Scale y{from, to, bottom, top + 16};
    Shade(sheet, x, first, last, top, bottom);
    if (outcome_.measure->family == inference::Family::kBernoulli) {
      for (const bool yes : {false, true}) {
        sheet.Line(kLeft, y(yes), kRight, y(yes), kGrid);
        sheet.Text(kLeft - 5, y(yes) + 4, say_(yes ? "page.yes" : "page.no"), Anchor::kEnd, kMuted);
      }
    } else {
      sheet.LeftAxis(Scale{low_, high_, y(low_), y(high_)}, kLeft, kRight, say_);
    }
    Dots(sheet, x, y, first, last, bottom);
    sheet.Line(kLeft, bottom, kRight, bottom, kMuted);
    sheet.Text(kLeft, bottom + 15, FormatDate(outcome_.series[first].date), Anchor::kStart, kMuted);
    // Right under its day where the row is full.
    if (last - first > static_cast<size_t>(in_row_) / 2) {
      sheet.Text(x(static_cast<double>(last)), bottom + 15,
                 FormatDate(outcome_.series[last - 1].date), Anchor::kEnd, kMuted);
    }
  }

  void Shade(Sheet& sheet, const Scale& x, size_t first, size_t last, double top, double bottom) {
    const size_t before = outcome_.blocks.empty() ? last : outcome_.blocks.front().block.first_day;
    const double room = x(static_cast<double>(std::min(last, before))) - kLeft;
    if (first == 0 && before > 0 && room > 50) {
      sheet.Text(kLeft + room / 2, top + 11, say_("label.run_in"), Anchor::kMiddle, kMuted);
    }
    for (const trial::BlockSummary& block : outcome_.blocks) {
      const size_t begin = std::max(first, block.block.first_day);
      const size_t end = std::min(last, block.block.last_day + 1);
      if (begin >= end) continue;
      const double left = x(static_cast<double>(begin));
      const double width = x(static_cast<double>(end)) - left;
      if (block.block.on) sheet.Rectangle(left, top + 16, width, bottom - top - 16, kShade);
      sheet.Line(left, top + 16, left, bottom, kGrid);
      if (width > 22) {
        sheet.Text(left + width / 2, top + 11, say_(block.block.on ? "arm.on" : "arm.off"),
                   Anchor::kMiddle, kInk);
      }
    }
  }

  void Dots(Sheet& sheet, const Scale& x, const Scale& y, size_t first, size_t last,
            double bottom) {
    std::string on;
    std::string off;
    std::string missing;
    for (size_t i = first; i < last; ++i) {
      const trial::DayValue& day = outcome_.series[i];
      const double place = x(static_cast<double>(i) + 0.5);
      if (day.score.has_value()) {
        const bool is_on =
            day.block > 0 && outcome_.blocks[static_cast<size_t>(day.block - 1)].block.on;
        (is_on ? on : off) += "M" + Place(place) + " " + Place(y(*day.score)) + "h0";
      } else if (day.block > 0 || day.excluded) {
        missing += "M" + Place(place - 1.5) + " " + Place(bottom - 1.5) + "l3 3m0-3l-3 3";
      }
    }
    const double size = in_row_ > kDotDays ? 3.4 : 5;
    sheet.Path(on, "", kAccent, size, true);
    sheet.Path(off, "", kInk, size, true);
    sheet.Path(off, "", "#ffffff", size - 2, true);
    sheet.Path(missing, "", kInk, 0.8);
  }

  const trial::AnalysisOutcome& outcome_;
  const Words say_;
  int rows_ = 1;
  int in_row_ = 1;
  double plot_height_ = 0;
  double row_height_ = 0;
  double low_ = 0;
  double high_ = 1;
};

// --- The calendar of adherence ------------------------------------------------------------------

constexpr double kCell = 11;
constexpr int kWeeksInBand = 40;
constexpr int kBandsInFigure = 6;
constexpr double kBandHeight = 7 * kCell + 30;

enum class Lived { kOutside, kFull, kHalf, kEmpty };

// Monday is 0.
int WeekdayOf(Date date) { return static_cast<int>(absl::GetWeekday(date)); }

Lived LivedOn(const trial::AdherenceDay& day, bool doses_logged) {
  if (day.block == 0) return day.scored ? Lived::kFull : Lived::kOutside;
  if (!day.scored) return Lived::kEmpty;
  if (!doses_logged) return Lived::kFull;
  const double dose = day.dose.value_or(0);
  return (day.on ? dose >= 1 : dose == 0) ? Lived::kFull : Lived::kHalf;
}

// The days of weeks `first` to `first` + kWeeksInBand - 1 at `top`.
void DrawBand(Sheet& sheet, const std::vector<trial::AdherenceDay>& days, int first, double top,
              bool doses_logged) {
  const int lead = WeekdayOf(days.front().date);
  std::string full;
  std::string half;
  std::string empty;
  std::string on;
  const int last_week = first + kWeeksInBand;
  for (size_t i = 0; i < days.size(); ++i) {
    // Days of a trial by visits lie apart.
    const int place = lead + static_cast<int>(days[i].date - days.front().date);
    if (place / 7 < first || place / 7 >= last_week) continue;
    const double x = kLeft + (place / 7 - first) * kCell;
    const double y = top + 14 + place % 7 * kCell;
    const std::string corner = "M" + Place(x + 1.5) + " " + Place(y + 1.5);
    if (days[i].block > 0 && days[i].on) {
      on += "M" + Place(x) + " " + Place(y) + "h11v11h-11z";
    }
    switch (LivedOn(days[i], doses_logged)) {
      case Lived::kFull:
        full += corner + "h8v8h-8z";
        break;
      case Lived::kHalf:
        half += corner + "h8l-8 8z";
        empty += corner + "h8v8h-8z";
        break;
      case Lived::kEmpty:
        empty += corner + "h8v8h-8z";
        break;
      case Lived::kOutside:
        break;
    }
  }
  sheet.Path(on, kShade, "", 0);
  sheet.Path(empty, "#ffffff", kMuted, 0.6);
  sheet.Path(full, kAccent, "", 0);
  sheet.Path(half, kAccent, "", 0);
}

}  // namespace

std::vector<Figure> ScoreFigures(const Summary& summary, Language language) {
  return ScoreRows(summary, language).Draw();
}

std::vector<Figure> CalendarFigures(const Summary& summary, Language language) {
  const std::vector<trial::AdherenceDay>& days = summary.results->record.adherence;
  const Words say(language);
  const bool doses_logged =
      std::any_of(days.begin(), days.end(),
                  [](const trial::AdherenceDay& day) { return day.dose.has_value(); });
  const int lead = WeekdayOf(days.front().date);
  const int weeks = (lead + static_cast<int>(days.back().date - days.front().date)) / 7 + 1;
  const int bands = (weeks + kWeeksInBand - 1) / kWeeksInBand;
  std::vector<Figure> figures;
  for (int first = 0; first < bands; first += kBandsInFigure) {
    const int count = std::min(kBandsInFigure, bands - first);
    Sheet sheet(count * kBandHeight);
    for (int band = 0; band < count; ++band) {
      const int week = (first + band) * kWeeksInBand;
      const Date monday = days.front().date - lead + 7 * week;
      sheet.Text(kLeft, band * kBandHeight + 10, FormatDate(std::max(monday, days.front().date)),
                 Anchor::kStart, kMuted);
      DrawBand(sheet, days, week, band * kBandHeight, doses_logged);
    }
    Figure& figure = figures.emplace_back();
    figure.width = kChartWidth;
    figure.height = sheet.height();
    figure.svg = sheet.Take();
  }
  figures.front().title = say("figure.calendar");
  figures.back().caption =
      say(doses_logged ? "figure.calendar.caption" : "figure.calendar.caption.no_doses");
  return figures;
}

}  // namespace solotrial::report

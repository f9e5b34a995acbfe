#include "clients/cli/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "clients/cli/dates.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

// Marks of the picture.
struct Marks {
  const char* on;
  const char* off;
  const char* both;      // an on and an off mark in one place
  const char* left_out;  // a score outside the analysis
  const char* mean;
  const char* missing;
  const char* half_missing;
  const char* divider;
  const char* axis;
  const char* tick;
  const char* corner;
  const char* on_line;
  const char* off_line;
  const char* other_line;
};

constexpr Marks kUtf8Marks = {"●", "○", "◐", "·", "╌", "×", "-", "│", "│", "┤", "└", "━", "─", "┄"};
constexpr Marks kAsciiMarks = {"#", "o", "@", ".", "-", "x", "-",
                               "|", "|", "|", "+", "=", "-", "."};

enum class Kind { kOn, kOff, kOutside, kMixed };

// Some consecutive days that share a column.
struct Column {
  size_t first_day = 0;  // index into the series
  size_t days = 0;
  int block = 0;
  Kind kind = Kind::kOutside;
  int scored = 0;
  int expected = 0;  // days inside blocks that the analysis looks at
  std::optional<double> on_mean;
  std::optional<double> off_mean;
  std::optional<double> left_out_mean;
  bool divider = false;  // no days at all: only separates blocks
};

// Columns that belong to one block, or to a stretch outside blocks.
struct Segment {
  int block = 0;
  Kind kind = Kind::kOutside;
  size_t first_column = 0;
  size_t columns = 0;
  std::optional<double> mean;  // of the scores that were analysed
};

struct Mean {
  double sum = 0;
  int count = 0;
  void Add(double value) { sum += value, ++count; }
  std::optional<double> Get() const {
    return count == 0 ? std::nullopt : std::optional<double>(sum / count);
  }
};

struct Day {
  std::string date;
  std::optional<double> score;
  int block = 0;
  Kind kind = Kind::kOutside;  // never kMixed
  bool analysed = false;
};

using Series = std::vector<Day>;

Series ReadDays(const google::protobuf::RepeatedPtrField<v1::DayValue>& values) {
  // Days without a block lie outside (run-in, pause), unless there are no block numbers at all.
  const bool has_blocks = std::any_of(values.begin(), values.end(),
                                      [](const v1::DayValue& value) { return value.block() > 0; });
  Series series;
  for (const v1::DayValue& value : values) {
    Day day;
    day.date = Clean(value.date());
    if (value.has_score()) day.score = value.score();
    day.block = value.block();
    const bool outside = value.block() == 0 && (value.excluded() || has_blocks);
    day.kind = outside ? Kind::kOutside : value.on() >= 0.5 ? Kind::kOn : Kind::kOff;
    day.analysed = !value.excluded();
    series.push_back(std::move(day));
  }
  return series;
}

// In a record without block numbers a stretch of days with one arm counts as a block.
bool SameSegment(const Day& a, const Day& b) { return a.block == b.block && a.kind == b.kind; }

Column MakeColumn(const Series& series, size_t first, size_t days) {
  Column column;
  column.first_day = first;
  column.days = days;
  column.block = series[first].block;
  column.kind = series[first].kind;
  Mean on;
  Mean off;
  Mean left_out;
  for (size_t d = first; d < first + days; ++d) {
    const Day& day = series[d];
    if (!SameSegment(day, series[first])) column.kind = Kind::kMixed;
    if (day.analysed && day.kind != Kind::kOutside) ++column.expected;
    if (!day.score.has_value()) continue;
    ++column.scored;
    const bool counts = day.analysed && day.kind != Kind::kOutside;
    (!counts ? left_out : day.kind == Kind::kOn ? on : off).Add(*day.score);
  }
  column.on_mean = on.Get();
  column.off_mean = off.Get();
  column.left_out_mean = left_out.Get();
  return column;
}

// Lengths of the stretches with one block and arm.
std::vector<size_t> SegmentLengths(const Series& series) {
  std::vector<size_t> lengths;
  for (size_t d = 0; d < series.size(); ++d) {
    if (d > 0 && SameSegment(series[d - 1], series[d])) {
      ++lengths.back();
    } else {
      lengths.push_back(1);
    }
  }
  return lengths;
}

// Columns of `days_per_column` days that never cross from one block into the next.
std::vector<Column> ColumnsByBlock(const Series& series, const std::vector<size_t>& lengths,
                                   size_t days_per_column) {
  std::vector<Column> columns;
  size_t day = 0;
  for (const size_t length : lengths) {
    for (size_t used = 0; used < length; used += days_per_column) {
      columns.push_back(MakeColumn(series, day + used, std::min(days_per_column, length - used)));
    }
    day += length;
  }
  return columns;
}

std::vector<Column> ColumnsByTime(const Series& series, size_t days_per_column) {
  std::vector<Column> columns;
  for (size_t day = 0; day < series.size(); day += days_per_column) {
    columns.push_back(MakeColumn(series, day, std::min(days_per_column, series.size() - day)));
  }
  return columns;
}

size_t ColumnCount(const std::vector<size_t>& lengths, size_t days_per_column) {
  size_t count = 0;
  for (const size_t length : lengths) count += (length + days_per_column - 1) / days_per_column;
  return count;
}

bool StartsSegment(const std::vector<Column>& columns, size_t i) {
  return i > 0 &&
         (columns[i].block != columns[i - 1].block || columns[i].kind != columns[i - 1].kind);
}

// Thin lines between blocks, where blocks are long enough not to drown in them.
std::vector<Column> WithDividers(const std::vector<Column>& columns) {
  size_t segments = 1;
  for (size_t i = 1; i < columns.size(); ++i) segments += StartsSegment(columns, i) ? 1 : 0;
  if (columns.size() < 5 * segments) return columns;
  std::vector<Column> divided;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (StartsSegment(columns, i)) {
      Column divider;
      divider.divider = true;
      divided.push_back(divider);
    }
    divided.push_back(columns[i]);
  }
  return divided;
}

std::vector<Segment> Segments(const Series& series, const std::vector<Column>& columns) {
  std::vector<Segment> segments;
  std::vector<Mean> means;
  bool fresh = true;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    if (column.divider) {
      fresh = true;
      continue;
    }
    if (fresh || column.block != segments.back().block || column.kind != segments.back().kind) {
      segments.push_back({column.block, column.kind, i, 0, std::nullopt});
      means.emplace_back();
    }
    fresh = false;
    ++segments.back().columns;
    for (size_t d = column.first_day; d < column.first_day + column.days; ++d) {
      if (series[d].score.has_value() && series[d].analysed) means.back().Add(*series[d].score);
    }
  }
  for (size_t i = 0; i < segments.size(); ++i) segments[i].mean = means[i].Get();
  return segments;
}

// Rows of the picture: row r shows values around bottom + r * step.
struct CanvasRows {
  double bottom = 0;
  double step = 1;
  int count = 1;
  int label_every = 2;

  int RowOf(double value) const {
    const double row = std::round((value - bottom) / step);
    return static_cast<int>(std::clamp(row, 0.0, static_cast<double>(count - 1)));
  }
};

// 1, 2, 2.5 or 5 times a power of ten, at least `step`.
double RoundStep(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

CanvasRows MakeRows(const Series& series, const PlotScale& scale) {
  constexpr int kMostRows = 11;
  if (scale.levels && scale.minimum.has_value() && scale.maximum.has_value() &&
      *scale.maximum - *scale.minimum < kMostRows) {
    const int count = static_cast<int>(*scale.maximum - *scale.minimum) + 1;
    // The lowest and the highest level both get a label.
    const int gaps = count - 1;
    return {*scale.minimum, 1, count, gaps <= 5 ? 1 : gaps % 2 == 0 ? 2 : gaps % 3 == 0 ? 3 : 1};
  }
  double low = INFINITY;
  double high = -INFINITY;
  for (const Day& day : series) {
    if (!day.score.has_value()) continue;
    low = std::min(low, *day.score);
    high = std::max(high, *day.score);
  }
  if (low == high) {
    low = std::max(low - 1, scale.minimum.value_or(-INFINITY));
    high += 1;
  }
  double step = RoundStep((high - low) / (kMostRows - 1));
  if (scale.levels) step = step <= 1 ? 1 : step == 2.5 ? 5 : step;  // whole numbers
  const double bottom = std::floor(low / step + 1e-9) * step;
  const int count = static_cast<int>(std::ceil((high - bottom) / step - 1e-9)) + 1;
  return {bottom, step, count, 2};
}

std::string LabelOf(double value, double step) {
  const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
  // 2.5 and its like need a digit more than their power of ten.
  const double scaled = step * std::pow(10, digits);
  const bool more = std::fabs(scaled - std::round(scaled)) > 1e-6;
  const std::string label = fmt::format("{:.{}f}", value, digits + (more ? 1 : 0));
  return label.find_first_not_of("-0.") == std::string::npos && label[0] == '-' ? label.substr(1)
                                                                                : label;
}

class Painter {
 public:
  Painter(const Series& series, const CanvasRows& rows, const Style& style)
      : series_(series), rows_(rows), style_(style), marks_(style.utf8 ? kUtf8Marks : kAsciiMarks) {
    for (int r = 0; r < rows.count; r += rows.label_every) {
      label_width_ = std::max(label_width_, Label(r).size());
    }
  }

  // Columns that fit beside the labels.
  size_t Room() const { return static_cast<size_t>(style_.width) - label_width_ - 4; }

  std::string Panel(const std::vector<Column>& columns) {
    const std::vector<Segment> segments = Segments(series_, columns);
    std::string panel;
    for (int r = rows_.count - 1; r >= 0; --r) panel += ScoreRow(columns, segments, r);
    panel += AxisRow(columns);
    panel += MissingRow(columns);
    panel += BlockRow(segments);
    panel += DateRow(columns);
    return panel;
  }

  std::string Legend(const std::string& note) const {
    std::vector<std::pair<std::string, std::string>> parts;
    if (saw_on_) parts.emplace_back(OnColor(style_, marks_.on), "on");
    if (saw_off_) parts.emplace_back(OffColor(style_, marks_.off), "off");
    if (saw_both_) parts.emplace_back(marks_.both, "on and off alike");
    if (saw_mean_) parts.emplace_back(marks_.mean, "mean of the block");
    if (saw_missing_) parts.emplace_back(marks_.missing, "no score");
    if (saw_half_missing_) parts.emplace_back(marks_.half_missing, "half or more missing");
    if (saw_left_out_) parts.emplace_back(marks_.left_out, "not analysed");
    std::string legend;
    std::string line;
    size_t used = 0;  // columns, without the bytes that only colour
    for (const auto& [mark, meaning] : parts) {
      const size_t width = 2 + meaning.size();
      if (used > 0 && used + 3 + width > Room()) {
        legend += Indent() + line + "\n";
        line.clear();
        used = 0;
      }
      line += fmt::format("{}{} {}", used == 0 ? "" : "   ", mark, meaning);
      used += (used == 0 ? 0 : 3) + width;
    }
    legend += Indent() + line + "\n";
    if (!note.empty()) {
      for (const std::string& wrapped : Wrap(note, Room())) {
        legend += Indent() + wrapped + "\n";
      }
    }
    return legend;
  }

 private:
  std::string Label(int row) const { return LabelOf(rows_.bottom + row * rows_.step, rows_.step); }
  std::string Indent() const { return std::string(label_width_ + 4, ' '); }

  static std::string Line(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  }

  std::string ScoreRow(const std::vector<Column>& columns, const std::vector<Segment>& segments,
                       int row) {
    const bool labelled = row % rows_.label_every == 0;
    std::string line = "  " + PadLeft(labelled ? Label(row) : "", label_width_) + " " +
                       (labelled ? marks_.tick : marks_.axis);
    size_t segment = 0;
    for (size_t i = 0; i < columns.size(); ++i) {
      while (segment + 1 < segments.size() && segments[segment + 1].first_column <= i) ++segment;
      line += Cell(columns[i], segments[segment], row);
    }
    return Line(line);
  }

  std::string Cell(const Column& column, const Segment& segment, int row) {
    if (column.divider) return Dim(style_, marks_.divider);
    const auto here = [&](const std::optional<double>& value) {
      return value.has_value() && rows_.RowOf(*value) == row;
    };
    const bool on = here(column.on_mean);
    const bool off = here(column.off_mean);
    saw_on_ = saw_on_ || on;
    saw_off_ = saw_off_ || off;
    if (on && off) {
      saw_both_ = true;
      return marks_.both;
    }
    if (on) return OnColor(style_, marks_.on);
    if (off) return OffColor(style_, marks_.off);
    if (here(column.left_out_mean)) {
      saw_left_out_ = true;
      return Dim(style_, marks_.left_out);
    }
    // Between a row of yes and a row of no there is no place for a mean.
    const bool has_room = segment.columns >= 5 && rows_.count > 2;
    if (has_room && segment.kind != Kind::kMixed && here(segment.mean)) {
      saw_mean_ = true;
      return Dim(style_, marks_.mean);
    }
    return " ";
  }

  // The axis itself shows the arms: a heavy line under on days, a thin one under off days.
  std::string AxisRow(const std::vector<Column>& columns) {
    std::string line = Indent();
    line.replace(line.size() - 1, 1, marks_.corner);
    for (const Column& column : columns) {
      line += column.divider                  ? " "
              : column.kind == Kind::kOn      ? OnColor(style_, marks_.on_line)
              : column.kind == Kind::kOff     ? OffColor(style_, marks_.off_line)
              : column.kind == Kind::kOutside ? Dim(style_, marks_.other_line)
                                              : marks_.other_line;
    }
    return Line(line);
  }

  // Empty when nothing is missing.
  std::string MissingRow(const std::vector<Column>& columns) {
    std::string line = Indent();
    bool any = false;
    for (const Column& column : columns) {
      if (column.expected > 0 && column.scored == 0) {
        line += marks_.missing;
        any = saw_missing_ = true;
      } else if (2 * column.scored <= column.expected && column.scored < column.expected) {
        line += marks_.half_missing;
        any = saw_half_missing_ = true;
      } else {
        line += " ";
      }
    }
    return any ? Line(line) : "";
  }

  static std::string BlockLabel(const Segment& segment, bool with_arm) {
    if (segment.kind == Kind::kOutside) return segment.first_column == 0 ? "run-in" : "pause";
    if (segment.kind == Kind::kMixed) return "";
    std::string number = segment.block == 0 ? "" : std::to_string(segment.block);
    if (!with_arm) return number;
    return number + (number.empty() ? "" : " ") + (segment.kind == Kind::kOn ? "on" : "off");
  }

  // Numbers and arms under their blocks. A label that does not fit is left out, but all numbers are
  // when some do not fit.
  std::string BlockRow(const std::vector<Segment>& segments) const {
    // Labels must not touch: a divider already keeps them apart.
    const bool divided = segments.size() > 1 && segments[1].first_column > segments[0].columns;
    const size_t gap = divided ? 0 : 1;
    const auto fits = [&](const Segment& segment, bool with_arm) {
      return segments.size() == 1 || BlockLabel(segment, with_arm).size() + gap <= segment.columns;
    };
    std::string line;
    for (const Segment& segment : segments) {
      if (segment.kind != Kind::kOutside && !fits(segment, false)) return "";
      const std::string label = fits(segment, true)              ? BlockLabel(segment, true)
                                : segment.kind == Kind::kOutside ? ""
                                                                 : BlockLabel(segment, false);
      const size_t slack = segment.columns > label.size() ? segment.columns - label.size() : 0;
      line = PadRight(line, segment.first_column + slack / 2);
      line += label;
    }
    return line.empty() ? "" : Line(Indent() + line);
  }

  std::string DateRow(const std::vector<Column>& columns) const {
    const Column& last_column = columns.back();
    const std::string first = series_[columns.front().first_day].date;
    const std::string last = series_[last_column.first_day + last_column.days - 1].date;
    if (first == last) return Line(Indent() + first);
    if (columns.size() < first.size() + last.size() + 2) {
      return Line(Indent() + first + " to " + last);
    }
    return Line(Indent() + first + PadLeft(last, columns.size() - first.size()));
  }

  const Series& series_;
  const CanvasRows rows_;
  const Style style_;
  const Marks& marks_;
  size_t label_width_ = 1;
  bool saw_on_ = false;
  bool saw_off_ = false;
  bool saw_both_ = false;
  bool saw_mean_ = false;
  bool saw_missing_ = false;
  bool saw_half_missing_ = false;
  bool saw_left_out_ = false;
};

// `columns` cut in two before `at`, or nothing when a panel does not fit.
std::vector<std::vector<Column>> CutAt(const std::vector<Column>& columns, size_t at, size_t room) {
  const auto middle = columns.begin() + static_cast<std::ptrdiff_t>(at);
  std::vector<std::vector<Column>> panels = {WithDividers({columns.begin(), middle}),
                                             WithDividers({middle, columns.end()})};
  for (const auto& panel : panels) {
    if (panel.size() > room) return {};
  }
  return panels;
}

// Two panels that both fit, cut between blocks as near the middle as possible, if possible after a
// block with an even number, so that pairs stay together. Empty when there is no such cut.
std::vector<std::vector<Column>> CutInTwo(const std::vector<Column>& columns, size_t room) {
  for (const bool keep_pairs : {true, false}) {
    std::vector<std::vector<Column>> best;
    size_t best_width = columns.size();
    for (size_t i = 1; i < columns.size(); ++i) {
      if (!StartsSegment(columns, i)) continue;
      if (keep_pairs && columns[i - 1].block % 2 != 0) continue;
      const size_t width = std::max(i, columns.size() - i);
      if (width >= best_width) continue;
      if (auto panels = CutAt(columns, i, room); !panels.empty()) {
        best = std::move(panels);
        best_width = width;
      }
    }
    if (!best.empty()) return best;
  }
  return {};
}

}  // namespace

std::string PlotSeries(const google::protobuf::RepeatedPtrField<v1::DayValue>& values,
                       const PlotScale& scale, const Style& style) {
  const Series series = ReadDays(values);
  const bool any = std::any_of(series.begin(), series.end(),
                               [](const Day& day) { return day.score.has_value(); });
  if (!any) return "  There are no scores to draw.\n";

  Painter painter(series, MakeRows(series, scale), style);
  const size_t room = painter.Room();
  const std::vector<size_t> lengths = SegmentLengths(series);
  std::vector<std::vector<Column>> panels;
  std::string note;

  const std::vector<Column> daily = ColumnsByBlock(series, lengths, 1);
  if (WithDividers(daily).size() <= room) {
    panels = {WithDividers(daily)};
  } else if (daily.size() <= room) {
    panels = {daily};
  } else {
    panels = CutInTwo(daily, room);
  }
  if (panels.empty()) {
    // As few days to a column as fit. Columns keep to their blocks while blocks are longer than
    // they are; after that each shows the mean of its on days and the mean of its off days.
    size_t days = 2;
    while (ColumnCount(lengths, days) > room && series.size() >= days * lengths.size()) ++days;
    if (ColumnCount(lengths, days) <= room) {
      panels = {ColumnsByBlock(series, lengths, days)};
      note = fmt::format("Every mark is the mean of up to {} days.", days);
    } else {
      days = (series.size() + room - 1) / room;
      panels = {ColumnsByTime(series, days)};
      note = fmt::format(
          "Every column is {} days: the mean of its on days and the mean of its off days.", days);
    }
  }

  std::string picture;
  for (size_t i = 0; i < panels.size(); ++i) {
    picture += (i == 0 ? "" : "\n") + painter.Panel(panels[i]);
  }
  return picture + painter.Legend(note);
}

}  // namespace solotrial::cli

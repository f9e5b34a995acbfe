#include "engine/report/chart.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace solotrial::report {
namespace {

// Decimals that tell ticks of this distance apart.
int DecimalsFor(double step) {
  return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
}

double StepOf(double from, double to, int count) {
  const double raw = (to - from) / std::max(1, count);
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

}  // namespace

TickMarks Ticks(double from, double to, int count) {
  if (!(to > from) || !std::isfinite(from) || !std::isfinite(to)) return {{from}, 2};
  TickMarks ticks;
  // Finer until there are two: a range may lie between round values; no finer than doubles are.
  for (int wanted = std::max(2, count); ticks.values.size() < 2 && wanted < 100; wanted *= 2) {
    const double step = StepOf(from, to, wanted);
    ticks = {{}, DecimalsFor(step)};
    const double first = std::ceil(from / step - 1e-9);
    const double last = std::floor(to / step + 1e-9);
    for (double k = first; k <= last; ++k) ticks.values.push_back(k * step);
  }
  return ticks;
}

void Widen(double& from, double& to) {
  const double room = std::max(0.05 * (to - from), 1e-9 + 0.001 * std::abs(to));
  from -= room;
  to += room;
}

std::string Place(double value) {
  std::string text = absl::StrFormat("%.1f", value);
  if (text.size() > 2 && text.compare(text.size() - 2, 2, ".0") == 0) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

Sheet::Sheet(double height) : height_(height) {
  svg_.Open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                    {"width", Place(kChartWidth)},
                    {"height", Place(height)},
                    {"viewBox", "0 0 " + Place(kChartWidth) + " " + Place(height)},
                    {"font-family", "Noto Sans, sans-serif"},
                    {"font-size", "11"},
                    {"aria-hidden", "true"}});
}

void Sheet::Line(double x1, double y1, double x2, double y2, const char* colour, double width,
                 bool dashed) {
  Markup::Attributes attributes = {{"x1", Place(x1)},  {"y1", Place(y1)},
                                   {"x2", Place(x2)},  {"y2", Place(y2)},
                                   {"stroke", colour}, {"stroke-width", Place(width)}};
  if (dashed) attributes.emplace_back("stroke-dasharray", "5 3");
  svg_.Empty("line", attributes);
}

void Sheet::Rectangle(double x, double y, double width, double height, const char* fill) {
  svg_.Empty("rect", {{"x", Place(x)},
                      {"y", Place(y)},
                      {"width", Place(width)},
                      {"height", Place(height)},
                      {"fill", fill}});
}

void Sheet::Path(const std::string& data, const char* fill, const char* stroke, double width,
                 bool round) {
  if (data.empty()) return;
  Markup::Attributes attributes = {{"d", data}, {"fill", *fill == '\0' ? "none" : fill}};
  if (*stroke != '\0') {
    attributes.emplace_back("stroke", stroke);
    attributes.emplace_back("stroke-width", Place(width));
    if (round) attributes.emplace_back("stroke-linecap", "round");
  }
  svg_.Empty("path", attributes);
}

void Sheet::Text(double x, double y, const std::string& text, Anchor anchor, const char* colour,
                 double size) {
  Markup::Attributes attributes = {{"x", Place(x)}, {"y", Place(y)}, {"fill", colour}};
  if (anchor != Anchor::kStart) {
    attributes.emplace_back("text-anchor", anchor == Anchor::kEnd ? "end" : "middle");
  }
  if (size != 11) attributes.emplace_back("font-size", Place(size));
  svg_.Element("text", attributes, text);
}

void Sheet::BottomAxis(const Scale& scale, double y, double grid, const Words& say) {
  const TickMarks ticks = Ticks(scale.from, scale.to, 6);
  for (const double tick : ticks.values) {
    Line(scale(tick), y, scale(tick), grid, kGrid);
    Text(scale(tick), y + 14, say.Number(tick, ticks.decimals), Anchor::kMiddle, kMuted);
  }
  Line(scale.begin, y, scale.end, y, kMuted);
}

void Sheet::LeftAxis(const Scale& scale, double x, double grid, const Words& say) {
  const int count = std::max(2, static_cast<int>(std::abs(scale.end - scale.begin) / 26));
  const TickMarks ticks = Ticks(scale.from, scale.to, count);
  for (const double tick : ticks.values) {
    Line(x, scale(tick), grid, scale(tick), kGrid);
    Text(x - 5, scale(tick) + 4, say.Number(tick, ticks.decimals), Anchor::kEnd, kMuted);
  }
  Line(x, scale.begin, x, scale.end, kMuted);
}

Markup Sheet::Take() {
  svg_.Close();
  return std::move(svg_);
}

}  // namespace solotrial::report

#include "engine/report/text_layout.h"

#include <algorithm>

namespace solotrial::report {
namespace {

constexpr char kFont[] = "Noto Sans";

double Points(int units) { return static_cast<double>(units) / PANGO_SCALE; }

// One map for the life of the process: reading what fonts there are takes longer than a page.
PangoFontMap* FontMap() {
  static PangoFontMap* const map = [] {
    PangoFontMap* made = pango_cairo_font_map_new();
    // One unit of text is one point of paper.
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(made), 72);
    return made;
  }();
  return map;
}

}  // namespace

double TextLayout::width() const {
  PangoRectangle logical;
  pango_layout_get_extents(layout_.get(), nullptr, &logical);
  return Points(logical.width);
}

double TextLayout::height() const { return lines_.empty() ? 0 : lines_.back().bottom; }

size_t TextLayout::LinesWithin(size_t first, double room) const {
  size_t last = first;
  while (last < lines_.size() && lines_[last].bottom - lines_[first].top <= room) ++last;
  return last;
}

Canvas::Canvas(cairo_surface_t* surface)
    : cairo_(cairo_create(surface)), context_(pango_font_map_create_context(FontMap())) {
  // Shapes as they were drawn by their designer: the same on every machine.
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context_.get(), options);
  cairo_font_options_destroy(options);
}

TextLayout Canvas::Layout(const std::string& text, double width, const TextStyle& style,
                          TextAlign align) const {
  TextLayout result;
  result.grey_ = style.grey;
  result.layout_.reset(pango_layout_new(context_.get()));
  PangoLayout* layout = result.layout_.get();
  PangoFontDescription* font = pango_font_description_new();
  pango_font_description_set_family(font, kFont);
  pango_font_description_set_size(font, static_cast<int>(style.size * PANGO_SCALE));
  if (style.bold) pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
  if (style.italic) pango_font_description_set_style(font, PANGO_STYLE_ITALIC);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  if (width > 0) pango_layout_set_width(layout, static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  if (align == TextAlign::kRight) pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT);
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  PangoLayoutIter* line = pango_layout_get_iter(layout);
  do {
    PangoRectangle logical;
    pango_layout_iter_get_line_extents(line, nullptr, &logical);
    result.lines_.push_back({pango_layout_iter_get_line_readonly(line), Points(logical.y),
                             Points(logical.y + logical.height),
                             Points(pango_layout_iter_get_baseline(line)), Points(logical.x)});
  } while (pango_layout_iter_next_line(line));
  pango_layout_iter_free(line);
  return result;
}

void Canvas::Draw(const TextLayout& layout, double x, double y) {
  DrawLines(layout, 0, layout.lines(), x, y);
}

double Canvas::DrawLines(const TextLayout& layout, size_t first, size_t last, double x, double y) {
  if (first >= last) return 0;
  cairo_set_source_rgb(cairo(), layout.grey_, layout.grey_, layout.grey_);
  const double top = layout.lines_[first].top;
  for (size_t i = first; i < last; ++i) {
    const TextLayout::Line& line = layout.lines_[i];
    cairo_move_to(cairo(), x + line.left, y + line.baseline - top);
    pango_cairo_show_layout_line(cairo(), line.line);
  }
  return layout.lines_[last - 1].bottom - top;
}

void Canvas::Line(double x1, double y1, double x2, double y2, double grey) {
  cairo_set_source_rgb(cairo(), grey, grey, grey);
  cairo_set_line_width(cairo(), 0.6);
  cairo_move_to(cairo(), x1, y1);
  cairo_line_to(cairo(), x2, y2);
  cairo_stroke(cairo());
}

void Canvas::Frame(double x, double y, double width, double height) {
  cairo_set_source_rgb(cairo(), 0.1, 0.1, 0.1);
  cairo_set_line_width(cairo(), 1.2);
  cairo_rectangle(cairo(), x, y, width, height);
  cairo_stroke(cairo());
}

void Canvas::NextPage() { cairo_show_page(cairo()); }

}  // namespace solotrial::report

// Text and lines on the pages of a PDF: pango and cairo, with owners.
#ifndef SOLOTRIAL_ENGINE_REPORT_TEXT_LAYOUT_H_
#define SOLOTRIAL_ENGINE_REPORT_TEXT_LAYOUT_H_

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>
#include <string>
#include <vector>

namespace solotrial::report {

struct TextStyle {
  double size = 9;  // points
  bool bold = false;
  bool italic = false;
  double grey = 0.1;  // 0 black, 1 white
};

enum class TextAlign { kStart, kRight };

struct GObjectDeleter {
  void operator()(void* object) const { g_object_unref(object); }
};

// A text broken into lines. Places are in points from its own top left.
class TextLayout {
 public:
  double width() const;
  double height() const;
  size_t lines() const { return lines_.size(); }
  // The first line after `first` that does not fit into `room` any more, if they begin at its top.
  size_t LinesWithin(size_t first, double room) const;

 private:
  friend class Canvas;
  struct Line {
    PangoLayoutLine* line = nullptr;  // the layout's
    double top = 0;
    double bottom = 0;
    double baseline = 0;
    double left = 0;
  };
  std::unique_ptr<PangoLayout, GObjectDeleter> layout_;
  std::vector<Line> lines_;
  double grey_ = 0;
};

// The page that is being drawn. Not thread-safe, and neither is any other canvas at the same time.
class Canvas {
 public:
  // `surface` must outlive the canvas.
  explicit Canvas(cairo_surface_t* surface);

  // `width` 0: on one line for each paragraph. The direction of a paragraph is that of its text.
  TextLayout Layout(const std::string& text, double width, const TextStyle& style,
                    TextAlign align = TextAlign::kStart) const;
  void Draw(const TextLayout& layout, double x, double y);
  // Lines `first` to `last` - 1, the first at `y`; returns their height.
  double DrawLines(const TextLayout& layout, size_t first, size_t last, double x, double y);
  void Line(double x1, double y1, double x2, double y2, double grey);
  void Frame(double x, double y, double width, double height);
  void NextPage();

  cairo_t* cairo() const { return cairo_.get(); }
  cairo_status_t status() const { return cairo_status(cairo_.get()); }

 private:
  struct CairoDeleter {
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  };
  std::unique_ptr<cairo_t, CairoDeleter> cairo_;
  std::unique_ptr<PangoContext, GObjectDeleter> context_;
};

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_TEXT_LAYOUT_H_

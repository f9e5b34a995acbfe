#include "engine/report/pdf.h"

#include <cairo-pdf.h>
#include <librsvg/rsvg.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "engine/base/fault.h"
#include "engine/report/text_layout.h"
#include "engine/report/words.h"

namespace solotrial::report {
namespace {

// In points, 1/72 inch.
constexpr double kSide = 43;
constexpr double kTop = 38;
constexpr double kBottom = 46;
constexpr double kFigureWidth = 400;
constexpr double kLabelWidth = 112;
constexpr double kGap = 10;
// What is left of a page below which nothing is begun that would be torn apart.
constexpr double kKeep = 64;
constexpr size_t kWideText = 300;

constexpr TextStyle kEyebrow{.size = 8.5, .grey = 0.35};
constexpr TextStyle kTitle{.size = 15, .bold = true};
constexpr TextStyle kBody{.size = 9};
constexpr TextStyle kLead{.size = 10.5};
constexpr TextStyle kSmall{.size = 7.6, .grey = 0.25};
constexpr TextStyle kHeading{.size = 10.5, .bold = true};
constexpr TextStyle kLabel{.size = 9, .grey = 0.3};
constexpr TextStyle kPlain{.size = 12.5, .bold = true};
constexpr TextStyle kFigureTitle{.size = 9.5, .bold = true};

struct SurfaceDeleter {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct ObjectDeleter {
  void operator()(void* object) const { g_object_unref(object); }
};

cairo_status_t Append(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

// Lays the document out on pages; the first time only to count them.
class PdfWriter {
 public:
  PdfWriter(const Document& document, Paper paper)
      : document_(document),
        width_(paper == Paper::kLetter ? 612 : 595.28),
        height_(paper == Paper::kLetter ? 792 : 841.89) {}

  absl::StatusOr<std::string> Run() {
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::string counted, Write());
    pages_ = page_;
    return Write();
  }

 private:
  double inner() const { return width_ - 2 * kSide; }
  double floor() const { return height_ - kBottom; }

  absl::StatusOr<std::string> Write() {
    std::string bytes;
    const std::unique_ptr<cairo_surface_t, SurfaceDeleter> surface(
        cairo_pdf_surface_create_for_stream(&Append, &bytes, width_, height_));
    const std::string time =
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", document_.create_time, absl::UTCTimeZone());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE,
                                   document_.title.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "solotrial");
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, time.c_str());
    Canvas canvas(surface.get());
    canvas_ = &canvas;
    page_ = 1;
    y_ = kTop;
    failed_ = false;
    PutText(document_.eyebrow, kEyebrow);
    PutText(document_.title, kTitle);
    if (!document_.subtitle.empty()) PutText(document_.subtitle, kLabel);
    for (const Part& part : document_.parts) {
      std::visit([this](const auto& known) { Put(known); }, part);
    }
    PutFooter();
    canvas_ = nullptr;
    cairo_surface_finish(surface.get());
    if (failed_ || canvas.status() != CAIRO_STATUS_SUCCESS ||
        cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) {
      return FaultStatus(Reason::kInternal, "the PDF could not be drawn");
    }
    return bytes;
  }

  void PutFooter() {
    canvas_->Line(kSide, floor() + 8, width_ - kSide, floor() + 8, 0.7);
    const double top = floor() + 11;
    canvas_->Draw(canvas_->Layout(document_.footer, inner() - 80, kSmall), kSide, top);
    canvas_->Draw(canvas_->Layout(Words(document_.language)(document_.page_number,
                                                            {{"page", std::to_string(page_)},
                                                             {"pages", std::to_string(pages_)}}),
                                  75, kSmall, TextAlign::kRight),
                  width_ - kSide - 75, top);
  }

  void BeginPage() {
    PutFooter();
    canvas_->NextPage();
    ++page_;
    y_ = kTop;
  }

  // Begins a page unless so much is left of this one, or it is empty.
  void Need(double height) {
    if (y_ + height > floor() && y_ > kTop) BeginPage();
  }

  // Texts side by side from the same line on, torn between lines where the page ends.
  struct Cell {
    double x = 0;
    TextLayout layout;
  };
  void PutRow(const std::vector<Cell>& cells, double gap) {
    double tallest = 0;
    for (const Cell& cell : cells) tallest = std::max(tallest, cell.layout.height());
    if (tallest < (floor() - kTop) / 3) Need(tallest);
    std::vector<size_t> next(cells.size(), 0);
    for (;;) {
      double used = 0;
      bool left = false;
      for (size_t i = 0; i < cells.size(); ++i) {
        const TextLayout& layout = cells[i].layout;
        const size_t first = next[i];
        next[i] = layout.LinesWithin(first, floor() - y_);
        if (next[i] == first && first < layout.lines() && y_ <= kTop) ++next[i];
        used = std::max(used, canvas_->DrawLines(layout, first, next[i], cells[i].x, y_));
        left = left || next[i] < layout.lines();
      }
      y_ += used;
      if (!left) break;
      BeginPage();
    }
    y_ += gap;
  }

  void PutText(const std::string& text, const TextStyle& style, double gap = 3) {
    std::vector<Cell> cells;
    cells.push_back({kSide, canvas_->Layout(text, inner(), style)});
    PutRow(cells, gap);
  }

  void Put(const Heading& heading) {
    Need(kKeep);
    if (y_ > kTop) y_ += 7;
    PutText(heading.text, kHeading, 1);
    canvas_->Line(kSide, y_, width_ - kSide, y_, 0.7);
    y_ += 4;
  }

  void Put(const Paragraph& paragraph) {
    PutText(paragraph.text, paragraph.style == Paragraph::Style::kLead    ? kLead
                            : paragraph.style == Paragraph::Style::kSmall ? kSmall
                                                                          : kBody);
  }

  void Put(const Answer& answer) {
    constexpr double kPadding = 8;
    const double text_width = inner() - 2 * kPadding;
    const TextLayout plain = canvas_->Layout(answer.plain, text_width, kPlain);
    const TextLayout exact = canvas_->Layout(answer.exact, text_width, kBody);
    const double height = plain.height() + exact.height() + 2 * kPadding + 3;
    y_ += 4;
    Need(height);
    canvas_->Frame(kSide, y_, inner(), height);
    canvas_->Draw(plain, kSide + kPadding, y_ + kPadding);
    canvas_->Draw(exact, kSide + kPadding, y_ + kPadding + plain.height() + 3);
    y_ += height + 4;
  }

  void Put(const Bullets& bullets) {
    for (const std::string& item : bullets.items) {
      std::vector<Cell> cells;
      cells.push_back({kSide + 2, canvas_->Layout("•", 10, kBody)});
      cells.push_back({kSide + 12, canvas_->Layout(item, inner() - 12, kBody)});
      PutRow(cells, 1.5);
    }
    y_ += 2;
  }

  void Put(const Facts& facts) {
    for (const Facts::Row& row : facts.rows) {
      TextStyle style = facts.small ? kSmall : kBody;
      if (row.muted) {
        style.italic = true;
        style.grey = 0.35;
      }
      std::vector<Cell> cells;
      cells.push_back(
          {kSide, canvas_->Layout(row.label, kLabelWidth, facts.small ? kSmall : kLabel)});
      cells.push_back({kSide + kLabelWidth + kGap,
                       canvas_->Layout(row.text, inner() - kLabelWidth - kGap, style)});
      PutRow(cells, facts.small ? 1 : 1.8);
    }
    y_ += 3;
  }

  // Widths of the columns: as wide as they like while there is room; then those that ask for less
  // than their share get it, and the others share the rest.
  std::vector<double> WidthsOf(const Table& table) {
    const size_t count = table.columns.size();
    std::vector<double> wanted(count, 0);
    for (size_t i = 0; i < count; ++i) {
      wanted[i] = canvas_->Layout(table.columns[i], 0, kFigureTitle).width();
      for (const std::vector<std::string>& row : table.rows) {
        // A text that is longer than the page is wide gets the rest in any case.
        wanted[i] = row[i].size() > kWideText
                        ? inner()
                        : std::max(wanted[i], canvas_->Layout(row[i], 0, kBody).width());
      }
    }
    double room = inner() - kGap * static_cast<double>(count - 1);
    std::vector<double> widths(count, 0);
    std::vector<bool> settled(count, false);
    size_t open = count;
    for (bool changed = true; changed && open > 0;) {
      changed = false;
      const double share = room / static_cast<double>(open);
      for (size_t i = 0; i < count; ++i) {
        if (settled[i] || wanted[i] + 1 > share) continue;
        widths[i] = wanted[i] + 1;
        room -= widths[i];
        settled[i] = changed = true;
        --open;
        break;
      }
    }
    for (size_t i = 0; i < count; ++i) {
      if (!settled[i]) widths[i] = room / static_cast<double>(open);
    }
    return widths;
  }

  void PutTableRow(const std::vector<std::string>& row, const std::vector<double>& widths,
                   const Table& table, const TextStyle& style) {
    std::vector<Cell> cells;
    double x = kSide;
    for (size_t i = 0; i < row.size(); ++i) {
      const bool right = table.numeric && i > 0;
      cells.push_back({x, canvas_->Layout(row[i], widths[i], style,
                                          right ? TextAlign::kRight : TextAlign::kStart)});
      x += widths[i] + kGap;
    }
    PutRow(cells, 2);
  }

  void Put(const Table& table) {
    const std::vector<double> widths = WidthsOf(table);
    Need(kKeep);
    TextStyle head = kBody;
    head.bold = true;
    PutTableRow(table.columns, widths, table, head);
    canvas_->Line(kSide, y_ - 1, width_ - kSide, y_ - 1, 0.2);
    for (const std::vector<std::string>& row : table.rows) {
      PutTableRow(row, widths, table, kBody);
    }
    y_ += 3;
  }

  void Put(const Figure& figure) {
    const double scale = std::min(kFigureWidth, inner()) / figure.width;
    const double height = figure.height * scale;
    const TextLayout caption = canvas_->Layout(figure.caption, kFigureWidth, kSmall);
    const double title = figure.title.empty() ? 0 : 18;
    Need(height + title + (figure.caption.empty() ? 0 : caption.height() + 4));
    if (!figure.title.empty()) {
      y_ += 3;
      PutText(figure.title, kFigureTitle, 1);
    }
    PutSvg(figure.svg.str(), kSide, y_, figure.width * scale, height);
    y_ += height + 2;
    if (!figure.caption.empty()) {
      canvas_->Draw(caption, kSide, y_);
      y_ += caption.height() + 5;
    }
  }

  void PutSvg(const std::string& svg, double x, double y, double width, double height) {
    GError* error = nullptr;
    const std::unique_ptr<RsvgHandle, ObjectDeleter> handle(
        rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &error));
    const RsvgRectangle place{x, y, width, height};
    if (handle == nullptr ||
        !rsvg_handle_render_document(handle.get(), canvas_->cairo(), &place, &error)) {
      failed_ = true;
    }
    g_clear_error(&error);
  }

  void Put(const Signatures& signatures) {
    for (const Signatures::Line& line : signatures.lines) {
      constexpr double kRoom = 44;
      Need(kRoom + 16);
      y_ += kRoom;
      const double part = (inner() - 2 * kGap) / 5;
      double x = kSide;
      for (const auto& [text, width] : {std::pair{line.who, 2 * part}, std::pair{line.date, part},
                                        std::pair{line.signature, 2 * part}}) {
        canvas_->Line(x, y_, x + width, y_, 0.1);
        canvas_->Draw(canvas_->Layout(text, width, kSmall), x, y_ + 2);
        x += width + kGap;
      }
      y_ += 16;
    }
  }

  void Put(const NewPage&) {
    if (y_ > kTop) BeginPage();
  }

  const Document& document_;
  const double width_;
  const double height_;
  Canvas* canvas_ = nullptr;
  double y_ = 0;
  int page_ = 1;
  int pages_ = 1;
  bool failed_ = false;
};

}  // namespace

absl::StatusOr<std::string> WritePdf(const Document& document, Paper paper) {
  // Font maps belong to no thread in particular but to one at a time.
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  return PdfWriter(document, paper).Run();
}

}  // namespace solotrial::report

// The parts of a figure: a sheet of SVG, scales and axes.
//
// Figures are 480 units wide and read in black and white and by the colour-blind: what differs
// differs in shape or filling, colour only helps. Text is 11 units high, so that at the width of a
// phone it is still legible.
#ifndef SOLOTRIAL_ENGINE_REPORT_CHART_H_
#define SOLOTRIAL_ENGINE_REPORT_CHART_H_

#include <string>
#include <vector>

#include "engine/report/markup.h"
#include "engine/report/words.h"

namespace solotrial::report {

inline constexpr double kChartWidth = 480;

// From values to places on the sheet; `from` < `to`.
struct Scale {
  double from = 0;
  double to = 1;
  double begin = 0;  // place of `from`
  double end = 1;    // place of `to`

  double operator()(double value) const {
    return begin + (value - from) / (to - from) * (end - begin);
  }
};

// Round values within the range, about `count` of them and at least two, and the decimals that tell
// them apart.
struct TickMarks {
  std::vector<double> values;
  int decimals = 0;
};
TickMarks Ticks(double from, double to, int count);
// `from` to `to`, a little wider, of some width in any case.
void Widen(double& from, double& to);

enum class Anchor { kStart, kMiddle, kEnd };

// One drawing. Places are in units from the top left.
class Sheet {
 public:
  explicit Sheet(double height);

  void Line(double x1, double y1, double x2, double y2, const char* colour, double width = 1,
            bool dashed = false);
  void Rectangle(double x, double y, double width, double height, const char* fill);
  // A path with data such as `M1 2h3`; an empty colour is none.
  void Path(const std::string& data, const char* fill, const char* stroke, double width,
            bool round = false);
  void Text(double x, double y, const std::string& text, Anchor anchor = Anchor::kStart,
            const char* colour = "#1a1a1a", double size = 11);
  // An axis at the bottom (left) with ticks; `grid` is how far light lines reach from it.
  void BottomAxis(const Scale& scale, double y, double grid, const Words& say);
  void LeftAxis(const Scale& scale, double x, double grid, const Words& say);

  double height() const { return height_; }
  // The whole drawing; nothing may be added afterwards.
  Markup Take();

 private:
  double height_;
  Markup svg_;
};

// A place as SVG writes it: one decimal.
std::string Place(double value);

inline constexpr char kInk[] = "#1a1a1a";
inline constexpr char kAccent[] = "#0b5394";
inline constexpr char kShade[] = "#dde5ec";
inline constexpr char kGrid[] = "#dcdcdc";
inline constexpr char kMuted[] = "#5a5a5a";

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_CHART_H_

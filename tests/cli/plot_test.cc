#include "clients/cli/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "clients/cli/text.h"
#include "tests/cli/canned.h"

namespace solotrial::cli {
namespace {

using testing::HasSubstr;

const PlotScale kZeroToTen = {0.0, 10.0, true};
const std::vector<double> kPattern = {6, 4, 5, 7, 5, 8, 3, 6, 9, 5, 4};

std::string Plot(const v1::AnalysisResult& result, const PlotScale& scale = kZeroToTen,
                 bool utf8 = true) {
  Style style;
  style.utf8 = utf8;
  return PlotSeries(result.series(), scale, style);
}

void ExpectFits(const std::string& plot) {
  std::istringstream lines(plot);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), 80U) << line;
    EXPECT_EQ(line.find_last_not_of(' ') + 1, line.size()) << "spaces at the end: " << line;
  }
}

TEST(PlotTest, ShowsArmsMissingDaysAndBlockMeans) {
  const v1::AnalysisResult result =
      ResultOf({3, 2, std::nullopt, 4, 3, 6, std::nullopt, std::nullopt, 8, 7, 2, 2, 1, 3, 2}, 5);
  EXPECT_EQ("\n" + Plot(result), R"(
  10 ┤     │     │
     │     │     │
   8 ┤     │   ○ │
     │     │╌╌╌╌○│
   6 ┤     │○    │
     │     │     │
   4 ┤   ● │     │
     │●╌╌╌●│     │   ●
   2 ┤ ●   │     │●●╌╌●
     │     │     │  ●
   0 ┤     │     │
     └━━━━━ ───── ━━━━━
        ×    ××
      1 on  2 off 3 on
      2026-01-05 to 2026-01-19
      ● on   ○ off   ╌ mean of the block   × no score
)");
}

TEST(PlotTest, YesAndNoAreTwoRows) {
  EXPECT_EQ("\n" + Plot(ResultOf({0, 1, 0, 1, 1, 1}, 3), {0.0, 1.0, true}), R"(
  1 ┤ ● ○○○
  0 ┤● ●
    └━━━───
      1  2
     2026-01-05 to 2026-01-10
     ● on   ○ off
)");
}

TEST(PlotTest, CountsStandOnRowsOfWholeNumbers) {
  const PlotScale count = {0.0, std::nullopt, true};
  EXPECT_EQ("\n" + Plot(ResultOf({0, 2, 0, 1, 3, 0}, 3), count), R"(
    │    ○
  2 ┤ ●
    │   ○
  0 ┤● ●  ○
    └━━━───
      1  2
     2026-01-05 to 2026-01-10
     ● on   ○ off
)");
  EXPECT_EQ(Plot(ResultOf({0, 25, 3, 11, 3, 0}, 3), count).find('.'), std::string::npos)
      << "no halves";
  EXPECT_EQ(Plot(ResultOf({0, 0, 0, 0}, 2), count).find("-1"), std::string::npos);
}

TEST(PlotTest, DistinguishesArmsInAscii) {
  v1::AnalysisResult result = ResultOf({3, 2, 4, 6, std::nullopt, 8}, 3);
  EXPECT_EQ("\n" + Plot(result, kZeroToTen, false), R"(
  10 |
     |
   8 |     o
     |
   6 |   o
     |
   4 |  #
     |#
   2 | #
     |
   0 |
     +===---
          x
       1  2
      2026-01-05 to 2026-01-10
      # on   o off   x no score
)");
}

TEST(PlotTest, DrawsOneDay) {
  EXPECT_EQ("\n" + Plot(ResultOf({4}, 7)), R"(
  10 ┤
     │
   8 ┤
     │
   6 ┤
     │
   4 ┤●
     │
   2 ┤
     │
   0 ┤
     └━
      1 on
      2026-01-05
      ● on
)");
}

TEST(PlotTest, DrawsNegativeValuesOnAScaleThatFitsThem) {
  const std::vector<std::optional<double>> scores = {-12, -3.5, 0, 4, std::nullopt, -7, -1, 2};
  EXPECT_EQ("\n" + Plot(ResultOf(scores, 4), {-50.0, 50.0, false}), R"(
    4 ┤   ●
      │       ○
    0 ┤  ●   ○
      │
   -4 ┤ ●
      │     ○
   -8 ┤
      │
  -12 ┤●
      └━━━━────
           ×
        1   2
       2026-01-05 to 2026-01-12
       ● on   ○ off   × no score
)");
}

TEST(PlotTest, LabelsASmallScaleWithEnoughDigits) {
  const std::string plot = Plot(ResultOf({0.41, 0.43, 0.47, 0.6}, 2), {});
  EXPECT_THAT(plot, HasSubstr("0.60 "));
  EXPECT_THAT(plot, HasSubstr("0.40 "));
}

TEST(PlotTest, LabelsTheLowestAndTheHighestLevel) {
  for (const double maximum : {2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0}) {
    const std::string plot = Plot(ResultOf({1, 1, 2, 2}, 2), {1.0, maximum, true});
    EXPECT_THAT(plot, testing::ContainsRegex("(^|\n) *1 ┤")) << maximum;
    EXPECT_THAT(plot, testing::StartsWith("  " + Number(maximum) + " ┤")) << maximum;
  }
}

TEST(PlotTest, DrawsAConstantRecord) {
  const std::string plot = Plot(ResultOf({50, 50, 50, 50}, 2), {0.0, 100.0, false});
  EXPECT_THAT(plot, HasSubstr("●"));
  EXPECT_THAT(plot, HasSubstr("○"));
}

TEST(PlotTest, SaysWhenThereIsNothingToDraw) {
  EXPECT_EQ(Plot(ResultOf({std::nullopt, std::nullopt}, 1)), "  There are no scores to draw.\n");
  EXPECT_EQ(Plot(v1::AnalysisResult()), "  There are no scores to draw.\n");
}

TEST(PlotTest, DrawsDailySwitches) {
  const std::string plot = Plot(ResultOf(Scores(70, kPattern, 2, 1), 1));
  ExpectFits(plot);
  EXPECT_EQ("\n" + plot, R"(
  10 ┤
     │                   ○                     ○                     ○
   8 ┤     ○                     ○                     ○
     │   ○    ●                ○    ●                ○    ●                ○
   6 ┤       ○   ○    ●            ○   ○    ●            ○   ○    ●
     │         ○   ○●○               ○   ○●○               ○   ○●○
   4 ┤●○                ●  ○●○                ●  ○●○                ●  ○●○
     │  ● ●            ○  ●   ● ●            ○  ●   ● ●            ○  ●   ●
   2 ┤          ● ●                   ● ●                   ● ●
     │      ●                     ●                     ●
   0 ┤
     └━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─━─
      2026-01-05                                                  2026-03-15
      ● on   ○ off
)");
}

TEST(PlotTest, CutsALongRecordInTwoWherePairsEnd) {
  const std::string plot = Plot(ResultOf(Scores(84, kPattern, 2, 14), 14));
  ExpectFits(plot);
  EXPECT_EQ("\n" + plot, R"(
  10 ┤              │
     │              │     ○
   8 ┤              │  ○          ○
     │        ●     │○          ○
   6 ┤     ●        │╌╌╌╌○╌╌╌○╌╌╌╌╌
     │   ●          │ ○    ○   ○ ○
   4 ┤●╌╌╌╌╌╌●╌╌╌●╌╌│       ○ ○
     │  ● ●    ●   ●│   ○
   2 ┤ ●        ● ● │
     │      ●       │
   0 ┤              │
     └━━━━━━━━━━━━━━ ──────────────
           1 on          2 off
      2026-01-05         2026-02-01

  10 ┤              │              │              │
     │              │          ○   │              │    ○
   8 ┤              │       ○      │              │ ○          ○
     │  ●          ●│     ○        │       ●      │          ○
   6 ┤          ●   │╌╌○╌╌╌╌╌╌○╌╌╌○│    ●         │╌╌╌○╌╌╌○╌╌╌╌╌╌
     │        ●     │○   ○ ○    ○  │  ●          ●│○    ○   ○ ○
   4 ┤╌●╌╌╌●╌╌╌╌╌╌●╌│ ○ ○        ○ │╌╌╌╌╌╌●╌╌╌●╌╌╌│      ○ ○
     │   ●   ● ●    │        ○     │ ● ●    ●   ● │  ○          ○
   2 ┤    ● ●       │              │●        ● ●  │
     │●          ●  │              │     ●        │
   0 ┤              │              │              │
     └━━━━━━━━━━━━━━ ────────────── ━━━━━━━━━━━━━━ ──────────────
           3 on          4 off           5 on          6 off
      2026-02-02                                       2026-03-29
      ● on   ○ off   ╌ mean of the block
)");
}

TEST(PlotTest, DrawsAYearByMeansThatKeepToTheirBlocks) {
  std::vector<std::optional<double>> scores = Scores(365, kPattern, 2, 14);
  for (size_t d = 100; d < 120; ++d) scores[d] = std::nullopt;
  const std::string plot = Plot(ResultOf(scores, 14));
  ExpectFits(plot);
  EXPECT_EQ("\n" + plot, R"(
  10 ┤
     │
   8 ┤
     │
   6 ┤  ○○   ○  ○       ○    ○   ○   ○  ○○  ○   ○○  ○○   ○
     │      ○    ○  ○    ○  ○   ○   ○        ○          ○
   4 ┤ ●   ●   ●  ●●      ●●  ●●   ●  ●   ●   ●    ●   ●
     │●   ●   ●        ●          ●    ●   ●   ●  ●   ●
   2 ┤                                                    ●
     │
   0 ┤
     └━━──━━──━━──━━──━━──━━──━━──━━──━━──━━──━━──━━──━━──━
                    -××
      2026-01-05                                 2027-01-04
      ● on   ○ off   × no score   - half or more missing
      Every mark is the mean of up to 7 days.
)");
}

TEST(PlotTest, Draws3000DaysOfShortBlocksByTheMeansOfBothArms) {
  const std::string plot = Plot(ResultOf(Scores(3000, kPattern, 2, 14), 14));
  ExpectFits(plot);
  EXPECT_THAT(plot, HasSubstr("Every column is 41 days"));
  EXPECT_THAT(plot, HasSubstr("2026-01-05"));
  EXPECT_THAT(plot, HasSubstr("2034-03-23"));
}

TEST(PlotTest, Draws3000DaysOfLongBlocksByBlock) {
  const std::string plot = Plot(ResultOf(Scores(3000, kPattern, 2, 300), 300));
  ExpectFits(plot);
  EXPECT_THAT(plot, HasSubstr("1 on   2 off"));
  EXPECT_THAT(plot, HasSubstr("Every mark is the mean of up to 43 days."));
}

TEST(PlotTest, MarksEqualMeansOfBothArmsInOnePlace) {
  const std::string plot = Plot(ResultOf(Scores(3000, {5}, 0, 1), 1));
  EXPECT_THAT(plot, HasSubstr("◐ on and off alike"));
}

TEST(PlotTest, ShowsRunInAndWashoutAsNotAnalysed) {
  v1::AnalysisResult result = ResultOf(Scores(24, {6, 4, 5, 7, 5, 8, 3}, 2, 8), 8);
  for (int d = 0; d < 8; ++d) {
    result.mutable_series(d)->set_block(0);
    result.mutable_series(d)->set_on(0);
    result.mutable_series(d)->set_excluded(true);
  }
  result.mutable_series(16)->set_excluded(true);
  EXPECT_EQ("\n" + Plot(result), R"(
  10 ┤        │        │
     │        │        │
   8 ┤        │    ○   │
     │        │  ○     │
   6 ┤     ·  │      ○ │   ●
     │   ·    │╌○╌○╌╌╌╌│ ●
   4 ┤·      ·│○      ○│     ●
     │  · ·   │     ○  │·╌●╌╌╌╌●
   2 ┤ ·      │        │      ●
     │      · │        │    ●
   0 ┤        │        │
     └┄┄┄┄┄┄┄┄ ──────── ━━━━━━━━
       run-in   2 off     3 on
      2026-01-05      2026-01-28
      ● on   ○ off   ╌ mean of the block   · not analysed
)");
}

TEST(PlotTest, PausedDaysAreNotMissing) {
  std::vector<std::optional<double>> scores = Scores(24, {6, 4, 5, 7, 5, 8, 3}, 2, 12);
  for (size_t d = 5; d < 12; ++d) scores[d] = std::nullopt;
  v1::AnalysisResult result = ResultOf(scores, 12);
  for (int d = 5; d < 12; ++d) {
    result.mutable_series(d)->set_block(0);
    result.mutable_series(d)->set_on(0);
  }
  EXPECT_EQ("\n" + Plot(result), R"(
  10 ┤     │       │
     │     │       │
   8 ┤     │       │○      ○
     │     │       │     ○
   6 ┤     │       │  ○      ○
     │   ● │       │╌╌╌╌○╌○╌╌╌╌○
   4 ┤●    │       │   ○      ○
     │╌╌●╌●│       │ ○      ○
   2 ┤ ●   │       │
     │     │       │
   0 ┤     │       │
     └━━━━━ ┄┄┄┄┄┄┄ ────────────
      1 on   pause     2 off
      2026-01-05      2026-01-28
      ● on   ○ off   ╌ mean of the block
)");
}

TEST(PlotTest, FitsEveryLengthAndBlock) {
  for (const int days : {2, 27, 71, 76, 77, 84, 150, 151, 200, 365, 731}) {
    for (const int block_days : {1, 2, 3, 7, 14, 28, 100, 366}) {
      for (const bool utf8 : {true, false}) {
        SCOPED_TRACE(testing::Message() << days << " days in blocks of " << block_days);
        std::vector<std::optional<double>> scores = Scores(days, kPattern, 1, block_days);
        scores[1] = std::nullopt;
        ExpectFits(Plot(ResultOf(scores, block_days), kZeroToTen, utf8));
        for (auto& score : scores) {
          if (score.has_value()) *score *= -1e5;
        }
        ExpectFits(Plot(ResultOf(scores, block_days), {}, utf8));
      }
    }
  }
}

TEST(PlotTest, FitsTheLongestRecord) {
  ExpectFits(Plot(ResultOf(Scores(3000, kPattern, 1, 28), 28), kZeroToTen, true));
}

TEST(PlotTest, ColourChangesNothingButColour) {
  Style plain;
  plain.utf8 = true;
  Style colored = plain;
  colored.color = true;
  const v1::AnalysisResult result = ClearResult();
  std::string plot = PlotSeries(result.series(), kZeroToTen, colored);
  EXPECT_THAT(plot, HasSubstr("\033["));
  for (size_t at = plot.find('\033'); at != std::string::npos; at = plot.find('\033')) {
    plot.erase(at, plot.find('m', at) - at + 1);
  }
  EXPECT_EQ(plot, PlotSeries(result.series(), kZeroToTen, plain));
}

}  // namespace
}  // namespace solotrial::cli

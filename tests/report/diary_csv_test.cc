// The diary as CSV, and that the reader gives back what was written.
#include "engine/report/diary_csv.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/import/diary_csv.h"
#include "tests/import/diaries.h"

namespace solotrial::report {
namespace {

using import::DiaryProtocol;
using import::Told;

trial::DiaryRow Day(int day) {
  trial::DiaryRow row;
  row.date = Date(2026, 3, day);
  return row;
}

TEST(DiaryCsvWriterTest, WritesOneColumnForEveryThing) {
  trial::DiaryRow first = Day(1);
  first.on = 1;
  first.block = 1;
  first.dose = 0.5;
  first.note = "slept, but \"badly\"\nand little";
  first.scores["headache"][""] = 4;
  first.scores["legs"]["night"] = 3;
  first.scores["rest"][""] = 0.1;
  first.covariates["steps"] = 1e21;
  EXPECT_EQ(WriteDiaryCsv(DiaryProtocol(), {first, Day(2)}),
            "date,on,block,headache,rest,legs@evening,legs@night,weekend,steps,dose,note\n"
            "2026-03-01,1,1,4,0.1,,3,,1e+21,0.5,\"slept, but \"\"badly\"\"\nand little\"\n"
            "2026-03-02,0,,,,,,,,,\n");
}

TEST(DiaryCsvWriterTest, WritesADaysValueThatHasNoSlot) {
  trial::DiaryRow row = Day(1);
  row.scores["legs"][""] = 3;
  EXPECT_EQ(WriteDiaryCsv(DiaryProtocol(), {row}),
            "date,on,block,headache,rest,legs,weekend,steps,dose,note\n"
            "2026-03-01,0,,,,3,,,,\n");
}

TEST(DiaryCsvWriterTest, LetsNoNoteBeAFormula) {
  for (const std::string note : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "'",
                                 "''", "'=1", "'tis", "'\tx"}) {
    trial::DiaryRow row = Day(1);
    row.note = note;
    const std::string csv = WriteDiaryCsv(DiaryProtocol(), {row});
    const std::string line = csv.substr(csv.find("2026-03-01"));
    EXPECT_TRUE(line.find(",'" + note) != std::string::npos ||
                line.find(",\"'" + note) != std::string::npos)
        << line;
    const auto file = import::ReadDiaryCsv(csv, DiaryProtocol());
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->rows[0].note, note);
  }
}

// Rows drawn at random, in the forms that are hard to keep: numbers with many digits, notes made of
// everything that means something in a CSV file.
class RowMaker {
 public:
  explicit RowMaker(uint64_t seed) : random_(seed) {}

  std::vector<trial::DiaryRow> Rows(const trial::Protocol& protocol) {
    std::vector<trial::DiaryRow> rows(1 + random_.Below(20));
    Date date(2000, 1, 1);
    for (trial::DiaryRow& row : rows) {
      date += 1 + static_cast<int>(random_.Below(30));
      row.date = date;
      row.on = Often() ? static_cast<double>(random_.Below(2)) : random_.Uniform();
      if (Often()) row.block = 1 + static_cast<int>(random_.Below(100));
      if (Often()) row.dose = random_.Uniform();
      if (Often()) row.note = Note();
      for (const trial::Measure& measure : protocol.measures) {
        for (const std::string& slot : trial::SlotsOrOne(measure.slots)) {
          if (Often()) row.scores[measure.id][slot] = Score(measure);
        }
      }
      if (Often()) row.covariates["weekend"] = static_cast<double>(random_.Below(2));
      if (Often()) row.covariates["steps"] = AnyFinite();
    }
    return rows;
  }

 private:
  bool Often() { return random_.Below(4) != 0; }

  double Score(const trial::Measure& measure) {
    const double range = measure.maximum - measure.minimum;
    const double score = measure.minimum + range * random_.Uniform();
    return measure.family == inference::Family::kOrdinal ? std::round(score) : score;
  }

  double AnyFinite() {
    for (;;) {
      const double number = std::bit_cast<double>(random_.Next());
      if (std::isfinite(number)) return number;
    }
  }

  std::string Note() {
    static constexpr std::array kPieces = {",", ";",  "\t", "\"", "\"\"", "\r",  "\n", "\r\n",
                                           "'", "=",  "+",  "-",  "@",    " ",   "a",  "1",
                                           "ü", "＝", "😀",  "#",  "\\",   "\x01"};
    std::string note;
    for (uint64_t n = random_.Below(8); n > 0; --n) note += kPieces[random_.Below(kPieces.size())];
    return note;
  }

  RandomStream random_;
};

TEST(DiaryCsvWriterTest, ReadsBackToEqualRows) {
  const trial::Protocol protocol = DiaryProtocol();
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    const std::vector<trial::DiaryRow> rows = RowMaker(seed).Rows(protocol);
    const std::string csv = WriteDiaryCsv(protocol, rows);
    const auto file = import::ReadDiaryCsv(csv, protocol);
    ASSERT_TRUE(file.ok()) << "seed " << seed << ": " << file.status() << "\n" << csv;
    ASSERT_EQ(Told(file->rows), Told(rows)) << "seed " << seed << "\n" << csv;
    ASSERT_EQ(WriteDiaryCsv(protocol, file->rows), csv) << "seed " << seed;
  }
}

}  // namespace
}  // namespace solotrial::report

#include "engine/import/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace solotrial::import {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Every cell as "LINE:text", rows ending with "|".
std::vector<std::string> CellsOf(const std::string& text, char separator = ',') {
  std::vector<std::string> cells;
  const std::optional<TableFault> fault = ReadTable(text, separator, [&cells](const Row& row) {
    for (const Cell& cell : row.cells) {
      cells.push_back(std::to_string(cell.line) + ":" + cell.text);
    }
    cells.back() += "|";
    return true;
  });
  if (fault.has_value()) {
    cells.push_back("fault " + std::to_string(fault->line) + ":" + std::to_string(fault->column));
  }
  return cells;
}

TEST(TableTest, SplitsRowsAndCells) {
  EXPECT_THAT(CellsOf("a,b\nc,d\n"), ElementsAre("1:a", "1:b|", "2:c", "2:d|"));
  EXPECT_THAT(CellsOf("a;b,c", ';'), ElementsAre("1:a", "1:b,c|"));
  EXPECT_THAT(CellsOf("a\tb", '\t'), ElementsAre("1:a", "1:b|"));
}

TEST(TableTest, TakesEveryLineEnd) {
  const auto expected = ElementsAre("1:a|", "2:b|", "4:c|");
  EXPECT_THAT(CellsOf("a\nb\n\nc"), expected);
  EXPECT_THAT(CellsOf("a\r\nb\r\n\r\nc\r\n"), expected);
  EXPECT_THAT(CellsOf("a\rb\r\rc\r"), expected);
}

TEST(TableTest, KeepsEmptyCellsAndSpaces) {
  EXPECT_THAT(CellsOf(",\n , a \n,"), ElementsAre("1:", "1:|", "2: ", "2: a |", "3:", "3:|"));
  EXPECT_THAT(CellsOf("\"\"\n"), ElementsAre("1:|"));
}

TEST(TableTest, UnquotesCells) {
  EXPECT_THAT(CellsOf("\"a,\"\"b\"\"\",c"), ElementsAre("1:a,\"b\"", "1:c|"));
}

TEST(TableTest, CountsLinesInsideQuotes) {
  EXPECT_THAT(CellsOf("a,\"x\r\ny\nz\",b\nc"), ElementsAre("1:a", "1:x\r\ny\nz", "3:b|", "4:c|"));
}

TEST(TableTest, KeepsNul) {
  EXPECT_THAT(CellsOf(std::string("a\0b", 3)), ElementsAre(std::string("1:a\0b|", 6)));
}

TEST(TableTest, HasNoRowsInNothing) {
  EXPECT_THAT(CellsOf(""), IsEmpty());
  EXPECT_THAT(CellsOf("\n\r\n"), IsEmpty());
}

TEST(TableTest, FindsThePlaceOfEveryQuoteFault) {
  EXPECT_THAT(CellsOf("a\nb,\"c\n\nd"), ElementsAre("1:a|", "fault 2:2"));
  EXPECT_THAT(CellsOf("a\nb,c,d\"e\nf"), ElementsAre("1:a|", "fault 2:3"));
  EXPECT_THAT(CellsOf("a\n\"b\" ,c"), ElementsAre("1:a|", "fault 2:1"));
  EXPECT_THAT(CellsOf("\"x\ny\",\"z\"z"), ElementsAre("fault 2:2"));
  EXPECT_THAT(CellsOf("\""), ElementsAre("fault 1:1"));
}

TEST(TableTest, RefusesAnEndlessRow) {
  EXPECT_THAT(CellsOf("a\n" + std::string(5000, ',')), ElementsAre("1:a|", "fault 2:1001"));
}

TEST(TableTest, StopsWhenToldTo) {
  int rows = 0;
  ReadTable("a\nb\nc\"", ',', [&rows](const Row&) { return ++rows < 2; });
  EXPECT_EQ(rows, 2);
}

TEST(TableTest, FindsTheSeparator) {
  EXPECT_EQ(SeparatorOf("date,on;x"), ',');
  EXPECT_EQ(SeparatorOf("date;on,x"), ';');
  EXPECT_EQ(SeparatorOf("date\ton"), '\t');
  EXPECT_EQ(SeparatorOf("\r\n\"a,b\";c"), ';');
  EXPECT_EQ(SeparatorOf("date\n1;2"), ',');
  EXPECT_EQ(SeparatorOf(""), ',');
}

}  // namespace
}  // namespace solotrial::import

#include "clients/cli/text.h"

#include <gtest/gtest.h>

namespace solotrial::cli {
namespace {

TEST(TextTest, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("Müde"), 4U);
  EXPECT_EQ(DisplayWidth("頭痛"), 4U);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U);
  EXPECT_EQ(DisplayWidth("\xff"), 1U);
  EXPECT_EQ(PadLeft("é", 3), "  é");
}

TEST(TextTest, CleansWhatCouldSteerTheTerminal) {
  EXPECT_EQ(Clean("a\nb\tc"), "a b c");
  EXPECT_EQ(Clean("\033[31mred\007"), "?[31mred?");
  EXPECT_EQ(Clean("\u202Eevil"), "?evil");
  EXPECT_EQ(Clean("\xc0\xaf|\xed\xa0\x80|\xf0\x9f"), "??|???|??");
  EXPECT_EQ(Clean("größer 頭"), "größer 頭");
}

TEST(TextTest, WrapsAtSpacesAndKeepsLongWordsWhole) {
  EXPECT_EQ(Wrap("one two  three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(Wrap("incomprehensibilities a", 5),
            (std::vector<std::string>{"incomprehensibilities", "a"}));
  EXPECT_TRUE(Wrap("", 5).empty());
  EXPECT_EQ(Paragraph("one two three", "- ", 9), "- one two\n  three\n");
}

TEST(TextTest, Shortens) {
  EXPECT_EQ(Shorten("headache", 8), "headache");
  EXPECT_EQ(Shorten("headaches", 8), "heada...");
  EXPECT_EQ(Shorten("頭痛頭痛", 6), "頭...");
}

TEST(TextTest, WritesNumbers) {
  EXPECT_EQ(Number(4), "4");
  EXPECT_EQ(Number(-0.0), "0");
  EXPECT_EQ(Number(0.25), "0.25");
  EXPECT_EQ(WholeNumber(64), "64");
  EXPECT_EQ(WholeNumber(100000), "100,000");
  EXPECT_EQ(WholeNumber(-123456), "-123,456");
  EXPECT_EQ(Count(1, "day") + ", " + Count(0, "day"), "1 day, 0 days");
}

TEST(TextTest, AlignsTables) {
  EXPECT_EQ(Table({{"a", "n"}, {"ä", "10"}, {"long", ""}}, "lr", "  "),
            "  a      n\n"
            "  ä     10\n"
            "  long\n");
}

}  // namespace
}  // namespace solotrial::cli

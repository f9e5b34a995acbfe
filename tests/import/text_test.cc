#include "engine/import/text.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace solotrial::import {
namespace {

// A literal that may hold NUL.
template <size_t size>
std::string Bytes(const char (&literal)[size]) {
  return std::string(literal, size - 1);
}

TEST(TextTest, TakesAwayAByteOrderMark) {
  EXPECT_EQ(ToUtf8("\xEF\xBB\xBF"
                   "date"),
            "date");
  EXPECT_EQ(ToUtf8("date"), "date");
  EXPECT_EQ(ToUtf8(""), "");
}

TEST(TextTest, DecodesUtf16OfBothByteOrders) {
  // U+FC is two bytes of UTF-8; U+1F600 is a pair in UTF-16 and four bytes of UTF-8.
  EXPECT_EQ(ToUtf8(Bytes("\xFF\xFE\x61\x00\xFC\x00\x3D\xD8\x00\xDE")), "aü😀");
  EXPECT_EQ(ToUtf8(Bytes("\xFE\xFF\x00\x61\x00\xFC\xD8\x3D\xDE\x00")), "aü😀");
}

TEST(TextTest, KeepsWhatIsIllFormedInItsPlace) {
  const std::string half_pair_then_line_end = ToUtf8(Bytes("\xFF\xFE\x3D\xD8\n\0"));
  EXPECT_FALSE(IsWellFormed(half_pair_then_line_end));
  EXPECT_EQ(half_pair_then_line_end.back(), '\n');
  EXPECT_FALSE(IsWellFormed(ToUtf8(Bytes("\xFF\xFE\x61\x00\x62"))));  // half a unit at the end
  EXPECT_FALSE(IsWellFormed(ToUtf8(Bytes("\xFE\xFF\xDE\x00"))));      // the second half alone
}

TEST(TextTest, KnowsUtf8) {
  EXPECT_TRUE(IsWellFormed(""));
  EXPECT_TRUE(IsWellFormed(Bytes("aü€😀\0")));
  EXPECT_FALSE(IsWellFormed("\xFC"));              // Latin-1
  EXPECT_FALSE(IsWellFormed("\xC0\x80"));          // overlong
  EXPECT_FALSE(IsWellFormed("\xED\xA0\x80"));      // half of a UTF-16 pair
  EXPECT_FALSE(IsWellFormed("\xF4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(IsWellFormed("a\xE2\x82"));         // cut off
}

TEST(TextTest, CountsCharacters) { EXPECT_EQ(CountCharacters("aü€😀"), 4); }

TEST(TextTest, TrimsBlanksOnly) {
  EXPECT_EQ(Trim(" \t4 5\t "), "4 5");
  EXPECT_EQ(Trim(" "), "");
  EXPECT_EQ(Trim("\n"), "\n");
}

TEST(TextTest, ShowsNoControlCharactersAndNoLongText) {
  EXPECT_EQ(Quoted("a\x1B[31m\n"), "'a\\u{1b}[31m\\u{a}'");
  EXPECT_EQ(Quoted("\u202Eabc"), "'\\u{202e}abc'");
  EXPECT_EQ(Quoted("123456789012345678901234567890"), "'123456789012345678901234567890'");
  EXPECT_EQ(Quoted("ü23456789012345678901234567890ü"), "'ü23456789012345678901234567890...'");
}

}  // namespace
}  // namespace solotrial::import

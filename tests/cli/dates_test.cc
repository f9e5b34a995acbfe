#include "clients/cli/dates.h"

#include <gtest/gtest.h>

namespace solotrial::cli {
namespace {

// 2026-03-04 is a Wednesday.
constexpr char kToday[] = "2026-03-04";

TEST(DatesTest, ReadsOnlyDaysThatExist) {
  EXPECT_TRUE(ParseIsoDate("2024-02-29").has_value());
  for (const char* text : {"2026-02-29", "2026-2-3", "2026-13-01", "20260301", "", "2026-03-01 ",
                           "+026-03-01", "2026-03-0a"}) {
    EXPECT_FALSE(ParseIsoDate(text).has_value()) << text;
  }
}

TEST(DatesTest, ResolvesWords) {
  EXPECT_EQ(*ResolveDate("2026-01-31", kToday), "2026-01-31");
  EXPECT_EQ(*ResolveDate("today", kToday), kToday);
  EXPECT_EQ(*ResolveDate("Yesterday", kToday), "2026-03-03");
  EXPECT_EQ(*ResolveDate("yesterday", "2026-03-01"), "2026-02-28");
  EXPECT_EQ(*ResolveDate("tuesday", kToday), "2026-03-03");
  EXPECT_EQ(*ResolveDate("thursday", kToday), "2026-02-26");
  // Never today itself: that has a word of its own.
  EXPECT_EQ(*ResolveDate("wednesday", kToday), "2026-02-25");
}

TEST(DatesTest, SaysWhatADateLooksLike) {
  const absl::Status status = ResolveDate("01.03.2026", kToday).status();
  EXPECT_NE(std::string(status.message()).find("write YYYY-MM-DD"), std::string::npos);
}

TEST(DatesTest, WritesForReaders) {
  EXPECT_EQ(ReadableDate("2026-03-01"), "Sun 1 Mar 2026");
  EXPECT_EQ(ReadableDate("soon"), "soon");
  EXPECT_EQ(ShortDate("2026-12-31"), "31 Dec");
  EXPECT_EQ(DaysBetween("2026-02-28", "2026-03-01"), 2);
  EXPECT_EQ(DaysBetween("2026-03-01", ""), 0);
}

}  // namespace
}  // namespace solotrial::cli

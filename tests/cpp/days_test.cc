#include "clients/cpp/days.h"

#include <gtest/gtest.h>

namespace solotrial::client {
namespace {

absl::Time Utc(int year, int month, int day, int hour, int minute) {
  return absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute), absl::UTCTimeZone());
}

TEST(DaysTest, TheNightBelongsToTheEveningBefore) {
  EXPECT_EQ(*DayOf(Utc(2026, 3, 1, 23, 30), "Europe/Berlin", "04:00"), "2026-03-01");
  EXPECT_EQ(*DayOf(Utc(2026, 3, 2, 2, 59), "Europe/Berlin", "04:00"), "2026-03-01");
  EXPECT_EQ(*DayOf(Utc(2026, 3, 2, 3, 0), "Europe/Berlin", "04:00"), "2026-03-02");
}

TEST(DaysTest, FollowsTheClockOnTheWallWhenItIsChanged) {
  EXPECT_EQ(*DayOf(Utc(2026, 3, 29, 1, 59), "Europe/Berlin", "04:00"), "2026-03-28");
  EXPECT_EQ(*DayOf(Utc(2026, 3, 29, 2, 0), "Europe/Berlin", "04:00"), "2026-03-29");
}

TEST(DaysTest, ATrialIsLivedWhereItMovedTo) {
  v1::Trial trial;
  trial.mutable_protocol()->set_time_zone("Europe/Berlin");
  const absl::Time evening = Utc(2026, 3, 1, 19, 0);
  EXPECT_EQ(*DayOfTrial(trial, evening), "2026-03-01");
  trial.add_time_zone_changes()->set_time_zone("Asia/Tokyo");
  EXPECT_EQ(*DayOfTrial(trial, evening), "2026-03-02");
  trial.mutable_protocol()->set_day_starts_at("12:00");
  EXPECT_EQ(*DayOfTrial(trial, evening), "2026-03-01");
}

TEST(DaysTest, SaysWhatIsWrong) {
  EXPECT_NE(DayOf(Utc(2026, 3, 1, 0, 0), "Mars/Base", "04:00").status().message().find("Mars/Base"),
            std::string::npos);
  EXPECT_FALSE(DayOf(Utc(2026, 3, 1, 0, 0), "UTC", "4").ok());
}

}  // namespace
}  // namespace solotrial::client

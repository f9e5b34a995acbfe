#include "engine/base/civil_time.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/base/fault.h"

namespace solotrial {
namespace {

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string problem;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &problem)) << problem;
  return time;
}

absl::TimeZone Zone(const std::string& name) {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(name);
  EXPECT_TRUE(zone.ok()) << zone.status();
  return *zone;
}

TEST(ParseDateTest, AcceptsOnlyDaysThatExistInIso8601) {
  EXPECT_EQ(ParseDate("2026-02-28"), Date(2026, 2, 28));
  EXPECT_EQ(ParseDate("2024-02-29"), Date(2024, 2, 29));
  for (const char* text : {"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "26-01-01",
                           "2026/01/01", "2026-01-01 ", " 2026-01-01", "2026-01-0a", "1899-12-31",
                           "2201-01-01", "", "２026-01-01"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(ParseDateTest, FormatsBack) { EXPECT_EQ(FormatDate(Date(1900, 1, 2)), "1900-01-02"); }

TEST(ParseMinutesTest, AcceptsOnlyHoursAndMinutes) {
  EXPECT_EQ(ParseMinutes("04:00"), 240);
  EXPECT_EQ(ParseMinutes("23:59"), 1439);
  for (const char* text : {"24:00", "4:00", "04:60", "04-00", "04:0", "", "04:000", "-1:00"}) {
    EXPECT_EQ(ParseMinutes(text), std::nullopt) << text;
  }
}

TEST(LoadZoneTest, RefusesWhatIsNoPortableName) {
  for (const char* name : {"", "Europe/Atlantis", "localtime", "/etc/localtime", "../etc/passwd",
                           ":America/New_York"}) {
    const absl::StatusOr<absl::TimeZone> zone = LoadZone(name);
    ASSERT_FALSE(zone.ok()) << name;
    EXPECT_EQ(FaultOf(zone.status()).reason, Reason::kTimeZoneUnavailable) << name;
    EXPECT_FALSE(FaultOf(zone.status()).violations.empty()) << name;
  }
}

TEST(TrialDayTest, AScoreAfterMidnightBelongsToTheEveningBefore) {
  const absl::TimeZone berlin = Zone("Europe/Berlin");
  EXPECT_EQ(TrialDay(At("2026-01-10T00:30:00+01:00"), berlin, 240), Date(2026, 1, 9));
  EXPECT_EQ(TrialDay(At("2026-01-10T03:59:59+01:00"), berlin, 240), Date(2026, 1, 9));
  EXPECT_EQ(TrialDay(At("2026-01-10T04:00:00+01:00"), berlin, 240), Date(2026, 1, 10));
  EXPECT_EQ(TrialDay(At("2026-01-10T00:00:00+01:00"), berlin, 0), Date(2026, 1, 10));
}

// "Today" taken in UTC put evening entries west of Greenwich on tomorrow.
TEST(TrialDayTest, AnEveningInLosAngelesIsNotTomorrow) {
  EXPECT_EQ(TrialDay(At("2026-03-02T04:30:00Z"), Zone("America/Los_Angeles"), 240),
            Date(2026, 3, 1));
}

TEST(TrialDayTest, DaylightSavingMovesNoDay) {
  const absl::TimeZone berlin = Zone("Europe/Berlin");
  // 2026-03-29, 02:00 becomes 03:00; 2026-10-25, 03:00 becomes 02:00.
  EXPECT_EQ(TrialDay(At("2026-03-29T03:59:00+02:00"), berlin, 240), Date(2026, 3, 28));
  EXPECT_EQ(TrialDay(At("2026-03-29T04:00:00+02:00"), berlin, 240), Date(2026, 3, 29));
  EXPECT_EQ(TrialDay(At("2026-10-25T02:30:00+02:00"), berlin, 240), Date(2026, 10, 24));
  EXPECT_EQ(TrialDay(At("2026-10-25T02:30:00+01:00"), berlin, 240), Date(2026, 10, 24));
  EXPECT_EQ(TrialDay(At("2026-10-25T04:00:00+01:00"), berlin, 240), Date(2026, 10, 25));
}

// Samoa had no 30 December 2011.
TEST(TrialDayTest, SurvivesADayThatWasLeftOut) {
  const absl::TimeZone apia = Zone("Pacific/Apia");
  EXPECT_EQ(TrialDay(At("2011-12-30T09:59:59Z"), apia, 0), Date(2011, 12, 29));
  EXPECT_EQ(TrialDay(At("2011-12-30T10:00:00Z"), apia, 0), Date(2011, 12, 31));
}

TEST(LatestDateOnEarthTest, IsThatOfUtcPlus14) {
  EXPECT_EQ(LatestDateOnEarth(At("2026-05-01T09:59:59Z")), Date(2026, 5, 1));
  EXPECT_EQ(LatestDateOnEarth(At("2026-05-01T10:00:00Z")), Date(2026, 5, 2));
}

class ManualClockTest : public testing::Test {
 protected:
  ManualClockTest()
      : path_(testing::TempDir() + "/clock-" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {}
  ~ManualClockTest() override { std::filesystem::remove(path_); }

  void Set(const std::string& text) const { std::ofstream(path_) << text; }

  const std::string path_;
};

TEST_F(ManualClockTest, FollowsItsFile) {
  Set("2026-03-01T20:00:00+01:00\n");
  const auto clock = MakeManualClock(path_);
  ASSERT_TRUE(clock.ok()) << clock.status();
  EXPECT_TRUE((*clock)->IsManual());
  EXPECT_EQ((*clock)->Now(), At("2026-03-01T19:00:00Z"));
  Set("2026-02-01T00:00:00Z");
  EXPECT_EQ((*clock)->Now(), At("2026-02-01T00:00:00Z"));
}

TEST_F(ManualClockTest, KeepsTheLastGoodInstant) {
  Set("2026-03-01T20:00:00Z");
  const auto clock = MakeManualClock(path_);
  ASSERT_TRUE(clock.ok());
  Set("tomorrow");
  EXPECT_EQ((*clock)->Now(), At("2026-03-01T20:00:00Z"));
  std::filesystem::remove(path_);
  EXPECT_EQ((*clock)->Now(), At("2026-03-01T20:00:00Z"));
}

TEST_F(ManualClockTest, RefusesAFileThatIsMissingOrNoInstant) {
  EXPECT_FALSE(MakeManualClock(path_).ok());
  Set("2026-03-01");
  EXPECT_FALSE(MakeManualClock(path_).ok());
}

}  // namespace
}  // namespace solotrial

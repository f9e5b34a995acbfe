// The calendar of reminders, read back.
#include "engine/report/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libical/ical.h>

#include <map>
#include <memory>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "tests/report/trials.h"

namespace solotrial::report {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// One reminder on one day.
struct Occurrence {
  absl::Time time;
  std::string uid;
  int sequence = 0;
  std::string summary;
  std::string description;
};

std::vector<Occurrence> OccurrencesIn(const std::string& file) {
  const std::unique_ptr<icalcomponent, void (*)(icalcomponent*)> calendar(
      icalparser_parse_string(file.c_str()), icalcomponent_free);
  EXPECT_NE(calendar, nullptr);
  EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
  icalrestriction_check(calendar.get());
  EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
  std::vector<Occurrence> occurrences;
  for (icalcomponent* event =
           icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
       event != nullptr;
       event = icalcomponent_get_next_component(calendar.get(), ICAL_VEVENT_COMPONENT)) {
    const Occurrence occurrence{.uid = icalcomponent_get_uid(event),
                                .sequence = icalcomponent_get_sequence(event),
                                .summary = icalcomponent_get_summary(event),
                                .description = icalcomponent_get_description(event)};
    std::pair<std::vector<Occurrence>*, Occurrence> made{&occurrences, occurrence};
    icalcomponent_foreach_recurrence(
        event, icaltime_from_string("19000101T000000Z"), icaltime_from_string("22000101T000000Z"),
        [](icalcomponent*, icaltime_span* span, void* data) {
          auto& [all, one] = *static_cast<decltype(made)*>(data);
          one.time = absl::FromTimeT(span->start);
          all->push_back(one);
        },
        &made);
  }
  std::stable_sort(occurrences.begin(), occurrences.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  return occurrences;
}

std::string Calendar(const trial::Protocol& protocol, const trial::Trial& trial, Date today,
                     const CalendarOptions& options = {}) {
  const absl::StatusOr<std::string> file = WriteCalendar(protocol, trial, options, today);
  EXPECT_TRUE(file.ok()) << file.status();
  return *file;
}

std::string InBerlin(absl::Time time) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
  return absl::FormatTime("%m-%d %H:%M", time, zone);
}

std::vector<std::string> TimesOf(const std::vector<Occurrence>& occurrences,
                                 const std::string& summary) {
  std::vector<std::string> times;
  for (const Occurrence& occurrence : occurrences) {
    if (occurrence.summary == summary) times.push_back(InBerlin(occurrence.time));
  }
  return times;
}

constexpr char kDose[] = "Your trial: take today's dose.";
constexpr char kScore[] = "Your trial: fill in your diary.";

TEST(CalendarTest, RemindsOfDosesInOnBlocks) {
  const auto occurrences = OccurrencesIn(Calendar(SmallProtocol(), SmallTrial(), kFirstDay + 20));
  // Blocks 1 and 4 are on: morning and evening.
  EXPECT_THAT(TimesOf(occurrences, kDose),
              ElementsAre("01-07 08:00", "01-07 20:00", "01-08 08:00", "01-08 20:00", "01-09 08:00",
                          "01-09 20:00", "01-16 08:00", "01-16 20:00", "01-17 08:00", "01-17 20:00",
                          "01-18 08:00", "01-18 20:00"));
  EXPECT_THAT(TimesOf(occurrences, kScore), SizeIs(2 * 14 + 1));  // and the night after
  EXPECT_EQ(InBerlin(occurrences.back().time), "01-19 08:00");
  EXPECT_EQ(occurrences.back().description, "sleep");
}

TEST(CalendarTest, SaysWhatToDo) {}

TEST(CalendarTest, KeepsTheHourAcrossDaylightSaving) {
  trial::Trial trial = SmallTrial();
  trial.start_date = Date(2026, 3, 24);  // clocks go forward on 29 March
  const auto occurrences = OccurrencesIn(Calendar(SmallProtocol(), trial, *trial.start_date + 20));
  EXPECT_THAT(TimesOf(occurrences, kScore), Contains("03-28 20:00"));
  EXPECT_THAT(TimesOf(occurrences, kScore), Contains("03-29 20:00"));
  EXPECT_THAT(TimesOf(occurrences, kScore), Contains("03-30 08:00"));
  for (const Occurrence& occurrence : occurrences) {
    EXPECT_THAT(InBerlin(occurrence.time), testing::EndsWith(":00"));
  }
  trial.start_date = Date(2026, 10, 20);  // and back on 25 October
  for (const Occurrence& occurrence :
       OccurrencesIn(Calendar(SmallProtocol(), trial, *trial.start_date + 20))) {
    EXPECT_THAT(InBerlin(occurrence.time),
                testing::AnyOf(testing::EndsWith("08:00"), testing::EndsWith("20:00")));
  }
}

TEST(CalendarTest, TellsNoArmOfABlindedTrial) {
  const trial::Protocol protocol = SmallProtocol(trial::Blinding::kByHelper);
  const std::string file = Calendar(protocol, SmallTrial("1001"), kFirstDay + 6);
  EXPECT_EQ(file, Calendar(protocol, SmallTrial("0110"), kFirstDay + 6));
  const auto occurrences = OccurrencesIn(file);
  EXPECT_THAT(TimesOf(occurrences, kDose), SizeIs(2 * 12));
  EXPECT_THAT(occurrences.back().description, Not(HasSubstr("agnesium")));
  bool guess = false;
  for (const Occurrence& occurrence : occurrences) {
    if (InBerlin(occurrence.time) == "01-12 20:00" && occurrence.summary == kScore) {
      EXPECT_THAT(occurrence.description, HasSubstr("Take from envelope 2"));
      EXPECT_THAT(occurrence.description, HasSubstr("Block 2: do you think"));
      EXPECT_THAT(occurrence.description, Not(HasSubstr("Block 1: do you think")));
      guess = true;
    }
  }
  EXPECT_TRUE(guess);
}

TEST(CalendarTest, TellsOfAnOpenTrialTheCurrentAndTheNextBlock) {
  // In block 2: blocks 1 to 3 may be known, so that only block 4 could tell them apart.
  EXPECT_EQ(Calendar(SmallProtocol(), SmallTrial("1001"), kFirstDay + 6),
            Calendar(SmallProtocol(), SmallTrial("1000"), kFirstDay + 6));
  EXPECT_NE(Calendar(SmallProtocol(), SmallTrial("1001"), kFirstDay + 6),
            Calendar(SmallProtocol(), SmallTrial("1011"), kFirstDay + 6));
}

TEST(CalendarTest, MovesWhatAPauseMoves) {
  const auto uids_by_day = [](const std::vector<Occurrence>& occurrences) {
    std::map<std::string, std::string> uids;
    for (const Occurrence& occurrence : occurrences) {
      if (occurrence.summary == kScore) uids[InBerlin(occurrence.time)] = occurrence.uid;
    }
    return uids;
  };
  const trial::Protocol protocol = SmallProtocol();
  const auto before = uids_by_day(OccurrencesIn(Calendar(protocol, SmallTrial(), kFirstDay + 3)));
  trial::Trial trial = SmallTrial();
  trial.revision = 5;
  trial.pauses = {{.pause_date = kFirstDay + 6, .resume_date = kFirstDay + 9}};
  const auto occurrences = OccurrencesIn(Calendar(protocol, trial, kFirstDay + 3));
  const auto after = uids_by_day(occurrences);
  EXPECT_EQ(occurrences.front().sequence, 5);
  // The second block goes on after the pause; the third keeps its UID and is three days later.
  EXPECT_EQ(before.at("01-10 20:00"), after.at("01-10 20:00"));
  EXPECT_FALSE(after.contains("01-12 20:00"));
  EXPECT_TRUE(after.contains("01-14 20:00"));
  EXPECT_EQ(before.at("01-13 20:00"), after.at("01-16 20:00"));

  // While it is not known when it ends, nothing is planned after it.
  trial.pauses[0].resume_date.reset();
  trial.state = trial::Trial::State::kPaused;
  EXPECT_LT(InBerlin(OccurrencesIn(Calendar(protocol, trial, kFirstDay + 7)).back().time), "01-12");
  // And after a stop.
  trial.pauses.clear();
  trial.state = trial::Trial::State::kStopped;
  trial.stop = trial::Stop{kFirstDay + 3, "enough"};
  EXPECT_EQ(InBerlin(OccurrencesIn(Calendar(protocol, trial, kFirstDay + 7)).back().time),
            "01-09 08:00");
}

TEST(CalendarTest, TakesTheTimesThatWereAskedFor) {
  CalendarOptions options;
  options.times = {{ReminderTime::Kind::kDose, "evening", 21 * 60 + 30},
                   {ReminderTime::Kind::kScore, "evening", 30}};  // half past midnight
  options.language = Language::kGerman;
  const auto occurrences =
      OccurrencesIn(Calendar(SmallProtocol(), SmallTrial(), kFirstDay + 20, options));
  EXPECT_THAT(TimesOf(occurrences, "Dein Versuch: die heutige Dosis nehmen."),
              Contains("01-07 21:30"));
  // The evening of the last day is not over before four.
  EXPECT_THAT(TimesOf(occurrences, "Dein Versuch: das Tagebuch ausfüllen."),
              Contains("01-19 00:30"));
}

TEST(CalendarTest, HasTimesForSlotsOfAnyName) {
  const auto minutes = [](const std::string& slot, const std::vector<std::string>& slots) {
    return DefaultReminderMinutes(ReminderTime::Kind::kDose, slot, slots,
                                  trial::RefersTo::kSameDay);
  };
  EXPECT_EQ(minutes("Abends", {"Abends"}), 20 * 60);
  EXPECT_EQ(minutes("with breakfast", {"with breakfast", "with dinner"}), 8 * 60);
  EXPECT_EQ(minutes("with dinner", {"with breakfast", "with dinner"}), 20 * 60);
  EXPECT_EQ(minutes("", {}), 8 * 60);
}

TEST(CalendarTest, CarriesEveryText) {
  for (const std::string& text : AwkwardTexts()) {
    trial::Protocol protocol = SmallProtocol();
    protocol.measures[0].question = text;
    const std::string file = Calendar(protocol, SmallTrial(), kFirstDay + 20);
    const auto occurrences = OccurrencesIn(file);
    const std::string expected =
        absl::StrReplaceAll(text, {{"\r\n", "\n"}, {"\r", "\n"}, {"\t", " "}});
    EXPECT_THAT(occurrences.front().description + occurrences[1].description, HasSubstr(expected));
    std::istringstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), 76u);  // 75 octets and CR
      EXPECT_EQ(line.back(), '\r');
    }
  }
}

TEST(CalendarTest, SaysWhenTheZoneIsUnknown) {
  trial::Protocol protocol = SmallProtocol();
  protocol.time_zone = "Middle/Earth";
  EXPECT_FALSE(WriteCalendar(protocol, SmallTrial(), {}, kFirstDay).ok());
  protocol.time_zone = "UTC";
  const std::string file = Calendar(protocol, SmallTrial(), kFirstDay);
  EXPECT_THAT(file, HasSubstr("DTSTART:20260105T080000Z"));
  EXPECT_THAT(OccurrencesIn(file), Not(IsEmpty()));
}

}  // namespace
}  // namespace solotrial::report

// What is done to a started trial changes nothing that was lived before.
#include "engine/trial/amendment.h"

#include <gtest/gtest.h>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/trial/analysis.h"
#include "engine/trial/guess.h"
#include "engine/trial/participant_view.h"
#include "engine/trial/record.h"
#include "engine/trial/schedule.h"
#include "engine/trial/today.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

const Date kStart(2026, 3, 2);

absl::Time NoonOf(Date date) {
  return absl::FromCivil(absl::CivilHour(date) + 12, absl::UTCTimeZone());
}
Occasion On(Date date) { return {date, NoonOf(date), "because"}; }
Reason ReasonOf(const absl::Status& status) { return FaultOf(status).reason; }

Protocol Blinded() {
  Protocol protocol = PairedProtocol();
  protocol.design.blinding = Blinding::kByHelper;
  protocol.intervention->off_instruction = "Take the other one.";
  return protocol;
}

Trial Started(const Protocol& protocol) {
  Trial trial;
  const absl::Status status =
      Start(trial, protocol, "{}", Sha256("solotrial golden seed"), kStart, kStart - 1);
  EXPECT_TRUE(status.ok()) << status;
  return trial;
}

TEST(ExtensionTest, GoesOnInTheOrderThatTheSeedGives) {
  const Protocol protocol = PairedProtocol();
  Trial trial = Started(protocol);
  const Allocation before = trial.allocation;
  const std::string commitment = trial.commitment;
  ASSERT_TRUE(Extend(trial, AsLived(protocol, trial), 2, On(kStart + 20)).ok());
  ASSERT_TRUE(Extend(trial, AsLived(protocol, trial), 5, On(kStart + 41)).ok());
  EXPECT_EQ(trial.allocation.substr(0, before.size()), before);
  EXPECT_EQ(trial.allocation.size(), 2 * (3 + 2 + 5));
  EXPECT_EQ(trial.allocation, OrderOf(protocol, trial));
  EXPECT_EQ(trial.commitment, commitment);
  EXPECT_TRUE(CanBeDrawn(AsLived(protocol, trial).design, trial.allocation));
  const Schedule schedule(AsLived(protocol, trial), trial);
  EXPECT_EQ(schedule.last_date(), kStart + 10 * 14 - 1);
  EXPECT_EQ(schedule.blocks().back().pair, 10);
}

TEST(ExtensionTest, IsRefusedWhereItCannotBeDrawnOrSeenThrough) {
  Protocol protocol = PairedProtocol();
  Trial trial = Started(protocol);
  EXPECT_EQ(ReasonOf(Extend(trial, protocol, 0, On(kStart))), Reason::kInvalidFields);
  EXPECT_EQ(ReasonOf(Extend(trial, protocol, 198, On(kStart))), Reason::kInvalidFields);
  EXPECT_EQ(ReasonOf(Extend(trial, protocol, 1, On(kStart + 42))), Reason::kWrongState);
  protocol.design.block_days = 300;
  trial = Started(protocol);
  EXPECT_EQ(ReasonOf(Extend(trial, protocol, 3, On(kStart))), Reason::kInvalidFields);
  protocol = PairedProtocol();
  protocol.design.randomization = Randomization::kBalanced;
  trial = Started(protocol);
  EXPECT_EQ(ReasonOf(Extend(trial, protocol, 1, On(kStart))), Reason::kWrongState);
  protocol.design.randomization = Randomization::kCounterbalanced;
  protocol.design.pairs = 2;
  trial = Started(protocol);
  EXPECT_EQ(ReasonOf(Extend(trial, protocol, 1, On(kStart))), Reason::kInvalidFields);
  EXPECT_TRUE(Extend(trial, protocol, 2, On(kStart)).ok());
  EXPECT_EQ(trial.amendments.size(), 1U) << "what was refused left nothing";
}

// A pair that was the last planned one gets a look, with its stricter thresholds, when the trial
// was extended before.
TEST(ExtensionTest, MovesTheLastPlannedPair) {
  const Protocol protocol = PairedProtocol();
  Trial trial = Started(protocol);
  const auto look = [&](Date today) {
    const Protocol lived = AsLived(protocol, trial);
    return LastDueLook(lived, Schedule(lived, trial), today);
  };
  EXPECT_FALSE(look(kStart + 42).has_value());
  ASSERT_TRUE(Extend(trial, protocol, 2, On(kStart + 41)).ok());
  EXPECT_FALSE(look(kStart + 41).has_value());
  ASSERT_TRUE(look(kStart + 42).has_value());
  EXPECT_EQ(look(kStart + 42)->pair, 3);
  EXPECT_EQ(look(kStart + 42)->data_date, kStart + 41);
  EXPECT_EQ(look(kStart + 70)->pair, 4) << "not at the last";
}

TEST(TimeZoneTest, ChangesTheDaysFromNowOn) {
  const Protocol protocol = PairedProtocol();
  Trial trial = Started(protocol);
  EXPECT_EQ(ReasonOf(ChangeTimeZone(trial, protocol, "Europe/Berlin", On(kStart))),
            Reason::kInvalidFields);
  EXPECT_EQ(ReasonOf(ChangeTimeZone(trial, protocol, "Middle/Earth", On(kStart))),
            Reason::kTimeZoneUnavailable);
  ASSERT_TRUE(ChangeTimeZone(trial, protocol, "America/Lima", On(kStart + 5)).ok());
  EXPECT_EQ(AsLived(protocol, trial).time_zone, "America/Lima");
  EXPECT_EQ(Schedule(AsLived(protocol, trial), trial).first_date(), kStart);
}

TEST(SkipTest, MovesTheRestAndNothingBefore) {
  const Protocol protocol = PairedProtocol();
  Trial trial = Started(protocol);
  const Date last = *Schedule(protocol, trial).last_date();
  EXPECT_EQ(ReasonOf(SkipDays(trial, protocol, kStart + 9, 1, "", kStart + 10)),
            Reason::kInvalidFields);
  ASSERT_TRUE(SkipDays(trial, protocol, kStart + 20, 3, "journey", kStart + 10).ok());
  EXPECT_EQ(ReasonOf(SkipDays(trial, protocol, kStart + 22, 1, "", kStart + 10)),
            Reason::kInvalidFields);
  EXPECT_EQ(ReasonOf(SkipDays(trial, protocol, kStart + 18, 3, "", kStart + 10)),
            Reason::kInvalidFields);
  ASSERT_TRUE(SkipDays(trial, protocol, kStart + 12, 1, "wedding", kStart + 10).ok());
  const Schedule schedule(protocol, trial);
  EXPECT_EQ(schedule.last_date(), last + 4);
  EXPECT_EQ(schedule.At(kStart + 12).phase, ScheduledDay::Phase::kPaused);
  EXPECT_EQ(schedule.At(kStart + 13).day_number, 13);
  EXPECT_EQ(schedule.At(kStart + 23).day_number, 20);
}

// Days to be skipped that a pause reaches are part of the pause, with their reasons.
TEST(SkipTest, APauseTakesWhatLiesInIt) {
  const Protocol protocol = PairedProtocol();
  Trial trial = Started(protocol);
  ASSERT_TRUE(SkipDays(trial, protocol, kStart + 14, 2, "wedding", kStart + 10).ok());
  ASSERT_TRUE(SkipDays(trial, protocol, kStart + 19, 4, "journey", kStart + 10).ok());
  ASSERT_TRUE(PauseFrom(trial, protocol, kStart + 11, "flu", kStart + 11).ok());
  EXPECT_EQ(Schedule(protocol, trial).last_date(), std::nullopt);
  EXPECT_EQ(Schedule(protocol, trial).DaysDone(kStart + 20), 11);
  ASSERT_TRUE(ResumeFrom(trial, kStart + 20, kStart + 20).ok());
  ASSERT_EQ(trial.pauses.size(), 2U);
  EXPECT_EQ(trial.pauses[0].reason, "flu; wedding");
  EXPECT_EQ(trial.pauses[1].pause_date, kStart + 20);
  EXPECT_EQ(trial.pauses[1].resume_date, kStart + 23);
  EXPECT_EQ(Schedule(protocol, trial).last_date(), kStart + 41 + 12);
}

TEST(BlindedTest, StartsTomorrowAtTheEarliest) {
  Protocol protocol = Blinded();
  Trial trial;
  EXPECT_EQ(ReasonOf(Start(trial, protocol, "{}", std::string(32, 's'), kStart, kStart)),
            Reason::kInvalidFields);
  protocol.design.run_in_days = 1;
  EXPECT_TRUE(Start(trial, protocol, "{}", std::string(32, 's'), kStart, kStart).ok());
}

TEST(BlindedTest, NeedsAComparator) {
  Protocol protocol = Blinded();
  protocol.intervention->off_instruction.clear();
  const auto violations = CheckProtocol(protocol, Purpose::kTrial);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].field, "intervention.off_instruction");
  EXPECT_TRUE(CheckProtocol(protocol, Purpose::kRecord).empty());
}

TEST(BlindedTest, ShowsEnvelopesUntilTheEndOrTheUnblinding) {
  const Protocol protocol = Blinded();
  Trial trial = Started(protocol);
  const auto shown = [&](Date today) {
    int arms = 0;
    for (const auto& block : ViewOf(protocol, trial, today).blocks) {
      EXPECT_EQ(block.envelope, block.number);
      arms += block.on.has_value() ? 1 : 0;
    }
    return arms;
  };
  for (int day = -1; day < 42; ++day) EXPECT_EQ(shown(kStart + day), 0) << day;
  EXPECT_EQ(shown(kStart + 42), 6);
  ASSERT_TRUE(Unblind(trial, protocol, On(kStart + 8)).ok());
  EXPECT_EQ(shown(kStart + 8), 3) << "as an open trial: until the next block";
  EXPECT_EQ(ReasonOf(Unblind(trial, protocol, On(kStart + 9))), Reason::kWrongState);
  Trial ended = Started(protocol);
  EXPECT_EQ(ReasonOf(Unblind(ended, protocol, On(kStart + 42))), Reason::kWrongState);
  Trial open = Started(PairedProtocol());
  EXPECT_EQ(ReasonOf(Unblind(open, PairedProtocol(), On(kStart))), Reason::kWrongState);
}

TEST(BlindedTest, EveryBlockDayAsksForADoseFromItsEnvelope) {
  const Protocol protocol = Blinded();
  const Trial trial = Started(protocol);
  for (int day = 0; day < 42; ++day) {
    const Today today = WhatToDo(protocol, trial, {}, kStart + day, kStart);
    EXPECT_EQ(today.on, std::nullopt);
    EXPECT_EQ(today.envelope, day / 7 + 1);
    EXPECT_EQ(today.instruction, "");
    EXPECT_EQ(today.message.id, "today.envelope");
    ASSERT_GE(today.due.size(), 3U);
    EXPECT_EQ(today.due[2].kind, DueItem::Kind::kDose);
  }
}

Entry Guessed(int serial, Date date, int block, std::optional<bool> on) {
  Entry entry = Score(serial, date, 0);
  entry.client_time = NoonOf(date);
  SetGuess(entry, block, on);
  return entry;
}

TEST(GuessTest, IsDueOnTheLastDayOfABlockAndUntilItIsGiven) {
  const Protocol protocol = Blinded();
  const Trial trial = Started(protocol);
  const auto due = [&](int day, const std::vector<Entry>& current) {
    std::vector<int> blocks;
    for (const DueItem& item : WhatToDo(protocol, trial, current, kStart + day, kStart + day).due) {
      if (item.kind == DueItem::Kind::kGuess)
        blocks.push_back(item.guessed ? -item.block_number : item.block_number);
    }
    return blocks;
  };
  EXPECT_EQ(due(5, {}), std::vector<int>{});
  EXPECT_EQ(due(6, {}), std::vector<int>{1});
  EXPECT_EQ(due(13, {}), (std::vector<int>{1, 2}));
  const Entry guess = Guessed(1, kStart + 6, 1, std::nullopt);
  EXPECT_EQ(due(6, {guess}), std::vector<int>{-1});
  EXPECT_EQ(due(13, {guess}), std::vector<int>{2});
  EXPECT_EQ(due(42, {}), std::vector<int>{}) << "the order is known";
}

TEST(GuessTest, OneOfABlockCountsWhateverTheDay) {
  Entry first = Guessed(1, kStart + 6, 1, true);
  Entry second = Guessed(2, kStart + 9, 1, false);
  const std::vector<Entry> current = CurrentEntries({first, second});
  ASSERT_EQ(current.size(), 1U);
  EXPECT_EQ(GuessedArm(current[0]), false);
}

TEST(GuessTest, OnlyWhatWasSaidBeforeItCouldBeKnownIsScored) {
  const Protocol protocol = Blinded();
  Trial trial = Started(protocol);
  std::vector<Entry> current;
  for (int block = 1; block <= 6; ++block) {
    current.push_back(Guessed(block, kStart + 7 * block - 1, block, true));
  }
  EXPECT_EQ(GuessesOf(protocol, trial, current).size(), 6U);
  EXPECT_EQ(GuessesOf(protocol, trial, current)[2].on, trial.allocation[2] == '1');
  current[5].client_time = NoonOf(kStart + 42);
  EXPECT_EQ(GuessesOf(protocol, trial, current).size(), 5U);
  ASSERT_TRUE(Unblind(trial, protocol, On(kStart + 20)).ok());
  EXPECT_EQ(GuessesOf(protocol, trial, current).size(), 2U);
  EXPECT_TRUE(GuessesOf(PairedProtocol(), trial, current).empty());
}

TEST(GuessTest, BelongsToABlockOfABlindedTrial) {
  const EntryWindow window{kStart, std::nullopt, kStart + 100};
  EXPECT_TRUE(CheckEntry(Guessed(1, kStart, 6, true), Blinded(), window).ok());
  EXPECT_EQ(ReasonOf(CheckEntry(Guessed(1, kStart, 7, true), Blinded(), window)),
            Reason::kUnknownId);
  EXPECT_EQ(ReasonOf(CheckEntry(Guessed(1, kStart, 0, true), Blinded(), window)),
            Reason::kUnknownId);
  EXPECT_EQ(ReasonOf(CheckEntry(Guessed(1, kStart, 1, true), PairedProtocol(), window)),
            Reason::kInvalidFields);
}

// The dose of an off block is one of the comparator.
TEST(BlindedTest, DosesOfOffBlocksSayNothingAboutTheTreatment) {
  const Protocol protocol = Blinded();
  const Trial trial = Started(protocol);
  std::vector<Entry> current;
  for (int day = 0; day < 14; ++day) {
    Entry dose = Score(day + 1, kStart + day, 1);
    dose.kind = Entry::Kind::kDose;
    dose.subject.clear();
    current.push_back(dose);
  }
  const Record record = RecordOfTrial(protocol, trial, current, kStart + 13);
  for (const RecordDay& day : record.days) EXPECT_EQ(day.dose.has_value(), day.assignment == 1);
}

TEST(PackingListTest, IsWrittenDownOnceForEachDevice) {
  Trial trial = Started(Blinded());
  EXPECT_TRUE(NotePackingList(trial, "device-1", "a phone", On(kStart)));
  EXPECT_FALSE(NotePackingList(trial, "device-1", "a phone", On(kStart + 1)));
  EXPECT_TRUE(NotePackingList(trial, "device-2", "a new phone", On(kStart + 2)));
  SetArchiveKey(trial, "one", On(kStart));
  SetArchiveKey(trial, "two", On(kStart));
  EXPECT_EQ(ArchiveKey(trial), "two");
  EXPECT_EQ(trial.amendments.size(), 3U);
}

}  // namespace
}  // namespace solotrial::trial

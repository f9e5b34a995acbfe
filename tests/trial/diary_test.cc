#include "engine/trial/diary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "engine/base/fault.h"
#include "engine/base/random.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Date kDay(2026, 3, 2);

Entry Correction(int serial, Date date, double value, int supersedes) {
  Entry entry = Score(serial, date, value);
  entry.supersedes = Id(supersedes);
  return entry;
}

Entry Retraction(int serial, Date date, int supersedes) {
  Entry entry = Score(serial, date, 0);
  entry.kind = Entry::Kind::kRetraction;
  entry.subject = "";
  entry.supersedes = Id(supersedes);
  return entry;
}

std::vector<double> Values(const std::vector<Entry>& log) {
  std::vector<double> values;
  for (const Entry& entry : CurrentEntries(log)) values.push_back(entry.value);
  return values;
}

TEST(CurrentEntriesTest, TheHeadOfTheSupersedesGraphCounts) {
  EXPECT_THAT(Values({Score(1, kDay, 5), Correction(2, kDay, 4, 1), Correction(3, kDay, 3, 2)}),
              ElementsAre(3));
}

TEST(CurrentEntriesTest, AnEarlierClientTimeDoesNotSaveASupersededEntry) {
  Entry late = Score(9, kDay, 5);
  EXPECT_THAT(Values({late, Correction(2, kDay, 4, 9)}), ElementsAre(4));
}

TEST(CurrentEntriesTest, OfTwoHeadsTheLaterClientTimeCountsThenTheGreaterId) {
  EXPECT_THAT(Values({Score(2, kDay, 5), Score(1, kDay, 4)}), ElementsAre(5));
  Entry same = Score(3, kDay, 6);
  same.client_time = Score(2, kDay, 5).client_time;
  EXPECT_THAT(Values({Score(2, kDay, 5), same}), ElementsAre(6));
}

TEST(CurrentEntriesTest, ARetractionLeavesNothing) {
  EXPECT_THAT(Values({Score(1, kDay, 5), Correction(2, kDay, 4, 1), Retraction(3, kDay, 2)}),
              IsEmpty());
  EXPECT_THAT(Values({Score(1, kDay, 5), Retraction(2, kDay, 1), Score(3, kDay, 7)}),
              ElementsAre(7));
}

TEST(CurrentEntriesTest, CorrectionsActOnTheirOwnKeyOnly) {
  EXPECT_THAT(Values({Score(1, kDay, 5), Correction(2, kDay + 1, 4, 1)}), ElementsAre(5, 4));
}

TEST(CurrentEntriesTest, ACircleStillHasOneAnswer) {
  EXPECT_THAT(Values({Correction(1, kDay, 5, 2), Correction(2, kDay, 4, 1)}), ElementsAre(4));
}

TEST(CurrentEntriesTest, NotesAreKeysOfTheirOwn) {
  Entry note = Score(1, kDay, 0);
  note.kind = Entry::Kind::kNote;
  note.subject = "";
  note.text = "first";
  Entry second = note;
  second.id = Id(2);
  second.text = "second";
  Entry corrected = note;
  corrected.id = Id(3);
  corrected.text = "first, corrected";
  corrected.supersedes = Id(1);
  EXPECT_EQ(CurrentEntries({note, second}).size(), 2U);
  const std::vector<Entry> current = CurrentEntries({note, second, corrected});
  ASSERT_EQ(current.size(), 2U);
  EXPECT_NE(current[0].text, "first");
  EXPECT_NE(current[1].text, "first");
}

// "any order, repetition or loss-and-resend of batches from any devices ends in the same diary"
TEST(CurrentEntriesTest, AnyOrderOfArrivalEndsInTheSameDiary) {
  RandomStream random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Entry> log;
    for (int serial = 1; serial <= 12; ++serial) {
      const Date date = kDay + static_cast<int>(random.Below(3));
      const int other = static_cast<int>(random.Below(12)) + 1;
      switch (random.Below(4)) {
        case 0:
          log.push_back(Retraction(serial, date, other));
          break;
        case 1:
          log.push_back(Score(serial, date, serial));
          break;
        default:
          log.push_back(Correction(serial, date, serial, other));
      }
      log.back().client_time = absl::FromUnixSeconds(static_cast<int64_t>(random.Below(5)));
    }
    const auto ids = [](const std::vector<Entry>& entries) {
      std::vector<std::string> sorted;
      for (const Entry& entry : CurrentEntries(entries)) sorted.push_back(entry.id);
      std::sort(sorted.begin(), sorted.end());
      return sorted;
    };
    const std::vector<std::string> expected = ids(log);
    for (int shuffle = 0; shuffle < 10; ++shuffle) {
      for (size_t i = log.size(); i > 1; --i) std::swap(log[i - 1], log[random.Below(i)]);
      for (size_t i = 0; i < log.size(); ++i) log[i].sequence = static_cast<int64_t>(i) + 1;
      EXPECT_EQ(ids(log), expected);
    }
  }
}

class CheckEntryTest : public testing::Test {
 protected:
  absl::Status Check(const Entry& entry) const { return CheckEntry(entry, protocol_, window_); }
  // The reason and field at which `entry` is refused.
  std::pair<Reason, std::string> Refusal(const Entry& entry) const {
    const absl::Status status = Check(entry);
    EXPECT_FALSE(status.ok());
    const Fault fault = FaultOf(status);
    return {fault.reason, fault.violations.empty() ? "" : fault.violations.front().field};
  }

  Protocol protocol_ = PairedProtocol();
  EntryWindow window_{kDay, kDay + 41, kDay + 20};
};

TEST_F(CheckEntryTest, AcceptsWhatFits) {
  EXPECT_TRUE(Check(Score(1, kDay, 0)).ok());
  EXPECT_TRUE(Check(Score(1, kDay + 20, 10)).ok());
  EXPECT_TRUE(Check(Correction(1, kDay, 3, 77)).ok()) << "its target need not have arrived";
}

TEST_F(CheckEntryTest, RefusesDatesOutsideTheTrialAndTheFuture) {
  EXPECT_EQ(Refusal(Score(1, kDay - 1, 3)),
            std::pair(Reason::kDateOutsideTrial, std::string("date")));
  EXPECT_EQ(Refusal(Score(1, kDay + 42, 3)).first, Reason::kDateOutsideTrial);
  EXPECT_EQ(Refusal(Score(1, kDay + 21, 3)).first, Reason::kDateInFuture);
  EXPECT_TRUE(FaultOf(Check(Score(1, kDay + 21, 3))).retryable);
  window_.last.reset();
  EXPECT_EQ(Refusal(Score(1, kDay + 42, 3)).first, Reason::kDateInFuture);
}

TEST_F(CheckEntryTest, TheNightAfterTheLastDayIsScoredOneDayLater) {
  window_.latest_on_earth = kDay + 100;
  EXPECT_EQ(Refusal(Score(1, kDay + 42, 3)).first, Reason::kDateOutsideTrial);
  protocol_.measures[0].refers_to = RefersTo::kPreviousNight;
  EXPECT_TRUE(Check(Score(1, kDay + 42, 3)).ok());
  EXPECT_EQ(Refusal(Score(1, kDay + 43, 3)).first, Reason::kDateOutsideTrial);
}

TEST_F(CheckEntryTest, RefusesValuesOutsideTheInstrument) {
  const auto refused = std::pair(Reason::kValueOutOfRange, std::string("score.value"));
  EXPECT_EQ(Refusal(Score(1, kDay, -1)), refused);
  EXPECT_EQ(Refusal(Score(1, kDay, 11)), refused);
  EXPECT_EQ(Refusal(Score(1, kDay, 3.5)), refused);
  EXPECT_EQ(Refusal(Score(1, kDay, std::numeric_limits<double>::quiet_NaN())), refused);
}

TEST_F(CheckEntryTest, RefusesWhatIsNoYesOrNoAndNoCount) {
  const auto words = [this](double value) {
    const Fault fault = FaultOf(Check(Score(1, kDay, value)));
    EXPECT_EQ(fault.reason, Reason::kValueOutOfRange);
    EXPECT_EQ(fault.violations.front().field, "score.value");
    return fault.violations.front().description;
  };
  Measure& legs = protocol_.measures[0];
  legs.family = inference::Family::kBernoulli;
  legs.maximum = 1;
  EXPECT_TRUE(Check(Score(1, kDay, 1)).ok());
  EXPECT_EQ(words(2), "must be 0 (no) or 1 (yes)");
  EXPECT_EQ(words(0.5), "must be 0 (no) or 1 (yes)");
  legs.family = inference::Family::kPoisson;
  legs.maximum = 24;
  EXPECT_TRUE(Check(Score(1, kDay, 24)).ok());
  EXPECT_EQ(words(25), "must be a whole number from 0 to 24");
  EXPECT_EQ(words(1.5), "must be a whole number from 0 to 24");
}

TEST_F(CheckEntryTest, RefusesUnknownIdsAndSlots) {
  Entry entry = Score(1, kDay, 3);
  entry.subject = "sleep";
  EXPECT_EQ(Refusal(entry), std::pair(Reason::kUnknownId, std::string("score.measure_id")));
  entry = Score(1, kDay, 3);
  entry.slot = "evening";
  EXPECT_EQ(Refusal(entry), std::pair(Reason::kUnknownId, std::string("slot")));
  protocol_.measures[0].slots = {"morning", "evening"};
  EXPECT_TRUE(Check(entry).ok());
  entry.slot = "";
  EXPECT_EQ(Refusal(entry).first, Reason::kUnknownId);
}

TEST_F(CheckEntryTest, ChecksTheOtherKinds) {
  Entry covariate = Score(1, kDay, 2);
  covariate.kind = Entry::Kind::kCovariate;
  covariate.subject = "weekend";
  EXPECT_EQ(Refusal(covariate),
            std::pair(Reason::kValueOutOfRange, std::string("covariate.value")));
  covariate.value = 1;
  EXPECT_TRUE(Check(covariate).ok());

  Entry dose = Score(1, kDay, 1.5);
  dose.kind = Entry::Kind::kDose;
  dose.subject = "";
  EXPECT_EQ(Refusal(dose), std::pair(Reason::kValueOutOfRange, std::string("dose.fraction")));
  dose.value = 0.5;
  EXPECT_TRUE(Check(dose).ok());

  Entry note = Score(1, kDay, 0);
  note.kind = Entry::Kind::kNote;
  EXPECT_EQ(Refusal(note), std::pair(Reason::kInvalidFields, std::string("note.text")));
  note.text.assign(10'001, 'x');
  EXPECT_EQ(Refusal(note).first, Reason::kInvalidFields);
  note.text.pop_back();
  EXPECT_TRUE(Check(note).ok());

  Entry retraction = Retraction(1, kDay, 2);
  EXPECT_TRUE(Check(retraction).ok());
  retraction.supersedes = "";
  EXPECT_EQ(Refusal(retraction), std::pair(Reason::kInvalidFields, std::string("supersedes")));
}

TEST_F(CheckEntryTest, RefusesIdsThatAreNone) {
  Entry entry = Score(1, kDay, 3);
  entry.id = "1";
  EXPECT_EQ(Refusal(entry).second, "id");
  entry = Score(1, kDay, 3);
  entry.supersedes = entry.id;
  EXPECT_EQ(Refusal(entry).second, "supersedes");
  entry = Score(1, kDay, 3);
  entry.utc_offset_minutes = 841;
  EXPECT_EQ(Refusal(entry).second, "utc_offset_minutes");
}

TEST(EntryDigestTest, EverythingThatTheClientSaidCountsAndNothingElse) {
  const Entry entry = Score(1, kDay, 3);
  Entry stored = entry;
  stored.sequence = 99;
  stored.record_time = absl::FromUnixSeconds(1);
  EXPECT_EQ(EntryDigest(stored), EntryDigest(entry));
  Entry zero = Score(1, kDay, 0.0);
  Entry minus_zero = Score(1, kDay, -0.0);
  EXPECT_EQ(EntryDigest(zero), EntryDigest(minus_zero)) << "the store keeps -0 as 0";
  const auto differs = [&entry](auto change) {
    Entry other = entry;
    change(other);
    return EntryDigest(other) != EntryDigest(entry);
  };
  EXPECT_TRUE(differs([](Entry& e) { e.date = e.date + 1; }));
  EXPECT_TRUE(differs([](Entry& e) { e.slot = "x"; }));
  EXPECT_TRUE(differs([](Entry& e) { e.client_time += absl::Microseconds(1); }));
  EXPECT_TRUE(differs([](Entry& e) { e.utc_offset_minutes = 60; }));
  EXPECT_TRUE(differs([](Entry& e) { e.device = "phone"; }));
  EXPECT_TRUE(differs([](Entry& e) { e.supersedes = Id(2); }));
  EXPECT_TRUE(differs([](Entry& e) { e.kind = Entry::Kind::kDose; }));
  EXPECT_TRUE(differs([](Entry& e) { e.subject = "sleep"; }));
  EXPECT_TRUE(differs([](Entry& e) { e.value = 3.0000000001; }));
  EXPECT_TRUE(differs([](Entry& e) { e.text = "x"; }));
}

TEST(DailyValueTest, ReducesSlotsByTheRule) {
  Measure measure;
  measure.slots = {"morning", "noon", "evening"};
  const std::map<std::string, double> scores = {{"evening", 2}, {"morning", 6}};
  measure.daily_rule = DailyRule::kMean;
  EXPECT_EQ(DailyValue(measure, scores), 4);
  measure.daily_rule = DailyRule::kMax;
  EXPECT_EQ(DailyValue(measure, scores), 6);
  measure.daily_rule = DailyRule::kLast;
  EXPECT_EQ(DailyValue(measure, scores), 2);
  measure.daily_rule = DailyRule::kSum;
  EXPECT_EQ(DailyValue(measure, scores), 8);
  EXPECT_EQ(DailyValue(measure, {}), std::nullopt);
}

}  // namespace
}  // namespace solotrial::trial

#include "clients/cpp/outbox.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "clients/cpp/sqlite.h"

namespace solotrial::client {
namespace {

constexpr char kTrial[] = "trials/5b907355-710d-4f64-9588-36a2c82f7f22";

v1::Entry Score(double value, const std::string& date = "2026-03-01") {
  v1::Entry entry;
  entry.set_date(date);
  entry.mutable_score()->set_measure_id("legs");
  entry.mutable_score()->set_value(value);
  return entry;
}

class OutboxTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / (std::string("outbox_") + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    Open();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Open() {
    outbox_.reset();
    OutboxOptions options;
    options.device = "phone";
    options.clock = [this] { return now_; };
    options.time_zone = absl::FixedTimeZone(3600);
    auto opened = Outbox::Open(Path(), options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    outbox_ = *std::move(opened);
  }
  std::string Path() const { return folder_ / "outbox.db"; }

  v1::RecordEntriesResponse Answer(const v1::Entry& entry, const std::string& reason, bool retry) {
    v1::RecordEntriesResponse answer;
    answer.mutable_cursor()->set_epoch("e1");
    v1::EntryResult& result = *answer.add_results();
    result.set_entry_id(entry.id());
    result.set_accepted(reason.empty());
    if (!reason.empty()) {
      result.mutable_rejection()->set_reason(reason);
      result.mutable_rejection()->set_retryable(retry);
    }
    return answer;
  }

  std::filesystem::path folder_;
  absl::Time now_ = absl::FromUnixMicros(1772388000123456);  // 2026-03-01T18:00:00.123456Z
  std::unique_ptr<Outbox> outbox_;
};

TEST_F(OutboxTest, KeepsWhatWasRecordedWithoutBeingClosed) {
  const v1::Entry made = *outbox_->Record(kTrial, Score(4));
  EXPECT_EQ(made.device(), "phone");
  EXPECT_EQ(made.utc_offset_minutes(), 60);
  EXPECT_EQ(made.client_time().seconds(), 1772388000);
  EXPECT_EQ(made.client_time().nanos(), 123456000);
  OutboxOptions options;
  const auto other = *Outbox::Open(Path(), options);
  const std::vector<v1::Entry> pending = *other->Pending(kTrial);
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].SerializeAsString(), made.SerializeAsString());
  struct stat file = {};
  ASSERT_EQ(stat(Path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600);
}

TEST_F(OutboxTest, ACorrectionSupersedesByItself) {
  const v1::Entry first = *outbox_->Record(kTrial, Score(4));
  now_ -= absl::Hours(1);  // the clock was set back
  const v1::Entry second = *outbox_->Record(kTrial, Score(6));
  EXPECT_EQ(second.supersedes(), first.id());
  v1::Entry back;
  back.set_date("2026-03-01");
  back.set_supersedes(second.id());
  back.mutable_retraction();
  ASSERT_TRUE(outbox_->Record(kTrial, back).ok());
  EXPECT_TRUE(outbox_->Current(kTrial)->empty());
  const v1::Entry third = *outbox_->Record(kTrial, Score(5));
  EXPECT_EQ(third.supersedes(), second.id());
  ASSERT_EQ(outbox_->Current(kTrial)->size(), 1U);
  EXPECT_EQ(outbox_->Current(kTrial)->front().id(), third.id());
}

TEST_F(OutboxTest, NeedsADayOrATrialThatIsFollowed) {
  EXPECT_TRUE(absl::IsNotFound(outbox_->Record(kTrial, Score(4, "")).status()));
  v1::Trial trial;
  trial.set_name(kTrial);
  trial.mutable_protocol()->set_time_zone("Pacific/Kiritimati");
  ASSERT_TRUE(outbox_->Follow(trial).ok());
  EXPECT_EQ(outbox_->Record(kTrial, Score(4, ""))->date(), "2026-03-02");
  EXPECT_EQ(outbox_->Trials()->size(), 1U);
}

TEST_F(OutboxTest, WhatIsRefusedForGoodIsKeptApartUntilItIsDiscarded) {
  const v1::Entry entry = *outbox_->Record(kTrial, Score(40));
  ASSERT_TRUE(outbox_->ApplyResults(kTrial, Answer(entry, "VALUE_OUT_OF_RANGE", false)).ok());
  EXPECT_TRUE(outbox_->Pending(kTrial)->empty());
  EXPECT_TRUE(outbox_->Current(kTrial)->empty());
  ASSERT_EQ(outbox_->ListRefused(kTrial)->size(), 1U);
  EXPECT_EQ(outbox_->ListRefused(kTrial)->front().rejection.reason(), "VALUE_OUT_OF_RANGE");
  EXPECT_TRUE(outbox_->Discard(entry.id()).ok());
  EXPECT_TRUE(outbox_->ListRefused(kTrial)->empty());
  EXPECT_TRUE(absl::IsNotFound(outbox_->Discard(entry.id())));
}

TEST_F(OutboxTest, WhatIsRefusedForNowWaitsAndIsSkippedInThisRound) {
  const v1::Entry entry = *outbox_->Record(kTrial, Score(4));
  ASSERT_TRUE(outbox_->ApplyResults(kTrial, Answer(entry, "DATE_IN_FUTURE", true)).ok());
  EXPECT_EQ(outbox_->Pending(kTrial)->size(), 1U);
  EXPECT_FALSE(outbox_->NextBatch(kTrial, {entry.id()}, "")->has_value());
  EXPECT_TRUE(outbox_->NextBatch(kTrial, {}, "de")->has_value());
}

TEST_F(OutboxTest, ARejectionNeverUndoesWhatIsStored) {
  const v1::Entry entry = *outbox_->Record(kTrial, Score(4));
  ASSERT_TRUE(outbox_->ApplyResults(kTrial, Answer(entry, "", false)).ok());
  ASSERT_TRUE(outbox_->ApplyResults(kTrial, Answer(entry, "ENTRY_ID_REUSED", false)).ok());
  EXPECT_TRUE(outbox_->ListRefused(kTrial)->empty());
  EXPECT_EQ(outbox_->Current(kTrial)->size(), 1U);
}

TEST_F(OutboxTest, ARestoreMakesEverythingWaitAgain) {
  const v1::Entry entry = *outbox_->Record(kTrial, Score(4));
  ASSERT_TRUE(outbox_->ApplyResults(kTrial, Answer(entry, "", false)).ok());
  v1::ListChangesResponse changes;
  changes.mutable_cursor()->set_epoch("e1");
  changes.mutable_cursor()->set_sequence(7);
  *changes.add_entries() = entry;
  ASSERT_TRUE(outbox_->ApplyChanges(kTrial, changes).ok());
  EXPECT_TRUE(outbox_->Pending(kTrial)->empty());
  EXPECT_EQ(outbox_->NextRead(kTrial)->cursor().sequence(), 7);
  ASSERT_TRUE(outbox_->EpochChanged(kTrial).ok());
  EXPECT_EQ(outbox_->Pending(kTrial)->size(), 1U);
  EXPECT_FALSE(outbox_->NextRead(kTrial)->has_cursor());
}

TEST_F(OutboxTest, BatchesAreNoLargerThanAnEngineTakes) {
  v1::Entry note;
  note.set_date("2026-03-01");
  note.mutable_note()->set_text(std::string(60'000, 'a'));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(outbox_->Record(kTrial, note).ok());
  std::set<std::string> sent;
  int batches = 0;
  while (true) {
    const auto batch = *outbox_->NextBatch(kTrial, sent, "");
    if (!batch.has_value()) break;
    EXPECT_LE(batch->ByteSizeLong(), 1U << 20);
    for (const v1::Entry& entry : batch->entries()) sent.insert(entry.id());
    ++batches;
  }
  EXPECT_EQ(sent.size(), 20U);
  EXPECT_EQ(batches, 2);
}

TEST_F(OutboxTest, NoticesAreGivenOutOnce) {
  v1::RecordEntriesResponse answer;
  answer.add_notices()->set_text("The trial is paused.");
  ASSERT_TRUE(outbox_->ApplyResults(kTrial, answer).ok());
  Open();
  EXPECT_EQ(*outbox_->TakeNotices(kTrial), std::vector<std::string>{"The trial is paused."});
  EXPECT_TRUE(outbox_->TakeNotices(kTrial)->empty());
}

TEST_F(OutboxTest, ForgettingATrialLeavesNothingOfIt) {
  ASSERT_TRUE(outbox_->Record(kTrial, Score(4)).ok());
  ASSERT_TRUE(outbox_->Record("trials/other", Score(4)).ok());
  ASSERT_TRUE(outbox_->Forget(kTrial).ok());
  EXPECT_TRUE(outbox_->Current(kTrial)->empty());
  EXPECT_EQ(outbox_->Current("trials/other")->size(), 1U);
}

TEST_F(OutboxTest, RefusesAFileOfANewerVersionAndOneThatIsNone) {
  {
    const auto database = *Database::Open(Path());
    ASSERT_TRUE(database->Execute("PRAGMA user_version=2").ok());
  }
  EXPECT_TRUE(absl::IsFailedPrecondition(Outbox::Open(Path(), {}).status()));
  const std::string text = folder_ / "text";
  std::ofstream(text) << std::string(5000, 'x');
  EXPECT_FALSE(Outbox::Open(text, {}).ok());
  EXPECT_FALSE(Outbox::Open(folder_ / "no folder" / "outbox.db", {}).ok());
}

}  // namespace
}  // namespace solotrial::client

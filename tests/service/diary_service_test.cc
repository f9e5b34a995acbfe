#include <gmock/gmock.h>

#include <algorithm>

#include "engine/base/random.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::ElementsAre;

class DiaryServiceTest : public EngineTest {
 protected:
  std::vector<v1::Entry> Current(const std::string& trial) {
    std::vector<v1::Entry> entries;
    v1::ListEntriesRequest request;
    request.set_trial(trial);
    request.set_page_size(3);
    do {
      v1::ListEntriesResponse response;
      EXPECT_TRUE(Call(*diary_, &v1::DiaryService::Stub::ListEntries, request, &response).ok());
      entries.insert(entries.end(), response.entries().begin(), response.entries().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return entries;
  }

  static std::vector<double> Scores(const std::vector<v1::Entry>& entries) {
    std::vector<double> scores;
    for (const v1::Entry& entry : entries) scores.push_back(entry.score().value());
    return scores;
  }
};

TEST_F(DiaryServiceTest, OneBadEntryNeverCostsTheGoodOnes) {
  const std::string trial = StartedTrial();
  v1::Entry unknown = Score(3, kMonday, 4);
  unknown.mutable_score()->set_measure_id("sleep");
  v1::Entry empty = Score(4, kMonday, 4);
  empty.clear_content();
  const v1::RecordEntriesResponse response =
      Record(trial, {Score(1, kMonday, 4), Score(2, kMonday, 99), unknown, empty,
                     Score(5, kMonday - 1, 3), Score(6, kMonday + 5, 3)});
  ASSERT_EQ(response.results_size(), 6);
  EXPECT_TRUE(response.results(0).accepted());
  EXPECT_EQ(response.results(0).sequence(), 1);
  EXPECT_EQ(response.results(1).rejection().reason(), "VALUE_OUT_OF_RANGE");
  EXPECT_EQ(response.results(1).rejection().field(), "score.value");
  EXPECT_EQ(response.results(2).rejection().reason(), "UNKNOWN_ID");
  EXPECT_EQ(response.results(3).rejection().reason(), "INVALID_FIELDS");
  EXPECT_EQ(response.results(4).rejection().reason(), "DATE_OUTSIDE_TRIAL");
  EXPECT_EQ(response.results(5).rejection().reason(), "DATE_IN_FUTURE");
  EXPECT_TRUE(response.results(5).rejection().retryable());
  EXPECT_EQ(response.cursor().sequence(), 1);
  EXPECT_THAT(Scores(Current(trial)), ElementsAre(4));
}

TEST_F(DiaryServiceTest, ResendingIsHarmlessAndAReusedIdIsRefused) {
  const std::string trial = StartedTrial();
  Record(trial, {Score(1, kMonday, 4)});
  const v1::RecordEntriesResponse again =
      Record(trial, {Score(1, kMonday, 4), Score(1, kMonday, 5)});
  EXPECT_TRUE(again.results(0).accepted());
  EXPECT_EQ(again.results(0).sequence(), 1);
  EXPECT_EQ(again.results(1).rejection().reason(), "ENTRY_ID_REUSED");
  EXPECT_THAT(Scores(Current(trial)), ElementsAre(4));
}

TEST_F(DiaryServiceTest, ARejectionIsNotRemembered) {
  const std::string trial = StartedTrial();
  EXPECT_FALSE(Record(trial, {Score(1, kMonday + 3, 4)}).results(0).accepted());
  clock_.SetNoon(kMonday + 3);
  EXPECT_TRUE(Record(trial, {Score(1, kMonday + 3, 4)}).results(0).accepted());
}

TEST_F(DiaryServiceTest, CorrectionsSupersedeWithTheHistoryKept) {
  const std::string trial = StartedTrial();
  v1::Entry correction = Score(2, kMonday, 6);
  correction.set_supersedes(Score(1, kMonday, 4).id());
  v1::Entry retraction = Score(3, kMonday, 0);
  retraction.mutable_retraction();
  retraction.set_supersedes(correction.id());
  Record(trial, {Score(1, kMonday, 4), correction});
  EXPECT_THAT(Scores(Current(trial)), ElementsAre(6));
  Record(trial, {retraction});
  EXPECT_TRUE(Current(trial).empty());

  v1::ListChangesRequest request;
  request.set_trial(trial);
  request.set_page_size(2);
  v1::ListChangesResponse response;
  ASSERT_TRUE(Call(*diary_, &v1::DiaryService::Stub::ListChanges, request, &response).ok());
  EXPECT_EQ(response.entries_size(), 2);
  EXPECT_TRUE(response.more());
  *request.mutable_cursor() = response.cursor();
  ASSERT_TRUE(Call(*diary_, &v1::DiaryService::Stub::ListChanges, request, &response).ok());
  EXPECT_EQ(response.entries_size(), 1);
  EXPECT_FALSE(response.more());
  EXPECT_TRUE(response.entries(0).has_retraction());
}

TEST_F(DiaryServiceTest, ACursorOfAnotherEpochIsRefused) {
  const std::string trial = StartedTrial();
  v1::ListChangesRequest request;
  request.set_trial(trial);
  request.mutable_cursor()->set_epoch("5d2c1f3e-0000-4000-8000-000000000001");
  v1::ListChangesResponse response;
  EXPECT_EQ(FaultIn(Call(*diary_, &v1::DiaryService::Stub::ListChanges, request, &response)).reason,
            "EPOCH_CHANGED");
}

TEST_F(DiaryServiceTest, AnyPastDayCanBeFilledInAlsoAfterTheEnd) {
  const std::string trial = StartedTrial();
  clock_.SetNoon(kMonday + 100);
  const v1::RecordEntriesResponse response =
      Record(trial, {Score(1, kMonday, 4), Score(2, kMonday + 41, 3), Score(3, kMonday + 42, 3)});
  EXPECT_TRUE(response.results(0).accepted());
  EXPECT_TRUE(response.results(1).accepted());
  EXPECT_EQ(response.results(2).rejection().reason(), "DATE_OUTSIDE_TRIAL");
}

TEST_F(DiaryServiceTest, ADraftTakesNoEntries) {
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = PairedProtocol();
  v1::Trial trial;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial).ok());
  v1::RecordEntriesRequest request;
  request.set_trial(trial.name());
  *request.add_entries() = Score(1, kMonday, 4);
  v1::RecordEntriesResponse response;
  EXPECT_EQ(
      FaultIn(Call(*diary_, &v1::DiaryService::Stub::RecordEntries, request, &response)).reason,
      "WRONG_STATE");
}

TEST_F(DiaryServiceTest, BatchesAreBounded) {
  const std::string trial = StartedTrial();
  v1::RecordEntriesRequest request;
  request.set_trial(trial);
  v1::RecordEntriesResponse response;
  EXPECT_EQ(
      FaultIn(Call(*diary_, &v1::DiaryService::Stub::RecordEntries, request, &response)).reason,
      "INVALID_FIELDS");
  for (int i = 0; i < 501; ++i) *request.add_entries() = Score(i, kMonday, 4);
  EXPECT_EQ(
      FaultIn(Call(*diary_, &v1::DiaryService::Stub::RecordEntries, request, &response)).reason,
      "INVALID_FIELDS");
}

TEST_F(DiaryServiceTest, AMessageOf100MegabytesIsRefusedAndTheEngineGoesOn) {
  const std::string trial = StartedTrial();
  v1::RecordEntriesRequest request;
  request.set_trial(trial);
  v1::Entry note = Score(1, kMonday, 0);
  note.mutable_note()->set_text(std::string(100 << 20, 'x'));
  *request.add_entries() = note;
  v1::RecordEntriesResponse response;
  EXPECT_EQ(Call(*diary_, &v1::DiaryService::Stub::RecordEntries, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Record(trial, {Score(2, kMonday, 4)}).results(0).accepted());
}

// Three devices send the same entries in batches that are shuffled, cut, lost and sent again.
TEST_F(DiaryServiceTest, AnyInterleavingOfDevicesEndsInTheSameDiary) {
  clock_.SetNoon(kMonday + 30);
  clock_.SetNoon(kMonday);
  const std::string reference = StartedTrial();
  const std::string shuffled = StartedTrial();
  clock_.SetNoon(kMonday + 30);
  // Ids belong to a person: each trial gets entries of its own, alike but for the id's prefix.
  const auto made = [](int offset) {
    RandomStream random(11);
    std::vector<v1::Entry> entries;
    for (int serial = 1; serial <= 60; ++serial) {
      v1::Entry entry = Score(offset + serial, kMonday + static_cast<int>(random.Below(5)),
                              static_cast<double>(random.Below(11)));
      entry.mutable_client_time()->set_seconds(static_cast<int64_t>(random.Below(4)));
      const int target = static_cast<int>(random.Below(60)) + 1;
      if (target != serial && random.Below(3) > 0) {
        entry.set_supersedes(Score(offset + target, kMonday, 0).id());
        if (random.Below(5) == 0) entry.mutable_retraction();
      }
      entries.push_back(entry);
    }
    return entries;
  };
  Record(reference, made(1000));
  std::vector<v1::Entry> entries = made(2000);
  RandomStream random(13);
  for (int device = 0; device < 3; ++device) {
    for (size_t i = entries.size(); i > 1; --i) std::swap(entries[i - 1], entries[random.Below(i)]);
    for (size_t begin = 0; begin < entries.size(); begin += 7) {
      const size_t end = std::min(entries.size(), begin + 7);
      // The last device loses nothing.
      if (device < 2 && random.Below(3) == 0) continue;
      Record(shuffled, {entries.begin() + static_cast<std::ptrdiff_t>(begin),
                        entries.begin() + static_cast<std::ptrdiff_t>(end)});
    }
  }
  const auto content = [this](const std::string& trial) {
    std::vector<std::string> rows;
    for (const v1::Entry& entry : Current(trial)) {
      rows.push_back(entry.date() + " " + std::to_string(entry.score().value()) + " " +
                     entry.id().substr(entry.id().size() - 2));
    }
    std::sort(rows.begin(), rows.end());
    return rows;
  };
  EXPECT_EQ(content(shuffled), content(reference));
  EXPECT_FALSE(content(shuffled).empty());
}

}  // namespace
}  // namespace solotrial::service

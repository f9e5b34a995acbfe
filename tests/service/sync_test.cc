// "Any order, repetition or loss and resending of batches from any devices ends in the same diary"
// (entry.proto): three devices with outboxes, a network that loses requests and answers, seeded.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/base/fault.h"
#include "engine/base/random.h"
#include "engine/service/convert.h"
#include "engine/trial/diary.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using ::testing::ElementsAreArray;

constexpr int kDevices = 3;
constexpr int kEntriesOfADevice = 12;

class SyncTest : public EngineTest {
 protected:
  // What a device writes: scores and doses of two days, notes, corrections and retractions of its
  // own entries and of other devices', with clocks that are wrong.
  std::vector<v1::Entry> Entries(int round, int device, RandomStream& random) {
    std::vector<v1::Entry> entries;
    for (int n = 0; n < kEntriesOfADevice; ++n) {
      const int serial = SerialOf(round, device, n);
      v1::Entry entry = Score(serial, kMonday, static_cast<double>(random.Below(11)));
      entry.mutable_client_time()->set_seconds(1'767'600'000 +
                                               static_cast<int64_t>(random.Below(5)));
      entry.set_device("device " + std::to_string(device));
      const uint64_t kind = random.Below(10);
      if (kind == 0) entry.mutable_note()->set_text("a note");
      if (kind == 1) entry.mutable_dose()->set_fraction(random.Uniform());
      if (kind == 2) {
        entry.mutable_covariate()->set_covariate_id("weekend");
        entry.mutable_covariate()->set_value(1);
      }
      if (random.Below(2) == 0) {
        // Perhaps one that this device cannot have seen yet.
        const int other = SerialOf(round, static_cast<int>(random.Below(kDevices)),
                                   static_cast<int>(random.Below(kEntriesOfADevice)));
        if (other != serial) entry.set_supersedes(Score(other, kMonday, 0).id());
        if (other != serial && random.Below(4) == 0) entry.mutable_retraction();
      }
      entries.push_back(std::move(entry));
    }
    return entries;
  }
  static int SerialOf(int round, int device, int n) {
    return ((round + 1) * kDevices + device) * 100 + n;
  }

  // Ids and contents of what counts.
  std::vector<std::string> Diary(const std::string& trial) {
    v1::ListEntriesRequest request;
    request.set_trial(trial);
    v1::ListEntriesResponse response;
    EXPECT_TRUE(Call(*diary_, &v1::DiaryService::Stub::ListEntries, request, &response).ok());
    std::vector<std::string> diary;
    for (v1::Entry entry : response.entries()) {
      entry.clear_sequence();
      entry.clear_record_time();
      diary.push_back(entry.SerializeAsString());
    }
    std::sort(diary.begin(), diary.end());
    return diary;
  }
  // The same without an engine: every entry once, device after device.
  static std::vector<std::string> Expected(const std::vector<std::vector<v1::Entry>>& devices) {
    std::vector<trial::Entry> log;
    for (const std::vector<v1::Entry>& entries : devices) {
      for (const v1::Entry& entry : entries) {
        log.push_back(*ToDomain(entry));
        log.back().sequence = static_cast<int64_t>(log.size());
      }
    }
    std::vector<std::string> diary;
    for (const trial::Entry& entry : trial::CurrentEntries(log)) {
      v1::Entry proto = ToProto(entry);
      proto.clear_sequence();
      proto.clear_record_time();
      diary.push_back(proto.SerializeAsString());
    }
    std::sort(diary.begin(), diary.end());
    return diary;
  }
};

TEST_F(SyncTest, AnyInterleavingDuplicationAndLossEndsInTheSameDiary) {
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    RandomStream random(static_cast<uint64_t>(round) + 1);
    const std::string trial = StartedTrial();
    std::vector<std::vector<v1::Entry>> written;
    std::vector<std::vector<v1::Entry>> outboxes;
    for (int device = 0; device < kDevices; ++device) {
      written.push_back(Entries(round, device, random));
      outboxes.push_back(written.back());
    }
    const auto any_left = [&outboxes] {
      return std::any_of(outboxes.begin(), outboxes.end(),
                         [](const auto& outbox) { return !outbox.empty(); });
    };
    while (any_left()) {
      std::vector<v1::Entry>& outbox = outboxes[random.Below(kDevices)];
      if (outbox.empty()) continue;
      // A batch in any order, with repetitions.
      std::vector<v1::Entry> batch;
      for (uint64_t n = 1 + random.Below(5); n > 0; --n) {
        batch.push_back(outbox[random.Below(outbox.size())]);
      }
      const uint64_t fate = random.Below(10);
      if (fate == 0) continue;  // the request is lost
      const v1::RecordEntriesResponse answer = Record(trial, batch);
      if (fate <= 3) continue;  // the answer is lost: the device sends it again
      if (fate == 4) Restart();
      std::set<std::string> accepted;
      for (const v1::EntryResult& result : answer.results()) {
        EXPECT_TRUE(result.accepted()) << result.rejection().message();
        accepted.insert(result.entry_id());
      }
      std::erase_if(outbox, [&](const v1::Entry& entry) { return accepted.contains(entry.id()); });
    }
    EXPECT_THAT(Diary(trial), ElementsAreArray(Expected(written)));
  }
}

}  // namespace
}  // namespace solotrial::service

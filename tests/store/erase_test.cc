// Deleting leaves nothing: not in the file, and not in its log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "engine/base/fault.h"
#include "engine/base/random.h"
#include "engine/store/trial_store.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

// The secret, as it stands in every text of Anna's kPain.
const char kSecret[] = "SECRET";

// The files that hold it.
std::vector<std::string> FilesWithSecret(const TemporaryDirectory& directory) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(directory.path())) {
    if (ReadFile(file.path()).find(kSecret) != std::string::npos) {
      names.push_back(file.path().filename());
    }
  }
  return names;
}

class EraseTest : public ::testing::Test {
 protected:
  // A trial with the secret in it, its log grown side by side with that of kSleep and with texts of
  // many lengths, so that pages are split and moved in many ways.
  void AddSecretTrial() {
    RandomStream random(11);
    ASSERT_TRUE(store_
                    ->WriteAndWait([](WriteTransaction& transaction) {
                      trial::Trial trial = FullTrial(kAnna, kPain);
                      trial.protocol_document = std::string(9000, ' ') + kSecret;
                      trial.pauses.front().reason = kSecret;
                      trial.stop->reason = kSecret;
                      SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertTrial(trial));
                      LookRow look = SampleLook(1);
                      look.decision = kSecret;
                      SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertLook(kAnna, kPain, look));
                      return transaction.InsertReply(
                          kAnna, "request",
                          {.request_digest = "", .reply = kSecret, .trial_id = kPain}, Noon(1));
                    })
                    .ok());
    for (int round = 0; round < 40; ++round) {
      ASSERT_TRUE(store_
                      ->WriteAndWait([&](WriteTransaction& transaction) {
                        for (int n = 0; n < 25; ++n) {
                          // Ids in no order, so that the index by id is filled in no order.
                          trial::Entry entry =
                              SampleEntry(static_cast<int64_t>(random.Below(1U << 30)));
                          entry.text = std::string(random.Below(n == 0 ? 9000 : 300), ' ');
                          const bool secret = random.Below(2) == 0;
                          if (secret) {
                            entry.text += kSecret;
                            entry.slot = kSecret;
                            entry.device = kSecret;
                          }
                          SOLOTRIAL_RETURN_IF_ERROR(
                              transaction.AppendEntry(kAnna, secret ? kPain : kSleep, entry));
                        }
                        return absl::OkStatus();
                      })
                      .ok());
    }
    ASSERT_THAT(FilesWithSecret(directory_), Not(IsEmpty()));
  }
  absl::Status DeleteSecretTrial() {
    return store_->WriteAndWait(
        [](WriteTransaction& transaction) { return transaction.DeleteTrial(kAnna, kPain); });
  }

  const FaultVfs quick_;  // a sync waits for no disk
  TemporaryDirectory directory_;
  std::unique_ptr<TrialStore> store_ = OpenWithTrial(directory_.File("trial.db"));
};

TEST_F(EraseTest, LeavesNothingOnceItIsAcknowledged) {
  AddSecretTrial();
  const size_t others = EntryIds(*store_).size();
  ASSERT_TRUE(DeleteSecretTrial().ok());
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
  EXPECT_EQ(EntryIds(*store_).size(), others);
  store_.reset();
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
}

TEST_F(EraseTest, WaitsForNoReaderAndCatchesUpWithTheNextCommit) {
  AddSecretTrial();
  ASSERT_TRUE(store_
                  ->Read([&](ReadTransaction& transaction) {
                    EXPECT_TRUE(transaction.GetTrial(kAnna, kPain).ok());
                    EXPECT_TRUE(DeleteSecretTrial().ok());
                    // The reader's snapshot still needs it.
                    EXPECT_TRUE(transaction.GetTrial(kAnna, kPain).ok());
                    EXPECT_THAT(FilesWithSecret(directory_), Not(IsEmpty()));
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_TRUE(store_->WriteAndWait(Appending(SampleEntry(1))).ok());
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
}

TEST_F(EraseTest, CatchesUpAtTheLatestWhenTheStoreIsClosed) {
  AddSecretTrial();
  ASSERT_TRUE(store_
                  ->Read([&](ReadTransaction& transaction) {
                    EXPECT_TRUE(transaction.GetTrial(kAnna, kPain).ok());
                    return DeleteSecretTrial();
                  })
                  .ok());
  store_.reset();
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
}

}  // namespace
}  // namespace solotrial::store

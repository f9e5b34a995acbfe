// Deleting leaves nothing: not in the file, and not in its log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/base/random.h"
#include "engine/store/backup.h"
#include "engine/store/erasure.h"
#include "engine/store/trial_store.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/raw_database.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// The secret, as it stands in every text of Anna's kPain.
const char kSecret[] = "SECRET";

// The files that hold it.
std::vector<std::string> FilesWithSecret(const TemporaryDirectory& directory) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory.path())) {
    if (file.is_regular_file() && ReadFile(file.path()).find(kSecret) != std::string::npos) {
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
  absl::Status DeleteAnna() {
    return store_->WriteAndWait(
        [](WriteTransaction& transaction) { return transaction.DeletePerson(kAnna); });
  }
  std::string backups() const { return directory_.File("backups"); }
  std::vector<std::string> BackupNames() const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(backups())) {
      if (file.path().extension() == ".db") names.push_back(file.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  void AddBert() {
    ASSERT_TRUE(store_
                    ->WriteAndWait([](WriteTransaction& transaction) {
                      SOLOTRIAL_RETURN_IF_ERROR(
                          transaction.PutOwner(SampleCredential(kBert), Noon(1)));
                      return transaction.InsertTrial(SampleTrial(kBert, kSleep));
                    })
                    .ok());
  }
  void BackUp(int day) {
    const auto path = AddBackup(directory_.File("trial.db"), backups(), Noon(day), 7);
    ASSERT_TRUE(path.ok()) << path.status();
  }

  FaultVfs quick_;  // a sync waits for no disk
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

TEST_F(EraseTest, LeavesNothingOfAPersonButTheDigestsOfTheirTokens) {
  AddSecretTrial();
  ASSERT_TRUE(DeleteAnna().ok());
  ASSERT_TRUE(FinishErasures(*store_, backups()).ok());
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
  store_.reset();
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
  RawDatabase database(directory_.File("trial.db"));
  // Every table that there is, also those that later versions add.
  std::istringstream tables(database.Run(
      "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'person_id' "
      "WHERE m.type = 'table'"));
  int looked_at = 0;
  for (std::string table; tables >> table; ++looked_at) {
    EXPECT_EQ(database.Run("SELECT count(*) FROM " + table), "0") << table;
  }
  EXPECT_GE(looked_at, 9);
  EXPECT_EQ(database.Run("SELECT lower(hex(token_digest)) FROM deleted_credential"),
            Hex(SampleCredential(kAnna).token_digest));
  EXPECT_EQ(ReadFile(directory_.File("trial.db")).find(kAnna), std::string::npos);
}

TEST_F(EraseTest, RemembersWhoseTokenItWas) {
  AddBert();
  ASSERT_TRUE(store_
                  ->WriteAndWait(
                      [](WriteTransaction& transaction) { return transaction.DeletePerson(kBert); })
                  .ok());
  ASSERT_TRUE(store_
                  ->Read([](ReadTransaction& transaction) {
                    const std::string bert = SampleCredential(kBert).token_digest;
                    EXPECT_TRUE(*transaction.IsDeletedCredential(bert));
                    EXPECT_FALSE(transaction.FindCredential(bert)->has_value());
                    EXPECT_FALSE(*transaction.IsDeletedCredential(std::string(32, 'x')));
                    EXPECT_TRUE(transaction.GetTrial(kAnna, kSleep).ok());
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(EraseTest, RewritesBackupsWithoutThePersonAndKeepsTheOthers) {
  AddSecretTrial();
  BackUp(3);
  AddBert();
  BackUp(4);
  ASSERT_TRUE(DeleteAnna().ok());
  BackUp(5);
  EXPECT_THAT(FilesWithSecret(directory_), SizeIs(2));
  ASSERT_TRUE(FinishErasures(*store_, backups()).ok());
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
  EXPECT_THAT(BackupNames(),
              ElementsAre("solotrial-20260103T120000Z.db", "solotrial-20260104T120000Z.db",
                          "solotrial-20260105T120000Z.db"));
  for (const std::string& name : BackupNames()) {
    const auto check = CheckDatabase(backups() + "/" + name);
    ASSERT_TRUE(check.ok()) << check.status();
    EXPECT_THAT(check->faults, IsEmpty());
    EXPECT_EQ(check->people, name == BackupNames().front() ? 0 : 1);
  }
  ASSERT_TRUE(store_
                  ->Read([](ReadTransaction& transaction) {
                    EXPECT_THAT(*transaction.ListPendingErasures(), IsEmpty());
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(EraseTest, RemovesABackupThatCannotBeRewritten) {
  AddSecretTrial();
  BackUp(3);
  const std::string damaged = backups() + "/damaged-20260104T120000Z.db";
  std::string bytes = ReadFile(backups() + "/solotrial-20260103T120000Z.db");
  bytes.resize(bytes.size() / 2);
  WriteFile(damaged, bytes);
  WriteFile(damaged + "-wal", kSecret);
  WriteFile(backups() + "/solotrial-20260105T120000Z.db", kSecret);
  ASSERT_TRUE(DeleteAnna().ok());
  ASSERT_TRUE(FinishErasures(*store_, backups()).ok());
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
  EXPECT_THAT(BackupNames(), ElementsAre("solotrial-20260103T120000Z.db"));
}

// The engine may end between the deletion and the rewriting of the backups, or the disk be full.
TEST_F(EraseTest, IsCompletedLaterWhereItWasBrokenOff) {
  AddSecretTrial();
  BackUp(3);
  ASSERT_TRUE(DeleteAnna().ok());
  store_.reset();
  store_ = OpenOrDie(directory_.File("trial.db"));
  EXPECT_THAT(FilesWithSecret(directory_), Not(IsEmpty()));
  ASSERT_TRUE(FinishErasures(*store_, backups()).ok());
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
}

TEST_F(EraseTest, FinishesWhateverTheDiskDoes) {
  AddSecretTrial();
  BackUp(3);
  ASSERT_TRUE(DeleteAnna().ok());
  int64_t operations = 0;
  while (true) {
    SCOPED_TRACE("operation " + std::to_string(operations));
    quick_.FailAfter(operations, 1'000'000, SQLITE_IOERR);
    const absl::Status status = FinishErasures(*store_, backups());
    quick_.Heal();
    EXPECT_TRUE(CheckDatabase(backups() + "/solotrial-20260103T120000Z.db").ok());
    if (status.ok()) break;
    EXPECT_EQ(FaultOf(status).reason, Reason::kStorageUnavailable) << status;
    operations += 1 + operations / 4;
  }
  EXPECT_GT(operations, 10);
  EXPECT_THAT(FilesWithSecret(directory_), IsEmpty());
}

}  // namespace
}  // namespace solotrial::store

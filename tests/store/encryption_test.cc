// A stolen file says nothing of what people wrote, and the passphrase brings all of it back.
#include "engine/store/encryption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/fault.h"
#include "engine/store/backup.h"
#include "engine/store/sqlite_trial_store.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/raw_database.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const char kSecret[] = "SECRET";
const char kWords[] = "correct horse";

class EncryptionTest : public ::testing::Test {
 protected:
  // The secret in everything that a person can write, and a backup of it.
  void SetUp() override {
    const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
    ASSERT_TRUE(store
                    ->WriteAndWait([](WriteTransaction& t) {
                      trial::Trial trial = FullTrial(kAnna, kPain);
                      trial.protocol_document = std::string(9000, ' ') + kSecret;
                      trial.seed = kSecret;
                      trial.allocation = kSecret;
                      trial.pauses.front().reason = kSecret;
                      trial.stop->reason = kSecret;
                      trial.amendments.front().reason = kSecret;
                      trial.amendments.front().text = kSecret;
                      trial.amendments.front().secret = kSecret;
                      trial.safety_confirmation->name = kSecret;
                      SOLOTRIAL_RETURN_IF_ERROR(t.InsertTrial(trial));
                      trial::Entry entry = SampleEntry(1);
                      entry.text = entry.slot = entry.device = entry.subject = kSecret;
                      SOLOTRIAL_RETURN_IF_ERROR(t.AppendEntry(kAnna, kPain, entry));
                      LookRow look = SampleLook(1);
                      look.decision = kSecret;
                      SOLOTRIAL_RETURN_IF_ERROR(t.InsertLook(kAnna, kPain, look));
                      SOLOTRIAL_RETURN_IF_ERROR(
                          t.InsertImportedDays(kAnna, kPain, {{Date(2026, 1, 1), 0.25, 3}}));
                      access::Device device;
                      device.id = "d0000000-0000-4000-8000-00000000000a";
                      device.person_id = kAnna;
                      device.role = access::Role::kOwner;
                      device.name = kSecret;
                      SOLOTRIAL_RETURN_IF_ERROR(t.InsertDevice(device));
                      access::ShareLink link;
                      link.id = "d0000000-0000-4000-8000-00000000000b";
                      link.person_id = kAnna;
                      link.trial_id = kPain;
                      link.token_digest = std::string(32, 'l');
                      link.label = kSecret;
                      SOLOTRIAL_RETURN_IF_ERROR(t.InsertShareLink(link));
                      return t.InsertReply(
                          kAnna, "request",
                          {.request_digest = "", .reply = kSecret, .trial_id = kPain}, Noon(1));
                    })
                    .ok());
    ASSERT_TRUE(AddBackup(path_, backups_, Noon(1), 7).ok());
  }
  std::vector<std::string> FilesWithSecret() const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory_.path())) {
      if (file.is_regular_file() && ReadFile(file.path()).find(kSecret) != std::string::npos) {
        names.push_back(file.path().filename());
      }
    }
    return names;
  }
  absl::Status Encrypt() { return EncryptStore(path_, backups_, kWords); }
  static void ExpectWhole(TrialStore& store) {
    const absl::Status status = store.Read([](ReadTransaction& t) -> absl::Status {
      SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Trial trial, t.GetTrial(kAnna, kPain));
      EXPECT_THAT(trial.protocol_document, HasSubstr(kSecret));
      EXPECT_EQ(trial.allocation, kSecret);
      EXPECT_EQ(trial.commitment, FullTrial(kAnna, kPain).commitment);
      EXPECT_EQ(trial.pauses.front().reason, kSecret);
      EXPECT_EQ(trial.pauses.front().pause_date, Date(2026, 1, 5));
      EXPECT_EQ(trial.stop->reason, kSecret);
      EXPECT_EQ(trial.amendments.front().secret, kSecret);
      EXPECT_EQ(trial.amendments.front().pairs, 2);
      EXPECT_EQ(trial.safety_confirmation->name, kSecret);
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto entries, t.ListEntries(kAnna, kPain, 0, -1));
      EXPECT_THAT(entries, SizeIs(1));
      EXPECT_EQ(entries.front().text, kSecret);
      EXPECT_EQ(entries.front().value, 0.1);
      EXPECT_EQ(entries.front().client_time, SampleEntry(1).client_time);
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto days, t.ListImportedDays(kAnna, kPain));
      EXPECT_EQ(days.front().on, 0.25);
      EXPECT_EQ(days.front().block, 3);
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto looks, t.ListLooks(kAnna, kPain));
      EXPECT_EQ(looks.front().decision, kSecret);
      EXPECT_EQ(looks.front().data_digest, SampleLook(1).data_digest);
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto reply, t.FindReply(kAnna, "request"));
      EXPECT_EQ(reply->reply, kSecret);
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto device,
                                 t.FindDevice(kAnna, "d0000000-0000-4000-8000-00000000000a"));
      EXPECT_EQ(device->name, kSecret);
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto links, t.ListShareLinks(kAnna));
      EXPECT_EQ(links.front().label, kSecret);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_.File("trial.db");
  const std::string backups_ = DefaultBackupDirectory(path_);
};

TEST_F(EncryptionTest, LeavesNothingToReadInAnyFile) {
  ASSERT_THAT(FilesWithSecret(), SizeIs(2));
  ASSERT_TRUE(Encrypt().ok());
  EXPECT_THAT(FilesWithSecret(), IsEmpty());
  {
    const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
    ASSERT_TRUE(store->Unlock(kWords).ok());
    ExpectWhole(*store);
    ASSERT_TRUE(store
                    ->WriteAndWait([](WriteTransaction& t) {
                      trial::Entry entry = SampleEntry(2);
                      entry.text = kSecret;
                      return t.AppendEntry(kAnna, kPain, entry);
                    })
                    .ok());
    EXPECT_THAT(FilesWithSecret(), IsEmpty());
  }
  EXPECT_THAT(FilesWithSecret(), IsEmpty());
  const auto check = CheckDatabase(path_);
  ASSERT_TRUE(check.ok()) << check.status();
  EXPECT_THAT(check->faults, IsEmpty());
}

TEST_F(EncryptionTest, AnswersNothingUntilItIsUnlocked) {
  ASSERT_TRUE(Encrypt().ok());
  const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
  EXPECT_TRUE(store->IsLocked());
  const absl::Status read =
      store->Read([](ReadTransaction& t) { return t.ListTrials(kAnna, 1, "").status(); });
  EXPECT_EQ(FaultOf(read).reason, Reason::kEngineLocked) << read;
  EXPECT_TRUE(FaultOf(read).retryable);
  EXPECT_EQ(FaultOf(store->WriteAndWait(Appending(SampleEntry(5)))).reason, Reason::kEngineLocked);
  EXPECT_EQ(FaultOf(store->Unlock("wrong")).reason, Reason::kWrongPassphrase);
  EXPECT_TRUE(store->IsLocked());
  // Who calls can be told while it is locked.
  EXPECT_TRUE(store
                  ->Read([](ReadTransaction& t) {
                    EXPECT_TRUE((*t.FindOwner()).has_value());
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_TRUE(store->Unlock(kWords).ok());
  EXPECT_FALSE(store->IsLocked());
  EXPECT_TRUE(store->WriteAndWait(Appending(SampleEntry(5))).ok());
  // A wrong one later does not lock it again.
  EXPECT_EQ(FaultOf(store->Unlock("wrong")).reason, Reason::kWrongPassphrase);
  ExpectWhole(*store);
}

TEST_F(EncryptionTest, DecryptsBackToWhatItWas) {
  ASSERT_TRUE(Encrypt().ok());
  EXPECT_EQ(FaultOf(DecryptStore(path_, backups_, "wrong")).reason, Reason::kWrongPassphrase);
  EXPECT_THAT(FilesWithSecret(), IsEmpty());
  ASSERT_TRUE(DecryptStore(path_, backups_, kWords).ok());
  EXPECT_THAT(FilesWithSecret(), SizeIs(2));
  const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
  EXPECT_FALSE(store->IsLocked());
  EXPECT_EQ(FaultOf(store->Unlock(kWords)).reason, Reason::kWrongState);
  ExpectWhole(*store);
}

TEST_F(EncryptionTest, ChangesThePassphraseOfBackupsToo) {
  EXPECT_EQ(FaultOf(ChangePassphrase(path_, backups_, kWords, "new")).reason, Reason::kWrongState);
  ASSERT_TRUE(Encrypt().ok());
  EXPECT_EQ(FaultOf(ChangePassphrase(path_, backups_, "wrong", "new")).reason,
            Reason::kWrongPassphrase);
  ASSERT_TRUE(ChangePassphrase(path_, backups_, kWords, "new").ok());
  for (const std::string& path : {path_, ListBackups(backups_).front().path}) {
    const std::unique_ptr<TrialStore> store = OpenOrDie(path);
    EXPECT_EQ(FaultOf(store->Unlock(kWords)).reason, Reason::kWrongPassphrase);
    ASSERT_TRUE(store->Unlock("new").ok());
    ExpectWhole(*store);
  }
}

TEST_F(EncryptionTest, EncryptingAgainNeedsTheSamePassphrase) {
  ASSERT_TRUE(Encrypt().ok());
  EXPECT_EQ(FaultOf(EncryptStore(path_, backups_, "another")).reason, Reason::kWrongPassphrase);
  EXPECT_TRUE(Encrypt().ok());
  EXPECT_EQ(FaultOf(EncryptStore(directory_.File("new.db"), backups_, "")).reason,
            Reason::kStorageUnavailable);
}

TEST_F(EncryptionTest, NeedsTheEngineToBeStopped) {
  const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
  EXPECT_THAT(MessageOf(Encrypt()), HasSubstr("Another engine has the database open"));
}

TEST_F(EncryptionTest, NoticesRowsThatWereMovedOrChanged) {
  ASSERT_TRUE(Encrypt().ok());
  const std::string bytes = ReadFile(path_);
  const auto entries_of = [this](const std::string& sql) {
    RawDatabase(path_).Run(sql);
    const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
    EXPECT_TRUE(store->Unlock(kWords).ok());
    return store->Read([](ReadTransaction& t) -> absl::Status {
      SOLOTRIAL_RETURN_IF_ERROR(t.GetTrial(kAnna, kPain).status());
      SOLOTRIAL_RETURN_IF_ERROR(t.GetTrial(kAnna, kSleep).status());
      return t.ListEntries(kAnna, kPain, 0, -1).status();
    });
  };
  EXPECT_TRUE(entries_of("SELECT 1").ok());
  for (const char* sql :
       {"UPDATE entry SET entry_id = '00000000-0000-7000-8000-0000000000ff'",
        "UPDATE trial SET sealed = (SELECT sealed FROM trial ORDER BY trial_id LIMIT 1)",
        "UPDATE entry SET sealed = x'00'", "UPDATE pause SET number = number + 5"}) {
    WriteFile(path_, bytes);
    EXPECT_EQ(FaultOf(entries_of(sql)).reason, Reason::kStorageUnavailable) << sql;
  }
}

// Whatever the disk does: it is as it was, or encrypted, and calling again finishes it.
TEST_F(EncryptionTest, SurvivesAFaultAtAnyOperation) {
  const std::string before = ReadFile(path_);
  int operations = 0;
  FaultVfs vfs;
  while (true) {
    SCOPED_TRACE("operation " + std::to_string(operations));
    WriteFile(path_, before);
    std::filesystem::remove(path_ + "-wal");
    vfs.FailAfter(operations, 1'000'000, SQLITE_IOERR);
    const absl::Status status = EncryptStore(path_, directory_.File("none"), kWords);
    vfs.Heal();
    if (status.ok()) break;
    ASSERT_EQ(FaultOf(status).reason, Reason::kStorageUnavailable) << status;
    const absl::Status again = EncryptStore(path_, directory_.File("none"), kWords);
    ASSERT_TRUE(again.ok()) << again;
    const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
    ASSERT_TRUE(store->Unlock(kWords).ok());
    ExpectWhole(*store);
    operations += 1 + operations / 3;
  }
  EXPECT_GT(operations, 5);
}

}  // namespace
}  // namespace solotrial::store

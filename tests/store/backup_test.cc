// A backup is whole or not there, and what it holds comes back.
#include "engine/store/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/fault.h"
#include "engine/store/backup_schedule.h"
#include "engine/store/sqlite_trial_store.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/raw_database.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BackupTest : public ::testing::Test {
 protected:
  static absl::Status Write(TrialStore& store, int n) {
    return store.WriteAndWait(Appending(SampleEntry(n)));
  }
  std::string Add(int day, int keep = 7) {
    auto path = AddBackup(path_, backups_, Noon(day), keep);
    EXPECT_TRUE(path.ok()) << path.status();
    return path.ok() ? *path : "";
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(backups_)) {
      if (file.path().filename() != ".lock") names.push_back(file.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  absl::StatusOr<Restored> Restore(const std::string& backup) {
    return RestoreBackup(backup, path_, backups_, Noon(20));
  }
  std::vector<std::string> IdsIn(const std::string& path) { return EntryIds(*OpenOrDie(path)); }

  TemporaryDirectory directory_;
  const std::string path_ = directory_.File("trial.db");
  const std::string backups_ = DefaultBackupDirectory(path_);
};

TEST_F(BackupTest, HoldsWhatTheRunningEngineHasAcknowledged) {
  const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
  ASSERT_TRUE(Write(*store, 1).ok());
  const std::string backup = Add(5);
  ASSERT_TRUE(Write(*store, 2).ok());
  EXPECT_THAT(Names(), ElementsAre("solotrial-20260105T120000Z.db"));
  EXPECT_THAT(IdsIn(backup), ElementsAre(EntryId(1)));
  EXPECT_EQ(ListBackups(backups_).front().time, Noon(5));
}

TEST_F(BackupTest, IsOneFileForItsOwnerOnly) {
  const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
  struct stat found {};
  ASSERT_EQ(stat(Add(5).c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  ASSERT_EQ(stat(backups_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
}

TEST_F(BackupTest, IsWrittenWhileManyWrite) {
  const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
  std::vector<std::thread> writers;
  for (int thread = 0; thread < 4; ++thread) {
    writers.emplace_back([&store, thread] {
      for (int n = 0; n < 100; ++n) EXPECT_TRUE(Write(*store, thread * 1000 + n).ok());
    });
  }
  std::vector<std::string> backups;
  for (int day = 1; day <= 5; ++day) backups.push_back(Add(day));
  for (std::thread& writer : writers) writer.join();
  for (const std::string& backup : backups) {
    const auto check = CheckDatabase(backup);
    ASSERT_TRUE(check.ok()) << check.status();
    EXPECT_THAT(check->faults, IsEmpty());
  }
  EXPECT_THAT(IdsIn(Add(6)), SizeIs(400));
}

TEST_F(BackupTest, KeepsTheNewestAndTouchesNothingElse) {
  const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
  Add(1);
  WriteFile(backups_ + "/solotrial-notes.db", "mine");
  WriteFile(backups_ + "/solotrial-20260101T000000Z.db.new", "broken off");
  for (int day = 2; day <= 4; ++day) Add(day, 2);
  EXPECT_THAT(Names(), ElementsAre("solotrial-20260103T120000Z.db", "solotrial-20260104T120000Z.db",
                                   "solotrial-notes.db"));
  // The clock was set back: what has just been made is not the one to go.
  Add(1, 2);
  EXPECT_THAT(Names(), ElementsAre("solotrial-20260101T120000Z.db", "solotrial-20260104T120000Z.db",
                                   "solotrial-notes.db"));
}

TEST_F(BackupTest, TwoWithinASecondAreTwo) {
  const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
  EXPECT_NE(Add(5), Add(5));
  EXPECT_THAT(Names(), SizeIs(2));
}

TEST_F(BackupTest, GoesNowhereWhereSomethingIs) {
  OpenWithTrial(path_);
  WriteFile(directory_.File("there"), "mine");
  EXPECT_THAT(MessageOf(WriteBackup(path_, directory_.File("there"))), HasSubstr("exists already"));
  EXPECT_EQ(ReadFile(directory_.File("there")), "mine");
  EXPECT_THAT(MessageOf(WriteBackup(directory_.File("nothing.db"), directory_.File("b.db"))),
              HasSubstr("no such file"));
  EXPECT_THAT(MessageOf(WriteBackup(path_, directory_.File("nowhere/b.db"))),
              HasSubstr("does not exist"));
}

TEST_F(BackupTest, OfADamagedFileIsRefused) {
  {
    const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
    for (int n = 0; n < 200; ++n) ASSERT_TRUE(Write(*store, n).ok());
  }
  std::string bytes = ReadFile(path_);
  std::fill(bytes.begin() + 4096 * 6, bytes.begin() + 4096 * 12, '\x55');
  WriteFile(path_, bytes);
  const auto path = AddBackup(path_, backups_, Noon(5), 7);
  ASSERT_FALSE(path.ok());
  EXPECT_EQ(FaultOf(path.status()).reason, Reason::kStorageUnavailable) << path.status();
  EXPECT_THAT(Names(), IsEmpty());
}

// "On an error nothing is left of it": the disk fails at its first operation, then its second, ...
TEST_F(BackupTest, IsWholeOrNotThereWhateverTheDiskDoes) {
  for (const int code : {SQLITE_IOERR, SQLITE_FULL}) {
    std::filesystem::remove_all(backups_);
    std::filesystem::remove(path_);
    FaultVfs vfs;
    const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
    ASSERT_TRUE(Write(*store, 1).ok());
    int operations = 0;
    while (true) {
      SCOPED_TRACE("operation " + std::to_string(operations));
      vfs.FailAfter(operations, 1'000'000, code);
      const auto path = AddBackup(path_, backups_, Noon(5), 7);
      vfs.Heal();
      if (!vfs.HasFailed()) {
        ASSERT_TRUE(path.ok()) << path.status();
        EXPECT_THAT(Names(), SizeIs(1));
        break;
      }
      EXPECT_EQ(FaultOf(path.status()).reason, Reason::kStorageUnavailable) << path.status();
      EXPECT_THAT(Names(), IsEmpty());
      ++operations;
    }
    EXPECT_GT(operations, 10);
  }
}

TEST_F(BackupTest, RestoringBringsBackWhatItHeldUnderAnotherEpoch) {
  std::string backup;
  std::string epoch;
  {
    const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
    ASSERT_TRUE(Write(*store, 1).ok());
    backup = Add(5);
    ASSERT_TRUE(Write(*store, 2).ok());
    epoch = store->Epoch();
  }
  const auto restored = Restore(backup);
  ASSERT_TRUE(restored.ok()) << restored.status();
  {
    const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
    EXPECT_NE(store->Epoch(), epoch);
    EXPECT_THAT(EntryIds(*store), ElementsAre(EntryId(1)));
    // What the phone sends again is taken in.
    ASSERT_TRUE(Write(*store, 2).ok());
  }
  ASSERT_TRUE(restored->kept.has_value());
  EXPECT_THAT(*restored->kept, HasSubstr("backups/replaced-20260120T120000Z.db"));
  EXPECT_THAT(IdsIn(*restored->kept), ElementsAre(EntryId(1), EntryId(2)));
}

TEST_F(BackupTest, RestoringWaitsForNoRunningEngine) {
  const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
  const std::string backup = Add(5);
  ASSERT_TRUE(Write(*store, 1).ok());
  EXPECT_THAT(MessageOf(Restore(backup).status()), HasSubstr("Another engine has the database"));
  EXPECT_THAT(EntryIds(*store), ElementsAre(EntryId(1)));
}

TEST_F(BackupTest, RestoringNeedsASoundBackup) {
  OpenWithTrial(path_);
  const std::string before = ReadFile(path_);
  std::string bytes = ReadFile(Add(5));
  bytes.resize(bytes.size() / 2);
  WriteFile(directory_.File("half.db"), bytes);
  EXPECT_FALSE(Restore(directory_.File("half.db")).ok());
  WriteFile(directory_.File("text.db"), "a diary in plain words, and long enough to be looked at");
  EXPECT_THAT(MessageOf(Restore(directory_.File("text.db")).status()),
              HasSubstr("no solotrial database"));
  EXPECT_THAT(MessageOf(Restore(directory_.File("none.db")).status()), HasSubstr("no such file"));
  EXPECT_THAT(MessageOf(Restore(path_).status()), HasSubstr("the database itself"));
  WriteFile(directory_.File("empty.db"), "");
  EXPECT_THAT(MessageOf(Restore(directory_.File("empty.db")).status()), HasSubstr("empty"));
  EXPECT_EQ(ReadFile(path_), before);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(BackupTest, RestoringKeepsADamagedDatabaseAsItWas) {
  OpenWithTrial(path_);
  const std::string backup = Add(5);
  const std::string damaged = std::string("SQLite format 3\0", 16) + std::string(5000, 'x');
  WriteFile(path_, damaged);
  WriteFile(path_ + "-wal", "a log");
  const auto restored = Restore(backup);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(ReadFile(*restored->kept), damaged);
  EXPECT_EQ(ReadFile(*restored->kept + "-wal"), "a log");
  EXPECT_THAT(IdsIn(path_), IsEmpty());
}

TEST_F(BackupTest, RestoringWhereNothingWas) {
  OpenWithTrial(path_);
  const std::string backup = Add(5);
  std::filesystem::remove(path_);
  const auto restored = Restore(backup);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_FALSE(restored->kept.has_value());
  EXPECT_TRUE(CheckDatabase(path_).ok());
}

TEST_F(BackupTest, RestoringABackupOfAnOlderEngineBringsItUpToDate) {
  const std::string old = directory_.File("old.db");
  RawDatabase(old).Run(
      ReadFile(std::filesystem::path(SOLOTRIAL_SOURCE_DIR) / "tests/store/schema_1.sql"));
  ASSERT_TRUE(Restore(old).ok());
  EXPECT_EQ(CheckDatabase(path_)->schema_version, kSchemaVersion);
  EXPECT_EQ(CheckDatabase(old)->schema_version, 1);
}

TEST_F(BackupTest, RestoringDoesNotBringBackWhoWasDeleted) {
  std::string backup;
  {
    const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
    backup = Add(5);
  }
  RawDatabase(path_).Run(
      "PRAGMA foreign_keys = ON; INSERT INTO deleted_credential SELECT token_digest FROM token; "
      "DELETE FROM person");
  ASSERT_TRUE(Restore(backup).ok());
  EXPECT_EQ(CheckDatabase(path_)->people, 0);
  EXPECT_EQ(CheckDatabase(path_)->trials, 0);
  EXPECT_EQ(RawDatabase(path_).Run("SELECT count(*) FROM deleted_credential"), "1");
}

// A log whose hashes are made up will do: they are compared, not computed.
constexpr char kAccessOfAnna[] = R"sql(
PRAGMA foreign_keys = ON;
INSERT INTO device (person_id, device_id, role, local, name, create_time, last_use_time,
                    confirmed_until)
  SELECT person_id, new.id, role, 0, '', 0, 0, 0 FROM device,
    (SELECT 'lost' AS id UNION SELECT 'kept') AS new;
INSERT INTO token SELECT x'01', person_id, 'lost', 1, 0, 9 FROM device WHERE device_id = 'lost';
INSERT INTO token SELECT x'02', person_id, 'kept', 1, 0, 9 FROM device WHERE device_id = 'lost';
INSERT INTO share_link (person_id, link_id, token_digest, trial_id, label, create_time, expire_time)
  SELECT person_id, 'link', x'03', trial_id, '', 0, 9 FROM trial LIMIT 1;
INSERT INTO audit_event SELECT person_id, 1001, 0, 2, '', 'x', '', x'aa' FROM person;
)sql";
constexpr char kRevocationsOfAnna[] = R"sql(
PRAGMA foreign_keys = ON;
DELETE FROM device WHERE device_id = 'lost';
DELETE FROM token WHERE device_id = 'kept';
INSERT INTO token SELECT x'04', person_id, 'kept', 2, 0, 9 FROM device WHERE device_id = 'kept';
UPDATE share_link SET revoke_time = 5;
INSERT INTO audit_event SELECT person_id, 1002, 0, 2, '', 'x', '', x'bb' FROM person;
)sql";

TEST_F(BackupTest, RestoringDoesNotBringBackWhatWasRevoked) {
  OpenWithTrial(path_);
  RawDatabase(path_).Run(kAccessOfAnna);
  const std::string backup = Add(5);
  RawDatabase(path_).Run(kRevocationsOfAnna);
  const auto restored = Restore(backup);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_TRUE(restored->revocations_hold);
  RawDatabase raw(path_);
  EXPECT_EQ(raw.Run("SELECT count(*) FROM device WHERE device_id = 'lost'"), "0");
  EXPECT_EQ(raw.Run("SELECT hex(token_digest) FROM token WHERE device_id = 'kept'"), "04");
  EXPECT_EQ(raw.Run("SELECT revoke_time FROM share_link"), "5");
}

TEST_F(BackupTest, RestoringAnotherHistoryRevokesNothing) {
  OpenWithTrial(path_);
  RawDatabase(path_).Run(kAccessOfAnna);
  const std::string backup = Add(5);
  RawDatabase(path_).Run(kRevocationsOfAnna);
  RawDatabase(path_).Run("UPDATE audit_event SET hash = x'cc' WHERE number = 1001");
  ASSERT_TRUE(Restore(backup).ok());
  EXPECT_EQ(RawDatabase(path_).Run("SELECT count(*) FROM device WHERE device_id = 'lost'"), "1");
}

TEST_F(BackupTest, RestoringSaysWhenNobodyKnowsWhatWasRevoked) {
  OpenWithTrial(path_);
  const std::string backup = Add(5);
  WriteFile(path_, std::string(8192, 'x'));
  const auto restored = Restore(backup);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_FALSE(restored->revocations_hold);
}

TEST_F(BackupTest, CheckNamesWhatIsWrong) {
  {
    const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
    for (int n = 1; n <= 3; ++n) ASSERT_TRUE(Write(*store, n).ok());
    const auto check = CheckDatabase(path_);
    ASSERT_TRUE(check.ok()) << check.status();
    EXPECT_THAT(check->faults, IsEmpty());
    EXPECT_EQ(check->people, 1);
    EXPECT_EQ(check->trials, 1);
    EXPECT_EQ(check->entries, 3);
  }
  RawDatabase(path_).Run("DELETE FROM entry WHERE sequence = 2");
  EXPECT_THAT(CheckDatabase(path_)->faults, ElementsAre(HasSubstr("lost a row")));
  RawDatabase(path_).Run("PRAGMA foreign_keys = OFF; DELETE FROM trial");
  EXPECT_THAT(CheckDatabase(path_)->faults,
              ElementsAre("2 rows of entry belong to no row of trial.", HasSubstr("lost a row")));
}

TEST_F(BackupTest, CheckNamesAChangedAuditLog) {
  {
    const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
    ASSERT_TRUE(store
                    ->WriteAndWait([](WriteTransaction& transaction) {
                      const access::Caller caller{.role = access::Role::kOwner, .person_id = kAnna};
                      for (const char* action : {"one", "two"}) {
                        SOLOTRIAL_RETURN_IF_ERROR(transaction.AppendAuditEvent(
                            access::MakeAuditEvent(caller, Noon(1), action, "")));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
  }
  EXPECT_THAT(CheckDatabase(path_)->audit_faults, IsEmpty());
  RawDatabase(path_).Run("UPDATE audit_event SET action = 'other' WHERE number = 2");
  EXPECT_THAT(CheckDatabase(path_)->faults, IsEmpty());
  EXPECT_THAT(CheckDatabase(path_)->audit_faults,
              ElementsAre(HasSubstr(std::string(kAnna) + " was changed at event 2.")));
  Add(5);
}

TEST(BackupScheduleTest, IsDueByTheNewestThatIsNotFromTheFuture) {
  const auto at = [](std::vector<int> days) {
    std::vector<Backup> backups;
    for (const int day : days) backups.push_back({"", Noon(day)});
    return UntilNextBackup(backups, absl::Hours(24), Noon(10) + absl::Hours(6));
  };
  EXPECT_EQ(at({}), absl::ZeroDuration());
  EXPECT_EQ(at({1, 9}), absl::ZeroDuration());
  EXPECT_EQ(at({1, 10}), absl::Hours(18));
  EXPECT_EQ(at({1, 10, 25}), absl::Hours(18));
  EXPECT_EQ(at({25}), absl::ZeroDuration());
}

TEST_F(BackupTest, TheScheduleBeginsAtOnceAndEndsWhenToldTo) {
  const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
  std::promise<absl::StatusOr<std::string>> made;
  {
    const BackupSchedule schedule(
        {.database = path_, .directory = backups_},
        [&made](const absl::StatusOr<std::string>& path) { made.set_value(path); });
    const absl::StatusOr<std::string> path = made.get_future().get();
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_TRUE(std::filesystem::exists(*path));
  }
  EXPECT_THAT(Names(), SizeIs(1));
}

}  // namespace
}  // namespace solotrial::store

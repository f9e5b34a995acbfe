// "Errors say in one sentence what is wrong and what can be done: the directory cannot be written,
// the file is corrupt or no solotrial database, it was written by a newer engine, another engine
// has it open, the disk is full" (sqlite_trial_store.h).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/fault.h"
#include "engine/base/random.h"
#include "engine/store/sqlite_trial_store.h"
#include "engine/store/trial_store.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/raw_database.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The sentence with which the store refuses to open `path`.
std::string Refusal(const std::string& path) {
  const auto store = OpenSqliteTrialStore(path);
  if (store.ok()) return "opened";
  EXPECT_EQ(FaultOf(store.status()).reason, Reason::kStorageUnavailable) << store.status();
  return MessageOf(store.status());
}

unsigned ModeOf(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 0777U;
}

// Runs `body` in a child as a user whom file modes bind, and gives what it returns.
std::string AsOrdinaryUser(const TemporaryDirectory& directory,
                           const std::function<std::string()>& body) {
  const std::filesystem::path report = directory.path() / "report";
  std::filesystem::create_directory(report);
  std::filesystem::permissions(report, std::filesystem::perms::all);
  const pid_t child = fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (geteuid() == 0 && setresuid(kNobody, kNobody, kNobody) != 0) _exit(1);
    WriteFile(report / "text", body());
    _exit(0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return ReadFile(report / "text");
}

class OpenTest : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  const std::string path_ = directory_.File("trial.db");
};

TEST_F(OpenTest, MakesFilesThatOnlyTheirOwnerCanRead) {
  const mode_t before = umask(0);
  const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
  umask(before);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    EXPECT_EQ(ModeOf(path_ + suffix), 0600) << suffix;
  }
}

TEST_F(OpenTest, ClosesAFileThatWasOpenToOthers) {
  OpenWithTrial(path_);
  std::filesystem::permissions(path_, std::filesystem::perms(0644));
  const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
  EXPECT_EQ(ModeOf(path_), 0600);
  ASSERT_TRUE(store->WriteAndWait(Appending(SampleEntry(1))).ok());
  EXPECT_EQ(ModeOf(path_ + "-wal"), 0600);
}

TEST_F(OpenTest, LeavesOneFileBehindAndTheLock) {
  OpenWithTrial(path_);
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
    names.push_back(file.path().filename());
  }
  std::sort(names.begin(), names.end());
  EXPECT_THAT(names, ElementsAre("trial.db", "trial.db.lock"));
}

TEST_F(OpenTest, KeepsItsPromisesToTheDisk) {
  OpenWithTrial(path_);
  RawDatabase raw(path_);
  EXPECT_EQ(raw.Run("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(raw.Run("PRAGMA application_id"), std::to_string(0x6e6f6631));
  EXPECT_EQ(raw.Run("PRAGMA user_version"), std::to_string(kSchemaVersion));
  EXPECT_EQ(raw.Run("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' "
                    "AND name NOT LIKE 'sqlite_%' AND strict = 0"),
            "");
}

TEST_F(OpenTest, GivesEveryFileAnEpochOfItsOwn) {
  EXPECT_NE(OpenOrDie(path_)->Epoch(), OpenOrDie(directory_.File("other.db"))->Epoch());
}

TEST_F(OpenTest, RefusesASecondEngine) {
  std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
  EXPECT_THAT(Refusal(path_), HasSubstr("Another engine has the database open"));
  // By whatever name.
  std::filesystem::create_symlink(path_, directory_.File("link.db"));
  EXPECT_THAT(Refusal(directory_.File("link.db")), HasSubstr("Another engine"));
  EXPECT_THAT(Refusal(directory_.File("./nowhere/../trial.db")), HasSubstr("Another engine"));
  EXPECT_TRUE(store->WriteAndWait(Appending(SampleEntry(1))).ok());
  store.reset();
  EXPECT_THAT(EntryIds(*OpenOrDie(directory_.File("link.db"))), ElementsAre(EntryId(1)));
}

TEST_F(OpenTest, TakesAnEmptyFile) {
  WriteFile(path_, "");
  EXPECT_EQ(Refusal(path_), "opened");
}

TEST_F(OpenTest, RefusesAFileOfANewerEngineAndLeavesItAlone) {
  OpenWithTrial(path_);
  RawDatabase(path_).Run("PRAGMA user_version = " + std::to_string(kSchemaVersion + 1));
  const std::string before = ReadFile(path_);
  EXPECT_THAT(Refusal(path_),
              HasSubstr("newer engine (schema " + std::to_string(kSchemaVersion + 1) +
                        "; this engine knows up to " + std::to_string(kSchemaVersion) + ")"));
  EXPECT_TRUE(ReadFile(path_) == before);
}

TEST_F(OpenTest, RefusesTheDatabaseOfAnotherProgramAndLeavesItAlone) {
  RawDatabase(path_).Run("CREATE TABLE bookmark (url TEXT); INSERT INTO bookmark VALUES ('x')");
  const std::string before = ReadFile(path_);
  EXPECT_THAT(Refusal(path_), HasSubstr("database of another program"));
  EXPECT_TRUE(ReadFile(path_) == before);
}

TEST_F(OpenTest, RefusesWhatIsNoDatabaseAndLeavesItAlone) {
  for (const size_t size : {1U, 15U, 100U, 511U, 512U, 4096U, 10'000U}) {
    const std::string bytes(size, 'x');
    WriteFile(path_, bytes);
    EXPECT_THAT(Refusal(path_), HasSubstr("no solotrial database")) << size;
    EXPECT_TRUE(ReadFile(path_) == bytes) << size;
  }
}

TEST_F(OpenTest, RefusesPathsThatCannotBe) {
  EXPECT_THAT(Refusal(""), HasSubstr("needs the path of a file"));
  EXPECT_THAT(Refusal(directory_.File("nowhere/trial.db")), HasSubstr("does not exist"));
  WriteFile(directory_.File("file"), "");
  EXPECT_THAT(Refusal(directory_.File("file/trial.db")), HasSubstr("is a file where a directory"));
  std::filesystem::create_directory(directory_.File("directory"));
  EXPECT_THAT(Refusal(directory_.File("directory")), HasSubstr("is a directory"));
  std::filesystem::create_symlink(directory_.File("nothing"), directory_.File("dangling"));
  EXPECT_THAT(Refusal(directory_.File("dangling")), HasSubstr("leads nowhere"));
}

TEST_F(OpenTest, RefusesADirectoryThatItCannotWrite) {
  const std::filesystem::path locked = directory_.path() / "locked";
  std::filesystem::create_directory(locked);
  std::filesystem::permissions(locked, std::filesystem::perms(0555));
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
  EXPECT_THAT(AsOrdinaryUser(directory_, [&] { return Refusal(locked / "trial.db"); }),
              HasSubstr("cannot write"));
}

TEST_F(OpenTest, RefusesAFileThatItCannotWrite) {
  const std::filesystem::path open = directory_.path() / "open";
  std::filesystem::create_directory(open);
  OpenWithTrial(open / "trial.db");
  std::filesystem::remove(open / "trial.db.lock");
  std::filesystem::permissions(open, std::filesystem::perms(0777));
  std::filesystem::permissions(open / "trial.db", std::filesystem::perms(0444));
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
  EXPECT_THAT(AsOrdinaryUser(directory_, [&] { return Refusal(open / "trial.db"); }),
              HasSubstr("cannot write"));
}

TEST_F(OpenTest, SaysWhenAnotherProgramHasTheFileLocked) {
  const FaultVfs patient;
  OpenWithTrial(path_);
  {
    RawDatabase raw(path_);
    raw.Run("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE");
    EXPECT_THAT(Refusal(path_), HasSubstr("Another program has locked the database"));
  }
  const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
  RawDatabase raw(path_);
  raw.Run("BEGIN IMMEDIATE");
  const absl::Status status = store->WriteAndWait(Appending(SampleEntry(1)));
  EXPECT_THAT(MessageOf(status), HasSubstr("Another program has locked the database"));
  EXPECT_EQ(FaultOf(status).reason, Reason::kStorageUnavailable);
  EXPECT_TRUE(FaultOf(status).retryable);
  raw.Run("ROLLBACK");
  EXPECT_TRUE(store->WriteAndWait(Appending(SampleEntry(1))).ok());
}

class DamageTest : public OpenTest {
 protected:
  DamageTest() {
    {
      const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
      EXPECT_TRUE(store
                      ->WriteAndWait([](WriteTransaction& transaction) {
                        SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertTrial(FullTrial(kAnna, kPain)));
                        SOLOTRIAL_RETURN_IF_ERROR(
                            transaction.InsertLook(kAnna, kPain, SampleLook(1)));
                        for (int n = 0; n < 100; ++n) {
                          SOLOTRIAL_RETURN_IF_ERROR(Appending(SampleEntry(n))(transaction));
                        }
                        return absl::OkStatus();
                      })
                      .ok());
    }
    bytes_ = ReadFile(path_);
  }

  // Opens the file as it is now and uses everything in it. Whatever is in the file, this ends, and
  // no failure tells what a person wrote. Gives the sentence of the refusal, if it was refused.
  std::string Use() {
    auto store = OpenSqliteTrialStore(path_);
    if (!store.ok()) {
      Check(store.status());
      return MessageOf(store.status());
    }
    Check((*store)->Read([](ReadTransaction& transaction) {
      transaction.GetTrial(kAnna, kPain).status().IgnoreError();
      transaction.ListTrials(kAnna, 10, "").status().IgnoreError();
      transaction.ListEntries(kAnna, kSleep, 0, -1).status().IgnoreError();
      transaction.ListLooks(kAnna, kPain).status().IgnoreError();
      return transaction.FindOwner().status();
    }));
    for (int n = 0; n < 100; n += 20) {
      Check((*store)->Read([n](ReadTransaction& transaction) {
        return transaction.FindEntry(kAnna, EntryId(n)).status();
      }));
    }
    Check((*store)->WriteAndWait(Appending(SampleEntry(1000))));
    Check((*store)->WriteAndWait(
        [](WriteTransaction& transaction) { return transaction.DeleteTrial(kAnna, kPain); }));
    return "";
  }

  const FaultVfs quick_;  // a sync waits for no disk
  std::string bytes_;

 private:
  static void Check(const absl::Status& status) {
    EXPECT_THAT(MessageOf(status), Not(HasSubstr("note")));
    EXPECT_THAT(MessageOf(status), Not(HasSubstr("travel")));
  }
};

TEST_F(DamageTest, RefusesATruncatedFile) {
  for (size_t pages = 1; pages * 4096 < bytes_.size(); ++pages) {
    WriteFile(path_, bytes_.substr(0, pages * 4096));
    EXPECT_THAT(Use(), HasSubstr("damaged")) << pages;
    WriteFile(path_, bytes_.substr(0, pages * 4096 - 1000));
    EXPECT_THAT(Use(), HasSubstr("damaged")) << pages;
  }
}

TEST_F(DamageTest, RefusesAFileWithAZeroedPage) {
  for (size_t page = 1; page * 4096 < bytes_.size(); ++page) {
    std::string bytes = bytes_;
    bytes.replace(page * 4096, 4096, 4096, '\0');
    WriteFile(path_, bytes);
    EXPECT_THAT(Use(), HasSubstr("damaged")) << page;
  }
}

TEST_F(DamageTest, SurvivesFlippedBytes) {
  RandomStream random(20260101);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    std::string bytes = bytes_;
    for (uint64_t flips = 1 + random.Below(20); flips > 0; --flips) {
      bytes[random.Below(bytes.size())] ^= static_cast<char>(1U << random.Below(8));
    }
    WriteFile(path_, bytes);
    if (!Use().empty()) ++refused;
    std::filesystem::remove(path_ + "-wal");
  }
  EXPECT_GT(refused, 0);
}

// A row that no longer says what it should, on a page that looks sound.
TEST_F(DamageTest, RefusesARowThatMakesNoSense) {
  for (const char* damage :
       {"UPDATE trial SET start_date = '2026-02-30'", "UPDATE trial SET state = 9",
        "UPDATE pause SET pause_date = 'never'"}) {
    SCOPED_TRACE(damage);
    WriteFile(path_, bytes_);
    RawDatabase(path_).Run(std::string("PRAGMA ignore_check_constraints = ON; ") + damage);
    auto store = OpenSqliteTrialStore(path_);
    if (!store.ok()) continue;  // found by the check at opening
    const absl::Status status = (*store)->Read([](ReadTransaction& transaction) {
      EXPECT_FALSE(transaction.GetTrial(kAnna, kPain).ok());
      return absl::OkStatus();  // a fault that is overlooked is a fault
    });
    EXPECT_THAT(MessageOf(status), HasSubstr("damaged"));
    EXPECT_FALSE(FaultOf(status).retryable);
    // It costs its own body only, and only the reader that met it.
    EXPECT_TRUE((*store)->WriteAndWait(Appending(SampleEntry(1000))).ok());
    EXPECT_EQ(EntryIds(**store).size(), 101);
  }
}

// A log that a crash cut off or a disk spoiled: what came before the damage stands.
TEST_F(DamageTest, KeepsWhatStandsBeforeADamagedPlaceInTheLog) {
  std::string log;
  std::vector<std::string> ids;
  {
    const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
    for (int n = 200; n < 230; ++n) {
      ASSERT_TRUE(store->WriteAndWait(Appending(SampleEntry(n))).ok());
    }
    log = ReadFile(path_ + "-wal");
    ids = EntryIds(*store);
  }
  RandomStream random(7);
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    std::string damaged = log;
    if (round % 2 == 0) {
      damaged.resize(random.Below(log.size()));
    } else {
      damaged[random.Below(log.size())] ^= 0x10;
    }
    WriteFile(path_, bytes_);
    WriteFile(path_ + "-wal", damaged);
    const std::vector<std::string> found = EntryIds(*OpenOrDie(path_));
    ASSERT_GE(found.size(), 100);
    ASSERT_LE(found.size(), ids.size());
    EXPECT_TRUE(std::equal(found.begin(), found.end(), ids.begin()));
  }
}

}  // namespace
}  // namespace solotrial::store

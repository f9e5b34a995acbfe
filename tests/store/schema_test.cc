// Files of every version that was ever released can be opened, and a migration happens whole or not
// at all.
#include "engine/store/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/fault.h"
#include "engine/store/sqlite_trial_store.h"
#include "tests/store/raw_database.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

using ::testing::HasSubstr;

// Every table and index, without the spaces, which mean nothing.
const char kSchemaQuery[] =
    "SELECT type, name, replace(replace(sql, ' ', ''), char(10), '') FROM sqlite_schema "
    "WHERE sql IS NOT NULL ORDER BY type, name";

class SchemaTest : public ::testing::Test {
 protected:
  // The file that an engine of schema 1 left behind: see schema_1.sql.
  void WriteSchema1() {
    RawDatabase(path_).Run(
        ReadFile(std::filesystem::path(SOLOTRIAL_SOURCE_DIR) / "tests/store/schema_1.sql"));
  }
  std::unique_ptr<Connection> Connect() {
    WriteFile(path_ + ".touch", "");
    auto connection = Connection::Open(path_, Connection::Access::kReadWrite);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *std::move(connection);
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_.File("trial.db");
};

TEST_F(SchemaTest, TheFirstScriptIsWhatWasReleased) {
  WriteSchema1();
  const std::string released = RawDatabase(path_).Run(kSchemaQuery);
  std::filesystem::remove(path_);
  WriteFile(path_, "");
  ASSERT_TRUE(Migrate(*Connect(), Migrations().first(1)).ok());
  EXPECT_EQ(RawDatabase(path_).Run(kSchemaQuery), released);
}

TEST_F(SchemaTest, OpensAFileOfSchema1) {
  WriteSchema1();
  const std::unique_ptr<TrialStore> store = OpenOrDie(path_);
  EXPECT_EQ(store->Epoch(), "e0000000-0000-4000-8000-000000000000");
  EXPECT_EQ(RawDatabase(path_).Run("PRAGMA user_version"), std::to_string(kSchemaVersion));
  ASSERT_TRUE(store
                  ->Read([](ReadTransaction& t) {
                    EXPECT_EQ((*t.FindOwner())->person_id, kAnna);
                    SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Trial trial, t.GetTrial(kAnna, kPain));
                    EXPECT_EQ(trial.state, trial::Trial::State::kStopped);
                    EXPECT_EQ(trial.protocol_document, R"({"title":"Magnesium for sleep"})");
                    EXPECT_EQ(trial.create_time, Noon(1));
                    EXPECT_EQ(trial.seed, FullTrial(kAnna, kPain).seed);
                    EXPECT_EQ(trial.allocation, "0110");
                    EXPECT_EQ(trial.pauses.size(), 2);
                    EXPECT_EQ(trial.stop->reason, "enough");
                    SOLOTRIAL_ASSIGN_OR_RETURN(const auto entries,
                                               t.ListEntries(kAnna, kPain, 0, -1));
                    EXPECT_EQ(entries.size(), 2);
                    EXPECT_EQ(entries.front().text, "note 1");
                    EXPECT_EQ(entries.front().value, 0.1);
                    SOLOTRIAL_ASSIGN_OR_RETURN(const auto days, t.ListImportedDays(kAnna, kPain));
                    EXPECT_EQ(days.size(), 1);
                    SOLOTRIAL_ASSIGN_OR_RETURN(const auto looks, t.ListLooks(kAnna, kPain));
                    EXPECT_EQ(looks.front().decision, "UNDECIDED");
                    SOLOTRIAL_ASSIGN_OR_RETURN(const auto reply, t.FindReply(kAnna, "request"));
                    EXPECT_EQ(reply->reply, "answer");
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(SchemaTest, MigratesToALaterVersion) {
  const std::string epoch = [&] {
    const std::unique_ptr<TrialStore> store = OpenWithTrial(path_);
    EXPECT_TRUE(store->WriteAndWait(Appending(SampleEntry(1))).ok());
    return store->Epoch();
  }();
  std::vector<Sql> migrations(Migrations().begin(), Migrations().end());
  migrations.push_back(
      "ALTER TABLE entry ADD COLUMN mood TEXT NOT NULL DEFAULT 'fair'; PRAGMA user_version = 1001");
  migrations.push_back("CREATE INDEX entry_by_mood ON entry (person_id, mood)");
  const std::unique_ptr<Connection> connection = Connect();
  ASSERT_TRUE(CheckSchema(*connection, migrations).ok());
  ASSERT_TRUE(Migrate(*connection, migrations).ok());
  EXPECT_EQ(*connection->ReadText("SELECT text || ' ' || mood FROM entry"), "note 1 fair");
  EXPECT_EQ(*connection->ReadInt("PRAGMA user_version"), 1001);
  EXPECT_EQ(*ReadEpoch(*connection), epoch);
}

TEST_F(SchemaTest, AFailedMigrationChangesNothing) {
  OpenWithTrial(path_);
  std::vector<Sql> migrations(Migrations().begin(), Migrations().end());
  migrations.push_back("DROP TABLE look; PRAGMA user_version = 1001");
  migrations.push_back("DELETE FROM trial; INSERT INTO nowhere VALUES (1)");
  const std::unique_ptr<Connection> connection = Connect();
  const absl::Status status = Migrate(*connection, migrations);
  EXPECT_THAT(MessageOf(status), HasSubstr("nowhere"));
  EXPECT_EQ(*connection->ReadInt("PRAGMA user_version"), kSchemaVersion);
  EXPECT_EQ(*connection->ReadInt("SELECT count(*) FROM trial"), 1);
  EXPECT_EQ(*connection->ReadInt("SELECT count(*) FROM look"), 0);
}

}  // namespace
}  // namespace solotrial::store
